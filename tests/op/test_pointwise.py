"""Layers that see values from 0 to 1, as they were trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.deconv.deconv import Deconv


@pytest.mark.parametrize(
    "op", [PlainConv(kernel="2", bias=(0.25,)), Deconv(kernel="2", bias=(0.25,))], ids=str
)
def test_a_bias_is_of_the_range_that_the_layer_sees(op: Op) -> None:
    x = torch.tensor([0.0, 51.0]).reshape(1, 1, 1, 2)
    assert values_of(op, x, 255.0) == [0.25, 102.25]
    trained = type(op)(kernel="2", bias=(0.25,), input_range="unit")  # type: ignore[call-arg]
    expected = [63.75, 165.75]  # 255 * (2 * x / 255 + 0.25)
    np.testing.assert_allclose(values_of(trained, x, 255.0), expected, rtol=1e-6)
    assert values_of(trained, x, 1.0) == [0.25, 102.25]  # floats stay as they are


def values_of(op: Op, x: torch.Tensor, white: float) -> list[float]:
    """Return what an operation gives of values with this white."""
    filled_in = op.for_shape(Shape(*x.shape[1:]))
    values: list[float] = filled_in.run(Signal(x, white=white)).pixels.flatten().tolist()
    return values
