"""Separable convolution against both of its parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers import apply
from tests.ops.conv.cases import (
    ROUNDING,
    result,
    saved,
)
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.separable import SeparableConv


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("shape", ["rows", "taps", "tf-rows", "tf-taps"])
def test_separable_is_depthwise_then_a_product_with_nothing_between(dims: int, shape: str) -> None:
    """Negative values stay: no activation (V4)."""
    rng = np.random.default_rng(0)
    x, taps = (
        rng.standard_normal((2, 3, *(5, 4, 3)[:dims])),
        rng.standard_normal((6, 1, *(2,) * dims)),
    )
    mixing, bias = rng.standard_normal((4, 6)), (1.0, 2.0, 3.0, 4.0)
    given = mixing.T if shape.startswith("tf") else mixing
    ones = (1,) * dims
    if shape.endswith("taps"):
        given = given.reshape(*ones, 6, 4) if shape.startswith("tf") else given.reshape(4, 6, *ones)
    layout = "hwio" if shape.startswith("tf") else "oihw"
    in_tf = np.moveaxis(taps.reshape(3, 2, *taps.shape[2:]), (0, 1), (-2, -1))
    settings: dict[str, Any] = {
        "kernel": saved(in_tf if layout == "hwio" else taps),
        "weight_layout": layout,
        "stride": (2,),
        "padding": "same",
    }
    depthwise = result(DepthwiseConv(**settings), x)
    separable = SeparableConv(**settings, pointwise=saved(given, "mixing.npy"), bias=bias)
    expected = np.einsum("om,nm...->no...", mixing, depthwise)
    expected += np.reshape(bias, (4, *ones))
    np.testing.assert_allclose(result(separable, x), expected, ROUNDING, ROUNDING)


def test_pointwise_weights_can_be_typed() -> None:
    op = SeparableConv(kernel="1", pointwise="1 2; 3 4; 0 -1")
    assert apply(op, [[[1]], [[10]]]).ravel().tolist() == [21, 43, -10]
