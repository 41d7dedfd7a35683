"""Max pooling and its positions, against a NumPy loop, torch and tables by hand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import torch

from tests.helpers import apply, planes, run
from tests.ops.pool.reference import (
    AXES,
    DILATED,
    DIMS,
    NUMBERED,
    RAMP_3X3,
    RTOL,
    Axis,
    Values,
    dilated_window,
    few_values,
    layer,
    maximum,
    padded_window,
    positions,
    random_image,
    reference,
    through_torch,
)
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.max import MaxPool


@DIMS
@AXES
def test_max_is_the_largest_value_of_each_window(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, maximum)
    np.testing.assert_array_equal(apply(MaxPool(**padded_window(axis)), image, dims), expected)


@DIMS
@DILATED
def test_max_of_windows_with_gaps(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, maximum)
    np.testing.assert_array_equal(apply(MaxPool(**dilated_window(axis)), image, dims), expected)


@DIMS
@NUMBERED
@pytest.mark.parametrize("dilation", [1, 2])
def test_max_and_its_positions_are_those_of_torch(axis: Axis, dilation: int, dims: int) -> None:
    x = torch.from_numpy(few_values(dims) - 9)[None, None].repeat(2, 3, *[1] * dims)
    x[1, 2] += 5
    arguments = (axis.kernel, axis.stride, axis.padding, dilation, True, axis.ceil_mode)
    values, indices = layer("MaxPool", dims, *arguments)(x)
    op = MaxPool(**padded_window(axis), dilation=(dilation,), save_indices="positions.npz")
    signal = run(op, x)
    np.testing.assert_allclose(signal.pixels, values, rtol=RTOL)
    np.testing.assert_array_equal(signal.pool_indices[0].indices, indices)


def test_each_axis_has_its_own_numbers() -> None:
    axes = [Axis(2, 3, 1, 1), Axis(3, 1, 0, 2)]
    op = MaxPool(kernel_size=(2, 3), stride=(3, 1), padding=(1, 0), dilation=(1, 2))
    image = random_image(2, signed=True)
    np.testing.assert_array_equal(apply(op, image), reference(image, axes, maximum))
    torch_layer = torch.nn.MaxPool2d((2, 3), (3, 1), (1, 0), (1, 2))
    np.testing.assert_array_equal(apply(op, image), through_torch(torch_layer, image))


@pytest.mark.parametrize(("padding", "origin"), [("same", -1), ("same-lower", 0)])
def test_same_padding_puts_the_odd_pixel_after_and_same_lower_before(
    padding: str, origin: int
) -> None:
    op = MaxPool(kernel_size=(2,), stride=(1,), padding=padding)
    image = random_image(2, signed=True)
    expected = scipy.ndimage.maximum_filter(image, 2, mode="constant", cval=-np.inf, origin=origin)
    np.testing.assert_array_equal(apply(op, image), expected)


def test_stride_is_the_kernel_size_if_not_given() -> None:
    """The seeds' example needs stride 1 (P1)."""
    np.testing.assert_array_equal(apply(MaxPool(), RAMP_3X3), [[5]])
    np.testing.assert_array_equal(apply(MaxPool(stride=(1,)), RAMP_3X3), [[5, 6], [8, 9]])


def test_the_first_of_equal_maxima_in_row_major_order_is_saved() -> None:
    """(P15)."""
    image = [[1, 1, 2, 2], [1, 1, 2, 2], [5, 5, 5, 5], [5, 5, 5, 5]]
    saved = positions(MaxPool(save_indices="positions.npz"), image)
    np.testing.assert_array_equal(saved, [[[[0, 2], [8, 10]]]])


@DIMS
@AXES
def test_saved_positions_are_those_of_the_first_maximum(axis: Axis, dims: int) -> None:
    """Counted in the image, not in the padded image (P15, U11)."""
    image = few_values(dims) - 9
    op = MaxPool(**padded_window(axis), save_indices="positions.npz")
    flat = image.ravel()

    def first(places: Values, _: int) -> float:
        return float(places[flat[places].argmax()])

    places = np.arange(image.size).reshape(image.shape)
    expected = reference(places, [axis] * dims, first)
    np.testing.assert_array_equal(positions(op, image, dims)[0, 0], expected)


def test_saved_positions_ignore_padding() -> None:
    """4x4 ramp, kernel 3, stride 2, padding 1 (U11)."""
    op = MaxPool(kernel_size=(3,), stride=(2,), padding=(1,), save_indices="positions.npz")
    saved = positions(op, np.arange(16).reshape(4, 4))
    np.testing.assert_array_equal(saved, [[[[5, 7], [13, 15]]]])


@pytest.mark.parametrize("padding", ["same", "same-lower", (1,)], ids=str)
def test_saved_positions_are_inside_an_image_of_minus_infinity(
    padding: str | tuple[int, ...],
) -> None:
    """Padding is no position, even where it is as large as the image (U11)."""
    op = MaxPool(kernel_size=(3,), stride=(1,), padding=padding, save_indices="positions.npz")
    saved = positions(op, np.full(4, -np.inf), 1)
    np.testing.assert_array_equal(saved, [[[0, 0, 1, 2]]])


def test_positions_of_minus_infinity_are_in_their_window_with_gaps() -> None:
    """The pixel nearest to the padding, 5, is in the second window only (U11)."""
    op = MaxPool(stride=(1,), dilation=(3,), padding="same", save_indices="positions.npz")
    saved = positions(op, [5, -np.inf, -np.inf, -np.inf], 1)
    np.testing.assert_array_equal(saved, [[[2, 0, 1, 2]]])


def test_same_padding_saves_positions_on_odd_sizes() -> None:
    """TensorFlow's argmax of the 3x3 ramp (U6)."""
    saved = positions(MaxPool(padding="same", save_indices="positions.npz"), RAMP_3X3)
    np.testing.assert_array_equal(saved, [[[[4, 5], [7, 8]]]])


def test_saved_positions_remember_the_pool() -> None:
    op = MaxPool(padding="same", stride=(1,), save_indices="positions.npz")
    pool_indices = run(op, torch.zeros(2, 3, 5, 7)).pool_indices[0]
    assert pool_indices.source == Shape(3, 5, 7)
    assert pool_indices.kernel_size == (2, 2)
    assert pool_indices.stride == (1, 1)
    assert pool_indices.padding == "same"
    assert pool_indices.numbering == "torch"


def test_positions_are_kept_only_if_asked_for() -> None:
    assert run(MaxPool(), planes(RAMP_3X3)).pool_indices == ()
