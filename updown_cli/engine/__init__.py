"""Runs a planned pipeline with torch: device, alpha, rounding, timings."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.engine.by_table import by_table
from updown_cli.engine.light import decoded, encoded
from updown_cli.engine.results import PLAIN, Meaning, Result
from updown_cli.engine.storing import EXACT_INTEGERS, Storing, as_tensor, stored
from updown_cli.errors import InputError, SurroundingsError, UsageError, no_room
from updown_cli.ops.base import Op, Signal
from updown_cli.ops.shape import Shape

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.ops.pool import MaxPool
    from updown_cli.ops.switches import Switches
    from updown_cli.pipeline import Plan

# Alpha that single precision leaves of an opaque picture, as a share of white.
OPAQUE = 1 - 1e-5

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
    ) -> Result:
        """Return the result for frames x channels x sides.

        Raises SurroundingsError when memory does not suffice.
        """
        import torch

        try:
            with torch.inference_mode():
                if self.device.type == "cpu" and self.dtype in ("auto", "float32"):
                    result = by_table(plan, pixels, storing, meaning)
                    if result is not None:
                        return result
                return self._run(plan, pixels, storing, meaning, switches)
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
    ) -> Result:
        source = self._tensor(pixels)
        from_floats = pixels.dtype.kind == "f"
        had_nan = from_floats and bool(source.isnan().any())
        x = _colours_through(decoded, source, meaning) if meaning.linear_light else source
        signal, seconds = Signal(x, switches, meaning.white), []
        for step in plan.steps:
            began = time.perf_counter()
            signal = _with_alpha(step.op, signal, meaning)
            self._wait()
            seconds.append(time.perf_counter() - began)
        y = signal.pixels
        remarks = [] if had_nan else _nan_warning(plan, y, from_floats=from_floats)
        remarks += _alpha_warning(plan, meaning)
        if meaning.linear_light and all(step.op.gives_code_values for step in plan.steps):
            y = _colours_through(encoded, y, meaning)
        if y.untyped_storage().data_ptr() == source.untyped_storage().data_ptr():
            y = y.clone()  # `stored` works in place, and the source may be the file itself
        dtype = str(y.dtype).removeprefix("torch.")
        result, clamped = stored(y, storing, alpha=meaning.alpha)
        remarks += [text for findings in signal.findings for text in findings.warnings]
        return Result(
            result,
            tuple(seconds),
            signal.switches,
            dtype,
            tuple(remarks),
            clamped,
            signal.steps,
            signal.findings,
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


def _alpha_warning(plan: Plan, meaning: Meaning) -> list[str]:
    if not (meaning.alpha and meaning.weighs):
        return []
    if all(step.op.keeps_level(step.before) for step in plan.steps if step.op.linear):
        return []
    return ["a kernel that sums to 0 makes everything transparent; use --alpha drop or straight"]


def _colours_through(
    function: Callable[[Tensor, float], Tensor], x: Tensor, meaning: Meaning
) -> Tensor:
    """Return x with a function applied to its colours, not to alpha."""
    import torch

    if not meaning.alpha:
        return function(x, meaning.white)
    return torch.cat([function(x[:, :-1], meaning.white), x[:, -1:]], 1)


def _with_alpha(op: Op, signal: Signal, meaning: Meaning) -> Signal:
    """Run one operation; where it mixes colours, they are weighted by alpha, the last channel."""
    import torch

    x, full = signal.pixels, meaning.white
    if not (meaning.alpha and meaning.weighs and op.linear):
        return op.run(signal)
    if not (x[:, -1] == full).all():
        x = torch.cat([x[:, :-1] * (x[:, -1:] / full), x[:, -1:]], 1)
    mixed = op.run(replace(signal, pixels=x))
    colour, alpha = mixed.pixels[:, :-1], mixed.pixels[:, -1:].clamp(0, full)
    if (alpha >= full * OPAQUE).all():
        return mixed
    straight = torch.where(alpha > 0, colour * (full / alpha), 0.0)
    return replace(mixed, pixels=torch.cat([straight, mixed.pixels[:, -1:]], 1))
