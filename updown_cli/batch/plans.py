"""The plans of a run, each made once for all files of a size, and held to the run's limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from updown_cli.batch.settings import Settings
from updown_cli.engine.memory import check_memory, memory_limit
from updown_cli.files.reading import check_pixels
from updown_cli.op.kept import Kept
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan
from updown_cli.pipeline.strips import BOTH, Held, least_bytes, why_whole

# Bytes of plans that are kept, and of one: little more than its steps.
MOST_BYTES, OF_A_PLAN = 4 << 20, 16 << 10


@dataclass(frozen=True)
class Plans:
    """What a pipeline does to pictures of every size that has come."""

    pipeline: Pipeline
    settings: Settings
    kept: Kept[Plan] = field(default_factory=lambda: Kept(MOST_BYTES))

    def of(self, pipeline: Pipeline, shape: Shape, frames: int) -> Plan:
        """Return the plan for a size; raise InputError for what does not fit, or is too large.

        `pipeline` may be one that a file has told something of one picture: its plan is not kept.
        """
        plan = self.made(pipeline, shape, frames)
        self.check(plan)
        return plan

    def made(self, pipeline: Pipeline, shape: Shape, frames: int) -> Plan:
        """Return the plan for a size, which may be beyond the limits."""
        if pipeline is self.pipeline:
            key = (shape, frames)
            return self.kept.get(key, lambda: pipeline.plan(*key), lambda _: OF_A_PLAN)
        return pipeline.plan(shape, frames)

    def check(self, plan: Plan, held: Held = BOTH) -> None:
        """Raise InputError for a result of too many pixels, or that needs too much memory.

        `held` is what is whole in memory.
        """
        for step in plan.steps:
            check_pixels(math.prod(step.after.size), self.settings.reading.max_pixels)
        asked = self.settings.max_memory

        def why() -> str:
            return "; ".join(why_whole(plan)[:1])

        check_memory(least_bytes(plan, memory_limit(asked), held), asked, why)
