"""Small inputs on which an operation shows what it does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    from updown_cli.explain.traces import Numbers
    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.pipeline.pipeline import Pipeline

# Sides and channels, or frames, that are tried in turn.
SIDES = (4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 2, 1)
COUNTS = (*range(2, 129), 256, 512, 1024)


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
    """Return the numbers on which an operation shows what it does, in the form of an image."""
    return op.example_numbers(frames * math.prod(shape)).reshape(frames, *shape)


def pooled_example(pool: Op, source: Shape, frames: int) -> tuple[Numbers, Numbers, PoolIndices]:
    """Return a source, its maxima, and where they were, for an unpool to undo."""
    import numpy as np
    import torch

    numbers = example_numbers(pool, source, frames)
    signal = pool.run(Signal(torch.from_numpy(numbers)))
    return numbers, np.asarray(signal.pixels.numpy()), signal.pool_indices[-1]
