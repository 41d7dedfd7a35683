"""Linear light: what sRGB's code values stand for (IEC 61966-2-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

# Code values up to this share of white are proportional to light, the others a power of it.
LINEAR_CODE = 0.04045
LINEAR_LIGHT = 0.0031308


def decode_srgb(x: Tensor, full: float) -> Tensor:
    """Return the light, in the range of the code values, of sRGB code values up to `full`."""
    import torch

    code = x / full
    light = torch.where(code <= LINEAR_CODE, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return light * full


def encode_srgb(x: Tensor, full: float) -> Tensor:
    """Undo `decoded`; light below black, which ringing makes, stays proportional."""
    import torch

    light = x / full
    power = light.clamp(min=LINEAR_LIGHT) ** (1 / 2.4)
    code = torch.where(light <= LINEAR_LIGHT, light * 12.92, 1.055 * power - 0.055)
    return code * full
