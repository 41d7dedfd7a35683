"""What a plan works out once, however many strips it runs in."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
import pytest
import torch

from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.pipeline.pipeline import Pipeline

#: Methods that derive something of the parameters alone.
DERIVING = {"weight", "kernels", "tables", "input_spans"}


@contextmanager
def count_calls() -> Iterator[Counter[str]]:
    """Count the calls of those methods, on every thread."""
    calls: Counter[str] = Counter()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        own = frame.f_globals.get("__name__", "").startswith("updown_cli.ops.")
        if event == "call" and own and frame.f_code.co_name in DERIVING:
            calls[frame.f_code.co_qualname] += 1

    sys.setprofile(look)
    threading.setprofile(look)
    try:
        yield calls
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.mark.parametrize("height", [64, 8])
def test_a_chain_in_strips_derives_its_plan_once(height: int) -> None:
    chain = Pipeline.of(
        AvgPool(kernel_size=(2,)),
        PlainConv(kernel="gaussian", padding="same"),
        Bicubic(scale_factor=(2,)),
    )
    pixels = np.random.default_rng(0).integers(0, 256, (1, 3, 256, 64)).astype(np.uint8)
    with count_calls() as calls:
        plan = chain.plan(Shape(3, 256, 64))
        result = Engine(torch.device("cpu"), height=height).run(plan, pixels, Quantization("uint8"))
    assert result.pixels.shape == (1, 3, 256, 64)
    assert calls["GroupedConv.weight"] == 1
    assert set(calls.values()) == {1}, calls


def test_an_operation_of_another_size_uses_the_same_weight() -> None:
    deconv = Deconv(kernel="box", stride=(2,), padding="same", output_size=(128, 32))
    pixels = np.random.default_rng(0).integers(0, 256, (1, 1, 64, 16)).astype(np.uint8)
    with count_calls() as calls:
        plan = Pipeline.of(deconv).plan(Shape(1, 64, 16))
        Engine(torch.device("cpu"), height=16).run(plan, pixels, Quantization("uint8"))
    assert calls["Deconv.weight"] == 1


def test_a_file_is_read_once_for_an_operation_and_again_for_the_next() -> None:
    for value in (1.0, 2.0):
        np.save("k.npy", np.full((1, 1), value))
        op = PlainConv(kernel="k.npy")
        Pipeline.of(op).plan(Shape(1, 3, 3))
        np.save("k.npy", np.full((1, 1), 9.0))
        (step,) = Pipeline.of(op).plan(Shape(1, 2, 2)).steps
        assert step.op.apply(torch.ones(1, 1, 2, 2)).tolist() == [[[[value] * 2] * 2]]
