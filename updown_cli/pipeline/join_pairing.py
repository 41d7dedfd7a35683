"""Which join takes what which step keeps: both by name, and every name once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import Op
from updown_cli.op.index_sharing import IndexKeeper, IndexTaker
from updown_cli.op.join import Join
from updown_cli.pipeline.step_errors import step_name

if TYPE_CHECKING:
    from updown_cli.pipeline.plan import Step


def pair_joins(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Return the operations with every last join of a kept result told that it is.

    Raises ParameterError for a name that is not known, kept twice, or taken by none.
    """
    keepers: dict[str, int] = {}
    last: dict[str, int] = {}
    for place, op in enumerate(ops):
        if isinstance(op, Join):
            last[_known(ops, place, op, keepers)] = place
        if op.kept_as:
            _check_new(ops, place, keepers)
            keepers[op.kept_as] = place
    for name, place in keepers.items():
        if name not in last:
            raise _error(ops, place, name, "no concat or add after it takes it", "leave it out")
    _check_positions(ops, keepers)
    ends = {*last.values()}
    return tuple(op.derived(is_last=True) if i in ends else op for i, op in enumerate(ops))


def told_of_kept(op: Op, keeper: Step | None, frames: int) -> Op:
    """Return a join told the shape that is kept, for an image of so many frames."""
    if keeper is None or not isinstance(op, Join):
        return op
    if keeper.frames[1] != frames:
        raise ShapeError(f"{frames} frames do not fit the {keeper.frames[1]} of {op.other}")
    return op.joining(keeper.after)


def joined(op: Op, earlier: Sequence[Step]) -> Step | None:
    """Return the step whose result a join takes."""
    if not isinstance(op, Join):
        return None
    return next((step for step in earlier if step.op.kept_as == op.other), None)


def _known(ops: Sequence[Op], place: int, op: Join, keepers: dict[str, int]) -> str:
    if len(ops) == 1:
        hint = f"updown chain 'pool -k 2 @e1 | conv --kernel box -p same | {op.command} @e1'"
        reason = "joins what an earlier step keeps, and so goes in a chain"
        raise ParameterError(reason, subject=op.command, hint=hint)
    if op.other in keepers:
        return op.other
    there = f"there are {', '.join(keepers)}" if len(keepers) > 1 else "".join(keepers)
    hint = there if len(keepers) > 1 else f"there is {there}" if there else ""
    if op.other is None:
        reason = "does not say which kept result it takes"
        raise _error(ops, place, "", reason, hint or f"{op.command} @NAME")
    if op.other in _names_of_positions(ops):
        reason = "names the positions of a pool, which an unpool takes, not a kept result"
        raise _error(ops, place, op.other, reason, hint)
    hint = hint or f"a step that ends in {op.other} keeps its result"
    raise _error(ops, place, op.other, "no step before it keeps a result of this name", hint)


def _check_new(ops: Sequence[Op], place: int, keepers: dict[str, int]) -> None:
    name = ops[place].kept_as
    if name in keepers:
        reason = f"step {keepers[name] + 1} keeps its result under this name already"
        raise _error(ops, place, name, reason, "take another")


def _check_positions(ops: Sequence[Op], keepers: dict[str, int]) -> None:
    """Raise for one name of a result and of positions."""
    for name in _names_of_positions(ops):
        if name in keepers:
            reason = "names positions of a pool as well (--save-indices)"
            raise _error(ops, keepers[name], name, reason, "take another")
    for place, op in enumerate(ops):
        if isinstance(op, IndexTaker) and op.told_by in keepers:
            reason = "is a kept result, which concat or add takes, not positions of a pool"
            raise _error(ops, place, op.told_by or "", reason, "")


def _names_of_positions(ops: Sequence[Op]) -> list[str]:
    pools = (op for op in ops if isinstance(op, IndexKeeper))
    return [pool.save_indices for pool in pools if pool.save_indices is not None]


def _error(ops: Sequence[Op], place: int, name: str, reason: str, hint: str) -> ParameterError:
    subject = ": ".join(filter(None, (step_name(ops, place + 1), name)))
    return ParameterError(reason, subject=subject, hint=hint)
