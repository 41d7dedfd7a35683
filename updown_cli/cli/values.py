"""`updown values`: the numbers of a picture or array, read and written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from updown_cli.batch.naming import STDOUT
from updown_cli.batch.single_file import IF_EXISTS, check_free, name_file, read_single, write_single
from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.input_options import reading_from_options
from updown_cli.cli.printing import write_stderr, write_stdout
from updown_cli.cli.run_options import shared
from updown_cli.cli.shared_option import choice
from updown_cli.cli.window_text import (
    align_columns,
    channel_names,
    file_heading,
    json_numbers,
    readable_number,
    window_json,
    window_tables,
)
from updown_cli.errors import InputError, UsageError
from updown_cli.files.formats import ARRAY_ENDINGS, check_writable, ending, ending_of
from updown_cli.files.frames import Frames
from updown_cli.files.picture import Picture
from updown_cli.files.pixel_access import (
    Assignment,
    Assignments,
    Place,
    element_indices,
    window_of,
    with_values,
)
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.write import encode
from updown_cli.op.param_types import Int
from updown_cli.op.per_axis import Sizes

WINDOW = Sizes(min=1, max=1 << 20)


@click.command(short_help="Show the numbers of a picture, or write some.")
@click.argument("path", metavar="IN", type=click.Path(readable=False))
@click.option(
    "--at",
    type=ClickParamType(Place()),
    metavar=Place.metavar,
    help="The element that is shown, or where the window begins: channel (_ for all), row and "
    "column; of a signal C,X, of a volume C,Z,Y,X. Negative ones count from the end.",
)
@click.option(
    "--window",
    type=ClickParamType(WINDOW),
    metavar=WINDOW.metavar,
    help="Size of what is shown, up to the edge.  [default: all of what is small, of the rest "
    "the beginning]",
)
@click.option(
    "--frames",
    "frame",
    type=ClickParamType(Int(min=0, max=1 << 31)),
    metavar="N",
    default=0,
    show_default=True,
    help="The frame, page or image of a batch that is shown or written, from 0.",
)
@click.option(
    "--set",
    "assignments",
    type=ClickParamType(Assignments()),
    metavar=Assignments.metavar,
    multiple=True,
    help="Write a number there, with everything else as it is; repeatable.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(readable=False),
    metavar="OUT",
    help="The file that --set makes, or - for standard output.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def values(
    path: str,
    at: tuple[int | None, ...] | None,
    window: tuple[int, ...] | None,
    frame: int,
    assignments: tuple[Assignment, ...],
    output: str | None,
    as_json: bool,
    if_exists: str,
    **how: Any,
) -> None:
    """Show numbers of a picture or array as they are stored, or write some.

    Pictures are upright, as in every command, and palettes are colours.

    \b
        updown values photo.jpg --at _,10,20 --window 4x6
        updown values photo.png --set 0,10,20=255 --set _,-1,-1=0 -o marked.png
    """
    reading = reading_from_options(how)
    if not assignments and output is None:
        picture = _with_frame(read_single(path, reading), frame, path)
        _show(path, picture, frame, _window(path, picture, at, window), as_json=as_json)
        return
    target = _target(assignments, output, shown=at or window, as_json=as_json)
    check_free(target, if_exists)
    picture = _with_frame(read_single(path, reading), frame, path)
    changed = _written(path, picture, assignments, frame)
    suffix = ending_of(picture.format) if target == STDOUT else ending(target)
    try:
        data = encode(changed, changed.pixels, suffix, reading.layout)
    except InputError as error:
        hint = f"write {ending_of(picture.format)}"
        raise InputError(error.reason, subject=path, hint=hint, code=error.code) from None
    write_single(target, data, if_exists)
    if suffix not in ARRAY_ENDINGS and not _holds(data, changed, reading):
        write_stderr(f"warning: {suffix} does not keep every value; write .png or .npy")
    if target != STDOUT:
        _tell_changes(assignments, picture, changed, frame, as_json=as_json)


values.params += [
    choice("--if-exists", IF_EXISTS, "error", "What happens to OUT if it exists."),
    *shared("layout", "dims", "max_pixels", "accept_damaged", "debug"),
]


def _target(
    assignments: Sequence[Assignment], output: str | None, *, shown: Any, as_json: bool
) -> str:
    """Return where the result goes; raise UsageError for options that contradict each other."""
    if not assignments:
        raise UsageError("goes with --set", subject=f"-o {output}")
    if output is None:
        raise UsageError("needs -o OUT", subject="--set")
    if shown:
        raise UsageError("shows numbers, --set writes them", subject="--at or --window")
    if as_json and output == STDOUT:
        raise UsageError("both write to standard output", subject="--json, -o -")
    if output != STDOUT:
        check_writable(output)
    return output


def _with_frame(picture: Picture, frame: int, path: str) -> Picture:
    """Return a picture that has this frame; raise InputError for one that has not."""
    try:
        Frames(frame, frame).of(picture.frames)
    except InputError as error:
        raise name_file(error, path) from None
    for remark in picture.remarks:
        write_stderr(f"warning: {remark}")
    return picture


def _window(
    path: str,
    picture: Picture,
    at: tuple[int | None, ...] | None,
    window: tuple[int, ...] | None,
) -> list[range]:
    try:
        return window_of(picture.shape, at, window)
    except InputError as error:
        raise name_file(error, path) from None


def _written(path: str, picture: Picture, assignments: Sequence[Assignment], frame: int) -> Picture:
    try:
        return with_values(picture, assignments, frame)
    except InputError as error:
        raise name_file(error, path) from None


def _holds(data: bytes, picture: Picture, reading: Reading) -> bool:
    """Whether a file that was just made holds the very pixels; grey may have become colour."""
    import numpy as np

    read = read_bytes(data, reading).pixels
    if read.shape[1] != picture.shape.channels:
        read = read[:, [0, -1][: picture.shape.channels]]
    return np.array_equal(read, picture.pixels)


def _show(path: str, picture: Picture, frame: int, window: list[range], *, as_json: bool) -> None:
    pixels = picture.pixels[frame]
    shown = pixels[tuple(slice(axis.start, axis.stop) for axis in window)]
    if as_json:
        write_stdout(json.dumps(window_json(path, picture, frame, window, shown)) + "\n")
    else:
        names = channel_names(picture.colour, picture.shape.channels)
        table = window_tables(shown, window, [names[channel] for channel in window[0]])
        write_stdout(f"{file_heading(path, picture, frame)}\n{table}")


def _tell_changes(
    assignments: Sequence[Assignment],
    before: Picture,
    after: Picture,
    frame: int,
    *,
    as_json: bool,
) -> None:
    """Print what was written: the place, the number before, the number now."""
    rows = {}
    for given in assignments:
        channels, *sides = element_indices(given.place, before.shape, "")
        for channel in channels:
            place = (channel, *(side.start for side in sides))
            rows[place] = [p.pixels[frame][place].item() for p in (before, after)]
    if as_json:
        told = [
            {"at": list(place), "before": json_numbers(old), "after": json_numbers(new)}
            for place, (old, new) in rows.items()
        ]
        write_stdout(json.dumps({"frame": frame, "set": told}) + "\n")
    else:
        lines = [
            (",".join(map(str, place)), *map(readable_number, row)) for place, row in rows.items()
        ]
        write_stdout(align_columns([("at", "before", "after"), *lines]))
