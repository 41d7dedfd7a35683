"""What a pipeline would do to an image of known size: what `updown shapes` tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from updown_cli.errors import UpdownError
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan, Step
from updown_cli.pipeline.strips import expected_bytes

# Rows in the middle of a side whose receptive fields are looked at: scaled, they differ by a pixel.
ROWS = 16


@dataclass(frozen=True)
class StepReport:
    """One step: the input pixels that one pixel of its result depends on, and what it costs.

    `stride` is the distance of two neighbours of the result in input pixels, `offset` the place of
    the first, 0 being the middle of the first input pixel; `bytes` are those of a run up to here.
    """

    step: Step
    field: tuple[int, ...]
    stride: tuple[Fraction, ...]
    offset: tuple[Fraction, ...]
    bytes: int

    @property
    def remarks(self) -> list[str]:
        """What is kept for the step, why nothing can be cut into strips."""
        step, kept = self.step, self.step.joins
        if kept is None:
            return []
        told = f"takes {kept.op.kept_as}, {kept.after}: kept whole, so nothing runs in strips"
        return step.told([told])

    def to_json(self) -> dict[str, Any]:
        """Return the line as JSON; fractions as text."""
        return {
            "op": self.step.op.command,
            "mode": self.step.op.mode or None,
            "in": list(self.step.before),
            "out": list(self.step.after),
            "frames": self.step.frames[1],
            "receptive_field": list(self.field),
            "stride": [str(number) for number in self.stride],
            "offset": [str(number) for number in self.offset],
            "operations": self.step.operations,
            "bytes": self.bytes,
            **self._joins(),
        }

    def _joins(self) -> dict[str, Any]:
        kept = self.step.joins
        if kept is None:
            return {}
        told = {"name": kept.op.kept_as, "shape": list(kept.after), "bytes": kept.kept_bytes}
        return {"joins": told}


@dataclass(frozen=True)
class ShapeReport:
    """The lines of all steps that fit, and why the next one does not, if one does not."""

    shape: Shape
    frames: int
    lines: tuple[StepReport, ...]
    error: UpdownError | None = None
    nearest: tuple[tuple[int, ...], ...] = ()

    @property
    def bytes(self) -> int:
        """Bytes that a run to the last line takes."""
        return self.lines[-1].bytes if self.lines else 0

    @property
    def operations(self) -> int:
        """Multiply-adds or comparisons of all steps."""
        return sum(line.step.operations for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        """Return the outlook as JSON."""
        error = self.error and {"code": self.error.code, "message": str(self.error)}
        return {
            "in": list(self.shape),
            "frames": self.frames,
            "steps": [line.to_json() for line in self.lines],
            "operations": self.operations,
            "bytes": self.bytes,
            "error": error,
            "nearest": [list(size) for size in self.nearest],
        }


def shape_report(
    pipeline: Pipeline, shape: Shape, frames: int = 1, *, of_picture: bool = True
) -> ShapeReport:
    """Return what a pipeline would do to an image of this shape, of a picture or an array."""
    steps: list[Step] = []
    try:
        steps.extend(pipeline.steps(shape, frames))
    except UpdownError as error:
        nearest = pipeline.nearest_sizes(shape, frames)
        return ShapeReport(shape, frames, tuple(_lines(steps, of_picture)), error, nearest)
    return ShapeReport(shape, frames, tuple(_lines(steps, of_picture)))


def _lines(steps: list[Step], of_picture: bool) -> Iterator[StepReport]:
    dims = steps[0].before.dims if steps else 0
    stride, offset = (Fraction(1),) * dims, (Fraction(0),) * dims
    for number, step in enumerate(steps, 1):
        plan = Plan(tuple(steps[:number]), step.frames[1])
        field = tuple(_field(plan, axis) for axis in range(dims))
        moves = [_move(step, axis) for axis in range(dims)]
        offset = tuple(o + s * m[1] for o, s, m in zip(offset, stride, moves, strict=True))
        stride = tuple(s * m[0] for s, m in zip(stride, moves, strict=True))
        yield StepReport(step, field, stride, offset, expected_bytes(plan, of_picture=of_picture))


def _field(plan: Plan, axis: int) -> int:
    """Return the most input pixels that a pixel amid the result depends on."""
    side = plan.shape.size[axis]
    first = max((side - ROWS) // 2, 0)
    rows = range(first, min(first + ROWS, side))
    spans = (plan.needs(axis, row, row + 1, safely=False) for row in rows)
    return max(last - start for start, last in spans)


def _move(step: Step, axis: int) -> tuple[Fraction, Fraction]:
    """Return stride and offset of one step; of one that needs everything as if it resized."""
    reach = step.input_spans[axis]
    if not reach.needs_all:
        return reach.step, reach.centre
    stride = Fraction(step.before.size[axis], step.after.size[axis])
    return stride, (stride - 1) / 2
