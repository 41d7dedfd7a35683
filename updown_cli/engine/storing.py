"""Results as they are stored: integers clamped, rounded and cast, NaN as 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

ROUNDINGS = ("half-up", "half-even", "floor", "trunc")

# Integers beyond this have no float64 of their own.
EXACT_INTEGERS = 1 << 53


def stored(x: Tensor, dtype: str, rounding: str, *, finite: bool) -> NDArray[Any]:
    """Return values in a dtype. x is used up; `finite` says that it has no NaN and no infinity."""
    import numpy as np
    import torch

    kind = np.dtype(dtype)
    if kind.kind == "f":
        return x.cpu().numpy().astype(kind, copy=False)
    lowest, highest = _limits(kind)
    if not finite:
        x.nan_to_num_(nan=0.0, posinf=highest, neginf=lowest)
    x.clamp_(lowest, highest)
    if rounding == "half-up" and dtype in ("uint8", "uint16"):
        # The cast truncates. Adding 0.5 itself would round 0.49999997 up.
        x.add_(torch.nextafter(x.new_tensor(0.5), x.new_tensor(0.0)))
    else:
        x = _rounded(x, rounding)
    return (x.to(torch.uint8) if dtype == "uint8" else x).cpu().numpy().astype(kind, copy=False)


def _rounded(x: Tensor, rounding: str) -> Tensor:
    import torch

    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "half-up": _half_up,
        "half-even": torch.round,
        "floor": torch.floor,
        "trunc": torch.trunc,
    }
    return functions[rounding](x)


def _half_up(x: Tensor) -> Tensor:
    whole = x.floor()
    return whole + (x - whole >= 0.5)


def _limits(dtype: Any) -> tuple[float, float]:
    import numpy as np

    if dtype.kind == "b":
        return 0.0, 1.0
    limits = np.iinfo(dtype)
    highest = float(limits.max)
    if highest > EXACT_INTEGERS:
        highest = float(np.nextafter(highest, 0))
    return float(limits.min), highest
