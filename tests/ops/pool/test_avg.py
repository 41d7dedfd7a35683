"""Average pooling, against a NumPy loop, torch and Pillow."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.helpers import apply
from tests.ops.pool.reference import (
    AXES,
    DIMS,
    NUMBERED,
    RAMP_3X3,
    RTOL,
    Axis,
    layer,
    mean,
    mean_with_padding,
    padded_window,
    random_image,
    reference,
    through_torch,
)
from updown_cli.errors import ParameterError
from updown_cli.ops.pool.avg import AvgPool

THIN = [
    ((1, 5, 5), Axis(3, 1, 1)),
    ((2, 5, 4), Axis(3, 2, 1, ceil_mode=True)),
    ((1, 6, 6), Axis(3, 2, "same")),
    ((2, 3, 7), Axis(5, 1, 2)),
]


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize(("size", "axis"), THIN, ids=str)
def test_avg_of_volumes_thinner_than_the_window(
    size: tuple[int, ...], axis: Axis, count_include_pad: bool
) -> None:
    """torch refuses them."""
    image = np.random.default_rng(3).random(size)
    op = AvgPool(**padded_window(axis), count_include_pad=count_include_pad)
    mean_of = mean_with_padding if count_include_pad and axis.padding != "same" else mean
    np.testing.assert_allclose(
        apply(op, image, 3), reference(image, [axis] * 3, mean_of), rtol=RTOL
    )


@DIMS
@AXES
@pytest.mark.parametrize("count_include_pad", [True, False])
def test_avg_is_the_mean_of_each_window(axis: Axis, count_include_pad: bool, dims: int) -> None:
    counts_padding = count_include_pad and not isinstance(axis.padding, str)
    image = random_image(dims)
    expected = reference(image, [axis] * dims, mean_with_padding if counts_padding else mean)
    op = AvgPool(**padded_window(axis), count_include_pad=count_include_pad)
    np.testing.assert_allclose(apply(op, image, dims), expected, rtol=RTOL)


@DIMS
@NUMBERED
@pytest.mark.parametrize("count_include_pad", [True, False])
def test_avg_is_that_of_torch(axis: Axis, count_include_pad: bool, dims: int) -> None:
    image = random_image(dims)
    torch_layer = layer(
        "AvgPool",
        dims,
        axis.kernel,
        axis.stride,
        axis.padding,
        axis.ceil_mode,
        count_include_pad,
    )
    op = AvgPool(**padded_window(axis), count_include_pad=count_include_pad)
    np.testing.assert_allclose(apply(op, image, dims), through_torch(torch_layer, image), rtol=RTOL)


def test_avg_with_ceil_mode_is_pillows_reduce() -> None:
    image = random_image(2)
    expected = np.asarray(Image.fromarray(image).reduce((2, 4)))
    op = AvgPool(kernel_size=(4, 2), ceil_mode=True)
    np.testing.assert_allclose(apply(op, image), expected, rtol=RTOL)


def test_same_padding_is_never_counted_by_avg() -> None:
    """The 3x3 ramp; kernel 3 at the corner gives 3, not 1.33 (P2)."""
    np.testing.assert_array_equal(apply(AvgPool(padding="same"), RAMP_3X3), [[3, 4.5], [7.5, 9]])
    op = AvgPool(kernel_size=(3,), stride=(1,), padding="same", count_include_pad=True)
    assert apply(op, RAMP_3X3)[0, 0] == 3


@pytest.mark.parametrize(
    ("op", "values", "expected"),
    [
        (AvgPool(ceil_mode=True), [1, 2, 3, 4, 5], [1.5, 3.5, 5]),
        (
            AvgPool(kernel_size=(3,), stride=(2,), padding=(1,), ceil_mode=True),
            [1, 2, 3, 4],
            [1, 3, 2],
        ),
    ],
    ids=["without padding", "with padding"],
)
def test_avg_with_ceil_mode_does_not_count_beyond_the_padding(
    op: AvgPool, values: list[float], expected: list[float]
) -> None:
    """The last windows divide by 1, not 2, and by 2, not 3 (P4)."""
    np.testing.assert_array_equal(apply(op, values, 1), expected)


@pytest.mark.parametrize(
    ("count_include_pad", "expected"), [(True, [1, 2, 3, 7 / 3]), (False, [1.5, 2, 3, 3.5])]
)
def test_avg_counts_padding_unless_told_not_to(
    count_include_pad: bool, expected: list[float]
) -> None:
    """1..4, kernel 3, stride 1, padding 1 (P5)."""
    op = AvgPool(kernel_size=(3,), stride=(1,), padding=(1,), count_include_pad=count_include_pad)
    np.testing.assert_allclose(apply(op, [1, 2, 3, 4], 1), expected, rtol=RTOL)


@pytest.mark.parametrize("count_include_pad", [True, False])
def test_divisor_override_replaces_every_divisor(count_include_pad: bool) -> None:
    """Sums of ones, borders too (P6)."""
    op = AvgPool(
        stride=(1,),
        padding=(1,),
        divisor_override=1,
        count_include_pad=count_include_pad,
    )
    expected = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    np.testing.assert_array_equal(apply(op, np.ones((2, 2))), expected)


def test_divisor_override_replaces_the_divisor_of_same_padding() -> None:
    """(P6)."""
    op = AvgPool(padding="same", divisor_override=2)
    np.testing.assert_array_equal(apply(op, RAMP_3X3), [[6, 4.5], [7.5, 4.5]])


def test_divisor_override_works_in_one_dimension() -> None:
    """torch's avg_pool1d has none (P6)."""
    np.testing.assert_array_equal(
        apply(AvgPool(divisor_override=4), [1, 2, 3, 4, 5], 1), [0.75, 1.75]
    )


def test_divisor_override_of_zero_is_refused() -> None:
    """(P6)."""
    with pytest.raises(
        ParameterError, match=r"^--divisor-override 0: nothing can be divided by 0$"
    ):
        AvgPool(divisor_override=0)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("padding", [(1,), "same"])
def test_divisor_override_may_be_negative(padding: tuple[int, ...] | str, dims: int) -> None:
    """As torch takes it: windows of ones, 3 values at a corner of each of the axes' 2."""
    op = AvgPool(kernel_size=(3,), stride=(1,), padding=padding, divisor_override=-2)
    expected = np.full((2,) * dims, -(2.0**dims) / 2)
    np.testing.assert_array_equal(apply(op, np.ones((2,) * dims), dims), expected)
