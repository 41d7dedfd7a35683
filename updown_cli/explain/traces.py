"""What one operation does to one small input: which values every output value reads, and how much.

Nothing here knows how an operation works. It is asked: a NaN in the input appears in every output
value that reads it, and 1 among zeros comes out as its weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from updown_cli.op.base import Op
from updown_cli.op.signal import Signal
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.kernels.layer import KernelLayer
from updown_cli.ops.unpool.max import MaxUnpool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.op.pool_indices import PoolIndices

    Numbers = NDArray[np.float64]
    Run = Callable[[Numbers], Numbers]

# Of weighted sums in float64, relative to the largest.
ROUNDING = 1e-9

#: More input values, or pairs of input and output values, are not looked at.
MOST_TRACED, MOST_LINKS = 4096, 1 << 22


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


def trace_op(
    op: Op, pixels: Numbers, pool_indices: tuple[PoolIndices, ...] = (), white: float = 1.0
) -> Trace:
    """Return what an operation, told its shape, does to frames x channels x sides."""
    import numpy as np

    def run(x: Numbers, op: Op = op) -> Numbers:
        import torch

        signal = op.run(Signal(torch.from_numpy(x), pool_indices, white))
        result: Numbers = signal.pixels.double().numpy()
        return result

    with _one_thread():
        output = run(pixels)
        run = partial(run, op=_for_any_values(op))
        offset = run(np.zeros_like(pixels)).ravel()
        weights = None
        if not isinstance(op, QuantizedConv):  # it refuses what is needed to find out, and rounds
            weights = _responses(run, pixels.shape, 1.0) - offset[:, None]
            weights = weights if _is_sum(run, weights, offset, pixels) else None
        if weights is not None and not isinstance(op, KernelLayer):
            reads = weights != 0
        else:
            reads = np.isnan(_responses(_without_rounding(op) or run, pixels.shape, np.nan))
    return Trace(op, pixels, output, reads, weights, offset)


def _for_any_values(op: Op) -> Op:
    """Return an unpool that refuses no values; what it refuses of its own input it has refused."""
    if isinstance(op, MaxUnpool) and op.duplicates == "error":
        return replace(op, duplicates="last")
    return op


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch do without threads, which for a few values would only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _without_rounding(op: Op) -> Run | None:
    """Return the plain convolution that a quantized one, which refuses a NaN, is at heart."""
    if not isinstance(op, QuantizedConv):
        return None
    plain = PlainConv(**{p.name: getattr(op, p.name) for p in PlainConv.parameters()})

    def run(x: Numbers) -> Numbers:
        import torch

        result: Numbers = plain.apply(torch.from_numpy(x)).numpy()
        return result

    return run


def _responses(run: Callable[[Numbers], Numbers], shape: tuple[int, ...], value: float) -> Numbers:
    """Return a column for every place of the input: the flat output for the value among zeros."""
    import numpy as np

    columns = []
    for place in range(int(np.prod(shape))):
        x = np.zeros(shape)
        x.flat[place] = value
        columns.append(run(x).ravel())
    return np.stack(columns, axis=1)


def _is_sum(run: Run, weights: Numbers, offset: Numbers, pixels: Numbers) -> bool:
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
