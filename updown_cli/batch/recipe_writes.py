"""What a recipe may write: it may be a stranger's, and nobody has typed the names in it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from updown_cli.batch.naming import fixed_folder
from updown_cli.batch.planned_job import Job
from updown_cli.batch.settings import Settings
from updown_cli.batch.side_files import written_parameters
from updown_cli.errors import UsageError
from updown_cli.op.parameter import option_name
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.spelling import folder_of, joined, real


def check_recipe_writes(
    pipeline: Pipeline, jobs: list[Job], results: str, settings: Settings
) -> None:
    """Raise UsageError for a file of a recipe outside of the folder of the `results`.

    That is a template. A name that was typed with --allow-write as the recipe has it is the user's.
    """
    if settings.recipe is None:
        return
    for step, name, given in written_parameters(pipeline):
        if given not in settings.allowed and not _is_below(jobs, name, results):
            places = settings.recipe, pipeline.step_name(step), f"{option_name(name)} {given}"
            raise UsageError(
                "a recipe writes only below the folder of -o",
                subject=": ".join(filter(None, places)),
                hint="--allow-write with this name lets it",
            )


def _is_below(jobs: list[Job], name: str, results: str) -> bool:
    """Whether all files that a parameter asks for are in the folder of the results, or below."""
    folder = fixed_folder(results)
    if folder is None:
        return False
    top = real(folder)
    return all(place == top or place.startswith(joined(top, "")) for place in _folders(jobs, name))


def _folders(jobs: list[Job], name: str) -> Iterator[str]:
    """Yield the folders of the files that a parameter asks for, through links, each once."""
    sides = (side for job in jobs for side in (*job.writes, *job.stages))
    named = {folder_of(side.path) or os.curdir for side in sides if side.asked_by == name}
    return map(real, named)
