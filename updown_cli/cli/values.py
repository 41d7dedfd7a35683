"""`updown values`: the numbers of a picture or array, read and written."""

from __future__ import annotations

from updown_cli.batch.choices import IF_ONLY_EXISTS
from updown_cli.cli import common_options
from updown_cli.cli.array_options import SingleFileOptions
from updown_cli.cli.command import command
from updown_cli.cli.option import PATH, argument, flag, group, option, option_class
from updown_cli.errors import UsageError
from updown_cli.files.pixel_access import Assignment, Assignments, Place
from updown_cli.op.param_types import Int
from updown_cli.op.per_axis import Sizes


@option_class
class ValuesOptions:
    """The file, what is shown of it, and what is written to it."""

    path: str = argument("IN")
    other: str | None = argument("[OTHER]", required=False)
    at: tuple[int | None, ...] | None = option(
        "--at",
        kind=Place(),
        help="The element that is shown, or where the window begins: channel (_ for all), row and "
        "column; of a signal C,X, of a volume C,Z,Y,X. Negative ones count from the end.",
    )
    window: tuple[int, ...] | None = option(
        "--window",
        kind=Sizes(min=1, max=1 << 20),
        help="Size of what is shown, up to the edge.  [default: all of what is small, of the rest "
        "the beginning]",
    )
    frame: int = option(
        "--frames",
        kind=Int(min=0, max=1 << 31),
        default=0,
        help="The frame, page or image of a batch that is shown or written, from 0.",
    )
    assignments: tuple[Assignment, ...] = option(
        "--set",
        kind=Assignments(),
        multiple=True,
        help="Write a number there, with everything else as it is; repeatable.",
    )
    output: str | None = option(
        "--output",
        "-o",
        kind=PATH,
        metavar="OUT",
        help="The file that --set makes, or - for standard output.",
    )
    as_json: bool = flag("--json", help="Print one JSON object.")
    if_exists: str = common_options.if_exists("What happens to OUT if it exists.", IF_ONLY_EXISTS)
    file: SingleFileOptions = group(SingleFileOptions)


@command("values", ValuesOptions)
def values(options: ValuesOptions) -> int:
    """Show numbers of a picture or array as they are stored, or write some.

    Pictures are upright, as in every command, and palettes are colours. Those of two files are
    shown side by side, or one below the other where the terminal is narrow.

    \b
        updown values photo.jpg --at _,10,20 --window 4x6
        updown values a.png b.png --at 0,10,20 --window 4
        updown values photo.png --set 0,10,20=255 --set _,-1,-1=0 -o marked.png
    """
    if options.assignments or options.output is not None:
        from updown_cli.cli.values_set import set_values

        if options.other is not None:
            raise UsageError("goes with one file", subject="--set" if options.assignments else "-o")
        set_values(options)
    else:
        from updown_cli.cli.values_show import show_values

        show_values(options)
    return 0
