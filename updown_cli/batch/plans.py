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
from updown_cli.pipeline.strips import least_bytes

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
        if pipeline is self.pipeline:
            key = (shape, frames)
            plan = self.kept.get(key, lambda: pipeline.plan(*key), lambda _: OF_A_PLAN)
        else:
            plan = pipeline.plan(shape, frames)
        self._check(plan)
        return plan

    def _check(self, plan: Plan) -> None:
        """Raise InputError for a result of too many pixels, or that needs too much memory."""
        for step in plan.steps:
            check_pixels(math.prod(step.after.size), self.settings.reading.max_pixels)
        asked = self.settings.max_memory
        check_memory(least_bytes(plan, memory_limit(asked)), asked)
