"""Depthwise convolution against a loop and torch's order of results."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers import apply
from tests.ops.conv.cases import (
    ROUNDING,
    Case,
    loop,
    result,
    saved,
)
from updown_cli.ops.conv.depthwise import DepthwiseConv


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("layout", ["oihw", "hwio"])
def test_depthwise_puts_result_m_of_channel_c_at_c_times_multiplier_plus_m(
    dims: int, layout: str
) -> None:
    """The order of torch and TensorFlow (V3)."""
    rng = np.random.default_rng(0)
    x, taps = rng.random((2, 3, *(6, 5, 4)[:dims])), rng.random((3, 2, *(3, 2, 2)[:dims]))
    in_torch, in_tf = taps.reshape(6, 1, *taps.shape[2:]), np.moveaxis(taps, (0, 1), (-2, -1))
    kernel = saved(in_torch if layout == "oihw" else in_tf)
    actual = result(DepthwiseConv(kernel=kernel, weight_layout=layout), x)
    sides = actual.shape[2:]
    expected = np.zeros((2, 6, *sides))
    for c, m in np.ndindex(3, 2):
        case = Case(x.shape[2:], taps.shape[2:], (1,) * dims, (0,) * dims, (1,) * dims, 1, 1)
        expected[:, c * 2 + m] = loop(case, x[:, c : c + 1], taps[c, m][None, None])[:, 0]
    np.testing.assert_allclose(actual, expected, ROUNDING)


@pytest.mark.parametrize(
    ("kernel", "multiplier", "expected"),
    [
        ("2", None, [2, 20]),
        ("2", 3, [2, 2, 2, 20, 20, 20]),
        ("box,identity", None, [1, 1, 10, 10]),
        ("box,identity", 2, [1, 1, 10, 10]),
    ],
)
def test_multiplier_is_the_number_of_results_per_channel(
    kernel: str, multiplier: int | None, expected: list[int]
) -> None:
    size = (1,) if kernel.startswith("box") else None
    op = DepthwiseConv(kernel=kernel, kernel_size=size, multiplier=multiplier)
    assert apply(op, [[[1]], [[10]]]).ravel().tolist() == expected
