"""`updown chain`: several operations in one pass."""

from __future__ import annotations

from typing import Any

import click

from updown_cli.batch.recipes import read_recipe, write_recipe
from updown_cli.cli.op_command import OpCommand
from updown_cli.cli.options import run_from_options
from updown_cli.cli.run_options import every_option
from updown_cli.cli.steps import parse_steps
from updown_cli.errors import UsageError
from updown_cli.pipeline.pipeline import Pipeline

HELP = """Apply several operations, each to the result of the one before.

STEPS is one argument. `|` separates the operations, which take the same options as the commands
of their names; words are quoted as in a shell. Nothing is rounded between them.

An unpool puts values back where the last max pool before it, that none has undone, found them;
--indices @1 takes those of step 1, --indices @NAME those of a pool with --save-indices @NAME.

\b
    updown chain 'pool -k 2 | conv --kernel sobel-h -p same | unpool' photo.png -o edges.png
    updown chain "conv --kernel '0 1 0; 1 -4 1; 0 1 0' | pool -k 2" photo.png -o small.png
    updown chain 'pool -k 2 | upsample --scale-factor 2' photos/ -r -o out --save-recipe soft.json
    updown chain --recipe soft.json photo.png -o soft.png
"""


def pipeline_of(words: tuple[str, ...], recipe: str | None) -> tuple[Pipeline, tuple[str, ...]]:
    """Return the pipeline of a recipe or of the first word, and the words that are left."""
    if recipe is not None:
        return read_recipe(recipe), words
    if not words:
        raise UsageError("no steps", hint="give STEPS, or --recipe FILE.json")
    return parse_steps(words[0]), words[1:]


def recipe_option() -> click.Option:
    """Return the option that takes the place of the steps."""
    return click.Option(
        ["--recipe"],
        type=click.Path(readable=False),
        metavar="FILE.json",
        help="Take the steps from a file that --save-recipe wrote.",
    )


def steps_argument() -> click.Argument:
    """Return the argument that holds the steps and the inputs."""
    return click.Argument(
        ["inputs"], nargs=-1, metavar="STEPS INPUT...", type=click.Path(readable=False)
    )


def _options() -> list[click.Parameter]:
    folder = click.Path(readable=False)
    return [
        recipe_option(),
        click.Option(
            ["--save-recipe"],
            type=folder,
            metavar="FILE.json",
            help="Write the steps to a file, with every parameter; without inputs only that.",
        ),
        click.Option(
            ["--save-steps"],
            type=folder,
            metavar="DIR",
            help="Keep what every step but the last gives, as {stem}_{number}-{op}.npy.",
        ),
        click.Option(
            ["--steps-format"],
            metavar="EXT",
            help="Keep it in another format: png, tif, ...  [default: npy]",
        ),
    ]


def _chain(**values: Any) -> None:
    pipeline, values["inputs"] = pipeline_of(values["inputs"], values["recipe"])
    run = run_from_options(values)
    if values["save_recipe"] is not None:
        write_recipe(values["save_recipe"], pipeline, run.settings.if_exists)
        if not values["inputs"] and values["files_from"] is None:
            return
    run.process(pipeline)


chain = OpCommand(
    "chain",
    callback=_chain,
    params=[
        *_options(),
        *every_option(),
        steps_argument(),
    ],
    help=HELP,
    short_help="Apply several operations, one after the other.",
)
