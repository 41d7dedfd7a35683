"""Results as they are stored: integers clamped, rounded and cast, NaN as 0.

Bytes that tables interpolate are clamped and rounded in `engine/banded_matmul.py`, tile by tile.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# Added before a cast, which truncates: 0.5 itself would round 0.49999997 up.
HALF = 0.5 - 2.0**-25

# Bytes of a float32.
SINGLE = 4

# Integers beyond this have no float64 of their own.
EXACT_INTEGERS = 1 << 53


@dataclass(frozen=True)
class Clamped:
    """How many values were outside the range, and the extremes before they were cut off."""

    values: int
    min: float
    max: float

    @classmethod
    def summed(cls, parts: Iterable[Clamped]) -> Clamped:
        """Return what was clamped in all parts."""
        total = cls(0, math.inf, -math.inf)
        for part in parts:
            total = part.and_also(total)
        return total

    def and_also(self, other: Clamped | None) -> Clamped:
        """Return what was clamped here or there."""
        if other is None:
            return self
        total = self.values + other.values
        return Clamped(total, min(self.min, other.min), max(self.max, other.max))


@dataclass(frozen=True)
class Quantization:
    """How results become what a file holds; `gain` takes white to the white of another depth."""

    dtype: str
    rounding: str = "half-up"
    range: str = "clamp"
    gain: float = 1.0

    @property
    def follows_extremes(self) -> bool:
        """Whether what becomes of a value depends on all others."""
        return self.range in ("minmax", "symmetric") and self.dtype[:5] != "float"


def as_tensor(pixels: NDArray[Any]) -> Tensor:
    """Return an array as a tensor on the same memory."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that it is read-only, and so it stays
        return torch.from_numpy(pixels)


def storable(x: Tensor) -> Tensor:
    """Return floats as NumPy has them: types of 16 bits would round once more before rounding."""
    return x.float() if x.element_size() < SINGLE else x


def quantize(
    x: Tensor, quantization: Quantization, *, alpha: bool = False
) -> tuple[NDArray[Any], Clamped | None]:
    """Return N x C x sides as they are stored, and what of integers was clamped. x is used up.

    With `alpha` the last channel keeps its meaning whatever the range does to the others.
    """
    import numpy as np
    import torch

    dtype, rounding = quantization.dtype, quantization.rounding
    kind = np.dtype(dtype)
    if quantization.gain != 1.0:
        x.mul_(quantization.gain)
    if kind.kind == "f":
        return x.cpu().numpy().astype(kind, copy=False), None
    lowest, highest = _limits(kind)
    _into_range(x[:, :-1] if alpha else x, quantization.range, highest)
    low, high = (float(extreme) for extreme in x.aminmax())  # both NaN if any value is
    clamped = Clamped(0, low, high)
    if not (lowest <= low and high <= highest):
        clamped = _clamped(x, low, high, (lowest, highest))
        x.nan_to_num_(nan=0.0).clamp_(lowest, highest)
    if rounding == "half-up" and dtype in ("uint8", "uint16"):
        x.add_(HALF if x.dtype == torch.float32 else math.nextafter(0.5, 0))
    else:
        x = _rounded(x, rounding)
    whole = x.to(torch.uint8) if dtype == "uint8" else x
    return whole.cpu().numpy().astype(kind, copy=False), clamped


def _into_range(x: Tensor, how: str, highest: float) -> None:
    if how == "abs":
        x.abs_()
    elif how == "center":
        x.add_((highest + 1) // 2)
    elif how == "symmetric":
        largest, middle = float(x.abs().max()), (highest + 1) // 2
        x.mul_((highest - middle) / largest if largest > 0 else 0.0).add_(middle)
    elif how == "minmax":
        low, high = (float(extreme) for extreme in x.aminmax())
        x.sub_(low).mul_(highest / (high - low) if high > low else 0.0)


def _clamped(x: Tensor, low: float, high: float, limits: tuple[float, float]) -> Clamped:
    """Return what lies outside the limits by more than rounding mends."""
    import torch

    lowest, highest = limits
    if low >= lowest - 0.5 and high < highest + 0.5:
        return Clamped(0, low, high)
    return Clamped(int(torch.count_nonzero((x < lowest - 0.5) | (x >= highest + 0.5))), low, high)


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
