"""Runs a planned pipeline with torch: device, alpha, rounding, timings."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.engine.by_table import by_table
from updown_cli.engine.colours import PLAIN, Meaning, alpha_warning, colours_through, run_on_colours
from updown_cli.engine.light import decoded, encoded
from updown_cli.engine.results import Result
from updown_cli.engine.storing import EXACT_INTEGERS, Clamped, Storing, as_tensor, stored
from updown_cli.errors import InputError, SurroundingsError, UsageError, no_room
from updown_cli.ops.base import Signal
from updown_cli.ops.shape import Shape
from updown_cli.pipeline import in_step

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.ops.pool import MaxPool
    from updown_cli.ops.switches import Switches
    from updown_cli.pipeline import Plan

COMPUTE_DTYPES = ("auto", "float32", "float64")


def start(device: str) -> torch.device:
    """Import torch and return its device; raise UsageError if it is not there."""
    _import_torch()
    import torch

    kind, _, index = device.partition(":")
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
    if kind == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA device", subject=f"--device {device}", hint="use --device cpu")
    if kind == "cuda" and index and int(index) >= torch.cuda.device_count():
        last = torch.cuda.device_count() - 1
        raise UsageError(
            "no such CUDA device", subject=f"--device {device}", hint=f"the last one is cuda:{last}"
        )
    if kind == "mps" and not torch.backends.mps.is_available():
        raise UsageError("no MPS device", subject=f"--device {device}", hint="use --device cpu")
    return torch.device(kind, int(index)) if index else torch.device(kind)


def _import_torch() -> None:
    """Import torch without the garbage collector: its passes take a tenth of the time.

    What the import left stays until the end, so that later passes need not look at it.
    """
    gc.disable()
    try:
        import numpy  # noqa: F401 (torch, importing it itself, would swallow a signal)
        import torch  # noqa: F401
    except (ImportError, OSError, MemoryError) as error:
        raise no_room(error, "torch") from None
    finally:
        gc.freeze()
        gc.enable()


@dataclass(frozen=True)
class Engine:
    """Where and how exactly to compute."""

    device: torch.device
    dtype: str = "auto"

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
        import torch

        try:
            with torch.inference_mode():
                if self.device.type == "cpu" and self.dtype in ("auto", "float32"):
                    result = by_table(plan, pixels, storing, meaning)
                    if result is not None:
                        return result
                return self._run(plan, pixels, storing, meaning, switches, keep)
        except (torch.OutOfMemoryError, MemoryError):
            raise _no_memory(self.device) from None
        except RuntimeError as error:
            if "memory" in str(error):
                raise _no_memory(self.device) from None
            raise

    def positions(self, pool: MaxPool, pixels: NDArray[Any]) -> Switches:
        """Return where the maxima of frames x channels x sides are."""
        import torch

        with torch.inference_mode():
            x = self._tensor(pixels)
            return pool.for_shape(Shape(*x.shape[1:])).run(Signal(x)).switches[-1]

    def _run(
        self,
        plan: Plan,
        pixels: NDArray[Any],
        storing: Storing,
        meaning: Meaning,
        switches: tuple[Switches, ...],
        keep: Mapping[int, Storing],
    ) -> Result:
        x = self._tensor(pixels)
        from_floats = pixels.dtype.kind == "f"
        had_nan = from_floats and bool(x.isnan().any())
        if meaning.linear_light:
            x = colours_through(decoded, x, meaning)
        signal, seconds, kept = Signal(x, switches, meaning.white), [], {}
        del x  # the first step's input is not needed after it
        for number, step in enumerate(plan.steps, 1):
            began = time.perf_counter()
            with in_step(step.name, step.op):
                signal = run_on_colours(step.op, signal, meaning)
            self._wait()
            seconds.append(time.perf_counter() - began)
            if number in keep:
                kept[number], _ = _finished(signal.pixels.clone(), keep[number], meaning)
        y, found = signal.pixels, replace(signal, pixels=signal.pixels[:0])
        del signal
        remarks = [] if had_nan else _nan_warning(plan, y, from_floats=from_floats)
        remarks += alpha_warning(plan, meaning)
        if y.untyped_storage().data_ptr() == pixels.ctypes.data:
            y = y.clone()  # it is finished in place, and the source may be the file itself
        dtype = str(y.dtype).removeprefix("torch.")
        if not all(step.op.gives_code_values for step in plan.steps):
            meaning = replace(meaning, linear_light=False)
        result, clamped = _finished(y, storing, meaning)
        remarks += [text for findings in found.findings for text in findings.warnings]
        return Result(
            result,
            tuple(seconds),
            found.switches,
            dtype,
            tuple(remarks),
            clamped,
            kept,
            found.stages,
            found.findings,
        )

    def _wait(self) -> None:
        import torch

        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def _tensor(self, pixels: NDArray[Any]) -> Tensor:
        import numpy as np
        import torch

        dtype = compute_dtype(pixels.dtype) if self.dtype == "auto" else self.dtype
        if pixels.dtype.kind in "iu" and pixels.dtype.itemsize == 8 and _beyond_exact(pixels):
            raise InputError("integers beyond 2^53 would lose digits", code="bad_dtype")
        if pixels.dtype not in (np.uint8, np.float32, np.float64):
            pixels = pixels.astype(dtype)
        return as_tensor(pixels).to(self.device, getattr(torch, dtype)).contiguous()


def compute_dtype(stored: Any) -> str:
    """Return the dtype that holds every stored value exactly: float32, else float64."""
    exact_in_float32 = stored.itemsize <= 2 or stored == "float32"
    return "float32" if exact_in_float32 else "float64"


def _beyond_exact(pixels: NDArray[Any]) -> bool:
    return bool((pixels > EXACT_INTEGERS).any() or (pixels < -EXACT_INTEGERS).any())


def _no_memory(device: torch.device) -> SurroundingsError:
    hint = "try --device cpu" if device.type == "cuda" else "use a smaller image"
    return SurroundingsError(f"{device.type}: out of memory", hint=hint, code="out_of_memory")


def _nan_warning(plan: Plan, y: Tensor, *, from_floats: bool) -> list[str]:
    reasons = [step.op.why_nan for step in plan.steps if step.op.why_nan]
    if not (reasons or from_floats) or not y.sum().isnan():
        return []
    count = int(y.isnan().sum())
    return ["; ".join([f"{count} values became NaN", *reasons])] if count else []


def _finished(y: Tensor, storing: Storing, meaning: Meaning) -> tuple[NDArray[Any], Clamped | None]:
    """Return a result as it is stored. It is used up."""
    if meaning.linear_light:
        y = colours_through(encoded, y, meaning)
    return stored(y, storing, alpha=meaning.alpha)
