"""`updown explain`: the arithmetic of a layer, with its numbers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click

from updown_cli import ops
from updown_cli.batch.choices import IF_ONLY_EXISTS
from updown_cli.cli import common_options
from updown_cli.cli.array_options import SingleFileOptions
from updown_cli.cli.command import Command, command
from updown_cli.cli.command_group import LazyCommands
from updown_cli.cli.op_command import family_command
from updown_cli.cli.option import PATH, argument, flag, group, option, option_class
from updown_cli.cli.printing import write_stdout
from updown_cli.cli.step_offers import offered_steps
from updown_cli.explain.views import VIEWS
from updown_cli.figures.moving_formats import MOVING_FORMATS
from updown_cli.files.pixel_access import Place, element_indices
from updown_cli.op.family import Family
from updown_cli.op.param_types import Choice, Int

if TYPE_CHECKING:
    from updown_cli.explain.explanation import Explanation
    from updown_cli.op.base import Op

HELP = """Tell the arithmetic of a layer: sizes, what reads what, weights, the matrix, equal code.

The options are those of the command. Without --input the layer gets a small picture of the
numbers 1, 2, 3...

\b
    updown explain conv --kernel sobel-h --input 4x4
    updown explain deconv --kernel '1 2 3; 4 5 6; 7 8 9' --input 2x2 --plot D.png
    updown explain pool -k 3 -s 2 -p 1 -o pool.html
    updown explain pool -k 3 -s 2 -p 1 --animate pool.gif
    updown explain upsample --mode bicubic --scale-factor 2 --code > same.py
"""


def _input_option() -> Any:
    return option(
        "--input",
        metavar="HxW|IN",
        help="Sides of the example, a picture or an array. Channels stand before the sides if need "
        "be: 4x4 or 3x4x4.  [default: the first size from 4x4 that fits]",
    )


def _page_option() -> Any:
    return option(
        "-o",
        "--output",
        kind=PATH,
        metavar="PAGE.html",
        help="A page on which the layer can be touched; one file, which loads nothing.",
    )


@option_class
class FormOptions:
    """The form of what is told, and how a picture is read."""

    code: bool = flag(
        "--code", help="Print the equal torch code only; TensorFlow's with its --like."
    )
    json: bool = flag("--json", help="Print one JSON object, with every number.")
    file: SingleFileOptions = group(SingleFileOptions)


@option_class
class ExplainOptions:
    """What is told of an operation, and the files that are made."""

    input: str | None = _input_option()
    value_at: tuple[int | None, ...] | None = option(
        "--at",
        "--value-at",
        kind=Place(),
        help="The output value that is told in full.  [default: the first that reads most]",
    )
    save_matrix: str | None = option(
        "--save-matrix",
        kind=PATH,
        metavar="M.npy",
        help="Save the matrix, a row for each output value.",
    )
    plot: str | None = option(
        "--plot", kind=PATH, metavar="M.png", help="Draw the matrix, a cell for each weight."
    )
    plot_overlap: str | None = option(
        "--plot-overlap",
        kind=PATH,
        metavar="W.png",
        help="Draw what the weights of each output value sum to: a checkerboard where they differ.",
    )
    animate: str | None = option(
        "--animate",
        kind=PATH,
        metavar="OUT",
        help=f"Show the layer at work as a moving picture; {', '.join(MOVING_FORMATS)}.",
    )
    output: str | None = _page_option()
    vary: tuple[str, ...] = option(
        "--vary",
        metavar="NAME=A..B",
        multiple=True,
        help="What the page's sliders change: kernel-size=1..5, mode=nearest,bilinear, or a name "
        "alone for all its values; may be repeated, none for no slider.  [default: what the "
        "operation has, in small ranges]",
    )
    view: str | None = option(
        "--view",
        kind=Choice(VIEWS),
        help="What moves in it: an output value gathers what it reads, or an input value is "
        "scattered to where it goes.  [default: scatter for deconv and unpool]",
    )
    delay: int | None = option(
        "--delay",
        kind=Int(min=20, max=60_000),
        help="Milliseconds that a step of it is shown.  [default: 600]",
    )
    cell: int | None = option(
        "--cell",
        kind=Int(min=4, max=256),
        help="Pixels on a side of its cells.  [default: as many as fit, from 16 to 44]",
    )
    if_exists: str = common_options.if_exists(
        "What happens to a file that is to be made.", IF_ONLY_EXISTS
    )
    form: FormOptions = group(FormOptions)


@option_class
class ExplainChainOptions:
    """What is told of a chain."""

    input: str | None = _input_option()
    output: str | None = _page_option()
    vary: tuple[str, ...] = option(
        "--vary",
        metavar="STEP.NAME=A..B",
        multiple=True,
        help="What the page's sliders change: 1.kernel-size=1..5, upsample.mode=nearest,bilinear; "
        "the step by its number or its command, or not at all where only one has that parameter; "
        "may be repeated.",
    )
    if_exists: str = common_options.if_exists(
        "What happens to a page that is there.", IF_ONLY_EXISTS
    )
    form: FormOptions = group(FormOptions)
    steps: str = argument("STEPS", None, complete=offered_steps)


def summaries() -> dict[str, str]:
    """Return the summaries of what can be explained."""
    return {**ops.SUMMARIES, "chain": "Several operations, one after the other."}


def _load(name: str) -> click.Command:
    return explain_chain if name == "chain" else explain_command(ops.OPS[name])


explain = LazyCommands("explain", summaries, _load, help=HELP)


def explain_command(family: Family) -> Command:
    """Return the command that explains an operation, with the operation's own options."""
    text = f"Tell the arithmetic of {family.name}, whose options it takes."
    example = re.sub(" (?P<input>\\S+) -o .*", r" --input \g<input>", family.examples[0])
    example = example.replace("updown", "updown explain", 1)
    return family_command(family, ExplainOptions, _explain, text, example=example, within=True)


def _explain(op: Op, options: ExplainOptions) -> int:
    from updown_cli.batch.explain_input import explain_operation
    from updown_cli.cli.explain_files import check_files, write_files
    from updown_cli.cli.explain_text import describe
    from updown_cli.cli.window_text import json_numbers

    check_files(op, options)
    found = explain_operation(op, options.input, options.form.file.reading())
    write_files(found, op, options)
    if options.form.code:
        write_stdout(_equal_code(found))
    elif options.form.json:
        write_stdout(json.dumps(json_numbers(found.to_json()), allow_nan=False) + "\n")
    else:
        write_stdout(describe(found, _checked(options.value_at, found)))
    return 0


def _equal_code(found: Explanation) -> str:
    """Return torch's code; TensorFlow's where its conventions are asked for and it has some."""
    like = click.get_current_context().params.get("like")
    if like not in ("tensorflow", "keras"):
        return found.torch
    return found.tensorflow or f"# TensorFlow has nothing that is equal.\n{found.torch}"


def _checked(at: tuple[int | None, ...] | None, found: Explanation) -> tuple[int, ...] | None:
    """Return the place of an output value as indices from 0; raise InputError for none."""
    if at is None:
        return None
    ranges = element_indices(at, found.step.after, "--at")
    return tuple(range_.start for range_ in ranges)


@command("chain", ExplainChainOptions)
def explain_chain(options: ExplainChainOptions) -> int:
    """Tell the sizes of each step of a chain, and its equal torch code.

    With --json also what is told of each step alone, on what the step before it gives.
    """
    from updown_cli.batch.explain_chain import explained_steps
    from updown_cli.batch.explain_input import plan_input
    from updown_cli.cli.explain_chain_page import check_chain_page, write_chain_page
    from updown_cli.cli.explain_text import describe_chain
    from updown_cli.cli.steps import parse_ops
    from updown_cli.cli.window_text import json_numbers
    from updown_cli.explain.chain_code import chain_code
    from updown_cli.pipeline.pipeline import Pipeline

    ops, reading = parse_ops(options.steps), options.form.file.reading()
    pipeline = Pipeline.of(*ops)
    check_chain_page(options, pipeline)
    plan = plan_input(pipeline, options.input, reading)
    if options.output is not None:
        write_chain_page(plan, ops, options, reading)
    if options.form.code:
        write_stdout(chain_code(plan))
    elif options.form.json:
        told = {
            "steps": [step.to_json() for step in plan.steps],
            "explanations": json_numbers(explained_steps(plan, options.input, reading)),
            "torch": chain_code(plan),
        }
        write_stdout(json.dumps(told, allow_nan=False) + "\n")
    else:
        write_stdout(describe_chain(plan))
    return 0
