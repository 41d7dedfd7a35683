"""Activations against NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.helpers import run
from updown_cli.errors import ShapeError
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.activate.activations import Elu, LeakyRelu, Prelu, Relu, Sigmoid, Tanh

Array = NDArray[Any]

NUMPY: list[tuple[Op, Callable[[Array], Array]]] = [
    (Relu(), lambda x: np.maximum(x, 0)),
    (LeakyRelu(negative_slope=0.2), lambda x: np.where(x < 0, 0.2 * x, x)),
    (Elu(scale=0.5), lambda x: np.where(x < 0, 0.5 * (np.exp(x) - 1), x)),
    (Prelu(weight=(0.75,)), lambda x: np.where(x < 0, 0.75 * x, x)),
    (Tanh(), np.tanh),
    (Sigmoid(), lambda x: 1 / (1 + np.exp(-x))),
]

every_mode = pytest.mark.parametrize(
    ("op", "expected"), NUMPY, ids=lambda op: getattr(op, "mode", "")
)


@every_mode
@pytest.mark.parametrize("shape", [(1, 2, 9), (1, 2, 5, 7), (2, 2, 3, 4, 5)])
def test_values_of_any_rank(
    op: Op, expected: Callable[[Array], Array], shape: tuple[int, ...]
) -> None:
    x = np.random.default_rng(3).normal(0, 3, shape).astype(np.float32)
    found = run(op, torch.from_numpy(x)).pixels.numpy()
    np.testing.assert_allclose(found, expected(x.astype(np.float64)), rtol=1e-5, atol=1e-6)


def test_unit_range() -> None:
    x = torch.tensor([0.0, 127.5, 255.0]).reshape(1, 1, 1, 3)
    y = Tanh(input_range="unit").run(Signal(x, white=255.0)).pixels
    np.testing.assert_allclose(y.flatten(), 255 * np.tanh([0.0, 0.5, 1.0]), rtol=1e-6)


def test_a_weight_for_each_channel() -> None:
    y = run(Prelu(weight=(0.5, 0.25)), -torch.ones(1, 2, 1, 1)).pixels
    assert y.flatten().tolist() == [-0.5, -0.25]
    with pytest.raises(ShapeError) as refused:
        Prelu(weight=(0.5, 0.25)).out_shape(Shape(3, 1, 1))
    assert str(refused.value) == "--weight has 2 numbers for 3 channels"
