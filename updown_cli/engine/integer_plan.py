"""Plans of small pictures that need integers alone: worked out once, and run for every picture.

What a tiny picture's steps compute takes less time than asking how they are to be computed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.cutting import compute_dtype, dtype_for
from updown_cli.engine.integer_steps import MOST_BYTES, integer_way
from updown_cli.engine.quantize import Quantization
from updown_cli.engine.results import Result
from updown_cli.engine.table_whole import Tables, tables_of
from updown_cli.op.kept import Kept
from updown_cli.pipeline.strips import chosen_height

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.integer_way import IntegerWay
    from updown_cli.pipeline.plan import Plan

#: What is kept of plans in an engine, and of one: little more than its steps.
MOST_KEPT, OF_A_PLAN = 1 << 20, 8 << 10


@dataclass(frozen=True)
class IntegerPlan:
    """Runs all steps on integers as they are stored; `dtype` is of floats that would be used."""

    runs: tuple[Callable[[NDArray[Any]], NDArray[Any]], ...]
    dtype: str

    def run(self, pixels: NDArray[Any]) -> Result | None:
        """Return the result for frames x channels x H x W; None if a step gives another type."""
        stored, seconds = pixels.dtype, []
        for run in self.runs:
            began = time.perf_counter()
            pixels = run(pixels)
            seconds.append(time.perf_counter() - began)
            if pixels.dtype != stored:
                return None
        return Result(pixels=pixels, seconds=tuple(seconds), dtype=self.dtype, warnings=())


class IntegerPlans:
    """The integer plans of an engine, in bounded memory."""

    def __init__(self) -> None:
        self._kept: Kept[IntegerPlan | None] = Kept(MOST_KEPT)

    def of(
        self,
        plan: Plan,
        stored: Any,
        known: tuple[Quantization, ChannelInfo],
        asked: str,
        tables: Kept[Tables],
    ) -> IntegerPlan | None:
        """Return what runs a small plan on integers of a type, which are stored so again.

        None where a step needs floats or tables, counts what it clamps, or must look at pixels to
        know. `asked` is what --dtype says, `tables` those that an engine keeps.
        """

        def make() -> IntegerPlan | None:
            dtype = dtype_for(stored, asked)
            if dtype != compute_dtype(stored):
                return None
            if chosen_height(plan, None) is not None or tables_of(plan, dtype, tables) is not None:
                return None
            runs = _runs(plan, stored, known)
            return None if runs is None else IntegerPlan(runs, dtype)

        return self._kept.get((plan, stored, known), make, lambda _: OF_A_PLAN)


def integer_ways(
    plan: Plan, stored: Any, known: tuple[Quantization, ChannelInfo]
) -> list[IntegerWay] | None:
    """Return how each step works on integers that are stored as they come.

    None if one cannot, or must look at pixels to know. `known` is how the result is stored, and
    what channels mean.
    """
    quantization, channel_info = known
    if stored.kind not in "iu" or stored.itemsize > MOST_BYTES:
        return None
    if quantization != Quantization(str(stored)) or (channel_info.alpha and channel_info.weighs):
        return None
    ways = [
        integer_way(step.op, step.before, stored, known, is_last=step is plan.steps[-1])
        for step in plan.steps
    ]
    found = [way for way in ways if way is not None]
    return found if len(found) == len(ways) else None


def _runs(
    plan: Plan, stored: Any, known: tuple[Quantization, ChannelInfo]
) -> tuple[Callable[[NDArray[Any]], NDArray[Any]], ...] | None:
    """Return what runs each step, which counts nothing that it clamps; None if one cannot."""
    ways = integer_ways(plan, stored, known)
    if ways is None or any(way.clamping is not None for way in ways):
        return None
    return tuple(way.run for way in ways)
