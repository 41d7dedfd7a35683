"""Frames or pages to one picture: of one size, one colour model, one depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Types that can be put on one scale, and how much more the white of the second one is.
NARROW, WIDE, GAIN = "uint8", "uint16", 257


@dataclass(frozen=True, kw_only=True)
class Frame:
    """C x H x W, what the colours are, and whether the last channel is transparency."""

    pixels: NDArray[Any]
    colour: str
    alpha: bool


def join_frames(
    frames: list[Frame], fmt: str, metadata: dict[str, Any], remarks: tuple[str, ...]
) -> Picture:
    """Return a picture of frames; raise InputError where these have too little in common."""
    import numpy as np

    sizes = {frame.pixels.shape[1:] for frame in frames}
    if len(sizes) > 1:
        raise InputError(
            "its frames differ in size", hint="take one with --frames 0", code="unsupported"
        )
    joined = _in_one_model(_in_one_depth(frames))
    arrays = [frame.pixels for frame in joined]
    if len({array.shape for array in arrays}) > 1:
        raise _differ("channels")
    pixels = arrays[0][None] if len(arrays) == 1 else np.stack(arrays)
    first = joined[0]
    return Picture(pixels, first.colour, first.alpha, fmt, metadata=metadata, remarks=remarks)


def _differ(what: str) -> InputError:
    hint = "take one with --frames 0"
    return InputError(f"its frames differ in {what}", hint=hint, code="unsupported")


def _in_one_depth(frames: list[Frame]) -> list[Frame]:
    import numpy as np

    types = {frame.pixels.dtype.name for frame in frames}
    if len(types) == 1:
        return frames
    if types != {NARROW, WIDE}:
        raise _differ("type")
    return [
        frame
        if frame.pixels.dtype.name == WIDE
        else _replaced(frame, frame.pixels.astype(np.uint16) * np.uint16(GAIN))
        for frame in frames
    ]


def _in_one_model(frames: list[Frame]) -> list[Frame]:
    """Return grey as colour where any frame has colour, with alpha where any has it."""
    import numpy as np

    models = {frame.colour for frame in frames}
    alphas = {frame.alpha for frame in frames}
    if len(models) == 1 and len(alphas) == 1:
        return frames
    if "CMYK" in models:
        raise _differ("colour model")
    colour, alpha = max(models, key=len), True in alphas
    done = []
    for frame in frames:
        pixels = frame.pixels
        if frame.colour != colour:
            pixels = pixels[[0, 0, 0, *range(1, len(pixels))]]
        if alpha and not frame.alpha:
            whole = pixels.dtype.kind in "iu"
            white = np.iinfo(pixels.dtype).max if whole else 1
            opaque = np.full((1, *pixels.shape[1:]), white, pixels.dtype)
            pixels = np.concatenate([pixels, opaque])
        done.append(Frame(pixels=pixels, colour=colour, alpha=alpha))
    return done


def _replaced(frame: Frame, pixels: NDArray[Any]) -> Frame:
    return Frame(pixels=pixels, colour=frame.colour, alpha=frame.alpha)
