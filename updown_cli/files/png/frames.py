"""Moving PNG files: stills put together to frames, and frames of 16-bit colour taken apart."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from updown_cli.files.damage import damaged_error
from updown_cli.files.png.chunks import HEADER_BYTES, chunk, walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What becomes of a frame when the next is shown, and how that one is laid over it.
CLEARED, RESTORED, OVER = 1, 2, 1

# The largest part of a delay, which is a fraction of a second.
MOST = 65535

# Chunks behind the header that every frame needs to be a file of its own.
SHARED = (b"PLTE", b"tRNS")


def animated_png(stills: list[bytes], metadata: dict[str, Any]) -> bytes:
    """Return one file whose frames are these files; the first one also has what describes it."""
    delays = metadata.get("duration", [])
    delays = delays if len(delays) == len(stills) else [0] * len(stills)
    height_and_width = stills[0][16:24]
    first = stills[0].index(b"IDAT", HEADER_BYTES) - 4 if stills else 0
    parts = [
        stills[0][:first],
        chunk(b"acTL", struct.pack(">II", len(stills), metadata.get("loop", 0))),
    ]
    number = 0
    for index, (still, delay) in enumerate(zip(stills, delays, strict=True)):
        body = struct.pack(">I", number) + height_and_width + bytes(8) + _delay(delay) + bytes(2)
        parts.append(chunk(b"fcTL", body))
        number += 1
        for data in _pixels_of(still):
            if index == 0:
                parts.append(chunk(b"IDAT", data))
            else:
                parts.append(chunk(b"fdAT", struct.pack(">I", number) + data))
                number += 1
    return b"".join([*parts, chunk(b"IEND", b"")])


def _delay(milliseconds: float) -> bytes:
    part = Fraction(milliseconds / 1000).limit_denominator(MOST)
    return struct.pack(">HH", min(part.numerator, MOST), part.denominator)


def _pixels_of(still: bytes) -> Iterator[bytes]:
    for name, at, length in walk(io.BytesIO(still)):
        if name == b"IDAT":
            yield still[at : at + length]


def split_frames(data: bytes) -> list[tuple[bytes, tuple[int, ...]]]:
    """Return a moving file's frames as files of their own, each with its control chunk's numbers.

    The numbers are width, height, left, top, delay's parts, disposal and blending.
    """
    shared, frames, pixels = b"", [], b""
    control: tuple[int, ...] = ()

    def finish() -> None:
        if control and pixels:
            header = struct.pack(">II", *control[:2]) + data[24:29]
            whole = chunk(b"IHDR", header) + shared + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
            frames.append((data[:8] + whole, control))

    for name, at, length in walk(io.BytesIO(data)):
        body = data[at : at + length]
        if name in SHARED:
            shared += chunk(name, body)
        elif name == b"fcTL":
            finish()
            control, pixels = struct.unpack(">IIIIHHBB", body[4:26]), b""
        elif name == b"IDAT" and control:
            pixels += body
        elif name == b"fdAT":
            pixels += body[4:]
    finish()
    return frames


def check_places(controls: list[tuple[int, ...]], size: tuple[int, int]) -> None:
    """Raise InputError for frames that reach beyond the picture, before they are unpacked."""
    for width, height, left, top, *_ in controls:
        if left + width > size[1] or top + height > size[0]:
            raise damaged_error("PNG")


def compose(
    frames: list[NDArray[Any]], controls: list[tuple[int, ...]], size: tuple[int, int]
) -> list[NDArray[Any]]:
    """Return whole frames of H x W x C, each laid over the one before as its numbers say."""
    import numpy as np

    canvas = np.zeros((*size, frames[0].shape[-1]), frames[0].dtype)
    shown = []
    for frame, (width, height, left, top, _, _, disposal, blending) in zip(
        frames, controls, strict=True
    ):
        place = np.s_[top : top + height, left : left + width]
        before = canvas.copy()
        canvas[place] = _over(frame, canvas[place]) if blending == OVER else frame
        shown.append(canvas.copy())
        if disposal == RESTORED and len(shown) > 1:
            canvas = before
        elif disposal in (CLEARED, RESTORED):
            canvas[place] = 0
    return shown


def _over(frame: NDArray[Any], ground: NDArray[Any]) -> NDArray[Any]:
    """Return a frame over what was there, weighed by alpha if it has any."""
    import numpy as np

    if frame.shape[-1] in (1, 3):
        return frame
    white = np.iinfo(frame.dtype).max
    top, below = frame[..., -1:] / white, ground[..., -1:] / white * (1 - frame[..., -1:] / white)
    alpha = top + below
    weighed = frame[..., :-1] * top + ground[..., :-1] * below
    colours = np.divide(weighed, alpha, out=np.zeros_like(weighed), where=alpha > 0)
    return np.floor(np.concatenate([colours, alpha * white], -1) + 0.5).astype(frame.dtype)
