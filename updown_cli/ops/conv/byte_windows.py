"""Convolutions of bytes with kernels of whole numbers, and means: sums without floats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.op.integer_way import BYTE, Clamping, IntegerWay, by_rows, divided
from updown_cli.op.row_windows import RowWindows
from updown_cli.op.windows import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Act = Any

# A sum of bytes must stay below this.
LARGEST = 1 << 15

# Rows and columns.
SIDES = 2

# Taps of a kernel up to which sums of them are faster than rows and then columns by tables.
FEW_TAPS = 12

# Taps of a mean whose share of a sum, in single precision, is on the right side of a half: for odd
# numbers of taps no mean is nearer to a half than one over twice as many.
MOST_SHARED = 121


def byte_way(weight: NDArray[Any], groups: int, spans: Sequence[Span]) -> IntegerWay | None:
    """Return how bytes are convolved with the same kernels for each channel; None where not so."""
    if weight.ndim != SIDES + 2 or groups == 0 or weight.shape[1] != 1 or len(weight) % groups:
        return None
    kernels = weight[: len(weight) // groups, 0]
    if not (weight.reshape(groups, *kernels.shape) == kernels).all():
        return None
    clamping = Clamping()
    acts = [_act_of(kernel, [*spans], clamping) for kernel in kernels]
    if None in acts:
        return None
    cuts = None if all(map(_is_mean, kernels)) else clamping
    return IntegerWay(partial(_each, acts), rounds=True, keeps_white=False, clamping=cuts)


def has_few_taps(weight: NDArray[Any]) -> bool:
    """Whether kernels are of whole numbers, and sums tap by tap faster than by tables."""
    import numpy as np

    taps = np.count_nonzero(weight[:, 0].reshape(len(weight), -1), axis=1)
    return bool((taps <= FEW_TAPS).all()) and all(map(_is_whole, weight[:, 0]))


def _act_of(kernel: NDArray[Any], spans: list[Span], clamping: Clamping) -> Act | None:
    """Return what makes rows of sums or means, if it needs no floats."""
    if _is_mean(kernel):
        return partial(_means, spans, kernel.size)
    return partial(_sums, spans, kernel.astype("int16"), clamping) if _is_whole(kernel) else None


def _each(acts: list[Act], pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the results of every channel, one for each act, beside each other."""
    import numpy as np

    results = [by_rows(pixels, act) for act in acts]
    if len(results) == 1:
        return results[0]
    frames, channels, height, width = results[0].shape
    room = np.empty((frames, height, width, channels, len(acts)), np.uint8)
    for number, result in enumerate(results):
        room[..., number] = result.transpose(0, 2, 3, 1)
    return room.reshape(frames, height, width, -1).transpose(0, 3, 1, 2)


def _is_whole(kernel: NDArray[Any]) -> bool:
    """Whether sums of bytes times whole numbers stay below the largest."""
    if not abs(kernel).max() < LARGEST or not (kernel == kernel.astype("int16")).all():
        return False
    return bool(0 < abs(kernel).sum() * BYTE < LARGEST)


def _is_mean(kernel: NDArray[Any]) -> bool:
    import numpy as np

    few = kernel.size % 2 == 1 and 1 < kernel.size <= MOST_SHARED
    return few and bool((kernel.astype(np.float32) == np.float32(1 / kernel.size)).all())


def _means(spans: list[Span], count: int, rows: NDArray[Any], step: int) -> NDArray[Any]:
    """Return rows of means, rounded; they are never halves."""
    import numpy as np

    windows = RowWindows(spans, step, 0)

    def sums(block: NDArray[Any]) -> NDArray[Any]:
        summed: NDArray[Any] = windows.combined(block.astype(np.uint16), np.add)
        return summed

    return windows.reduced(rows, sums, lambda sums, which: divided(sums, count))


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
