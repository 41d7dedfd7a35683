"""What a file tells an unpool: recorded positions, or the source whose maxima they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.peek import peek
from updown_cli.files.read import read
from updown_cli.op.base import Op
from updown_cli.op.index_sharing import IndexTaker
from updown_cli.op.shape import Shape
from updown_cli.pipeline.unpool_pairing import unpools_with_files

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.reading import Reading
    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.pipeline.pipeline import Pipeline

    Find = Callable[[Op, NDArray[Any]], tuple[PoolIndices, ...]]


def read_unpool_inputs(
    path: str | None,
    pipeline: Pipeline,
    size: tuple[Shape, int],
    reading: Reading,
    find: Find | None = None,
) -> tuple[Pipeline, tuple[PoolIndices, ...]]:
    """Return the pipeline with what the unpool's file tells it, and the positions.

    `size` is the shape and the number of frames of the input. `find` gives the positions of the
    maxima of pixels; without it a source's header is all that is read.
    """
    if path is None or not (told := unpools_with_files(pipeline.ops)):
        return pipeline, ()
    unpool = pipeline.ops[told[0]]
    assert isinstance(unpool, IndexTaker)
    size = _before(pipeline, told[0], size)
    try:
        pool = unpool.source_pool()
        if pool is None:
            pool_indices = unpool.read_indices(path, size[0], reading.layout, reading.dims)
            pool_indices = replace(pool_indices, name=unpool.told_by or "", file=path)
            return _with(pipeline, unpool, unpool.with_pool_indices(pool_indices)), (pool_indices,)
        with_source = _with(pipeline, unpool, _with_source(unpool, path, size, reading))
        if find is None:
            return with_source, ()
        return with_source, find(pool, read(path, reading).pixels)
    except InputError as error:
        reason = ": ".join(filter(None, (path, error.subject, error.reason)))
        raise InputError(reason, hint=error.hint, code=error.code) from None


def _before(pipeline: Pipeline, number: int, size: tuple[Shape, int]) -> tuple[Shape, int]:
    """Return the shape and the frames that a step starts from."""
    if number == 0:
        return size
    *_, last = zip(range(number), pipeline.steps(*size), strict=False)
    return last[1].after, last[1].frames[1]


def _with_source(
    unpool: IndexTaker, path: str, size: tuple[Shape, int], reading: Reading
) -> IndexTaker:
    source, frames = peek(path, reading)
    shape, expected = size
    if frames != expected:
        raise InputError(f"has {frames} frames, the input {expected}", code="bad_shape")
    return unpool.with_source(source, shape)


def _with(pipeline: Pipeline, old: Op, new: Op) -> Pipeline:
    return replace(pipeline, ops=tuple(new if op is old else op for op in pipeline.ops))
