"""What can be chosen of how results are computed and stored."""

from __future__ import annotations

HALF_DTYPES = ("float16", "bfloat16")

COMPUTE_DTYPES = ("auto", "float32", "float64", *HALF_DTYPES)

ROUNDINGS = ("half-up", "half-even", "floor", "trunc")

#: What happens to values outside an integer's range: cut off, the extremes spread over the range,
#: without their sign, with 0 in the middle of the range, or so and the largest at an end of it.
RANGES = ("clamp", "minmax", "abs", "center", "symmetric")
