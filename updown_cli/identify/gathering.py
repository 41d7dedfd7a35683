"""Pairs of files as evidence; those that cannot come from each other are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.errors import InputError, UsageError
from updown_cli.files.frames import Frames
from updown_cli.files.jpeg.luma import read_luma
from updown_cli.identify.evidence import Evidence
from updown_cli.identify.layers import are_shuffled

if TYPE_CHECKING:
    from updown_cli.files.picture import Picture

# How many times more a side of a picture may be stretched than the other.
MOST_STRETCHED = 16

# The sides of a volume.
MOST_SIDES = 3


def gather(names: tuple[str, str], source: Picture, result: Picture, frame: int = 0) -> Evidence:
    """Return a frame of a source and of its result; raise UsageError for two that are none.

    Of a file of one frame it is that. Raises InputError where there is no such frame.
    """
    subject = " and ".join(names)
    frames = source.frames, result.frames
    source, result = (_frame(*each, frame) for each in zip(names, (source, result), strict=True))
    source = _as_grey(source) if result.colour == "L" else source
    before, after = source.shape, result.shape
    if before.dims != after.dims:
        raise UsageError(f"{before.dims}-D and {after.dims}-D", subject=subject)
    shuffled = not (source.colour or result.colour) and are_shuffled(before, after)
    if before.channels != after.channels and not shuffled:
        raise UsageError(
            f"{before.channels} and {after.channels} channels",
            subject=subject,
            hint=_other_channels(source, result),
        )
    if before.size == after.size:
        if source.pixels.dtype == result.pixels.dtype and (source.pixels == result.pixels).all():
            raise UsageError("the same pixels", subject=subject, hint="nothing was resized")
        raise UsageError("have the same size", subject=subject, hint="updown compare tells more")
    factors = [new / side for side, new in zip(before.size, after.size, strict=True)]
    if max(factors) > MOST_STRETCHED * min(factors):
        raise UsageError(
            f"{before} and {after} cannot come from each other",
            subject=subject,
            hint=f"one side would change {max(factors) / min(factors):.0f} times more",
        )
    luma = read_luma(names[1]) if result.colour else None
    fits = luma is not None and luma.pixels.shape == after.size
    return Evidence(names, source, result, frames, frame, luma if fits else None)


def _other_channels(source: Picture, result: Picture) -> str:
    """Return what reads two alike whose channels are not as many."""
    if source.colour or result.colour:
        return "--colour rgb or gray reads both alike"
    dims = source.shape.dims
    if dims < MOST_SIDES:
        return f"--dims {dims + 1} takes what changes as a side"
    return "--layout tells which axis is of channels"


def _frame(name: str, picture: Picture, frame: int) -> Picture:
    if picture.frames == 1:
        return picture
    try:
        Frames(frame, frame).of(picture.frames)
    except InputError as error:
        raise InputError(error.reason, subject=name, hint=error.hint, code=error.code) from None
    return replace(picture, pixels=picture.pixels[frame : frame + 1])


def _as_grey(picture: Picture) -> Picture:
    """Return a picture whose colours are all grey as one of grey: encoders store it so."""
    pixels = picture.pixels
    if picture.colour != "RGB" or picture.alpha or (pixels != pixels[:, :1]).any():
        return picture
    return replace(picture, pixels=pixels[:, :1], colour="L")
