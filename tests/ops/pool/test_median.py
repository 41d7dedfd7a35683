"""Median pooling, against a NumPy loop, torch and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import torch

from tests.helpers import apply
from tests.ops.pool.reference import (
    AXES,
    DILATED,
    DIMS,
    Axis,
    Reduce,
    dilated_window,
    lower_median,
    mean_median,
    padded_window,
    random_image,
    reference,
)
from updown_cli.op import windows
from updown_cli.ops.pool.median import MedianPool


@DIMS
@AXES
@pytest.mark.parametrize(
    ("median", "reduce"), [("lower", lower_median), ("mean", mean_median)], ids=["lower", "mean"]
)
def test_median_is_that_of_the_pixels_inside(
    axis: Axis, median: str, reduce: Reduce, dims: int
) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, reduce)
    op = MedianPool(**padded_window(axis), median=median)
    # The mean of two float32 is rounded once.
    np.testing.assert_allclose(apply(op, image, dims), expected, rtol=1e-6, atol=1e-7)


@DIMS
@DILATED
def test_median_of_windows_with_gaps(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, lower_median)
    np.testing.assert_array_equal(apply(MedianPool(**dilated_window(axis)), image, dims), expected)


@pytest.mark.parametrize("kernel", [2, 3])
def test_median_is_torchs_median_of_the_unfolded_image(kernel: int) -> None:
    image = random_image(2, signed=True)
    unfolded = torch.from_numpy(image).unfold(0, kernel, 2).unfold(1, kernel, 2)
    expected = unfolded.flatten(-2).median(-1).values
    op = MedianPool(kernel_size=(kernel,), stride=(2,))
    np.testing.assert_array_equal(apply(op, image), expected)


def test_median_agrees_with_scipy_inside() -> None:
    image = random_image(2, signed=True)
    expected = scipy.ndimage.median_filter(image, 3)[1:-1, 1:-1]
    np.testing.assert_array_equal(apply(MedianPool(kernel_size=(3,), stride=(1,)), image), expected)


@pytest.mark.parametrize(("median", "expected"), [("lower", 2), ("mean", 2.5)])
def test_median_of_an_even_number_is_the_lower_or_the_mean(median: str, expected: float) -> None:
    """torch.median gives the lower one, NumPy the mean (P12)."""
    op = MedianPool(kernel_size=(4,), median=median)
    np.testing.assert_array_equal(apply(op, [1, 2, 3, 4], 1), [expected])


def test_median_gathered_a_row_at_a_time_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    op = MedianPool(kernel_size=(3,), stride=(2,), padding=(1,), ceil_mode=True)
    image = random_image(2, signed=True)
    at_once = apply(op, image)
    monkeypatch.setattr(windows, "GATHERED_VALUES", 1)
    np.testing.assert_array_equal(apply(op, image), at_once)
