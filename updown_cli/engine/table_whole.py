"""One separable interpolation of a picture, by the tables of its sides."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.banded_matmul import interpolate_bytes
from updown_cli.engine.picked_pixels import pick_pixels
from updown_cli.engine.quantize import Clamped, Quantization
from updown_cli.engine.results import Result
from updown_cli.engine.rows import ArraySource, ArrayTarget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.resampling import Table
    from updown_cli.pipeline.plan import Plan

# Channels that are side by side in a picture; blocks for more would be mostly zeros.
MOST_CHANNELS = 4


def interpolate_whole(
    plan: Plan,
    pixels: NDArray[Any],
    quantization: Quantization,
    channel_info: ChannelInfo,
    dtype: str = "float32",
) -> Result | None:
    """Return the result for frames x channels x H x W; None for what tables cannot do.

    They interpolate bytes and pick any numbers, which are stored as they come, from the places
    that torch would find in computing with a dtype.
    """
    op, shape = plan.steps[0].op, plan.steps[0].before
    plain = quantization == Quantization(str(pixels.dtype)) and not channel_info.linear_light
    if not plain or len(plan.steps) > 1 or shape.channels > MOST_CHANNELS:
        return None
    selects = op.selects_values()
    if not selects and (pixels.dtype != "uint8" or _is_weighed(pixels, channel_info)):
        return None
    began = time.perf_counter()
    if (tables := op.tables(shape, dtype)) is None:
        return None
    frames, clamped = _through(pixels, tables, selects=selects)
    told = clamped if clamped and clamped.values else None
    seconds = (time.perf_counter() - began,)
    return Result(pixels=frames, seconds=seconds, dtype="float32", warnings=(), clamped=told)


def _is_weighed(pixels: NDArray[Any], channel_info: ChannelInfo) -> bool:
    """Whether colours are weighed by transparency."""
    return (
        channel_info.alpha
        and channel_info.weighs
        and bool(pixels[:, -1].min() < channel_info.white)
    )


def _through(
    pixels: NDArray[Any], tables: tuple[Table, ...], *, selects: bool
) -> tuple[NDArray[Any], Clamped | None]:
    """Return frames put through a vertical and a horizontal table, and what was clamped."""
    import numpy as np

    results, clamped = [], None
    for frame in pixels:
        if selects:
            results.append(pick_pixels(frame.transpose(1, 2, 0), *tables).transpose(2, 0, 1))
        else:
            target = _room_for(frame, *tables)
            new = interpolate_bytes(ArraySource(frame[None]), target, *tables)
            clamped = new.and_also(clamped)
            results.append(target.pixels[0])
    return results[0][None] if len(results) == 1 else np.stack(results), clamped


def _room_for(frame: NDArray[Any], vertical: Table, horizontal: Table) -> ArrayTarget:
    size = vertical.sources.shape[1], horizontal.sources.shape[1]
    return ArrayTarget((1, len(frame), *size), "uint8", channels_last=True)
