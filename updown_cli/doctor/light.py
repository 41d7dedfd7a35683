"""Code values and light, as sRGB relates them (IEC 61966-2-1), from 0 to 255 both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The level of white.
WHITE = 255.0

# Code values up to this share of white are proportional to light.
LINEAR_CODE = 0.04045


def light_of(levels: NDArray[Any]) -> NDArray[Any]:
    """Return the light of code values, which may lie a little outside of black and white."""
    import numpy as np

    code = levels / WHITE
    power = ((np.maximum(code, LINEAR_CODE) + 0.055) / 1.055) ** 2.4
    light: NDArray[Any] = np.where(code <= LINEAR_CODE, code / 12.92, power) * WHITE
    return light


def code_of(light: float) -> float:
    """Return the code value of light."""
    share = light / WHITE
    return WHITE * (share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055)
