"""How high the strips of a run are, and how many there are at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.engine.cutting import is_cut
from updown_cli.engine.integer_plan import integer_ways
from updown_cli.engine.memory import memory_limit
from updown_cli.op.threads import thread_count
from updown_cli.op.windows import ceil_div
from updown_cli.pipeline.plan import BYTES_COMPUTED
from updown_cli.pipeline.strips import BOTH, Held, chosen_height, needed_bytes, strip_bytes

if TYPE_CHECKING:
    from updown_cli.engine.alpha import ChannelInfo
    from updown_cli.engine.quantize import Quantization
    from updown_cli.pipeline.plan import Plan

# How many strips a thread has at least: so all end at about the same time, and progress is told.
STRIPS_OF_A_THREAD = 2


@dataclass(frozen=True)
class StripChoice:
    """What decides: where and in what is computed, in how many bytes, and what height is asked for.

    `exact` says that floats are interpolated by torch itself.
    """

    on_cpu: bool
    dtype: str = "auto"
    memory: int | None = None
    exact: bool = False
    height: int | None = None

    @property
    def by_tables(self) -> bool:
        """Whether tables and steps on integers give the numbers: those of single precision."""
        return self.on_cpu and self.dtype in ("auto", "float32")

    def is_cut(self, plan: Plan, stored: Any) -> bool:
        """Whether strips can give the numbers of the whole, of pixels of a type."""
        return is_cut(plan, stored, self.dtype, exact=self.exact)

    def of(self, plan: Plan, stored: Any, held: Held = BOTH) -> int | None:
        """Return the rows of a strip; None to run whole."""
        if not self.is_cut(plan, stored):
            return None
        return self.height or chosen_height(plan, memory_limit(self.memory), held)

    def of_array(
        self, plan: Plan, stored: Any, known: tuple[Quantization, ChannelInfo]
    ) -> int | None:
        """Return the rows of a strip of what is in memory; more where no floats are needed.

        Integers take fewer bytes, and are worked on a few rows at a time whatever the strips are.
        """
        height = self.of(plan, stored)
        if height is None or self.height or not self.by_tables:
            return height
        if integer_ways(plan, stored, known) is None:
            return height
        high = height * BYTES_COMPUTED // int(stored.itemsize)
        return min(high, ceil_div(plan.shape.size[0], STRIPS_OF_A_THREAD * thread_count()))

    def threads(self, plan: Plan, height: int, held: Held) -> int:
        """Return how many strips there may be at the same time."""
        if not self.on_cpu:
            return 1
        count, limit = ceil_div(plan.shape.size[0], height), memory_limit(self.memory)
        spare = 0 if limit is None else max(limit - needed_bytes(plan, height, held), 0)
        others = count if limit is None else spare // strip_bytes(plan, height)
        return min(thread_count(), count, 1 + others)
