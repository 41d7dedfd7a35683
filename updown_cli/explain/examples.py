"""Small inputs on which an operation shows what it does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.conv.quantized import LEVELS, QuantizedConv
from updown_cli.ops.pool.kept_indices import KeepsIndices
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.ops.upsample.median import MedianUpsample

if TYPE_CHECKING:
    from updown_cli.explain.traces import Numbers
    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.pipeline.pipeline import Pipeline

# Sides and channels, or frames, that are tried in turn.
SIDES = (4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 2, 1)
COUNTS = (*range(2, 129), 256, 512, 1024)

# What chooses between values shows nothing where they rise evenly.
CHOOSING = (KeepsIndices, MinPool, MedianPool, MedianUpsample)

# The order of numbers that rise unevenly.
SEED = 5


def example_size(
    pipeline: Pipeline, dims: int, sides: tuple[int, ...] | None = None
) -> tuple[Shape, int]:
    """Return a small shape, and the frames, that operations take; raise ShapeError if none.

    The sides can be given.
    """
    refusal: ShapeError | None = None
    for size in [sides] if sides else ((side,) * dims for side in SIDES):
        for channels, frames in _counts():
            shape = Shape(channels, *size)
            try:
                pipeline.plan(shape, frames)
            except ShapeError as error:
                refusal = refusal or error
            else:
                return shape, frames
    assert refusal is not None
    raise refusal


def _counts() -> Iterator[tuple[int, int]]:
    """Yield channels and frames: one of each, then more of either."""
    yield 1, 1
    for count in COUNTS:
        yield count, 1
        yield 1, count


def example_numbers(op: Op, shape: Shape, frames: int) -> Numbers:
    """Return 1, 2, 3... in the form of an image, or in disorder for what chooses between them."""
    import numpy as np

    count = frames * math.prod(shape)
    numbers = np.arange(1.0, count + 1)
    if isinstance(op, CHOOSING):
        numbers = np.random.default_rng(SEED).permutation(numbers)
    if isinstance(op, QuantizedConv):
        numbers %= LEVELS + 1
    return numbers.reshape(frames, *shape)


def pool_for_unpool(
    unpool: MaxUnpool, shape: Shape, frames: int
) -> tuple[Numbers, Numbers, PoolIndices]:
    """Return a source, its maxima in a shape, and where they were, for an unpool to undo.

    The pool has the unpool's windows, 2 if it has none. Raises ShapeError where none gives the
    shape.
    """
    import numpy as np
    import torch

    windows = {
        "kernel_size": unpool.kernel_size or (2,),
        "stride": unpool.stride,
        "padding": unpool.padding,
    }
    pool = MaxPool(save_indices=unpool.indices, **windows).for_shape(shape)  # type: ignore[arg-type]
    size = unpool.output_size or _source_size(pool, shape)
    source_shape = Shape(shape.channels, *size)
    pool = MaxPool(save_indices=unpool.indices, **windows).for_shape(source_shape)  # type: ignore[arg-type]
    if pool.out_shape(source_shape) != shape:
        raise ShapeError(
            f"pooling {source_shape} does not give {shape}",
            hint="give the positions as --indices, or another --input",
        )
    source = example_numbers(pool, source_shape, frames)
    signal = pool.run(Signal(torch.from_numpy(source)))
    return source, np.asarray(signal.pixels.numpy()), signal.pool_indices[-1]


def _source_size(pool: MaxPool, shape: Shape) -> tuple[int, ...]:
    spans = zip(pool.spans(), shape.size, strict=True)
    return tuple(
        (side - 1) * span.stride + span.reach - 2 * span.pads(side)[0] for span, side in spans
    )
