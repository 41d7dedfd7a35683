"""What `explain` tells: of an operation on a small input, drawn up or read from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.batch.inputs import STDIN
from updown_cli.batch.single_file import name_file, read_single
from updown_cli.batch.unpool_inputs import read_unpool_inputs
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.errors import InputError, UsageError
from updown_cli.explain.chain_traces import is_traceable
from updown_cli.explain.examples import example_numbers, example_size, pooled_example
from updown_cli.explain.explanation import Explanation
from updown_cli.explain.traces import trace_op
from updown_cli.files.peek import peek
from updown_cli.op.param_types import whole
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.pool_indices import is_index_name
from updown_cli.op.shape import Shape
from updown_cli.pipeline.join_pairing import pair_joins
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.reading import Reading
    from updown_cli.op.base import Op
    from updown_cli.op.pool_indices import PoolIndices

# The sides of the maxima that an unpool puts back if nothing says otherwise.
POOLED = 2

Size = tuple[Shape, int]


def explain_operation(op: Op, given: str | None, reading: Reading) -> Explanation:
    """Return what is told of an operation on an input.

    That is given as sides like `4x4`, channels first, or as a file; otherwise one that fits is
    made up. Raises UsageError or InputError for an input that cannot be had, ShapeError for one
    that the operation does not take.
    """
    pair_joins((op,))
    sides = _sides(given)
    if given is not None and sides is None:
        return _on_file(op, given, reading)
    dims = reading.dims or 2
    size = _size(sides, dims)
    shape, frames = size or (Shape(1, *_spread(sides or (POOLED,), dims)), 1)
    if (example := op.example_pool(shape)) is not None:
        return _on_pooled(op, *example, frames)
    size = size or op.example_size(lambda path: _peeked(path, reading))
    return _on_numbers(op, size or _fitting(Pipeline((op,)), sides, dims), reading)


def plan_input(pipeline: Pipeline, given: str | None, reading: Reading) -> Plan:
    """Return the steps of a chain on an input that is given, or made up, in the same way."""
    sides = _sides(given)
    if given is not None and sides is None:
        return pipeline.plan(*_peeked(given, reading))
    dims = reading.dims or 2
    return pipeline.plan(*(_size(sides, dims) or _fitting(pipeline, sides, dims)))


def _on_file(op: Op, path: str, reading: Reading) -> Explanation:
    if is_index_name(op.told_by):
        reason = "is needed to put the values of a file back"
        raise UsageError(reason, subject="--indices", hint="pool --save-indices writes it")
    size = _peeked(path, reading)
    step, pool_indices = _told(op, size, reading)
    if not is_traceable(step):
        return Explanation(step, None)
    picture = read_single(path, reading)
    start_torch("cpu")
    pixels = picture.pixels.astype("float64")
    return Explanation(step, trace_op(step.op, pixels, pool_indices, picture.white))


def _on_pooled(op: Op, pool: Op, source_shape: Shape, frames: int) -> Explanation:
    """Return an unpool after a pool that gives its input."""
    start_torch("cpu")
    source, pooled, pool_indices = pooled_example(pool, source_shape, frames)
    told = op.with_pool_indices(pool_indices)
    (step,) = Pipeline((told,)).steps(Shape(*pooled.shape[1:]), frames)
    return Explanation(step, trace_op(step.op, pooled, (pool_indices,)), source)


def _on_numbers(op: Op, size: Size, reading: Reading) -> Explanation:
    step, pool_indices = _told(op, size, reading)
    if not is_traceable(step):
        return Explanation(step, None)
    start_torch("cpu")
    return Explanation(step, trace_op(step.op, example_numbers(op, *size), pool_indices))


def _told(op: Op, size: Size, reading: Reading) -> tuple[Step, tuple[PoolIndices, ...]]:
    """Return the step on an input of a shape and frames, with the positions that a file has."""
    pipeline, pool_indices = read_unpool_inputs(
        op.told_by, Pipeline((op,)), size, reading, _find_positions
    )
    (step,) = pipeline.steps(*size)
    return step, pool_indices


def _find_positions(pool: Op, pixels: NDArray[Any]) -> tuple[PoolIndices, ...]:
    return Engine(start_torch("cpu")).run_alone(pool, pixels).pool_indices


def source_numbers(step: Step, given: str | None, reading: Reading) -> tuple[NDArray[Any], float]:
    """Return the numbers on which a chain that begins with a step is shown, and what white is."""
    if given is not None and _sides(given) is None:
        picture = read_single(given, reading)
        return picture.pixels.astype("float64"), picture.white
    return example_numbers(step.op, step.before, step.frames[0]), 1.0


def _fitting(pipeline: Pipeline, sides: tuple[int, ...] | None, dims: int) -> Size:
    return example_size(pipeline, dims, None if sides is None else _spread(sides, dims))


def _peeked(path: str, reading: Reading) -> Size:
    if path == STDIN:
        raise UsageError("takes sides or the name of a file", subject="--input -")
    try:
        return peek(path, reading)
    except InputError as error:
        raise name_file(error, path) from None


def _sides(text: str | None) -> tuple[int, ...] | None:
    """Return the numbers between `x`; None for what is the name of a file."""
    try:
        numbers = tuple(whole(part) for part in (text or "").split("x"))
    except ValueError:
        return None
    if not 1 <= min(numbers) <= max(numbers) <= 1 << 31 or len(numbers) > MOST_AXES + 1:
        reason = "must be up to three sides, or channels before them, from 1"
        raise UsageError(reason, subject=f"--input {text}")
    return numbers


def _size(sides: tuple[int, ...] | None, dims: int) -> Size | None:
    """Return the shape if its channels are given."""
    if sides is None or len(sides) <= dims:
        return None
    if len(sides) > dims + 1:
        reason = f"has {len(sides)} numbers, {dims + 1} is the most for {dims}-D data"
        raise UsageError(reason, subject="--input", hint="say --dims 3 for volumes")
    return Shape(*sides), 1


def _spread(sides: tuple[int, ...], dims: int) -> tuple[int, ...]:
    if len(sides) > dims:
        return sides[-dims:]
    if len(sides) not in (1, dims):
        raise UsageError(f"has {len(sides)} sides for {dims}-D data", subject="--input")
    return sides * (dims // len(sides))
