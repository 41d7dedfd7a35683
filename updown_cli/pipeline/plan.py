"""What a pipeline does to an image of known shape: its steps, their sizes and cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.index_sharing import IndexKeeper
from updown_cli.op.input_span import InputSpan
from updown_cli.op.join import Join
from updown_cli.op.shape import Shape

# What a value takes while it is computed, as float32, and before or after, as it is stored.
BYTES_COMPUTED, BYTES_STORED, BYTES_OF_POSITION = 4, 1, 8


@dataclass(frozen=True)
class Step:
    """One operation on an image of known shape and frames, every default filled in.

    `undoes` is the pool whose positions it takes, `name` what errors call it, `joins` the step
    whose kept result it takes.
    """

    op: Op
    before: Shape
    after: Shape
    frames: tuple[int, int] = (1, 1)
    undoes: Step | None = None
    name: str = ""
    joins: Step | None = None

    @property
    def values(self) -> tuple[int, int]:
        """Values before and after, in all frames."""
        return math.prod(self.before) * self.frames[0], math.prod(self.after) * self.frames[1]

    @property
    def positions(self) -> int:
        """Positions that are kept for later."""
        keeps = isinstance(self.op, IndexKeeper) and self.op.keeps
        return self.values[1] if keeps else 0

    @property
    def kept_bytes(self) -> int:
        """Bytes of its result while it is kept for a join."""
        return BYTES_COMPUTED * self.values[1] if self.op.kept_as else 0

    @property
    def lets_go(self) -> int:
        """Bytes of a kept result that nothing takes after it."""
        return (
            self.joins.kept_bytes
            if self.joins and isinstance(self.op, Join) and self.op.is_last
            else 0
        )

    @property
    def operations(self) -> int:
        """Multiply-adds, or comparisons, in all frames."""
        return self.op.operations(self.before) * self.frames[0]

    @cached_property
    def input_spans(self) -> list[InputSpan]:
        """For each axis which input pixels an output pixel needs.

        Of an unpool these are the windows of the pool that it undoes, whose positions are in them.
        """
        if self.undoes is not None and isinstance(pool := self.undoes.op, IndexKeeper):
            spans = pool.undone_spans(self.undoes.before, self.before)
            if spans is not None:
                return spans
        return self.op.input_spans(self.before)

    def to_json(self) -> dict[str, Any]:
        """Return the operation with its shapes."""
        return dict(self._json)

    @cached_property
    def _json(self) -> dict[str, Any]:
        return {**self.op.to_json(), "in": list(self.before), "out": list(self.after)}

    def told(self, texts: list[str]) -> list[str]:
        """Return remarks with the name of the step."""
        return [f"{self.name}: {text}" if self.name else text for text in texts]


@dataclass(frozen=True, eq=False)
class Plan:
    """What a pipeline does to an image of known shape; what follows is worked out once."""

    steps: tuple[Step, ...]
    frames: int

    @property
    def shape(self) -> Shape:
        """Shape of the result."""
        return self.steps[-1].after

    @cached_property
    def bytes(self) -> int:
        """Bytes that are needed at most: by a step, its input, what is kept, and the files."""
        files = BYTES_STORED * (self.steps[0].values[0] + self.steps[-1].values[1])
        most = kept = input_kept = 0
        for step in self.steps:
            kept += BYTES_OF_POSITION * step.positions
            op, before = step.op, step.before
            inner = (op.inner_values(before) + op.padded_values(before)) * step.frames[0]
            needed = BYTES_COMPUTED * (sum(step.values) + inner) + kept - input_kept
            most, input_kept = max(most, needed), step.kept_bytes
            kept += step.kept_bytes - step.lets_go
        return most + files

    @cached_property
    def warnings(self) -> list[str]:
        """What the user should know."""
        return [text for step in self.steps for text in step.told(step.op.warnings(step.before))]

    @cached_property
    def notes(self) -> list[str]:
        """What the user may want to know."""
        return [text for step in self.steps for text in step.told(step.op.notes(step.before))]

    @cached_property
    def answers(self) -> list[str]:
        """What the user asked to be told."""
        return [text for step in self.steps for text in step.told(step.op.answers(step.before))]

    def needs(self, axis: int, first: int, last: int, *, safely: bool = True) -> tuple[int, int]:
        """Return [first, last) of the input rows that output rows [first, last) need.

        Walks back through the steps; an unpool needs its values and, of the pool that it undoes,
        the positions; a join what is kept. `safely` is for places that float32 rounds.
        """
        wanted = [(0, 0)] * len(self.steps) + [(first, last)]
        for number, step in reversed([*enumerate(self.steps)]):
            span = step.input_spans[axis].span(*wanted[number + 1], safely=safely)
            wanted[number] = _both(wanted[number], span)
            if step.undoes is not None:
                after = self.steps.index(step.undoes) + 1
                wanted[after] = _both(wanted[after], span)
            if step.joins is not None and isinstance(step.op, Join):
                after = self.steps.index(step.joins) + 1
                kept = step.op.kept_spans(step.before)[axis].span(*wanted[number + 1])
                wanted[after] = _both(wanted[after], kept)
        return wanted[0]


def _both(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the rows from the first to the last of both spans, either of which may be empty."""
    full = [span for span in (one, other) if span[0] < span[1]]
    return (min(low for low, _ in full), max(high for _, high in full)) if full else one
