"""Adaptive and fractional pools of integers, against torch's of floats and loops over bins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tests.helpers import as_floats
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.adaptive_max import AdaptiveMaxPool
from updown_cli.ops.pool.fractional_max import FractionalMaxPool

#: Whole bins, bins that overlap, bins of several sizes, of one pixel, of all, and more than pixels.
SIZES = [(6, 8), (5, 7), (11, 13), (24, 32), (1, 1), (29, 50), (24, 5)]
LAYOUTS = ["planes", "pixels", "cells", "two frames"]


def picture(layout: str, dtype: str = "uint8", channels: int = 3) -> NDArray[Any]:
    """Return N x C x 24 x 32 integers of all values as they may lie in memory."""
    random, frames = np.random.default_rng(3), 2 if layout == "two frames" else 1
    limits = np.iinfo(dtype)
    size = frames, 24, 32, 4 if layout == "cells" else channels
    pixels = random.integers(limits.min, limits.max, size, dtype, endpoint=True)
    pixels[:, :9] = limits.max
    if layout == "planes":
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
    return pixels[..., :channels].transpose(0, 3, 1, 2)


def made(op: Op, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return what the operation makes of integers as they are."""
    shape = Shape(*pixels.shape[1:])
    way = op.for_shape(shape).integer_way(shape, pixels.dtype)
    assert way is not None
    result = way.run(pixels)
    assert result.dtype == pixels.dtype
    return result


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", SIZES)
def test_adaptive_maxima(size: tuple[int, int], layout: str) -> None:
    pixels = picture(layout)
    expected = F.adaptive_max_pool2d(as_floats(pixels), size).numpy()
    np.testing.assert_array_equal(made(AdaptiveMaxPool(output_size=size), pixels), expected)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32"])
def test_adaptive_maxima_of_all_integers(dtype: str) -> None:
    pixels = picture("pixels", dtype)
    x = torch.from_numpy(pixels.astype("float64"))
    expected = F.adaptive_max_pool2d(x, (5, 7)).numpy()
    np.testing.assert_array_equal(made(AdaptiveMaxPool(output_size=(5, 7)), pixels), expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", SIZES)
def test_adaptive_means(size: tuple[int, int], layout: str) -> None:
    pixels = picture(layout)
    means = F.adaptive_avg_pool2d(as_floats(pixels), size).numpy()
    expected = np.floor(means.astype("float64") + 0.5)
    np.testing.assert_array_equal(made(AdaptiveAvgPool(output_size=size), pixels), expected)


def test_adaptive_means_by_a_loop() -> None:
    """Halves are rounded up: sums of bins of whole numbers, divided as such."""
    pixels = np.random.default_rng(0).integers(0, 2, (1, 1, 24, 32), np.uint8)
    result = made(AdaptiveAvgPool(output_size=(5, 7)), pixels)[0, 0]
    halves = 0
    for i in range(5):
        for j in range(7):
            rows = slice(i * 24 // 5, -(-(i + 1) * 24 // 5))
            columns = slice(j * 32 // 7, -(-(j + 1) * 32 // 7))
            values = [int(value) for value in pixels[0, 0, rows, columns].ravel()]
            halves += 2 * sum(values) == len(values)
            assert result[i, j] == (2 * sum(values) + len(values)) // (2 * len(values))
    assert halves > 0


@pytest.mark.parametrize("size", [(1, 1), (3, 2)])
def test_means_of_many_pixels(size: tuple[int, int]) -> None:
    """Sums beyond 16 bits; beyond what single precision tells apart they are torch's business."""
    pixels = np.random.default_rng(1).integers(0, 256, (1, 3, 60, 64), np.uint8)
    means = F.adaptive_avg_pool2d(as_floats(pixels), size).numpy()
    result = made(AdaptiveAvgPool(output_size=size), pixels)
    np.testing.assert_array_equal(result, np.floor(means.astype("float64") + 0.5))
    op = AdaptiveAvgPool(output_size=(1, 1))
    assert op.integer_way(Shape(3, 65, 64), np.dtype("uint8")) is None
    assert op.integer_way(Shape(3, 60, 64), np.dtype("uint16")) is None


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("same_windows", [False, True])
@pytest.mark.parametrize("size", [(12, 16), (17, 23), (1, 1), (23, 31)])
def test_fractional_maxima(size: tuple[int, int], same_windows: bool, layout: str) -> None:
    """Windows are where torch has them, in every channel and frame."""
    pixels = picture(layout)
    op = FractionalMaxPool(output_size=size, seed=5, same_windows=same_windows)
    drawn = (len(pixels), 1 if same_windows else 3, 2)
    samples = torch.rand(drawn, generator=torch.Generator().manual_seed(5))
    samples = samples.expand(len(pixels), 3, 2)
    x = as_floats(pixels)
    expected = F.fractional_max_pool2d(x, 2, size, _random_samples=samples).numpy()
    np.testing.assert_array_equal(made(op, pixels), expected)


@pytest.mark.parametrize("number", range(20))
def test_fractional_windows_are_torch_s(number: int) -> None:
    """The very pixels, as all of them differ: numbers, sizes and windows drawn at random."""
    random = np.random.default_rng(number)
    pixels = np.arange(200 * 300, dtype=np.uint16).reshape(1, 1, 200, 300)
    kernel = tuple(random.integers(1, 9, 2).tolist())
    size = tuple(random.integers(1, 190, 2).tolist())
    np.save("samples.npy", random.random((1, 1, 2)))
    op = FractionalMaxPool(kernel_size=kernel, output_size=size, samples="samples.npy")
    samples = torch.from_numpy(np.load("samples.npy")).float()
    x = as_floats(pixels)
    expected = F.fractional_max_pool2d(x, kernel, size, _random_samples=samples).numpy()
    np.testing.assert_array_equal(made(op, pixels), expected)


@pytest.mark.parametrize(
    ("sample", "length", "kernel", "out"),
    [(0.2643023431301117, 369, 2, 118), (0.614331841468811, 296, 3, 204)],
)
def test_windows_are_placed_in_single_precision(
    sample: float, length: int, kernel: int, out: int
) -> None:
    """In double precision one window would be elsewhere."""
    pixels = np.arange(4 * length, dtype=np.uint16).reshape(1, 1, 4, length)
    np.save("samples.npy", np.full((1, 1, 2), sample))
    size = (1, out)
    op = FractionalMaxPool(kernel_size=(4, kernel), output_size=size, samples="samples.npy")
    samples = torch.full((1, 1, 2), sample)
    x = as_floats(pixels)
    expected = F.fractional_max_pool2d(x, (4, kernel), size, _random_samples=samples).numpy()
    np.testing.assert_array_equal(made(op, pixels), expected)
    step = (length - kernel) / (out - 1)
    double = ((np.arange(out - 1) + sample) * step).astype(int) - int(sample * step)
    assert (made(op, pixels)[0, 0, 0, :-1] != pixels[0, 0, 3, double + kernel - 1]).any()


@pytest.mark.parametrize(
    ("op", "shape", "dtype"),
    [
        (AdaptiveMaxPool(output_size=(2,)), Shape(1, 9), "uint8"),
        (AdaptiveAvgPool(output_size=(2, 2, 2)), Shape(1, 9, 9, 9), "uint8"),
        (AdaptiveMaxPool(output_size=(2, 2), print_indices=True), Shape(1, 9, 9), "uint8"),
        (FractionalMaxPool(output_size=(2, 2), print_indices=True), Shape(1, 9, 9), "uint8"),
        (FractionalMaxPool(output_size=(2, 2)), Shape(1, 9, 9), "int32"),
        (FractionalMaxPool(output_size=(2, 2, 2)), Shape(1, 9, 9, 9), "uint8"),
    ],
)
def test_what_needs_floats(op: Op, shape: Shape, dtype: str) -> None:
    """Other dimensions, positions, and what torch would be given in double precision."""
    assert op.for_shape(shape).integer_way(shape, np.dtype(dtype)) is None
