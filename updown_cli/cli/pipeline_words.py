"""A pipeline as it is named on the command line: its steps as a word, or a recipe's file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.cli.option import PATH, argument, option
from updown_cli.cli.step_offers import offered_steps
from updown_cli.errors import UsageError
from updown_cli.ops import OPS
from updown_cli.stores.names import exists

if TYPE_CHECKING:
    from updown_cli.pipeline.pipeline import Pipeline


def recipe_option() -> Any:
    """Declare the option that takes the place of the steps."""
    return option(
        "--recipe",
        kind=PATH,
        metavar="FILE.json",
        help="Take the steps from a file that --save-recipe wrote.",
    )


def steps_argument() -> Any:
    """Declare the argument that holds the steps and the inputs."""
    return argument("STEPS INPUT...", kind=None, many=True, required=False, complete=offered_steps)


def pipeline_of(words: tuple[str, ...], recipe: str | None) -> tuple[Pipeline, tuple[str, ...]]:
    """Return the pipeline of a recipe or of the first word, and the words that are left."""
    if recipe is not None:
        from updown_cli.batch.recipes import read_recipe

        return read_recipe(recipe), _named(words)
    if not words:
        raise UsageError("no steps", hint="give STEPS, or --recipe FILE.json")
    from updown_cli.cli.steps import parse_steps

    pipeline, paths = parse_steps(words[0]), words[1:]
    if paths and _are_steps(paths[0]):
        raise UsageError(
            "is a step, not a file",
            subject=f"'{paths[0]}'",
            hint=f"steps are one argument: '{words[0]} | {paths[0]}'",
        )
    return pipeline, _named(paths)


def _named(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return paths; raise UsageError for an empty one."""
    if "" in paths:
        raise UsageError("is empty", subject="INPUT...")
    return paths


def _are_steps(word: str) -> bool:
    """Whether a word begins with the name of an operation and is no file's name."""
    return word.split(" ")[0] in OPS and not exists(word)
