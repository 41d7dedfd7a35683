"""Small plans on integers are worked out once, and give what is worked out for each picture."""

from __future__ import annotations

import numpy as np
import pytest

from updown_cli.engine.alpha import PLAIN, ChannelInfo
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.engine.integer_plan import IntegerPlans
from updown_cli.engine.quantize import Quantization
from updown_cli.engine.table_whole import Tables
from updown_cli.op.base import Op
from updown_cli.op.kept import Kept
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan

BYTES = Quantization("uint8")
WEIGHED = ChannelInfo(alpha=True, weighs=True)


def plan_of(*ops: Op, size: tuple[int, int] = (6, 8)) -> Plan:
    """Return what operations do to a picture of three channels."""
    return Pipeline(ops).plan(Shape(3, *size), 1)


@pytest.mark.parametrize(
    "ops",
    [
        (MaxPool(kernel_size=(2,)),),
        (AvgPool(kernel_size=(2,)),),
        (MaxPool(kernel_size=(3,), stride=(1,), padding=(1,)), AvgPool(kernel_size=(2,))),
    ],
    ids=["max", "avg", "max and avg"],
)
def test_it_gives_what_is_worked_out_anew(
    ops: tuple[Op, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pixels, and all that is told of them."""
    plan, engine = plan_of(*ops), Engine(start_torch("cpu"))
    pixels = np.random.default_rng(0).integers(0, 256, (1, 3, 6, 8), dtype=np.uint8)
    found = engine.run(plan, pixels, BYTES)
    monkeypatch.setattr(IntegerPlans, "of", lambda *_: None)
    anew = engine.run(plan, pixels, BYTES)
    assert found.pixels.tolist() == anew.pixels.tolist()
    assert (found.dtype, found.warnings, found.clamped) == (anew.dtype, anew.warnings, None)
    assert (len(found.seconds), found.artifacts) == (len(ops), ())


@pytest.mark.parametrize(
    ("ops", "dtype", "quantization", "channel_info"),
    [
        ((MaxPool(kernel_size=(2,)),), "float32", Quantization("float32"), PLAIN),
        ((MaxPool(kernel_size=(2,)),), "uint8", Quantization("uint16", gain=257.0), PLAIN),
        ((AvgPool(kernel_size=(2,)),), "uint8", BYTES, WEIGHED),
        ((AvgPool(kernel_size=(2,)),), "uint8", BYTES, ChannelInfo(linear_light=True)),
        ((AvgPool(kernel_size=(2,)), MaxPool(kernel_size=(2,))), "uint8", BYTES, PLAIN),
        ((Nearest(scale_factor=(2,)),), "uint8", BYTES, PLAIN),
    ],
    ids=["floats", "another depth", "weighed", "light", "means that go on", "tables"],
)
def test_what_needs_more_than_integers_is_none(
    ops: tuple[Op, ...], dtype: str, quantization: Quantization, channel_info: ChannelInfo
) -> None:
    """What is rounded before the end, weighed by pixels, or done by tables."""
    known, tables = (quantization, channel_info), Kept[Tables](1 << 20)
    plans = IntegerPlans()
    assert plans.of(plan_of(*ops), np.dtype(dtype), known, "auto", tables) is None


def test_it_is_worked_out_once_and_only_for_small_pictures() -> None:
    """Of large ones strips are made."""
    plans, tables, byte = IntegerPlans(), Kept[Tables](1 << 20), np.dtype("uint8")
    small, large = (plan_of(MaxPool(kernel_size=(2,)), size=(side, side)) for side in (16, 4096))
    first = plans.of(small, byte, (BYTES, PLAIN), "auto", tables)
    assert first is not None
    assert plans.of(small, byte, (BYTES, PLAIN), "auto", tables) is first
    assert plans.of(large, byte, (BYTES, PLAIN), "auto", tables) is None
