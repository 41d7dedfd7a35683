"""Runs a planned pipeline with torch: device, alpha, rounding, timings."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError, SurroundingsError, UsageError
from updown_cli.ops.base import Op, Signal

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.ops.switches import Switches
    from updown_cli.pipeline import Plan

# Integers beyond this have no float64 of their own.
EXACT_INTEGERS = 1 << 53

ROUNDINGS = ("half-up", "half-even", "floor", "trunc")
COMPUTE_DTYPES = ("auto", "float32", "float64")


@dataclass(frozen=True)
class Result:
    """What came out: pixels (frames x channels x sides), times, positions, and remarks."""

    pixels: NDArray[Any]
    seconds: tuple[float, ...]
    switches: tuple[Switches, ...]
    dtype: str
    warnings: tuple[str, ...]


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
        import torch  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()


@dataclass(frozen=True)
class Engine:
    """Where and how exactly to compute."""

    device: torch.device
    dtype: str = "auto"
    rounding: str = "half-up"

    def run(
        self,
        plan: Plan,
        pixels: NDArray[Any],
        *,
        alpha_full: float | None = None,
        switches: tuple[Switches, ...] = (),
        out_dtype: str,
    ) -> Result:
        """Return the result for frames x channels x sides.

        `alpha_full` is the value of an opaque last channel, None where there is no alpha.
        Raises SurroundingsError when memory does not suffice.
        """
        import torch

        try:
            with torch.inference_mode():
                return self._run(plan, pixels, alpha_full, switches, out_dtype)
        except (torch.OutOfMemoryError, MemoryError):
            raise _no_memory(self.device) from None
        except RuntimeError as error:
            if "memory" in str(error):
                raise _no_memory(self.device) from None
            raise

    def _run(
        self,
        plan: Plan,
        pixels: NDArray[Any],
        alpha_full: float | None,
        switches: tuple[Switches, ...],
        out_dtype: str,
    ) -> Result:
        x = self._tensor(pixels)
        had_nan = pixels.dtype.kind == "f" and bool(x.isnan().any())
        signal, seconds = Signal(x, switches), []
        for step in plan.steps:
            began = time.perf_counter()
            signal = _with_alpha(step.op, signal, alpha_full)
            self._wait()
            seconds.append(time.perf_counter() - began)
        y = signal.pixels
        warnings = [] if had_nan else _nan_warning(plan, y)
        return Result(
            _stored(y, out_dtype, self.rounding),
            tuple(seconds),
            signal.switches,
            str(x.dtype).removeprefix("torch."),
            tuple(warnings),
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
        x = torch.from_numpy(pixels if pixels.flags.writeable else pixels.copy())
        return x.to(self.device, getattr(torch, dtype)).contiguous()


def compute_dtype(stored: Any) -> str:
    """Return the dtype that holds every stored value exactly: float32, else float64."""
    exact_in_float32 = stored.itemsize <= 2 or stored == "float32"
    return "float32" if exact_in_float32 else "float64"


def _beyond_exact(pixels: NDArray[Any]) -> bool:
    return bool((pixels > EXACT_INTEGERS).any() or (pixels < -EXACT_INTEGERS).any())


def _no_memory(device: torch.device) -> SurroundingsError:
    hint = "try --device cpu" if device.type == "cuda" else "use a smaller image"
    return SurroundingsError(f"{device.type}: out of memory", hint=hint, code="out_of_memory")


def _nan_warning(plan: Plan, y: Tensor) -> list[str]:
    count = int(y.isnan().sum())
    reasons = [step.op.why_nan for step in plan.steps if step.op.why_nan]
    return ["; ".join([f"{count} values became NaN", *reasons])] if count else []


def _with_alpha(op: Op, signal: Signal, full: float | None) -> Signal:
    """Run one operation; where it mixes colours, they are weighted by alpha, the last channel."""
    import torch

    x = signal.pixels
    if full is None or not op.linear or bool((x[:, -1] == full).all()):
        return op.run(signal)
    alpha = x[:, -1:] / full
    mixed = op.run(Signal(torch.cat([x[:, :-1] * alpha, x[:, -1:]], 1), signal.switches))
    colour, alpha = mixed.pixels[:, :-1], mixed.pixels[:, -1:].clamp(0, full)
    straight = torch.where(alpha > 0, colour * (full / alpha), 0.0)
    return Signal(torch.cat([straight, mixed.pixels[:, -1:]], 1), mixed.switches)


def _half_up(x: Tensor) -> Tensor:
    whole = x.floor()
    return whole + (x - whole >= 0.5)  # x + 0.5 would round 0.49999997 up


def _stored(x: Tensor, dtype: str, rounding: str) -> NDArray[Any]:
    """Return values as stored: integers are clamped, rounded and cast, NaN becomes 0."""
    import numpy as np
    import torch

    stored = np.dtype(dtype)
    if stored.kind == "f":
        return x.cpu().numpy().astype(stored, copy=False)
    lowest, highest = _limits(stored)
    rounds: dict[str, Callable[[Tensor], Tensor]] = {
        "half-up": _half_up,
        "half-even": torch.round,
        "floor": torch.floor,
        "trunc": torch.trunc,
    }
    x = rounds[rounding](x.nan_to_num(nan=0.0, posinf=highest, neginf=lowest))
    return x.clamp(lowest, highest).cpu().numpy().astype(stored)


def _limits(dtype: Any) -> tuple[float, float]:
    import numpy as np

    if dtype.kind == "b":
        return 0.0, 1.0
    limits = np.iinfo(dtype)
    highest = float(limits.max)
    if highest > EXACT_INTEGERS:
        highest = float(np.nextafter(highest, 0))
    return float(limits.min), highest
