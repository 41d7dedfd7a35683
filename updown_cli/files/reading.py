"""How files are read, and how much of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from updown_cli.engine.memory import check_memory, in_gibibytes
from updown_cli.errors import InputError
from updown_cli.files.frames import Frames
from updown_cli.files.keep import KINDS
from updown_cli.op.shape import Shape
from updown_cli.tensors.layout import check_layout
from updown_cli.tensors.npy import stored_bytes

# Pillow's own limit, a third of what fills a gigabyte with RGB.
MAX_PIXELS = 178_956_970

#: The types that `--depth` names.
DEPTHS = {"8": "uint8", "16": "uint16", "float": "float32"}

# Bytes that every file may take, and how many times its own bytes one may take beyond that: what
# unpacks to more was made to fill the memory, or has next to nothing in it.
FREE_BYTES, MOST_TIMES = 1 << 29, 256

# So few bytes are never too many.
SLIGHT = 1 << 24

#: The colours in which pictures can be read.
COLOURS = ("keep", "rgb", "gray")

# More frames or pages than any animation has; each costs a decoder's set-up, however small.
MAX_FRAMES = 10_000


@dataclass(frozen=True)
class Reading:
    """How files are read: the axes of arrays, the frames of animations, what is kept.

    Pictures are read in a `colour` of COLOURS, transparent ones on a `background` of red, green and
    blue from 0 to 255. A `depth` of 8 accepts that colour of more bits is cut; `accept_damaged`
    takes what can be had of a damaged file. `max_memory` are the bytes that a file may take, if
    that was asked. Colours of more than 8 bits, `deeper` than wanted, are kept, refused, or cut to
    their high bytes, as Pillow has them. Pictures of `unread_from` values stay in their files if
    the extra `huge` is there, to be read row by row. Axes that cannot be are refused with
    UsageError.
    """

    layout: str | None = None
    dims: int | None = None
    alpha: str = "premultiply"
    max_pixels: int = MAX_PIXELS
    frames: Frames = field(default_factory=Frames)
    keep: frozenset[str] = frozenset(KINDS)
    depth: str | None = None
    accept_damaged: bool = False
    max_memory: int | None = None
    unread_from: int | None = None
    colour: str = "keep"
    background: tuple[int, int, int] | None = None
    deeper: Literal["keep", "refuse", "cut"] = "keep"

    def __post_init__(self) -> None:
        check_layout(self.layout, self.dims)

    @property
    def cuts(self) -> bool:
        """Whether 8 bits of colour of more are accepted."""
        return self.depth == "8" or self.deeper == "cut"


def check_pixels(pixels: int, limit: int) -> None:
    """Raise InputError for more pixels than --max-pixels allows."""
    if pixels > limit:
        raise InputError(
            f"{_in_millions(pixels)} megapixels, limit is {_in_millions(limit)} (--max-pixels)",
            code="too_large",
        )


def _in_millions(count: int) -> str:
    """Return millions in three digits, or all those of a thousand and more."""
    millions = count / 1e6
    return f"{millions:.3g}" if millions < 999.5 else f"{millions:.0f}"


def check_values(frames: int, shape: Shape, limit: int) -> None:
    """Raise InputError for more pixels, in all frames, than --max-pixels allows.

    A pixel has at most four channels; an array of more counts as more pixels.
    """
    check_pixels(frames * math.prod(shape.size) * math.ceil(shape.channels / 4), limit)


def check_frame_count(frames: int) -> None:
    """Raise InputError for a file of more frames than any animation has."""
    if frames > MAX_FRAMES:
        raise InputError(f"more than {MAX_FRAMES} frames", code="too_large")


def check_unpacked(needed: int, file: BinaryIO, reading: Reading) -> None:
    """Raise InputError for an open file that would take more bytes than --max-memory allows.

    Where that was not asked, a file may not take far more than it has either.
    """
    if needed <= SLIGHT:
        return
    check_memory(needed, reading.max_memory)
    size = stored_bytes(file)
    if reading.max_memory is None and needed > max(FREE_BYTES, MOST_TIMES * size):
        times = f", {needed // size:,} times its own size" if size else ""
        raise InputError(
            f"would take {in_gibibytes(needed)}{times}",
            hint="--max-memory allows it",
            code="too_large",
        )


def bytes_to_read(pixels: int, frames: int, channels: int, itemsize: int = 1) -> int:
    """Return the bytes that frames of so many pixels take: in a decoder, by themselves, joined."""
    decoded = 4 if channels > 1 else itemsize
    return pixels * frames * (decoded + channels * itemsize * (2 if frames > 1 else 1))
