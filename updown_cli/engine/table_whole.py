"""One separable interpolation of a picture, by the tables of its sides.

Of what a crop takes away behind it nothing is computed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.banded_matmul import ByteTables, interpolate_bytes
from updown_cli.engine.checked_bytes import interpolate_checked
from updown_cli.engine.checked_tables import CheckedTables
from updown_cli.engine.picked_pixels import PixelPicks, pick_pixels
from updown_cli.engine.quantize import Clamped, Quantization
from updown_cli.engine.results import Outcome, Result
from updown_cli.engine.rows import ArraySource, ArrayTarget, RowSource, RowTarget
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.kept import Kept

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.resampling import Table
    from updown_cli.pipeline.plan import Plan

# Channels that are side by side in a picture; blocks for more would be mostly zeros.
MOST_CHANNELS = 4

# Bytes of tables that an engine keeps: those of a photograph of a megapixel are about one.
MOST_BYTES = 64 << 20

# Bytes of what is kept beside the numbers of tables: a plan, and a part for every block.
BESIDE = 64 << 10

#: What is kept of a plan and a type to compute with; None for a plan without tables.
Tables = ByteTables | CheckedTables | PixelPicks | None


def interpolate_whole(
    plan: Plan,
    pixels: NDArray[Any],
    quantization: Quantization,
    channel_info: ChannelInfo,
    dtype: str = "float32",
    kept: Kept[Tables] | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Result | None:
    """Return the result for frames x channels x H x W; None for what tables cannot do.

    They interpolate bytes and pick any numbers, which are stored as they come, from the places
    that torch would find in computing with a dtype. Tables that are made are `kept`;
    `tell` is told how many rows of how many are done.
    """
    if not _is_plain(plan, pixels.dtype, quantization, channel_info):
        return None
    selects = plan.steps[0].op.selects_values()
    if not selects and (pixels.dtype != "uint8" or _is_weighed(plan, pixels, channel_info)):
        return None
    began = time.perf_counter()
    kept = Kept(MOST_BYTES) if kept is None else kept
    tables = tables_of(plan, dtype, kept)
    if tables is None:
        return None
    frames, clamped = _through(pixels, tables, tell)
    return Result.of(_outcome(plan, began, clamped), frames)


def interpolate_rows(
    plan: Plan,
    source: RowSource,
    target: RowTarget,
    quantization: Quantization,
    channel_info: ChannelInfo,
    kept: Kept[Tables],
) -> Outcome | None:
    """Put one frame of bytes into a target, as `interpolate_whole` does it; None if it cannot.

    Colours beside transparency are none of it: only all rows tell whether any is transparent.
    """
    weighs = channel_info.alpha and channel_info.weighs
    plain = _is_plain(plan, source.dtype, quantization, channel_info) and not weighs
    if not plain or source.dtype != "uint8" or plan.frames > 1:
        return None
    began = time.perf_counter()
    tables = tables_of(plan, "float32", kept)
    if not isinstance(tables, ByteTables | CheckedTables):
        return None
    return _outcome(plan, began, _interpolate(source, target, tables))


def _is_plain(
    plan: Plan, dtype: Any, quantization: Quantization, channel_info: ChannelInfo
) -> bool:
    """Whether it is one operation, and crops, on a picture whose numbers are stored as such."""
    stored = quantization == Quantization(str(dtype)) and not channel_info.linear_light
    few = plan.steps[0].before.channels <= MOST_CHANNELS
    return stored and few and (len(plan.steps) == 1 or _parts(plan) is not None)


def _parts(plan: Plan) -> list[tuple[slice, ...]] | None:
    """Return what each step after the first leaves; None where one does more than leaving out."""
    if any(step.op.kept_as for step in plan.steps):
        return None
    parts = [step.op.part_of(step.before) for step in plan.steps[1:]]
    return [part for part in parts if part is not None] if None not in parts else None


def _outcome(plan: Plan, began: float, clamped: Clamped | None) -> Outcome:
    """Return what is told; all of the time is that of the first step."""
    told = clamped if clamped and clamped.values else None
    seconds = (time.perf_counter() - began, *(0.0,) * (len(plan.steps) - 1))
    return Outcome(seconds=seconds, dtype="float32", warnings=(), clamped=told)


class _Told(ArrayTarget):
    """An array that is filled, and tells of every row."""

    tell: Callable[[int], None]

    def take(self, first: int, rows: NDArray[Any]) -> None:
        """Tell which row is the last by now."""
        self.tell(first + rows.shape[2])


def _is_weighed(plan: Plan, pixels: NDArray[Any], channel_info: ChannelInfo) -> bool:
    """Whether colours are weighed by transparency, as well of an opaque picture among nothing."""
    if not (channel_info.alpha and channel_info.weighs):
        return False
    alone = plan.steps[0].op.surroundings() == NOTHING_AROUND
    return not alone or bool(pixels[:, -1].min() < channel_info.white)


def tables_of(plan: Plan, dtype: str, kept: Kept[Tables]) -> Tables:
    """Return the tables of a plan, kept or made; None if its first step has none."""
    return kept.get((plan, dtype), lambda: _tables(plan, dtype), _bytes_of)


def _tables(plan: Plan, dtype: str) -> Tables:
    """Return the tables of a plan's first step as they are used, for what the others leave."""
    first, parts = plan.steps[0], _parts(plan) or []
    if (tables := first.op.tables(first.before, dtype)) is None:
        exact = first.op.double_tables(first.before)
        channels = first.before.channels
        return None if exact is None else CheckedTables.of(_left(exact, parts), channels)
    tables = _left(tables, parts)
    if first.op.selects_values():
        return PixelPicks.of(tables)
    shrinks = first.after.size[0] < first.before.size[0]
    return ByteTables.of(tables, first.before.channels, shrinks=shrinks)


def _left(tables: tuple[Table, ...], parts: list[tuple[slice, ...]]) -> tuple[Table, ...]:
    """Return the tables of what is left of a result by one crop after the other."""
    for part in parts:
        tables = tuple(table.part(side) for table, side in zip(tables, part, strict=True))
    return tables


def _interpolate(
    source: RowSource, target: RowTarget, tables: ByteTables | CheckedTables
) -> Clamped:
    """Put one frame of bytes interpolated into a target, and return what was clamped."""
    if isinstance(tables, CheckedTables):
        return interpolate_checked(source, target, tables)
    return interpolate_bytes(source, target, tables)


def _bytes_of(tables: Tables) -> int:
    return BESIDE + (0 if tables is None else tables.bytes)


def _through(
    pixels: NDArray[Any],
    tables: ByteTables | CheckedTables | PixelPicks,
    tell: Callable[[int, int], None] | None,
) -> tuple[NDArray[Any], Clamped | None]:
    """Return frames put through tables, and what was clamped."""
    import numpy as np

    results, clamped, height = [], None, tables.size[0]
    for number, frame in enumerate(pixels):

        def tell_row(last: int, before: int = number * height) -> None:
            if tell is not None:
                tell(before + last, len(pixels) * height)

        if isinstance(tables, PixelPicks):
            picked = pick_pixels(frame.transpose(1, 2, 0), tables, tell_row)
            results.append(picked.transpose(2, 0, 1))
        else:
            target = _Told((1, len(frame), *tables.size), "uint8", channels_last=True)
            target.tell = tell_row
            new = _interpolate(ArraySource(frame[None]), target, tables)
            clamped = new.and_also(clamped)
            results.append(target.pixels[0])
    return results[0][None] if len(results) == 1 else np.stack(results), clamped
