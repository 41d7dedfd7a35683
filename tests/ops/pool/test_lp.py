"""LP pooling, against a NumPy loop, torch and numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

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
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.lp import LpPool
from updown_cli.pipeline.pipeline import Pipeline


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


BYTES = [
    {"kernel_size": (2, 2)},
    {"kernel_size": (3, 5), "stride": (2, 1)},
    {"kernel_size": (2, 3), "norm_type": 1.0},
    {"kernel_size": (4, 1), "stride": (3, 3)},
]


@pytest.mark.parametrize("height", [None, 7])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("settings", BYTES, ids=str)
def test_bytes_are_rounded_norms(
    settings: dict[str, Any], channels: int, height: int | None
) -> None:
    """One window at a time in double precision, which no square root comes near a half in."""
    image = np.random.default_rng(3).integers(0, 256, (41, 53, channels), np.uint8)
    image[:9] //= 9
    planes, shape = image.transpose(2, 0, 1), Shape(channels, 41, 53)
    op = LpPool(**settings).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is not None
    assert op.stride is not None
    _, rows, columns = op.out_shape(shape)
    exact = np.empty((channels, rows, columns))
    for row, column in np.ndindex(rows, columns):
        top, left = row * op.stride[0], column * op.stride[1]
        seen = planes[:, top : top + op.kernel_size[0], left : left + op.kernel_size[1]]
        powers = seen.astype(np.float64) ** op.norm_type
        exact[:, row, column] = powers.sum((1, 2)) ** (1 / op.norm_type)
    engine = Engine(torch.device("cpu"), height=height)
    result = engine.run(Pipeline((op,)).plan(shape), planes[None], Quantization("uint8"))
    np.testing.assert_array_equal(result.pixels[0], np.floor(np.minimum(exact, 255) + 0.5))
    outside = int((exact >= 255.5).sum())
    assert result.clamped is not None
    assert result.clamped.values == outside > 0
    extremes = (result.clamped.min, result.clamped.max)
    assert extremes == pytest.approx((exact.min(), exact.max()), rel=1e-6)
    floats = op.apply(torch.from_numpy(np.ascontiguousarray(planes)).float()[None])
    assert extremes == (float(floats.min()), float(floats.max()))


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": (2, 2), "norm_type": 3.0},
        {"kernel_size": (17, 17)},
        {"kernel_size": (2, 2), "convention": "onnx"},
        {"kernel_size": (2, 2), "ceil_mode": True},
    ],
    ids=str,
)
def test_norms_that_need_floats(settings: dict[str, Any]) -> None:
    """Powers that are rounded, another formula, and windows that are not whole."""
    shape = Shape(1, 41, 53)
    op = LpPool(**settings).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is None
