"""LP pooling, against a NumPy loop, torch and numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.helpers import apply
from tests.ops.pool.reference import (
    DIMS,
    RTOL,
    Axis,
    layer,
    norm,
    random_image,
    reference,
    through_torch,
    window,
)
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.lp import LpPool


def test_lp_of_a_volume_thinner_than_the_window_is_refused_as_torch_does() -> None:
    op = LpPool(kernel_size=(3,), stride=(2,), ceil_mode=True)
    with pytest.raises(ShapeError) as refused:
        op.out_shape(Shape(1, 2, 5, 5))
    assert str(refused.value) == ("torch pools no volume of 2x5x5 by 3x3x3; --convention onnx does")


@DIMS
@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 3.0, math.inf])
@pytest.mark.parametrize(
    "axis",
    [Axis(2, 2), Axis(3, 2), Axis(2, 3, ceil_mode=True), Axis(3, 2, ceil_mode=True)],
    ids=str,
)
def test_onnx_convention_is_the_norm_of_what_is_inside(axis: Axis, p: float, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, norm(p))
    op = LpPool(**window(axis), norm_type=p, convention="onnx")
    # Two powers in float32: a few last places more than a sum.
    np.testing.assert_allclose(apply(op, image, dims), expected, rtol=4e-6)


@DIMS
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
@pytest.mark.parametrize("axis", [Axis(2, 2), Axis(3, 2), Axis(2, 3, ceil_mode=True)], ids=str)
def test_lp_is_that_of_torch(axis: Axis, p: float, dims: int) -> None:
    image = random_image(dims)
    torch_layer = layer("LPPool", dims, p, axis.kernel, axis.stride, axis.ceil_mode)
    actual = apply(LpPool(**window(axis), norm_type=p), image, dims)
    np.testing.assert_allclose(actual, through_torch(torch_layer, image), rtol=RTOL)


@pytest.mark.parametrize("convention", ["torch", "onnx"])
def test_lp_is_a_sum_not_a_mean(convention: str) -> None:
    """3 and 4 give 5 (P7)."""
    op = LpPool(kernel_size=(1, 2), convention=convention)
    np.testing.assert_allclose(apply(op, [[3, 4]]), [[5]], rtol=RTOL)


@pytest.mark.parametrize("convention", ["torch", "onnx"])
@pytest.mark.parametrize(
    ("p", "values", "by_torch", "by_onnx"),
    [
        (3, [-1, 2], 7 ** (1 / 3), 9 ** (1 / 3)),
        (3, [-1, -2], np.nan, 9 ** (1 / 3)),
        (1, [-1, -2], -3, 3),
        (1.5, [-1, 2], np.nan, (1 + 2**1.5) ** (1 / 1.5)),
    ],
)
def test_torch_takes_powers_of_negative_values_as_they_are(
    p: float, values: list[float], by_torch: float, by_onnx: float, convention: str
) -> None:
    """onnx takes |x| (P7)."""
    expected = {"torch": by_torch, "onnx": by_onnx}[convention]
    op = LpPool(kernel_size=(1, 2), norm_type=p, convention=convention)
    np.testing.assert_allclose(apply(op, [values]), [[expected]], rtol=RTOL)


@pytest.mark.parametrize("convention", ["torch", "onnx"])
def test_infinite_p_gives_the_largest_magnitude(convention: str) -> None:
    """(P7)."""
    op = LpPool(kernel_size=(1, 2), norm_type=math.inf, convention=convention)
    np.testing.assert_array_equal(apply(op, [[3, -4]]), [[4]])


@pytest.mark.parametrize("p", [0, -1])
def test_p_is_positive(p: float) -> None:
    """(P7)."""
    with pytest.raises(ParameterError) as error:
        LpPool(norm_type=p)
    assert str(error.value) == f"--norm-type {p}: must be more than 0"


def test_onnx_convention_does_not_overflow() -> None:
    """255^64 is beyond float32, which torch's result tells (P7)."""
    image = [[255, 255]]
    op = LpPool(kernel_size=(1, 2), norm_type=64, convention="onnx")
    np.testing.assert_allclose(apply(op, image), [[255 * 2 ** (1 / 64)]], rtol=RTOL)
    op = LpPool(kernel_size=(1, 2), norm_type=64)
    np.testing.assert_array_equal(apply(op, image), [[np.inf]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0], 0),
        ([np.inf, 1], np.inf),
        ([-np.inf, np.inf], np.inf),
        ([np.nan, 1], np.nan),
        ([3e-35, 4e-35], 5e-35),
    ],
    ids=["zeros", "inf", "both infinities", "nan", "tiny"],
)
def test_onnx_convention_takes_every_magnitude(values: list[float], expected: float) -> None:
    """The largest magnitude is taken out before powers are formed (P7)."""
    op = LpPool(kernel_size=(1, 2), convention="onnx")
    np.testing.assert_allclose(apply(op, [values]), [[expected]], rtol=RTOL)


@pytest.mark.parametrize(
    ("convention", "expected"), [("torch", [5, math.sqrt(50)]), ("onnx", [5, 5])]
)
def test_torch_multiplies_a_partial_window_by_its_full_size(
    convention: str, expected: list[float]
) -> None:
    """3, 4, 5 with kernel 2 and ceil_mode (P7)."""
    op = LpPool(kernel_size=(1, 2), ceil_mode=True, convention=convention)
    np.testing.assert_allclose(apply(op, [[3, 4, 5]]), [expected], rtol=RTOL)


@pytest.mark.parametrize(
    ("convention", "side", "expected"),
    [
        (
            "torch",
            5,
            [
                "torch multiplies the mean of a partial window by the full window's size; "
                "--convention onnx sums what is inside"
            ],
        ),
        ("torch", 6, []),
        ("onnx", 5, []),
    ],
)
def test_partial_windows_in_torchs_convention_are_told(
    convention: str, side: int, expected: list[str]
) -> None:
    """(P7)."""
    shape = Shape(1, 4, side)
    op = LpPool(ceil_mode=True, convention=convention).for_shape(shape)
    assert op.warnings(shape) == expected
