"""What one operation does to one small input: which values every output value reads, and how much.

Nothing here knows how an operation works. It is asked: a NaN in the input appears in every output
value that reads it, and 1 among zeros comes out as its weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.anatomy import Anatomy
    from updown_cli.op.artifact import Artifact

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
    def anatomy(self) -> Anatomy:
        """What can be shown of how the operation works on this input."""
        return self.op.anatomy(Shape(*self.input.shape[1:]))

    @cached_property
    def chosen(self) -> NDArray[np.int64] | None:
        """For each output value the input value that it is, -1 for a zero that is none.

        None where values are not selected. Of equal values the first is meant, of NaNs the last,
        as torch has it.
        """
        import numpy as np

        if not self.op.selects_values():
            return None
        values, results = self.input.ravel(), self.output.reshape(-1, 1)
        equal = self.reads & (values == results)
        both_nan = self.reads & np.isnan(values) & np.isnan(results)
        last = values.size - 1 - both_nan[:, ::-1].argmax(1)
        found = np.where(both_nan.any(1), last, -1)
        return np.where(equal.any(1), equal.argmax(1), found)


def trace_op(
    op: Op,
    pixels: Numbers,
    artifacts: tuple[Artifact, ...] = (),
    white: float = 1.0,
    signal_of: Callable[[Tensor], Signal] | None = None,
) -> Trace:
    """Return what an operation, told its shape, does to frames x channels x sides.

    `artifacts` are what earlier steps left; `signal_of` puts the numbers elsewhere in a signal than
    in its pixels.
    """
    import numpy as np

    def run(x: Numbers, op: Op = op) -> Numbers:
        import torch

        given = torch.from_numpy(x)
        signal = op.run(signal_of(given) if signal_of else Signal(given, artifacts, white))
        result: Numbers = signal.pixels.double().numpy()
        return result

    with _one_thread():
        output = run(pixels)
        offset = run(np.zeros_like(pixels)).ravel()
        run = partial(run, op=op.for_tracing())
        weights = None if op.rounds_at(white) else _weights(run, offset, pixels)
        if weights is not None and not op.reads_zero_weights:
            reads = weights != 0
        else:
            reads = np.isnan(_responses(run, pixels.shape, np.nan))
    return Trace(op, pixels, output, reads, weights, offset)


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


def _weights(run: Run, offset: Numbers, pixels: Numbers) -> Numbers | None:
    """Return the matrix that an operation is, if it is one beside its offset."""
    import numpy as np

    weights = _responses(run, pixels.shape, 1.0) - offset[:, None]
    finite = np.where(np.isfinite(pixels), pixels, 0.0)
    return weights if _is_sum(run, weights, offset, finite) else None


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
