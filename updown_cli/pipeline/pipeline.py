"""Operations, each applied to the result of the one before, and their JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from updown_cli.errors import ShapeError, UpdownError
from updown_cli.op.base import Op
from updown_cli.op.index_sharing import IndexKeeper, IndexTaker
from updown_cli.op.join import JoinSizesError
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.worked_out import share_worked_out
from updown_cli.ops import op_from_json
from updown_cli.pipeline.join_pairing import joined, pair_joins, told_of_kept
from updown_cli.pipeline.nearest_sizes import nearest_input_sizes
from updown_cli.pipeline.pad_pairing import told_of_padding, undone_pads
from updown_cli.pipeline.plan import Plan, Step
from updown_cli.pipeline.step_errors import in_step, step_name
from updown_cli.pipeline.unpool_pairing import pair_unpools


@dataclass(frozen=True)
class Pipeline:
    """Operations, each applied to the result of the one before."""

    ops: tuple[Op, ...]

    @classmethod
    def of(cls, *ops: Op) -> Pipeline:
        """Return the operations with every unpool told which pool it undoes.

        Raises ParameterError where there is none, for a crop whose pad is missing, and for a join
        without what it takes.
        """
        undone_pads(ops)
        return cls(pair_unpools(pair_joins(ops)))

    @property
    def name(self) -> str:
        """Return the operations' names, for file names: `pool-upsample`."""
        return "-".join(op.command for op in self.ops)

    def step_name(self, number: int) -> str:
        """Return what errors call the step with this number, from 1; nothing for a single one."""
        return step_name(self.ops, number)

    def plan(self, shape: Shape, frames: int = 1) -> Plan:
        """Return every step with its shapes; raise ShapeError where one does not fit."""
        try:
            steps = tuple(self.steps(shape, frames))
        except JoinSizesError as error:
            sizes = " or ".join(by_x(size) for size in self.nearest_sizes(shape, frames))
            hint = ", as ".join(filter(None, (sizes and f"inputs of {sizes} would", error.hint)))
            raise JoinSizesError(error.reason, subject=error.subject, hint=hint) from None
        return Plan(steps, steps[-1].frames[1])

    def nearest_sizes(self, shape: Shape, frames: int = 1) -> tuple[tuple[int, ...], ...]:
        """Return the nearest smaller and larger sides of inputs that would work."""

        def fits(tried: Shape) -> bool:
            try:
                return all(self.steps(tried, frames))
            except UpdownError:
                return False

        return tuple(nearest_input_sizes(fits, shape))

    def steps(self, shape: Shape, frames: int = 1) -> Iterator[Step]:
        """Yield the steps of a plan, up to the one that does not fit, if there is one."""
        steps: list[Step] = []
        for number, op in enumerate(self.ops, 1):
            name = self.step_name(number)
            with in_step(name, op):
                steps.append(_step(op, shape, frames, steps, name))
            shape, frames = steps[-1].after, steps[-1].frames[1]
            yield steps[-1]

    def selects_values(self) -> bool:
        """Whether integers stay integers throughout."""
        return all(op.selects_values() for op in self.ops)

    def why_no_alpha(self) -> str:
        """Return why transparency does not keep its meaning throughout; nothing where it does."""
        return next((op.why_no_alpha for op in self.ops if not op.knows_alpha()), "")

    @property
    def stage_names(self) -> list[str]:
        """Names of the stages inside operations that are to be shown, numbered in order."""
        names = [name for op in self.ops for name in op.stage_names()]
        return [f"{number:02d}-{name}" for number, name in enumerate(names, 1)]

    def to_json(self) -> list[dict[str, Any]]:
        """Return the operations as JSON."""
        return [op.to_json() for op in self.ops]

    @classmethod
    def from_json(cls, steps: Iterable[Given]) -> Pipeline:
        """Return the pipeline of steps that `to_json` gave; raise SchemaError for none."""
        return cls.of(*map(op_from_json, steps))


def _step(op: Op, shape: Shape, frames: int, earlier: list[Step], name: str) -> Step:
    keeper = joined(op, earlier)
    told = told_of_kept(told_of_padding(op, shape, earlier), keeper, frames)
    filled_in = told.for_shape(shape)
    if type(filled_in) is type(op):
        share_worked_out(op, filled_in)
    pool = _undone(filled_in, earlier)
    if pool is not None and isinstance(filled_in, IndexTaker):
        if pool.frames[1] != frames:
            reason = f"{frames} frames, but the positions are for {pool.frames[1]}"
            raise ShapeError(reason, hint="undo a pool of as many frames")
        filled_in = filled_in.undoing(pool.before, pool.after, shape)
    after = filled_in.out_shape(shape)
    frames_after = filled_in.out_frames(frames, shape)
    return Step(filled_in, shape, after, (frames, frames_after), pool, name, keeper)


def _undone(op: Op, earlier: list[Step]) -> Step | None:
    """Return the pool whose positions an operation takes; None if a file tells them."""
    if not isinstance(op, IndexTaker) or not op.undoes_pools:
        return None
    keepers = ((step, step.op) for step in earlier if isinstance(step.op, IndexKeeper))
    pools = [step for step, pool in keepers if pool.save_indices == op.told_by]
    return pools[-1] if pools else None
