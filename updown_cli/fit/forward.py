"""The results of a chain as torch has them, so that they can be differentiated by its arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.learnable import Learnable
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.op.worked_out import forget_worked_out
from updown_cli.pipeline.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from updown_cli.pipeline.pipeline import Pipeline
    from updown_cli.pipeline.plan import Step


def run_steps(steps: Sequence[Step], x: Tensor, white: float) -> Tensor:
    """Return what steps that were planned give of N x C x sides."""
    signal = Signal(x, white=white)
    for step in steps:
        if isinstance(step.op, Learnable):
            forget_worked_out(step.op)
        signal = step.op.run(signal)
        if step.op.kept_as:
            signal = signal.keeping(step.op.kept_as)
    return signal.pixels


def plan_for(pipeline: Pipeline, x: Tensor) -> Plan:
    """Return the plan for images of the shape that a tensor has."""
    return pipeline.plan(Shape(*x.shape[1:]), len(x))


def forward(pipeline: Pipeline, x: Tensor, white: float) -> Tensor:
    """Return what a chain gives of N x C x sides."""
    return run_steps(plan_for(pipeline, x).steps, x, white)
