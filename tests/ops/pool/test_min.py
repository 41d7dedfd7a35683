"""Min pooling, against a NumPy loop, torch and SciPy."""

from __future__ import annotations

import numpy as np
import scipy.ndimage
import torch

from tests.helpers import apply
from tests.ops.pool.reference import (
    AXES,
    DILATED,
    DIMS,
    NUMBERED,
    RAMP_3X3,
    RTOL,
    Axis,
    dilated_window,
    layer,
    minimum,
    padded_window,
    random_image,
    reference,
    through_torch,
)
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.min import MinPool
from updown_cli.pipeline.pipeline import Pipeline


@DIMS
@AXES
def test_min_is_the_smallest_value_of_each_window(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, minimum)
    np.testing.assert_array_equal(apply(MinPool(**padded_window(axis)), image, dims), expected)


@DIMS
@DILATED
def test_min_of_windows_with_gaps(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, minimum)
    np.testing.assert_array_equal(apply(MinPool(**dilated_window(axis)), image, dims), expected)


@DIMS
@NUMBERED
def test_min_is_minus_torchs_max_of_minus_x(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    torch_layer = layer(
        "MaxPool", dims, axis.kernel, axis.stride, axis.padding, ceil_mode=axis.ceil_mode
    )
    expected = -through_torch(torch_layer, -image)
    np.testing.assert_allclose(
        apply(MinPool(**padded_window(axis)), image, dims), expected, rtol=RTOL
    )


def test_min_agrees_with_scipy() -> None:
    op = MinPool(kernel_size=(3,), stride=(1,), padding="same")
    image = random_image(2, signed=True)
    expected = scipy.ndimage.minimum_filter(image, 3, mode="constant", cval=np.inf)
    np.testing.assert_array_equal(apply(op, image), expected)


def test_same_padding_is_plus_infinity_for_min() -> None:
    """Zeros would give [[1, 0], [0, 0]] (P2)."""
    np.testing.assert_array_equal(apply(MinPool(padding="same"), RAMP_3X3), [[1, 3], [7, 9]])


def test_min_of_bytes_does_not_wrap() -> None:
    """-max(-x) of unsigned numbers would be 1 (P11)."""
    image = np.array([[[[0, 1], [2, 3]]]], np.uint8)
    plan = Pipeline((MinPool(),)).plan(Shape(1, 2, 2))
    result = Engine(torch.device("cpu")).run(plan, image, Quantization("uint8"))
    assert result.pixels.tolist() == [[[[0]]]]
