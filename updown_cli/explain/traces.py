"""What one operation does to one small input: which values every output value reads, and how much.

Nothing here knows how an operation works. It is asked: a NaN in the input appears in every output
value that reads it, and 1 among zeros comes out as its weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.ops.base import Op, Signal
from updown_cli.ops.convolved import Convolved

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.ops.switches import Switches

    Numbers = NDArray[np.float64]

# Of weighted sums in float64, relative to the largest.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Trace:
    """An input, its output, and what links them; both are frames x channels x sides in float64.

    `reads` is a matrix of one row per output value and one column per input value, in the order of
    the flat arrays, which says whether the one reads the other. `weights` has the same form, and is
    None where an output value is no weighted sum of input values plus `offset`.
    """

    op: Op
    input: Numbers
    output: Numbers
    reads: NDArray[np.bool_]
    weights: Numbers | None
    offset: Numbers

    @cached_property
    def chosen(self) -> NDArray[np.int64] | None:
        """For each output value the input value that it is, -1 for a zero that is none.

        None where values are not selected. Of equal values the first is meant.
        """
        import numpy as np

        if not self.op.selects_values():
            return None
        equal = self.reads & (self.input.ravel() == self.output.reshape(-1, 1))
        return np.where(equal.any(1), equal.argmax(1), -1)


def traced(op: Op, pixels: Numbers, switches: tuple[Switches, ...] = ()) -> Trace:
    """Return what an operation, told its shape, does to frames x channels x sides."""
    import numpy as np

    def run(x: Numbers) -> Numbers:
        import torch

        signal = op.run(Signal(torch.from_numpy(x), switches))
        result: Numbers = signal.pixels.double().numpy()
        return result

    output = run(pixels)
    offset = run(np.zeros_like(pixels)).ravel()
    weights = _responses(run, pixels.shape, 1.0) - offset[:, None]
    is_sum = _is_sum(run, weights, offset, pixels)
    if is_sum and not isinstance(op, Convolved):
        reads = weights != 0
    else:
        reads = np.isnan(_responses(run, pixels.shape, np.nan))
    return Trace(op, pixels, output, reads, weights if is_sum else None, offset)


def _responses(run: Callable[[Numbers], Numbers], shape: tuple[int, ...], value: float) -> Numbers:
    """Return a column for every place of the input: the flat output for the value among zeros."""
    import numpy as np

    columns = []
    for place in range(int(np.prod(shape))):
        x = np.zeros(shape)
        x.flat[place] = value
        columns.append(run(x).ravel())
    return np.stack(columns, axis=1)


def _is_sum(
    run: Callable[[Numbers], Numbers], weights: Numbers, offset: Numbers, pixels: Numbers
) -> bool:
    """Whether weights and offset tell the output, also where signs are mixed."""
    import numpy as np

    if not np.isfinite(weights).all():
        return False
    signs = np.where(np.arange(pixels.size) % 3 == 1, -1.0, 1.0).reshape(pixels.shape)
    for x in (pixels, pixels * signs, -pixels):
        expected = weights @ x.ravel() + offset
        largest = max(np.abs(expected).max(initial=0.0), np.abs(x).max(initial=0.0), 1.0)
        if not np.allclose(run(x).ravel(), expected, rtol=0, atol=ROUNDING * largest):
            return False
    return True
