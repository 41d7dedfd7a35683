"""A chain on a small input, step by step: what each step reads of the one before, and beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.errors import InputError
from updown_cli.explain.join_traces import JoinTrace, trace_join
from updown_cli.explain.traces import MOST_LINKS, MOST_TRACED, Trace, trace_op
from updown_cli.op.join import Join
from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    from updown_cli.explain.traces import Numbers
    from updown_cli.pipeline.plan import Plan, Step


@dataclass(frozen=True)
class ChainStep:
    """A step at work; `joined` is what a join takes beside its image, `keeper` the step it is of.

    That is a place in the plan, from 0.
    """

    step: Step
    trace: Trace
    joined: JoinTrace | None = None
    keeper: int | None = None


def trace_chain(plan: Plan, numbers: Numbers, white: float) -> Iterator[ChainStep]:
    """Yield every step on what the step before gives; raise InputError for too many values."""
    import torch

    signal = Signal(torch.from_numpy(numbers), white=white)
    for step in plan.steps:
        check_traceable(step)
        if step.joins is not None and isinstance(step.op, Join):
            joined = trace_join(step.op, signal)
            yield ChainStep(step, joined.image, joined, plan.steps.index(step.joins))
        else:
            pixels = signal.pixels.double().numpy()
            yield ChainStep(step, trace_op(step.op, pixels, signal.artifacts, white))
        signal = step.op.run(signal)
        signal = replace(signal, pixels=signal.pixels.double())
        if step.op.kept_as:
            signal = signal.keeping(step.op.kept_as)


def check_traceable(step: Step) -> None:
    """Raise InputError for a step of which not every value can be looked at."""
    if not is_traceable(step):
        reason = f"more than {MOST_TRACED} values are not looked at"
        raise InputError(reason, hint="give a smaller --input", code="too_large")


def is_traceable(step: Step) -> bool:
    """Whether each value of a step can be looked at."""
    before, after = step.values
    return before <= MOST_TRACED and before * after <= MOST_LINKS
