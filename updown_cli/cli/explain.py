"""`updown explain`: the arithmetic of a layer, with its numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from updown_cli.batch.single import IF_EXISTS, check_free, write_single
from updown_cli.cli.commands import Commands
from updown_cli.cli.explain_text import chain_told, told
from updown_cli.cli.kind_type import KindType
from updown_cli.cli.op_command import op_from_options, op_options
from updown_cli.cli.printing import put
from updown_cli.cli.run_options import shared
from updown_cli.cli.shared_option import choice
from updown_cli.cli.steps import parsed
from updown_cli.cli.table import step_name
from updown_cli.cli.window_text import json_numbers
from updown_cli.errors import InputError, UsageError
from updown_cli.explain.chained import chain_code
from updown_cli.explain.scenes import VIEWS
from updown_cli.explain.traces import MOST_LINKS, MOST_TRACED
from updown_cli.images import matrix_plot, moving
from updown_cli.images.arrays import array_bytes, check_layout
from updown_cli.images.elements import Place, indices_of
from updown_cli.images.formats import ARRAY_ENDING, ending
from updown_cli.images.reading import Reading
from updown_cli.ops import OPS
from updown_cli.ops.base import option_name
from updown_cli.ops.family import Family
from updown_cli.ops.kinds import Choice
from updown_cli.ops.switches import NAME_SIGN
from updown_cli.ops.unpool import MaxUnpool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.explain.explanation import Explanation
    from updown_cli.explain.traces import Trace

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


def _matrix_bytes(found: Explanation, path: str, _: dict[str, Any]) -> bytes:
    return array_bytes(_weights(found))


def _moving_bytes(found: Explanation, path: str, values: dict[str, Any]) -> bytes:
    title = step_name(found.step.to_json())
    return moving.animation(_trace(found), ending(path), title=title, view=values["view"])


def _plot_bytes(found: Explanation, path: str, _: dict[str, Any]) -> bytes:
    weights, trace = _weights(found), _trace(found)
    title = f"{found.matrix_title} of {step_name(found.step.to_json())}"
    sides = (trace.input.shape[1:], trace.output.shape[1:])
    return matrix_plot.matrix_plot(weights, *sides, ending(path), title=title)


def _trace(found: Explanation) -> Trace:
    """Return the trace; raise InputError where the input is too large for one."""
    if found.trace is None:
        reason = f"more than {MOST_TRACED} values, or {MOST_LINKS} pairs, are not looked at"
        raise InputError(reason, hint="give a smaller --input", code="too_large")
    return found.trace


def _weights(found: Explanation) -> NDArray[Any]:
    weights = _trace(found).weights
    if weights is None:
        name = f"{found.step.op.command} --mode {found.step.op.mode}".removesuffix(" --mode ")
        raise InputError(f"{name} is no matrix: its results are no weighted sums")
    return weights


@dataclass(frozen=True)
class Maker:
    """A file that can be made: the endings that it may have, and its bytes."""

    endings: tuple[str, ...]
    data: Callable[[Explanation, str, dict[str, Any]], bytes]


MAKERS = {
    "save_matrix": Maker((ARRAY_ENDING,), _matrix_bytes),
    "plot": Maker(tuple(matrix_plot.SETTINGS), _plot_bytes),
    "animate": Maker(tuple(moving.SETTINGS), _moving_bytes),
}


def _targets(values: dict[str, Any]) -> dict[str, str]:
    """Return the files to make by option; raise UsageError for one that cannot be made."""
    targets = {name: values[name] for name in MAKERS if values[name] is not None}
    for name, path in targets.items():
        if ending(path) not in MAKERS[name].endings:
            endings = ", ".join(MAKERS[name].endings)
            subject = f"{option_name(name)} {path}"
            raise UsageError(f"must end in {endings}", subject=subject)
        check_free(path, values["if_exists"])
    if values["view"] is not None and values["animate"] is None:
        raise UsageError("goes with --animate", subject="--view")
    return targets


def _explain(family: Family, values: dict[str, Any]) -> None:
    from updown_cli.batch.explained import explanation

    if family.of_mode(values.get("mode")) is MaxUnpool and values["indices"] is None:
        values["indices"] = NAME_SIGN
    op = op_from_options(family, values)
    targets = _targets(values)
    found = explanation(op, values["input"], _reading_of(values))
    made = {path: MAKERS[name].data(found, path, values) for name, path in targets.items()}
    for path, data in made.items():
        write_single(path, data, values["if_exists"])
    if values["code"]:
        put(found.torch)
    elif values["json"]:
        put(json.dumps(json_numbers(found.to_json())) + "\n")
    else:
        put(told(found, _checked(values["at"], found)))


def _checked(at: tuple[int | None, ...] | None, found: Explanation) -> tuple[int, ...] | None:
    """Return the place of an output value as indices from 0; raise InputError for none."""
    if at is None:
        return None
    ranges = indices_of(at, found.step.after, "--at")
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
    from updown_cli.batch.explained import plan_of

    plan = plan_of(parsed(steps), values["input"], _reading_of(values))
    if values["code"]:
        put(chain_code(plan))
    elif values["json"]:
        put(
            json.dumps({"steps": [s.to_json() for s in plan.steps], "torch": chain_code(plan)})
            + "\n"
        )
    else:
        put(chain_told(plan))


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
            type=KindType(Place()),
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
            help=f"Show the layer at work as a moving picture, {', '.join(moving.SETTINGS)}.",
        ),
        click.Option(
            ["--view"],
            type=KindType(Choice(VIEWS)),
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


def _reading_of(values: dict[str, Any]) -> Reading:
    check_layout(values["layout"], values["dims"])
    return Reading(**{name: values[name] for name in READING})


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
