"""Runs a planned pipeline with torch: on which device, in which type, within how much memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.engine.by_table import by_table
from updown_cli.engine.colours import PLAIN, Meaning
from updown_cli.engine.devices import start
from updown_cli.engine.hands import hands
from updown_cli.engine.memory import allowed, check_memory
from updown_cli.engine.results import Result
from updown_cli.engine.running import Run
from updown_cli.engine.storing import EXACT_INTEGERS, Storing, as_tensor
from updown_cli.engine.table_steps import NotFiniteError
from updown_cli.errors import InputError, SurroundingsError
from updown_cli.ops.base import Signal
from updown_cli.ops.shape import Shape
from updown_cli.pipeline.strips import can_be_cut, chosen_height, needed_bytes, strip_bytes

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.ops.pool import MaxPool
    from updown_cli.ops.switches import Switches
    from updown_cli.pipeline import Plan

__all__ = ["COMPUTE_DTYPES", "Engine", "compute_dtype", "start"]

COMPUTE_DTYPES = ("auto", "float32", "float64")


@dataclass(frozen=True)
class Engine:
    """Where and how exactly to compute, in how many bytes for a picture: `memory`, if asked.

    `height` are the rows of the strips that a picture is cut into; it is chosen if not given.
    """

    device: torch.device
    dtype: str = "auto"
    memory: int | None = None
    height: int | None = None

    def run(
        self,
        plan: Plan,
        pixels: NDArray[Any],
        storing: Storing,
        *,
        meaning: Meaning = PLAIN,
        switches: tuple[Switches, ...] = (),
        keep: Mapping[int, Storing] = MappingProxyType({}),
    ) -> Result:
        """Return the result for frames x channels x sides, and of steps how they are to be kept.

        Raises SurroundingsError when memory does not suffice.
        """
        with _computing(self.device):
            if self.device.type == "cpu" and self.dtype in ("auto", "float32"):
                result = by_table(plan, pixels, storing, meaning)
                if result is not None:
                    return result
            height = None if switches or keep else self._height(plan, pixels)
            if height is not None:
                try:
                    return self._run(plan, storing, meaning).in_strips(
                        pixels, height, self._threads(plan, height)
                    )
                except NotFiniteError:
                    pass  # as a whole picture it is the layer's own business
            check_memory(plan.bytes, self.memory)
            return self._run(plan, storing, meaning).whole(pixels, switches, keep)

    def positions(self, pool: MaxPool, pixels: NDArray[Any]) -> Switches:
        """Return where the maxima of frames x channels x sides are."""
        with _computing(self.device):
            x = self._tensor(pixels)
            return pool.for_shape(Shape(*x.shape[1:])).run(Signal(x)).switches[-1]

    def _run(self, plan: Plan, storing: Storing, meaning: Meaning) -> Run:
        return Run(plan, storing, meaning, self._tensor, self._wait)

    def _height(self, plan: Plan, pixels: NDArray[Any]) -> int | None:
        """Return the rows of a strip; None to run whole, as double precision asks of tables."""
        doubles = self._dtype(pixels) == "float64"
        tables = any(step.op.weighs_by_tables(step.before) for step in plan.steps)
        if not can_be_cut(plan) or (doubles and tables):
            return None
        return self.height or chosen_height(plan, allowed(self.memory))

    def _threads(self, plan: Plan, height: int) -> int:
        """Return how many strips there may be at the same time."""
        if self.device.type != "cpu":
            return 1
        count, limit = -(-plan.shape.size[0] // height), allowed(self.memory)
        spare = 0 if limit is None else max(limit - needed_bytes(plan, height), 0)
        others = count if limit is None else spare // strip_bytes(plan, height)
        return min(hands(), count, 1 + others)

    def _wait(self) -> None:
        import torch

        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def _dtype(self, pixels: NDArray[Any]) -> str:
        return compute_dtype(pixels.dtype) if self.dtype == "auto" else self.dtype

    def _tensor(self, pixels: NDArray[Any]) -> Tensor:
        import numpy as np
        import torch

        dtype = self._dtype(pixels)
        if pixels.dtype.kind in "iu" and pixels.dtype.itemsize == 8 and _beyond_exact(pixels):
            raise InputError("integers beyond 2^53 would lose digits", code="bad_dtype")
        if pixels.dtype not in (np.uint8, np.float32, np.float64):
            pixels = pixels.astype(dtype)
        x = as_tensor(pixels).to(
            self.device, getattr(torch, dtype), memory_format=torch.contiguous_format
        )
        return x.contiguous()


@contextmanager
def _computing(device: torch.device) -> Iterator[None]:
    """Compute without gradients; raise SurroundingsError when memory does not suffice."""
    import torch

    try:
        with torch.inference_mode():
            yield
    except (torch.OutOfMemoryError, MemoryError):
        raise _no_memory(device) from None
    except RuntimeError as error:
        if "memory" in str(error):
            raise _no_memory(device) from None
        raise


def compute_dtype(stored: Any) -> str:
    """Return the dtype that holds every stored value exactly: float32, else float64."""
    exact_in_float32 = stored.itemsize <= 2 or stored == "float32"
    return "float32" if exact_in_float32 else "float64"


def _beyond_exact(pixels: NDArray[Any]) -> bool:
    return bool((pixels > EXACT_INTEGERS).any() or (pixels < -EXACT_INTEGERS).any())


def _no_memory(device: torch.device) -> SurroundingsError:
    hint = "try --device cpu" if device.type == "cuda" else "use a smaller image"
    return SurroundingsError(f"{device.type}: out of memory", hint=hint, code="out_of_memory")
