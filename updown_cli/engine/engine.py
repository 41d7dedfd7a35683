"""Where and how exactly a plan is computed: whole, by tables or in strips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from updown_cli.engine.alpha import PLAIN, ChannelInfo
from updown_cli.engine.choices import HALF_DTYPES
from updown_cli.engine.computing import computing, out_of_memory
from updown_cli.engine.cutting import compute_dtype, dtype_for, streams
from updown_cli.engine.held_values import check_held
from updown_cli.engine.integer_plan import IntegerPlans
from updown_cli.engine.integer_steps import IntegerSteps
from updown_cli.engine.memory import check_memory, memory_limit
from updown_cli.engine.quantize import Quantization
from updown_cli.engine.results import Outcome, Result
from updown_cli.engine.rows import (
    ArraySource,
    ArrayTarget,
    RowSource,
    RowTarget,
    UnreadPixels,
    row_source,
)
from updown_cli.engine.run_plan import PlanRun
from updown_cli.engine.strip_choice import StripChoice
from updown_cli.engine.table_strips import NotFiniteError
from updown_cli.engine.table_whole import (
    MOST_BYTES,
    Tables,
    interpolate_rows,
    interpolate_whole,
)
from updown_cli.op.array_tensor import as_tensor
from updown_cli.op.kept import Kept
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.pipeline.strips import BOTH, Held

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.artifact import Artifact
    from updown_cli.op.base import Op
    from updown_cli.pipeline.plan import Plan

Made = TypeVar("Made", bound=Outcome)


@dataclass(frozen=True)
class Engine:
    """Where and how exactly to compute, in how many bytes for a picture: `memory`, if asked.

    `height` are the rows of the strips that a picture is cut into; it is chosen if not given.
    `tell` is told how many rows of how many are done. If `exact`, interpolations of floats are
    torch's own, of the whole picture.
    """

    device: torch.device
    dtype: str = "auto"
    memory: int | None = None
    exact: bool = False
    height: int | None = None
    tell: Callable[[int, int], None] | None = None
    tables: Kept[Tables] = field(default_factory=lambda: Kept(MOST_BYTES), compare=False)
    integer_plans: IntegerPlans = field(default_factory=IntegerPlans, compare=False)

    def run(
        self,
        plan: Plan,
        pixels: NDArray[Any],
        quantization: Quantization,
        *,
        channel_info: ChannelInfo = PLAIN,
        artifacts: tuple[Artifact, ...] = (),
        keep: Mapping[int, Quantization] = MappingProxyType({}),
    ) -> Result:
        """Return the result for frames x channels x sides, and of steps how they are to be kept.

        Raises SurroundingsError when memory does not suffice, even in the lowest strips.
        """
        if isinstance(pixels, UnreadPixels):
            asked = pixels.dtype, self.dtype, quantization
            if streams(plan, *asked, exact=self.exact) and not (artifacts or keep):
                return self._read_in_strips(plan, pixels, quantization, channel_info)
            pixels = pixels.whole()
        alone = not artifacts and not keep
        known = quantization, channel_info
        if alone and (result := self._on_integers(plan, pixels, known)) is not None:
            return result
        with computing(self.device, self.dtype):
            if self._choice.by_tables and (alone or len(plan.steps) == 1):
                dtype, tables = self._dtype(pixels.dtype), self.tables
                result = interpolate_whole(plan, pixels, *known, dtype, tables, self.tell)
                if result is not None:
                    return result
            run = self._run(plan, quantization, channel_info, pixels.dtype if alone else None)
            height = self._choice.of_array(plan, pixels.dtype, known) if alone else None
            if height is None:
                check_memory(plan.bytes, self.memory)
                try:
                    return run.whole(pixels, artifacts, keep)
                except out_of_memory():
                    if not alone or not self._choice.is_cut(plan, pixels.dtype):
                        raise
                height = plan.shape.size[0]
            in_strips = partial(run.in_strips, ArraySource(pixels))
            return self._in_strips(plan, height, in_strips, partial(run.whole, pixels))

    @cached_property
    def _choice(self) -> StripChoice:
        asked = self.dtype, self.memory, self.exact, self.height
        return StripChoice(self.device.type == "cpu", *asked)

    def _on_integers(
        self, plan: Plan, pixels: NDArray[Any], known: tuple[Quantization, ChannelInfo]
    ) -> Result | None:
        """Return the result of a small plan that needs integers alone; None of all others."""
        limit = memory_limit(self.memory)
        if not self._choice.by_tables or self.height or (limit is not None and plan.bytes > limit):
            return None
        compiled = self.integer_plans.of(plan, pixels.dtype, known, self.dtype, self.tables)
        return None if compiled is None else compiled.run(pixels)

    def _read_in_strips(
        self,
        plan: Plan,
        pixels: RowSource,
        quantization: Quantization,
        channel_info: ChannelInfo,
    ) -> Result:
        """Return the result for pixels that are not in memory."""
        shape = (plan.frames, *plan.shape)
        target = ArrayTarget(shape, quantization.dtype, channels_last=pixels.channels_last)
        held = Held(source=False)
        outcome = self.stream(plan, pixels, target, quantization, channel_info, held)
        return Result.of(outcome, target.pixels)

    def stream(
        self,
        plan: Plan,
        pixels: NDArray[Any] | RowSource,
        target: RowTarget,
        quantization: Quantization,
        channel_info: ChannelInfo,
        held: Held,
    ) -> Outcome:
        """Put the result into a target, strip after strip; `held` is what memory holds whole."""
        source = row_source(pixels)
        with computing(self.device, self.dtype):
            if self._choice.by_tables:
                known = quantization, channel_info, self.tables
                done = interpolate_rows(plan, source, target, *known)
                if done is not None:
                    return done
            run = self._run(plan, quantization, channel_info, source.dtype)
            height = self._choice.of(plan, source.dtype, held) or plan.shape.size[0]

            def whole() -> Outcome:
                result = run.whole(source.whole())
                target.put(result.pixels)
                return result

            strips = partial(run.stream, source, target)
            return self._in_strips(plan, height, strips, whole, held)

    def _in_strips(
        self,
        plan: Plan,
        height: int,
        strips: Callable[[int, int], Made],
        whole: Callable[[], Made],
        held: Held = BOTH,
    ) -> Made:
        """Return what is made in strips of a height, or of less where memory does not suffice."""
        while True:
            try:
                return strips(height, self._choice.threads(plan, height, held))
            except NotFiniteError:  # as a whole picture it is the layer's own business
                check_memory(plan.bytes, self.memory)
                return whole()
            except out_of_memory():
                if height == 1:
                    raise
            self._let_go()
            height = -(-height // 2)

    def run_alone(self, op: Op, pixels: NDArray[Any]) -> Signal:
        """Return what one operation gives of frames x channels x sides, and leaves beside it."""
        with computing(self.device, self.dtype):
            x = self._tensor(pixels)
            return op.for_shape(Shape(*x.shape[1:])).run(Signal(x))

    def _run(
        self, plan: Plan, quantization: Quantization, channel_info: ChannelInfo, stored: Any
    ) -> PlanRun:
        """Return what runs the plan, on integers where these are `stored` and floats hold them."""
        known = plan, quantization, channel_info
        integers = IntegerSteps()
        if stored is not None and self.device.type == "cpu":
            dtype = compute_dtype(stored)
            if self.dtype in ("auto", dtype):
                integers = IntegerSteps(quantization, channel_info, dtype)
        return PlanRun(*known, self._tensor, self._wait, self.tell, integers)

    def _wait(self) -> None:
        import torch

        if self.device.type == "cuda":
            torch.cuda.current_stream(self.device).synchronize()

    def _let_go(self) -> None:
        """Give back what torch keeps for later."""
        import torch

        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def _dtype(self, stored: Any) -> str:
        return dtype_for(stored, self.dtype)

    def _tensor(self, pixels: NDArray[Any]) -> Tensor:
        import numpy as np
        import torch

        dtype = self._dtype(pixels.dtype)
        check_held(pixels, dtype)
        if pixels.dtype not in (np.uint8, np.float32, np.float64):
            pixels = pixels.astype("float32" if dtype in HALF_DTYPES else dtype)
        x = as_tensor(pixels)
        if self.device.type == "cuda":  # as stored: fewer bytes, while the processor goes on
            x = x.contiguous().pin_memory().to(self.device, non_blocking=True)
        x = x.to(self.device, getattr(torch, dtype), memory_format=torch.contiguous_format)
        return x.contiguous()
