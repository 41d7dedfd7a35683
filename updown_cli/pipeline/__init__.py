"""Several operations as one: their shapes, what they need of the input, and their JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from updown_cli.errors import ShapeError, UpdownError
from updown_cli.op.base import Op
from updown_cli.op.input_span import Reach
from updown_cli.op.shape import Shape
from updown_cli.ops import op_from_json
from updown_cli.ops.pool.windows import KeepsSwitches, WindowPool
from updown_cli.ops.unpool.unpool import MaxUnpool
from updown_cli.pipeline.unpool_pairing import linked, named

# What a value takes while it is computed, as float32, and before or after, as it is stored.
BYTES_COMPUTED, BYTES_STORED, BYTES_OF_POSITION = 4, 1, 8


@dataclass(frozen=True)
class Step:
    """One operation on an image of known shape and frames, every default filled in.

    `undoes` is the pool whose positions it takes, `name` what errors call it.
    """

    op: Op
    before: Shape
    after: Shape
    frames: tuple[int, int] = (1, 1)
    undoes: Step | None = None
    name: str = ""

    @property
    def values(self) -> tuple[int, int]:
        """Values before and after, in all frames."""
        return math.prod(self.before) * self.frames[0], math.prod(self.after) * self.frames[1]

    @property
    def positions(self) -> int:
        """Positions that are kept for later."""
        keeps = isinstance(self.op, KeepsSwitches) and self.op.keeps
        return self.values[1] if keeps else 0

    @property
    def operations(self) -> int:
        """Multiply-adds, or comparisons, in all frames."""
        return self.op.operations(self.before) * self.frames[0]

    @cached_property
    def reach(self) -> list[Reach]:
        """For each axis which input pixels an output pixel needs.

        Of an unpool these are the windows of the pool that it undoes, whose positions are in them.
        """
        if self.undoes is None or not isinstance(pool := self.undoes.op, WindowPool):
            return self.op.reach(self.before)
        sides = zip(pool.spans(), self.undoes.before.size, self.before.size, strict=True)
        return [span.undone(side, pooled) for span, side, pooled in sides]

    def to_json(self) -> dict[str, Any]:
        """Return the operation with its shapes."""
        return {**self.op.to_json(), "in": list(self.before), "out": list(self.after)}

    def told(self, texts: list[str]) -> list[str]:
        """Return remarks with the name of the step."""
        return [f"{self.name}: {text}" if self.name else text for text in texts]


@dataclass(frozen=True)
class Plan:
    """What a pipeline does to an image of known shape."""

    steps: tuple[Step, ...]
    frames: int

    @property
    def shape(self) -> Shape:
        """Shape of the result."""
        return self.steps[-1].after

    @property
    def bytes(self) -> int:
        """Bytes that are needed at most: by a step, its input, kept positions, and the files."""
        files = BYTES_STORED * (self.steps[0].values[0] + self.steps[-1].values[1])
        most = kept = 0
        for step in self.steps:
            kept += BYTES_OF_POSITION * step.positions
            inner = step.op.inner_values(step.before) * step.frames[0]
            most = max(most, BYTES_COMPUTED * (sum(step.values) + inner) + kept)
        return most + files

    @property
    def warnings(self) -> list[str]:
        """What the user should know."""
        return [text for step in self.steps for text in step.told(step.op.warnings(step.before))]

    @property
    def notes(self) -> list[str]:
        """What the user may want to know."""
        return [text for step in self.steps for text in step.told(step.op.notes(step.before))]

    @property
    def answers(self) -> list[str]:
        """What the user asked to be told."""
        return [text for step in self.steps for text in step.told(step.op.answers(step.before))]

    def needs(self, axis: int, first: int, last: int, *, safely: bool = True) -> tuple[int, int]:
        """Return [first, last) of the input rows that output rows [first, last) need.

        Walks back through the steps; an unpool needs its values and, of the pool that it undoes,
        the positions. `safely` is for places that float32 rounds.
        """
        wanted = [(0, 0)] * len(self.steps) + [(first, last)]
        for number, step in reversed([*enumerate(self.steps)]):
            span = step.reach[axis].span(*wanted[number + 1], safely=safely)
            wanted[number] = _both(wanted[number], span)
            if step.undoes is not None:
                after = self.steps.index(step.undoes) + 1
                wanted[after] = _both(wanted[after], span)
        return wanted[0]


def _both(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the rows from the first to the last of both spans, either of which may be empty."""
    full = [span for span in (one, other) if span[0] < span[1]]
    return (min(low for low, _ in full), max(high for _, high in full)) if full else one


@dataclass(frozen=True)
class Pipeline:
    """Operations, each applied to the result of the one before."""

    ops: tuple[Op, ...]

    @classmethod
    def of(cls, *ops: Op) -> Pipeline:
        """Return the operations with every unpool told which pool it undoes."""
        return cls(linked(ops))

    @property
    def name(self) -> str:
        """Return the operations' names, for file names: `pool-upsample`."""
        return "-".join(op.command for op in self.ops)

    def step_name(self, number: int) -> str:
        """Return what errors call the step with this number, from 1; nothing for a single one."""
        return named(self.ops, number)

    def plan(self, shape: Shape, frames: int = 1) -> Plan:
        """Return every step with its shapes; raise ShapeError where one does not fit."""
        steps = tuple(self.steps(shape, frames))
        return Plan(steps, steps[-1].frames[1])

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

    def knows_alpha(self) -> bool:
        """Whether transparency keeps its meaning throughout."""
        return all(op.knows_alpha() for op in self.ops)

    @property
    def stage_names(self) -> list[str]:
        """Names of the stages inside operations that are to be shown, numbered in order."""
        names = [name for op in self.ops for name in op.stage_names()]
        return [f"{number:02d}-{name}" for number, name in enumerate(names, 1)]

    def to_json(self) -> list[dict[str, Any]]:
        """Return the operations as JSON."""
        return [op.to_json() for op in self.ops]

    @classmethod
    def from_json(cls, data: list[dict[str, Any]]) -> Pipeline:
        """Return the pipeline that gave `data`; raise ParameterError for what none gives."""
        ops = []
        for number, step in enumerate(data, 1):
            with in_step(f"step {number}" if len(data) > 1 else ""):
                ops.append(op_from_json(step))
        return cls.of(*ops)


def _step(op: Op, shape: Shape, frames: int, earlier: list[Step], name: str) -> Step:
    filled_in = op.for_shape(shape)
    pool = _undone(filled_in, earlier)
    if pool is not None and isinstance(filled_in, MaxUnpool):
        if pool.frames[1] != frames:
            reason = f"{frames} frames, but the positions are for {pool.frames[1]}"
            raise ShapeError(reason, hint="undo a pool of as many frames")
        filled_in = filled_in.undoing(pool.before, pool.after, shape)
    after = filled_in.out_shape(shape)
    frames_after = filled_in.out_frames(frames, shape)
    return Step(filled_in, shape, after, (frames, frames_after), pool, name)


def _undone(op: Op, earlier: list[Step]) -> Step | None:
    """Return the pool whose positions an operation takes; None if a file tells them."""
    if not isinstance(op, MaxUnpool):
        return None
    pools = [step for step in earlier if getattr(step.op, "save_indices", None) == op.indices]
    return pools[-1] if pools else None


@contextmanager
def in_step(name: str, op: Op | None = None) -> Iterator[None]:
    """Name the step in what is raised; a pipeline of one has no name for it."""
    try:
        yield
    except UpdownError as error:
        if not name:
            raise
        subject = f"{name}: {error.subject}" if error.subject else name
        reason = error.reason.removeprefix(f"{op.command}: ") if op else error.reason
        raise type(error)(reason, subject=subject, hint=error.hint, code=error.code) from None
