"""Which input values an output value reads, told as shortly as a layer allows.

Most layers read a rectangle: then the pixels of each axis tell all. Otherwise every output value
is told by itself.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace

# Of weights that are products of those of the axes, relative to 1.
ROUNDING = 1e-9


@dataclass(frozen=True)
class AxisReads:
    """One axis: for each output pixel the input pixels that it reads, and their weights, if told.

    Weights are told where they sum to 1 and the weight of a pixel is the product of its axes'.
    """

    pixels: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[float, ...], ...] | None


@dataclass(frozen=True)
class ReadTerm:
    """An input value at frame, channel and sides that goes into an output value.

    `weight` is None where the output value is no weighted sum.
    """

    place: tuple[int, ...]
    value: float
    weight: float | None


def reads_by_axis(trace: Trace) -> list[AxisReads] | None:
    """Return what each axis reads; None where that does not tell all.

    It does where every output value reads a rectangle, of the same channels and frames as the
    other values of its own channel.
    """
    import numpy as np

    dims = trace.input.ndim - 2
    linked = trace.reads.reshape(*trace.output.shape, *trace.input.shape)
    outs, ins = range(2, 2 + dims), range(4 + dims, 4 + 2 * dims)
    axes = [_projected(linked, out, into) for out, into in zip(outs, ins, strict=True)]
    pixels = linked.any(axis=(0, 1, 2 + dims, 3 + dims))
    if not (pixels == _multiplied(axes)).all() or not _reads_same_channels(linked, dims):
        return None
    weights = _axis_weights(trace, dims)
    return [
        AxisReads(
            tuple(tuple(np.flatnonzero(row).tolist()) for row in axis),
            None if weights is None else _kept(weights[number], axis),
        )
        for number, axis in enumerate(axes)
    ]


def output_terms(trace: Trace, place: tuple[int, ...]) -> list[ReadTerm]:
    """Return what goes into the output value at frame, channel and sides."""
    import numpy as np

    row = int(np.ravel_multi_index(place, trace.output.shape))
    return [
        ReadTerm(
            tuple(int(i) for i in np.unravel_index(column, trace.input.shape)),
            float(trace.input.flat[column]),
            None if trace.weights is None else float(trace.weights[row, column]),
        )
        for column in np.flatnonzero(trace.reads[row])
    ]


def first_that_reads_most(trace: Trace) -> tuple[int, ...]:
    """Return the place of the first output value that reads the most."""
    import numpy as np

    row = int(trace.reads.sum(1).argmax())
    return tuple(int(i) for i in np.unravel_index(row, trace.output.shape))


def _reads_same_channels(linked: NDArray[Any], dims: int) -> bool:
    """Whether all values of an output channel that read anything read the same channels."""
    import numpy as np

    channels = linked.any(axis=tuple(range(4 + dims, 4 + 2 * dims)))
    by_value = channels.reshape(*linked.shape[:2], -1, *linked.shape[2 + dims : 4 + dims])
    some = by_value.any(axis=(-2, -1))
    union = by_value.any(axis=2, keepdims=True)
    return bool(np.all((by_value == union).all(axis=(-2, -1)) | ~some))


def _projected(linked: NDArray[Any], out: int, into: int) -> NDArray[np.bool_]:
    """Return whether any value at an output pixel of an axis reads an input pixel of it."""
    import numpy as np

    others = tuple(axis for axis in range(linked.ndim) if axis not in (out, into))
    return np.asarray(linked.any(axis=others))


def _multiplied(axes: list[NDArray[Any]]) -> NDArray[Any]:
    """Return outs x ins, the products of an out x in matrix for each axis."""
    dims = len(axes)
    spread = []
    for number, axis in enumerate(axes):
        shape = [1] * (2 * dims)
        shape[number], shape[dims + number] = axis.shape
        spread.append(axis.reshape(shape))
    product: NDArray[Any] = reduce(operator.mul, spread)
    return product


def _axis_weights(trace: Trace, dims: int) -> list[NDArray[Any]] | None:
    """Return out x in weights of each axis if their products are those of every channel."""
    import numpy as np

    channels = trace.input.shape[1]
    one_by_one = trace.output.shape[:2] == trace.input.shape[:2] == (1, channels)
    if trace.weights is None or not one_by_one:
        return None
    whole = trace.weights.reshape(*trace.output.shape, *trace.input.shape)
    each = [
        whole[0, channel][..., 0, channel, *[slice(None)] * dims] for channel in range(channels)
    ]
    axes = [_summed(each[0], number, dims) for number in range(dims)]
    if not all(np.allclose(axis.sum(1), 1, rtol=0, atol=ROUNDING) for axis in axes):
        return None
    product = _multiplied(axes)
    if not all(np.allclose(weights, product, rtol=0, atol=ROUNDING) for weights in each):
        return None
    return axes


def _summed(weights: NDArray[Any], number: int, dims: int) -> NDArray[Any]:
    """Return the weights of one axis, those of the others summed at their first output pixel."""
    import numpy as np

    at_first = np.moveaxis(weights, number, 0)
    for _ in range(dims - 1):
        at_first = at_first[:, 0]
    others = tuple(1 + axis for axis in range(dims) if axis != number)
    summed: NDArray[Any] = at_first.sum(axis=others)
    return summed


def _kept(weights: NDArray[Any], read: NDArray[Any]) -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(float(w) for w in row[which]) for row, which in zip(weights, read, strict=True)
    )
