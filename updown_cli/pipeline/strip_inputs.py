"""Some rows of a step's result from some rows of its input, with the numbers of the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.worked_out import share_worked_out
from updown_cli.pipeline.plan import Plan, Step


@dataclass(frozen=True)
class StripInputs:
    """What gives rows `wanted` of a step's result from rows `read` of its input.

    `op`, applied to what is read, gives the wanted rows after `skipped` others, and perhaps more
    behind them. If `by_table`, it is the step's own, whose tables give the wanted rows alone.
    """

    step: Step
    op: Op
    read: tuple[int, int]
    wanted: tuple[int, int]
    skipped: int = 0
    by_table: bool = False

    @property
    def before(self) -> Shape:
        """Shape of what is read."""
        first, last = self.read
        return Shape(self.step.before.channels, last - first, *self.step.before.size[1:])

    @property
    def after(self) -> Shape:
        """Shape of what `op` gives of it."""
        after = self.step.after
        if self.by_table:
            rows = self.wanted[1] - self.wanted[0]
        elif self.is_whole:
            rows = after.size[0]
        else:
            rows = self.op.out_size(self.before)[0]
        return Shape(after.channels, rows, *after.size[1:])

    @property
    def is_whole(self) -> bool:
        """Whether all of the input is read."""
        return self.read == (0, self.step.before.size[0])

    @cached_property
    def values(self) -> tuple[int, int]:
        """Values before and after, in all frames."""
        _, after = self.step.frames
        return math.prod(self.before) * self.frames, math.prod(self.after) * after

    @property
    def frames(self) -> int:
        """Frames before."""
        return self.step.frames[0]


def strip_inputs(plan: Plan, first: int, last: int) -> list[StripInputs]:
    """Return what gives rows [first, last) of a plan's result, step by step."""
    wanted, found = (first, last), []
    for step in reversed(plan.steps):
        found.append(_part(step, *wanted))
        wanted = found[-1].read
    return found[::-1]


def _part(step: Step, first: int, last: int) -> StripInputs:
    """Return what gives rows [first, last) of a step's result.

    An operation repeats itself after some rows: with the rows before (or behind) a multiple of
    them left out, it does to the others what it did, and to an edge of the image what it does to
    an edge. So the rows that are read end at a true edge, or beyond what the wanted rows need.
    """
    length, out = step.before.size[0], step.after.size[0]
    whole = StripInputs(step, step.op, (0, length), (first, last), first)
    if (first, last) == (0, out) or (reach := step.input_spans[0]).needs_all:
        return whole
    low, high = reach.span(first, last)
    low = min(low, length - 1)
    high = max(high, low + 1)
    if exact := step.op.for_rows((low, high), (first, last), step.before):
        return StripInputs(step, exact, (low, high), (first, last))
    if reach.rounded:
        if not step.op.has_tables(step.before):
            return whole
        return StripInputs(step, step.op, (low, high), (first, last), by_table=True)
    read, given = reach.step.as_integer_ratio()
    before = min(low // read, first // given)
    behind = min((length - high) // read, (out - last) // given)
    rows = out - (before + behind) * given
    op = step.op.resized((rows, *step.after.size[1:]))
    share_worked_out(step.op, op)
    return StripInputs(
        step,
        op,
        (before * read, length - behind * read),
        (first, last),
        first - before * given,
    )
