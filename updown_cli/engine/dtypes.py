"""The types that torch computes in."""

from __future__ import annotations

HALF_DTYPES = ("float16", "bfloat16")

COMPUTE_DTYPES = ("auto", "float32", "float64", *HALF_DTYPES)
