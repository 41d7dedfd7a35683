"""Whether strips give the numbers of the whole, which a dtype decides with the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.engine.quantize import Quantization
from updown_cli.pipeline.strips import can_be_cut

if TYPE_CHECKING:
    from updown_cli.pipeline.plan import Plan


def streams(
    plan: Plan, stored: Any, dtype: str, quantization: Quantization, *, exact: bool = False
) -> bool:
    """Whether rows of a result can be had, and stored, before the others are known.

    `stored` is the type of the pixels, `dtype` what --dtype says.
    """
    return is_cut(plan, stored, dtype, exact=exact) and not quantization.follows_extremes


def is_cut(plan: Plan, stored: Any, dtype: str, *, exact: bool = False) -> bool:
    """Whether strips can give the numbers of the whole: tables have single precision.

    If `exact`, not even a sum may be rounded otherwise than torch rounds it, as tables do.
    """
    if not can_be_cut(plan):
        return False
    tables = any(step.op.weighs_by_tables(step.before) for step in plan.steps)
    return not tables or (dtype_for(stored, dtype) == "float32" and not exact)


def dtype_for(stored: Any, asked: str) -> str:
    """Return the dtype to compute stored values with, of which --dtype says something."""
    return compute_dtype(stored) if asked == "auto" else asked


def compute_dtype(stored: Any) -> str:
    """Return the dtype that holds every stored value exactly: float32, else float64."""
    exact_in_float32 = stored.itemsize <= 2 or stored == "float32"
    return "float32" if exact_in_float32 else "float64"
