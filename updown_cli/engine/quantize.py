"""Results as they are stored: integers clamped, rounded and cast, NaN as 0.

Bytes that tables interpolate are clamped and rounded in `engine/banded_matmul.py`, tile by tile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.integer_way import HALF
from updown_cli.op.threads import thread_count

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# The largest byte.
WHITE = 255.0

# Bytes of a float32.
SINGLE = 4

# Values that are clamped, rounded and cast at a time: they stay in a core's cache.
BAND = 1 << 18

# Values whose number single precision holds, and that may be there once more.
FEW = 1 << 23

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
    if rounding == "half-up" and dtype == "uint8" and _is_banded(x):
        return _bytes_of(x)
    low, high = (float(extreme) for extreme in x.aminmax())  # both NaN if any value is
    clamped = Clamped(0, low, high)
    if not (lowest <= low and high <= highest):
        clamped = _clamped(x, low, high, (lowest, highest))
    if rounding == "half-up" and dtype in ("uint8", "uint16"):
        x.add_(_half(x))
    else:
        x = _rounded(x, rounding)
    whole = x.to(torch.uint8) if dtype == "uint8" else x
    return whole.cpu().numpy().astype(kind, copy=False), clamped


def _is_banded(x: Tensor) -> bool:
    """Whether bands are faster: where torch's threads do not share the work already."""
    return x.is_cpu and x.is_contiguous() and thread_count() == 1


def _bytes_of(x: Tensor) -> tuple[NDArray[Any], Clamped]:
    """Return values clamped and rounded half up as bytes, band after band, and what was clamped."""
    import torch

    result = torch.empty(x.shape, dtype=torch.uint8)
    flat, place = x.view(-1), result.view(-1)

    def act(first: int) -> Clamped:
        band = flat[first : first + BAND]
        low, high = (float(extreme) for extreme in band.aminmax())
        clamped = Clamped(0, low, high)
        if not (low >= 0 and high <= WHITE):
            clamped = _clamped(band, low, high, (0.0, WHITE))
        place[first : first + BAND].copy_(band.add_(_half(band)))
        return clamped

    done = [*map(act, range(0, len(flat), BAND))]
    clamped = Clamped.summed(done)
    if any(math.isnan(part.min) for part in done):  # as if all were looked at together
        clamped = Clamped(clamped.values, math.nan, math.nan)
    return result.numpy(), clamped


def _half(x: Tensor) -> float:
    """Return what is added before a cast, which truncates."""
    import torch

    return HALF if x.dtype == torch.float32 else math.nextafter(0.5, 0)


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
    """Clamp values, and return what lies outside the limits by more than rounding mends."""
    lowest, highest = limits
    count = 0
    if not (low >= lowest - 0.5 and high < highest + 0.5):
        count = _count_below(x, lowest - 0.5) + x.numel() - _count_below(x, highest + 0.5)
    if math.isnan(low):
        count -= int(x.isnan().sum())
        x.nan_to_num_(nan=0.0)
    x.clamp_(lowest, highest)
    return Clamped(count, low, high)


def _count_below(x: Tensor, limit: float) -> int:
    """Return how many values are below a limit.

    Of few it is known from ones and zeros as floats, which are faster than booleans.
    """
    import torch

    if x.is_cpu and x.numel() <= FEW:
        return int(torch.lt(x, limit, out=torch.empty_like(x)).sum())
    return int(torch.count_nonzero(x < limit))


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
