"""Stored numbers that a type to compute in cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.engine.quantize import EXACT_INTEGERS
from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What is larger becomes infinite in float16.
FLOAT16_LARGEST = 65504


def check_held(pixels: NDArray[Any], dtype: str) -> None:
    """Raise InputError for integers that would lose digits, or values beyond a float16."""
    if pixels.dtype.kind in "iu" and pixels.dtype.itemsize == 8 and _beyond_exact(pixels):
        raise InputError("integers beyond 2^53 would lose digits", code="bad_dtype")
    if dtype == "float16" and pixels.dtype != "uint8" and _beyond_float16(pixels):
        reason = f"values beyond {FLOAT16_LARGEST} do not fit --dtype float16"
        raise InputError(reason, hint="use bfloat16 or float32", code="bad_dtype")


def _beyond_float16(pixels: NDArray[Any]) -> bool:
    """Whether any finite value would become infinite."""
    import numpy as np

    return bool((np.isfinite(pixels) & (np.abs(pixels) > FLOAT16_LARGEST)).any())


def _beyond_exact(pixels: NDArray[Any]) -> bool:
    return bool((pixels > EXACT_INTEGERS).any() or (pixels < -EXACT_INTEGERS).any())
