"""Where and how exactly a plan is computed: whole, by tables or in strips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.engine.alpha import PLAIN, ChannelInfo
from updown_cli.engine.choices import HALF_DTYPES
from updown_cli.engine.memory import check_memory, memory_limit
from updown_cli.engine.quantize import EXACT_INTEGERS, Quantization, as_tensor
from updown_cli.engine.results import Result
from updown_cli.engine.rows import ArraySource
from updown_cli.engine.run_plan import PlanRun
from updown_cli.engine.table_strips import NotFiniteError
from updown_cli.engine.table_whole import MOST_BYTES, Tables, interpolate_whole
from updown_cli.engine.threads import thread_count
from updown_cli.errors import InputError, SurroundingsError
from updown_cli.op.kept import Kept
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.pipeline.strips import can_be_cut, chosen_height, needed_bytes, strip_bytes

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.artifact import Artifact
    from updown_cli.op.base import Op
    from updown_cli.pipeline.plan import Plan

# What is larger becomes infinite in float16.
FLOAT16_LARGEST = 65504


@dataclass(frozen=True)
class Engine:
    """Where and how exactly to compute, in how many bytes for a picture: `memory`, if asked.

    `height` are the rows of the strips that a picture is cut into; it is chosen if not given.
    `tell` is told how many rows of how many are done.
    """

    device: torch.device
    dtype: str = "auto"
    memory: int | None = None
    height: int | None = None
    tell: Callable[[int, int], None] | None = None
    tables: Kept[Tables] = field(default_factory=lambda: Kept(MOST_BYTES), compare=False)

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
        with _computing(self.device, self.dtype):
            if self.device.type == "cpu" and self.dtype in ("auto", "float32"):
                dtype = self._dtype(pixels)
                known = quantization, channel_info, dtype
                result = interpolate_whole(plan, pixels, *known, self.tables, self.tell)
                if result is not None:
                    return result
            run = self._run(plan, quantization, channel_info)
            height = None if artifacts or keep else self._height(plan, pixels)
            if height is None:
                check_memory(plan.bytes, self.memory)
                try:
                    return run.whole(pixels, artifacts, keep)
                except _out_of_memory():
                    if artifacts or keep or not self._is_cut(plan, pixels):
                        raise
                height = plan.shape.size[0]
            return self._in_strips(run, pixels, height)

    def _in_strips(self, run: PlanRun, pixels: NDArray[Any], height: int) -> Result:
        """Return the result in strips of a height, or of less where memory does not suffice."""
        source = ArraySource(pixels)
        while True:
            try:
                return run.in_strips(source, height, self._threads(run.plan, height))
            except NotFiniteError:  # as a whole picture it is the layer's own business
                check_memory(run.plan.bytes, self.memory)
                return run.whole(pixels)
            except _out_of_memory():
                if height == 1:
                    raise
            self._let_go()
            height = -(-height // 2)

    def run_alone(self, op: Op, pixels: NDArray[Any]) -> Signal:
        """Return what one operation gives of frames x channels x sides, and leaves beside it."""
        with _computing(self.device, self.dtype):
            x = self._tensor(pixels)
            return op.for_shape(Shape(*x.shape[1:])).run(Signal(x))

    def _run(self, plan: Plan, quantization: Quantization, channel_info: ChannelInfo) -> PlanRun:
        return PlanRun(plan, quantization, channel_info, self._tensor, self._wait, self.tell)

    def _height(self, plan: Plan, pixels: NDArray[Any]) -> int | None:
        """Return the rows of a strip; None to run whole."""
        if not self._is_cut(plan, pixels):
            return None
        return self.height or chosen_height(plan, memory_limit(self.memory))

    def _is_cut(self, plan: Plan, pixels: NDArray[Any]) -> bool:
        """Whether strips can give the numbers of the whole: tables have single precision."""
        tables = any(step.op.weighs_by_tables(step.before) for step in plan.steps)
        return can_be_cut(plan) and (self._dtype(pixels) == "float32" or not tables)

    def _threads(self, plan: Plan, height: int) -> int:
        """Return how many strips there may be at the same time."""
        if self.device.type != "cpu":
            return 1
        count, limit = -(-plan.shape.size[0] // height), memory_limit(self.memory)
        spare = 0 if limit is None else max(limit - needed_bytes(plan, height), 0)
        others = count if limit is None else spare // strip_bytes(plan, height)
        return min(thread_count(), count, 1 + others)

    def _wait(self) -> None:
        import torch

        if self.device.type == "cuda":
            torch.cuda.current_stream(self.device).synchronize()

    def _let_go(self) -> None:
        """Give back what torch keeps for later."""
        import torch

        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def _dtype(self, pixels: NDArray[Any]) -> str:
        return compute_dtype(pixels.dtype) if self.dtype == "auto" else self.dtype

    def _tensor(self, pixels: NDArray[Any]) -> Tensor:
        import numpy as np
        import torch

        dtype = self._dtype(pixels)
        if pixels.dtype.kind in "iu" and pixels.dtype.itemsize == 8 and _beyond_exact(pixels):
            raise InputError("integers beyond 2^53 would lose digits", code="bad_dtype")
        if pixels.dtype not in (np.uint8, np.float32, np.float64):
            pixels = pixels.astype("float32" if dtype in HALF_DTYPES else dtype)
        if dtype == "float16" and pixels.dtype != np.uint8 and _beyond_float16(pixels):
            reason = f"values beyond {FLOAT16_LARGEST} do not fit --dtype float16"
            raise InputError(reason, hint="use bfloat16 or float32", code="bad_dtype")
        x = as_tensor(pixels)
        if self.device.type == "cuda":  # as stored: fewer bytes, while the processor goes on
            x = x.contiguous().pin_memory().to(self.device, non_blocking=True)
        x = x.to(self.device, getattr(torch, dtype), memory_format=torch.contiguous_format)
        return x.contiguous()


@contextmanager
def _computing(device: torch.device, dtype: str) -> Iterator[None]:
    """Compute without gradients; raise what torch cannot do as an error that the user can act on.

    That is SurroundingsError when memory does not suffice, and InputError for a type in which a
    layer is not there.
    """
    import torch

    try:
        with torch.inference_mode():
            yield
    except _out_of_memory():
        raise _no_memory(device) from None
    except RuntimeError as error:
        if "memory" in str(error):
            raise _no_memory(device) from None
        if "not implemented for" in str(error) and dtype in HALF_DTYPES:
            reason = f"torch has not all that is asked for in {dtype} on {device.type}"
            raise InputError(reason, hint="use --dtype float32", code="unsupported") from None
        raise


def _out_of_memory() -> tuple[type[Exception], ...]:
    import torch

    return (torch.OutOfMemoryError, MemoryError)


def compute_dtype(stored: Any) -> str:
    """Return the dtype that holds every stored value exactly: float32, else float64."""
    exact_in_float32 = stored.itemsize <= 2 or stored == "float32"
    return "float32" if exact_in_float32 else "float64"


def _beyond_float16(pixels: NDArray[Any]) -> bool:
    """Whether any finite value would become infinite."""
    import numpy as np

    return bool((np.isfinite(pixels) & (np.abs(pixels) > FLOAT16_LARGEST)).any())


def _beyond_exact(pixels: NDArray[Any]) -> bool:
    return bool((pixels > EXACT_INTEGERS).any() or (pixels < -EXACT_INTEGERS).any())


def _no_memory(device: torch.device) -> SurroundingsError:
    hint = "try --device cpu" if device.type == "cuda" else "use a smaller image"
    return SurroundingsError(f"{device.type}: out of memory", hint=hint, code="out_of_memory")
