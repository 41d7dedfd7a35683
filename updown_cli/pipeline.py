"""Several operations as one: their shapes and their JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from updown_cli.ops import op_from_json
from updown_cli.ops.base import Op
from updown_cli.ops.shape import Shape


@dataclass(frozen=True)
class Step:
    """One operation on an image of known shape and frames, every default filled in."""

    op: Op
    before: Shape
    after: Shape
    frames: tuple[int, int] = (1, 1)

    @property
    def values(self) -> int:
        """Values before, after and inside it, in all frames."""
        before = math.prod(self.before) + self.op.inner_values(self.before)
        return before * self.frames[0] + math.prod(self.after) * self.frames[1]

    def to_json(self) -> dict[str, Any]:
        """Return the operation with its shapes."""
        return {**self.op.to_json(), "in": list(self.before), "out": list(self.after)}


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
    def values(self) -> int:
        """Values that the step with most of them holds at once, in all frames."""
        return max(step.values for step in self.steps)

    @property
    def warnings(self) -> list[str]:
        """What the user should know."""
        return [text for step in self.steps for text in step.op.warnings(step.before)]

    @property
    def notes(self) -> list[str]:
        """What the user may want to know."""
        return [text for step in self.steps for text in step.op.notes(step.before)]

    @property
    def answers(self) -> list[str]:
        """What the user asked to be told."""
        return [text for step in self.steps for text in step.op.answers(step.before)]


@dataclass(frozen=True)
class Pipeline:
    """Operations, each applied to the result of the one before."""

    ops: tuple[Op, ...]

    @property
    def name(self) -> str:
        """Return the operations' names, for file names: `pool-upsample`."""
        return "-".join(op.command for op in self.ops)

    def plan(self, shape: Shape, frames: int = 1) -> Plan:
        """Return every step with its shapes; raise ShapeError where one does not fit."""
        steps = []
        for op in self.ops:
            filled_in = op.for_shape(shape)
            after = filled_in.out_shape(shape)
            frames_after = filled_in.out_frames(frames, shape)
            steps.append(Step(filled_in, shape, after, (frames, frames_after)))
            shape, frames = after, frames_after
        return Plan(tuple(steps), frames)

    def selects_values(self) -> bool:
        """Whether integers stay integers throughout."""
        return all(op.selects_values() for op in self.ops)

    def knows_alpha(self) -> bool:
        """Whether transparency keeps its meaning throughout."""
        return all(op.knows_alpha() for op in self.ops)

    @property
    def step_names(self) -> list[str]:
        """Names of the steps inside operations that are to be shown, numbered in order."""
        names = [name for op in self.ops for name in op.step_names()]
        return [f"{number:02d}-{name}" for number, name in enumerate(names, 1)]

    @property
    def gives_code_values(self) -> bool:
        """Whether results have the scale of the picture, and not one of their own."""
        return all(op.gives_code_values for op in self.ops)

    def to_json(self) -> list[dict[str, Any]]:
        """Return the operations as JSON."""
        return [op.to_json() for op in self.ops]

    @classmethod
    def from_json(cls, data: list[dict[str, Any]]) -> Pipeline:
        """Return the pipeline that gave `data`."""
        return cls(tuple(op_from_json(step) for step in data))
