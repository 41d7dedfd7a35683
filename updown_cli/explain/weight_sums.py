"""What the weights of each output value sum to, and where their middle is.

A flat picture stays flat where the sums are equal: a checkerboard is where they differ. Where the
middle is not at its pixel's place, the result has shifted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.explain.sampling import AXES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]

#: The commands whose result covers the picture that they were given.
RESIZES = ("pool", "unpool", "upsample", "deconv", "shuffle", "upblock")

# What rounding leaves of sums that are equal, and of 0.
ROUNDING = 1e-9


def weight_sums(trace: Trace) -> Numbers | None:
    """Return the sum of the weights of each output value, in its form; None without weights."""
    if trace.weights is None:
        return None
    sums: Numbers = trace.weights.sum(1).reshape(trace.output.shape)
    return sums


def weight_shifts(trace: Trace) -> dict[str, Numbers]:
    """Return by axis how far the middle of the weights lies from the place of each output value.

    Both in pixels of the input, whose sides and the result's begin and end together; NaN where the
    weights sum to 0. Nothing of what does not resize, or has no weights, or three sides.
    """
    import numpy as np

    sides = trace.input.shape[2:]
    if trace.weights is None or trace.op.command not in RESIZES or len(sides) > len(AXES):
        return {}
    sums = trace.weights.sum(1)
    some = np.abs(sums) > ROUNDING * max(np.abs(trace.weights).sum(1).max(initial=0.0), ROUNDING)
    found = {}
    for axis, name in enumerate(AXES[len(sides)], start=2):
        places = np.indices(trace.input.shape)[axis].ravel()
        middle = np.divide(trace.weights @ places, sums, np.full(sums.shape, np.nan), where=some)
        factor = trace.input.shape[axis] / trace.output.shape[axis]
        aligned = (np.indices(trace.output.shape)[axis].ravel() + 0.5) * factor - 0.5
        shift = middle - aligned
        found[name] = np.where(np.abs(shift) < ROUNDING, 0.0, shift).reshape(trace.output.shape)
    return found


def is_even(numbers: Numbers) -> bool:
    """Whether all are equal, NaNs aside, as far as rounding tells."""
    import numpy as np

    finite = numbers[np.isfinite(numbers)]
    largest = np.abs(finite).max(initial=0.0)
    return bool(finite.size == 0 or np.ptp(finite) <= ROUNDING * max(largest, 1.0))
