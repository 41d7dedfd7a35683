"""What `updown values` shows: the numbers in a window of one frame, of one file or of two."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from updown_cli.batch.single_file import name_file, read_single
from updown_cli.cli.columns import cells_of
from updown_cli.cli.printing import printable, write_stderr, write_stdout
from updown_cli.cli.window_text import channel_names, file_heading, window_json, window_tables
from updown_cli.errors import InputError, UsageError
from updown_cli.files.frames import Frames
from updown_cli.files.picture import Picture
from updown_cli.files.pixel_access import window_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.cli.values import ValuesOptions

# Between two files side by side.
BETWEEN = "  |  "


@dataclass(frozen=True)
class Shown:
    """What is shown of a file."""

    path: str
    picture: Picture
    frame: int
    window: list[range]

    @property
    def numbers(self) -> NDArray[Any]:
        """The numbers in the window."""
        places = tuple(slice(axis.start, axis.stop) for axis in self.window)
        numbers: NDArray[Any] = self.picture.pixels[self.frame][places]
        return numbers

    def to_json(self) -> dict[str, Any]:
        """Return the file and the numbers as JSON."""
        return window_json(self.path, self.picture, self.frame, self.window, self.numbers)

    @property
    def heading(self) -> str:
        """What is told of the file."""
        return file_heading(self.path, self.picture, self.frame)

    def tables(self) -> str:
        """Return the numbers as tables."""
        names = channel_names(self.picture.colour, self.picture.shape.channels)
        return window_tables(self.numbers, self.window, [names[c] for c in self.window[0]])


def show_values(options: ValuesOptions) -> None:
    """Print the numbers in the window of each file."""
    paths = [options.path] if options.other is None else [options.path, options.other]
    if paths == ["-", "-"]:
        raise UsageError("standard input can be read but once", subject="-, -")
    shown = [_shown(path, options) for path in paths]
    if options.as_json:
        write_stdout("".join(json.dumps(one.to_json()) + "\n" for one in shown))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
        write_stdout("".join(f"{one.heading}\n" for one in shown))
        titles = [""] if len(shown) == 1 else [f"{printable(one.path)}\n" for one in shown]
        texts = [title + one.tables() for title, one in zip(titles, shown, strict=True)]
        write_stdout(side_by_side(texts, width))


def side_by_side(texts: list[str], width: int) -> str:
    """Return texts beside each other, or below each other where they are wider than `width`."""
    rows = [*zip_longest(*(text.splitlines() for text in texts), fillvalue="")]
    widths = [max(map(cells_of, column)) for column in zip(*rows, strict=True)]
    if len(texts) == 1 or sum(widths) + len(BETWEEN) * (len(texts) - 1) > width:
        return "\n".join(texts)
    lines = (
        BETWEEN.join(
            cell + " " * (width - cells_of(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def _shown(path: str, options: ValuesOptions) -> Shown:
    picture = read_frame(path, options)
    try:
        window = window_of(picture.shape, options.at, options.window)
    except InputError as error:
        raise name_file(error, path) from None
    return Shown(path, picture, options.frame, window)


def read_frame(path: str, options: ValuesOptions) -> Picture:
    """Return a picture that has the frame; raise InputError for one that has not."""
    picture = read_single(path, options.file.reading())
    try:
        Frames(options.frame, options.frame).of(picture.frames)
    except InputError as error:
        raise name_file(error, path) from None
    for remark in picture.remarks:
        write_stderr(f"warning: {remark}")
    return picture
