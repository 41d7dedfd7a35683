"""Pooling: every output value from a window of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.family import Family
from updown_cli.ops import SUMMARIES

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.convention import Convention


def _modes() -> tuple[type[Op], ...]:
    """Import the modes; the first is the default."""
    from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
    from updown_cli.ops.pool.adaptive_max import AdaptiveMaxPool
    from updown_cli.ops.pool.avg import AvgPool
    from updown_cli.ops.pool.blur import BlurPool
    from updown_cli.ops.pool.fractional_max import FractionalMaxPool
    from updown_cli.ops.pool.fractional_tensorflow import (
        TensorFlowFractionalAvgPool,
        TensorFlowFractionalMaxPool,
    )
    from updown_cli.ops.pool.lp import LpPool
    from updown_cli.ops.pool.majority import MajorityPool
    from updown_cli.ops.pool.max import MaxPool
    from updown_cli.ops.pool.median import MedianPool
    from updown_cli.ops.pool.min import MinPool

    return (
        MaxPool,
        AvgPool,
        MinPool,
        MedianPool,
        MajorityPool,
        LpPool,
        BlurPool,
        AdaptiveMaxPool,
        AdaptiveAvgPool,
        FractionalMaxPool,
        TensorFlowFractionalMaxPool,
        TensorFlowFractionalAvgPool,
    )


def _conventions() -> tuple[Convention, ...]:
    """Import what other libraries do."""
    from updown_cli.ops.pool.conventions import CONVENTIONS

    return CONVENTIONS


POOL = Family(
    name="pool",
    help=SUMMARIES["pool"],
    load_modes=_modes,
    load_conventions=_conventions,
    examples=(
        "updown pool -k 2 photo.jpg -o half.jpg",
        "updown pool -k 3 -s 2 -p 1 --save-indices photo.npz photo.png -o pooled.png",
        "updown pool --mode majority -k 4 --ignore-label 255 labels.png -o small.png",
        "updown pool --mode adaptive-avg --output-size 7x_ photo.png -o strips.png",
    ),
)
