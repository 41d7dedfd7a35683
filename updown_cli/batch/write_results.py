"""What a job makes, written as --if-exists says."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.batch.if_exists import choices_like, exists_error
from updown_cli.batch.intermediate_files import stage_files
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.planned_job import Job
from updown_cli.batch.settings import Settings
from updown_cli.batch.side_files import SideFile
from updown_cli.figures.artifacts import draw_artifact
from updown_cli.files.formats import ending
from updown_cli.files.write import encode
from updown_cli.op.artifact import Artifact
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.step_errors import in_step
from updown_cli.stores.draft import Parts
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.names import exists
from updown_cli.stores.save import make_folder
from updown_cli.stores.spelling import folder_of

if TYPE_CHECKING:
    from updown_cli.engine.results import Result
    from updown_cli.files.picture import Picture


@dataclass(frozen=True)
class Shelf:
    """Where the results of a pipeline go."""

    pipeline: Pipeline
    settings: Settings

    def write(
        self, drafts: Drafts, job: Job, picture: Picture, result: Result, data: Parts
    ) -> None:
        """Write all that a job makes under hidden names; the result, whose file is `data`, last.

        What goes to standard output is there before the files have their names.
        """
        files = self._files(job, picture, result)
        make_folders(job)
        for path, content in files:
            drafts.write(path, content)
        if job.target != STDOUT:
            drafts.write(job.target, data)
        else:
            sys.stdout.buffer.writelines(data)
            sys.stdout.buffer.flush()

    def name(self, job: Job, drafts: Drafts) -> str:
        """Give files their names, as --if-exists says, and return where the result is."""
        names: Sequence[str] | None = drafts.paths
        if self.settings.if_exists in ("overwrite", "update"):
            drafts.replace()
        else:
            rename = self.settings.if_exists == "rename"
            names = drafts.claim(choices_like(drafts.paths) if rename else [drafts.paths])
        if names is None:
            raise exists_error(next(filter(exists, drafts.paths), job.target))
        return STDOUT if job.target == STDOUT else names[-1]

    def _files(self, job: Job, picture: Picture, result: Result) -> list[tuple[str, bytes]]:
        """Return (file, content) of all that goes with a result."""
        files = [*self._steps(job, picture, result)]
        files += [(side.path, _content(side, result.artifacts)) for side in job.writes]
        if job.stages:
            files += stage_files(job.stages, result.artifacts, picture, self.settings)
        return files

    def _steps(self, job: Job, picture: Picture, result: Result) -> Iterator[tuple[str, bytes]]:
        """Yield (file, content) of the results of steps."""
        layout = self.settings.reading.layout
        for number, path in enumerate(job.steps, 1):
            with in_step(self.pipeline.step_name(number)):
                content = encode(picture, result.steps[number], ending(path), layout)
            yield path, content


def make_folders(job: Job) -> None:
    """Make the folders that a job's files need, if they may be made."""
    for path in job.outputs if job.makes_folders else job.steps:
        make_folder(folder_of(path) or ".")


def _content(file: SideFile, left: tuple[Artifact, ...]) -> bytes:
    """Return the content of a file: of the first artifact that was left for its parameter."""
    artifact = next(artifact for artifact in left if artifact.asked_by == file.asked_by)
    content = artifact.content()
    return draw_artifact(artifact) if content is None else content
