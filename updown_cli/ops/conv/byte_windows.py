"""Convolutions of bytes with kernels of whole numbers, and means: sums without floats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.integer_way import BYTE, Clamping, IntegerWay, by_rows
from updown_cli.op.row_windows import RowWindows
from updown_cli.op.windows import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Act = Any

# A sum of bytes must stay below this.
LARGEST = 1 << 15

# Taps of a mean whose share of a sum, in single precision, is on the right side of a half: for odd
# numbers of taps no mean is nearer to a half than one over twice as many.
MOST_SHARED = 121


def byte_way(weight: NDArray[Any], groups: int, spans: Sequence[Span]) -> IntegerWay | None:
    """Return how bytes are convolved with one kernel for each channel; None where floats must."""
    kernel = weight[0, 0]
    alone = groups == len(weight) and weight.shape[1] == 1 and (weight == kernel).all()
    if kernel.ndim != 2 or not alone:
        return None
    if _is_mean(kernel):
        act = partial(_means, [*spans], kernel.size)
        return IntegerWay(partial(by_rows, act=act), rounds=True, keeps_white=False)
    whole = (kernel == kernel.astype("int16")).all() if abs(kernel).max() < LARGEST else False
    if not whole or not 0 < abs(kernel).sum() * BYTE < LARGEST:
        return None
    clamping = Clamping()
    act = partial(_sums, [*spans], kernel.astype("int16"), clamping)
    run = partial(by_rows, act=act)
    return IntegerWay(run, rounds=True, keeps_white=False, clamping=clamping)


def _is_mean(kernel: NDArray[Any]) -> bool:
    import numpy as np

    few = kernel.size % 2 == 1 and 1 < kernel.size <= MOST_SHARED
    return few and bool((kernel.astype(np.float32) == np.float32(1 / kernel.size)).all())


def _means(spans: list[Span], count: int, rows: NDArray[Any], step: int) -> NDArray[Any]:
    """Return rows of means, rounded; they are never halves."""
    import numpy as np

    windows, whole = RowWindows(spans, step, 0), np.uint16(count)

    def sums(block: NDArray[Any]) -> NDArray[Any]:
        summed: NDArray[Any] = windows.combined(block.astype(np.uint16), np.add)
        return summed

    def shares(sums: NDArray[Any], which: slice) -> NDArray[Any]:
        sums += whole // np.uint16(2)
        sums //= whole
        return sums

    return windows.reduced(rows, sums, shares)


def _sums(
    spans: list[Span], kernel: NDArray[Any], clamping: Clamping, rows: NDArray[Any], step: int
) -> NDArray[Any]:
    """Return rows of sums over windows, clamped to bytes."""
    windows = RowWindows(spans, step, 0)
    act = partial(_weighed, windows, kernel)
    return windows.reduced(rows, act, clamping.clamped)


def _weighed(windows: RowWindows, kernel: NDArray[Any], block: NDArray[Any]) -> NDArray[Any]:
    """Return the sum of every window, times the kernel."""
    import numpy as np

    total: NDArray[Any] | None = None
    room: NDArray[Any] | None = None
    for lines, weights in zip(windows.taps_down(block.astype(np.int16)), kernel, strict=True):
        for values, weight in zip(windows.taps_across(lines), weights, strict=True):
            if weight == 0:
                continue
            if total is None or room is None:
                total, room = values * weight, np.empty(values.shape, np.int16)
            elif abs(weight) == 1:
                (np.add if weight == 1 else np.subtract)(total, values, out=total)
            else:
                total += np.multiply(values, weight, out=room)
    assert total is not None
    return total
