"""Numbers as aligned text, and as JSON that every reader takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from updown_cli.cli.printing import printable
from updown_cli.files.picture import Picture
from updown_cli.files.pixel_access import AXES, Statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What the channels of a colour model are called.
CHANNELS = {
    "L": ("grey",),
    "RGB": ("red", "green", "blue"),
    "CMYK": ("cyan", "magenta", "yellow", "black"),
}


def readable_number(number: Any) -> str:
    """Return a number in six digits, a whole number in full."""
    return f"{number:.6g}" if isinstance(number, float) else str(int(number))


def json_numbers(value: Any) -> Any:
    """Return numbers, in lists and objects or not, with text such as "inf" for what is no JSON.

    Floats keep every digit that tells them from their neighbours.
    """
    if isinstance(value, dict):
        return {name: json_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [json_numbers(part) for part in value]
    return value if not isinstance(value, float) or math.isfinite(value) else str(value)


def align_columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as lines whose columns end one below the other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + "\n"
        for row in rows
    )


def window_tables(numbers: NDArray[Any], window: Sequence[range], names: Sequence[str]) -> str:
    """Return a window, channels x sides, as a table for every channel and plane of it.

    `names` are what its channels are called. A signal, or one pixel, is a single table.
    """
    dims = numbers.ndim - 1
    if numbers[0].size == 1 and dims > 1:
        return _pixel(numbers, window, names)
    if dims == 1:
        return _block(numbers, window, "c\\x")
    texts = []
    for channel, name, values in zip(window[0], names, numbers, strict=True):
        title = f"channel {channel}" + (f" ({name})" if name else "")
        if dims == 2:
            texts.append(f"{title}\n" + _block(values, window[1:], "y\\x"))
            continue
        for z, plane in zip(window[1], values, strict=True):
            texts.append(f"{title}, z {z}\n" + _block(plane, window[2:], "y\\x"))
    return "\n".join(texts)


def _pixel(numbers: NDArray[Any], window: Sequence[range], names: Sequence[str]) -> str:
    place = ",".join(str(axis.start) for axis in window[1:])
    lines = (
        [str(channel), name, readable_number(number)]
        for channel, name, number in zip(window[0], names, numbers.ravel().tolist(), strict=True)
    )
    return align_columns([["c", "", place], *lines])


def _block(plane: NDArray[Any], window: Sequence[range], corner: str) -> str:
    rows, columns = window
    head = [corner, *map(str, columns)]
    lines = (
        [str(row), *map(readable_number, line)]
        for row, line in zip(rows, plane.tolist(), strict=True)
    )
    return align_columns([head, *lines])


def channel_names(colour: str, channels: int) -> list[str]:
    """Return what the channels are called; nothing for those of an array."""
    names = CHANNELS.get(colour, ("",) * channels)
    return [*names, "alpha"][:channels]


def axes_in_words(dims: int) -> str:
    """Return what the numbers of a shape count."""
    words = {"c": "channels", "z": "depth", "y": "height", "x": "width" if dims > 1 else "length"}
    return " x ".join(words[axis] for axis in AXES[dims])


def file_heading(path: str, picture: Picture, frame: int) -> str:
    """Return two lines: what is in a file, and the statistics of a frame."""
    told = asdict(Statistics.of(picture.pixels[frame]))
    colour = picture.colour + "A" * picture.alpha or "array"
    about_it = [
        f"{printable(path)}: {picture.format}, {colour}, {picture.pixels.dtype.name}",
        f"{picture.shape} ({axes_in_words(picture.shape.dims)})",
    ]
    if picture.frames > 1:
        about_it.append(f"frame {frame} of {picture.frames}")
    numbers = ", ".join(f"{name} {readable_number(number)}" for name, number in told.items())
    return f"{', '.join(about_it)}\n{numbers.replace('nans', 'NaN')}\n"


def window_json(
    path: str, picture: Picture, frame: int, window: list[range], shown: NDArray[Any]
) -> dict[str, Any]:
    """Return the window of one frame, whose numbers are `shown`, as JSON."""
    statistics = asdict(Statistics.of(picture.pixels[frame]))
    return {
        "file": path,
        "format": picture.format,
        "colour": picture.colour,
        "alpha": picture.alpha,
        "dtype": picture.pixels.dtype.name,
        "shape": list(picture.shape),
        "frames": picture.frames,
        "frame": frame,
        **{name: json_numbers(number) for name, number in statistics.items()},
        "at": [axis.start for axis in window],
        "window": [len(axis) for axis in window],
        "values": json_numbers(shown.tolist()),
    }
