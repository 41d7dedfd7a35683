"""`updown explain`: the arithmetic of a layer, with its numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from updown_cli.batch.single_file import IF_EXISTS
from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.command_group import Commands
from updown_cli.cli.explain_files import targets_of, write_files
from updown_cli.cli.explain_text import describe, describe_chain
from updown_cli.cli.input_options import reading_from_options
from updown_cli.cli.op_command import op_from_options, op_options
from updown_cli.cli.printing import write_stdout
from updown_cli.cli.run_options import shared
from updown_cli.cli.shared_option import choice
from updown_cli.cli.steps import parse_steps
from updown_cli.cli.window_text import json_numbers
from updown_cli.explain.animation_frames import VIEWS
from updown_cli.explain.chain_code import chain_code
from updown_cli.figures import animation
from updown_cli.files.pixel_access import Place, element_indices
from updown_cli.op.family import Family
from updown_cli.op.param_types import Choice
from updown_cli.op.pool_indices import NAME_SIGN
from updown_cli.ops import OPS
from updown_cli.ops.unpool.max import MaxUnpool

if TYPE_CHECKING:
    from updown_cli.explain.explanation import Explanation

HELP = """Tell the arithmetic of a layer: sizes, what reads what, weights, the matrix, equal code.

The options are those of the command. Without --input the layer gets a small picture of the
numbers 1, 2, 3...

\b
    updown explain conv --kernel sobel-h --input 4x4
    updown explain deconv --kernel '1 2 3; 4 5 6; 7 8 9' --input 2x2 --plot D.png
    updown explain pool -k 3 -s 2 -p 1 --animate pool.gif
    updown explain upsample --mode bicubic --scale-factor 2 --code > same.py
"""


READING = ("layout", "dims", "max_pixels", "accept_damaged")


def _explain(family: Family, values: dict[str, Any]) -> None:
    from updown_cli.batch.explain_input import explain_operation

    if family.of_mode(values.get("mode")) is MaxUnpool and values["indices"] is None:
        values["indices"] = NAME_SIGN
    op = op_from_options(family, values)
    targets = targets_of(values)
    found = explain_operation(op, values["input"], reading_from_options(values))
    write_files(found, targets, values)
    if values["code"]:
        write_stdout(found.torch)
    elif values["json"]:
        write_stdout(json.dumps(json_numbers(found.to_json()), allow_nan=False) + "\n")
    else:
        write_stdout(describe(found, _checked(values["at"], found)))


def _checked(at: tuple[int | None, ...] | None, found: Explanation) -> tuple[int, ...] | None:
    """Return the place of an output value as indices from 0; raise InputError for none."""
    if at is None:
        return None
    ranges = element_indices(at, found.step.after, "--at")
    return tuple(range_.start for range_ in ranges)


def _command(family: Family) -> click.Command:
    def callback(**values: Any) -> None:
        _explain(family, values)

    return click.Command(
        family.name,
        callback=callback,
        params=[*op_options(family), _input_option(), *_options(), *_forms(), *_reading()],
        help=f"Tell the arithmetic of {family.name}, whose options it takes.",
        short_help=family.help,
    )


def _chain(steps: str, **values: Any) -> None:
    from updown_cli.batch.explain_input import plan_input

    plan = plan_input(parse_steps(steps), values["input"], reading_from_options(values))
    if values["code"]:
        write_stdout(chain_code(plan))
    elif values["json"]:
        done = [step.to_json() for step in plan.steps]
        write_stdout(json.dumps({"steps": done, "torch": chain_code(plan)}) + "\n")
    else:
        write_stdout(describe_chain(plan))


def _input_option() -> click.Option:
    return click.Option(
        ["--input"],
        metavar="HxW|IN",
        help="Sides of the example, with channels before them if need be: 4x4 or 3x4x4; or a "
        "picture or array.  [default: the first size from 4x4 that fits]",
    )


def _options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--at"],
            type=ClickParamType(Place()),
            metavar=Place.metavar,
            help="The output value that is told in full.  [default: the first that reads most]",
        ),
        click.Option(
            ["--save-matrix"],
            type=click.Path(readable=False),
            metavar="M.npy",
            help="Save the matrix, a row for each output value.",
        ),
        click.Option(
            ["--plot"],
            type=click.Path(readable=False),
            metavar="M.png",
            help="Draw the matrix, a cell for each weight.",
        ),
        click.Option(
            ["--animate"],
            type=click.Path(readable=False),
            metavar="OUT",
            help=f"Show the layer at work as a moving picture, {', '.join(animation.SETTINGS)}.",
        ),
        click.Option(
            ["--view"],
            type=ClickParamType(Choice(VIEWS)),
            metavar=Choice(VIEWS).metavar,
            help="What moves in it: an output value gathers what it reads, or an input value is "
            "scattered to where it goes.  [default: scatter for deconv and unpool]",
        ),
        choice("--if-exists", IF_EXISTS, "error", "What happens to a file that is to be made."),
    ]


def _forms() -> list[click.Parameter]:
    return [
        click.Option(["--code"], is_flag=True, help="Print the equal torch code only."),
        click.Option(["--json"], is_flag=True, help="Print one JSON object, with every number."),
    ]


def _reading() -> list[click.Parameter]:
    return shared(*READING, "debug")


explain = Commands("explain", help=HELP, short_help="Tell the arithmetic of a layer, with numbers.")
for _family in OPS.values():
    explain.add_command(_command(_family))
explain.add_command(
    click.Command(
        "chain",
        callback=_chain,
        params=[
            _input_option(),
            *_forms(),
            *_reading(),
            click.Argument(["steps"], metavar="STEPS"),
        ],
        help="Tell the sizes of each step of a chain, and its equal torch code.",
        short_help="Several operations, one after the other.",
    )
)
