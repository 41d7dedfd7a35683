"""Rows of pixels as they lie in memory, and what is acted on of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import noise
from updown_cli.op.integer_way import Clamping, by_rows
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.avg import AvgPool

Array = NDArray[Any]


def in_cells(pixels: Array, ahead: int = 0) -> Array:
    """Return 1 x 3 x H x W whose pixels lie in four bytes each, after so many others."""
    height, width, _ = pixels.shape
    memory = np.full(4 * height * width + ahead, 77, np.uint8)
    cells = memory[ahead:].reshape(height, width, 4)
    cells[..., :3] = pixels
    return cells[..., :3].transpose(2, 0, 1)[None]


def seen(pixels: Array, *, cells: bool) -> tuple[int, Array]:
    """Return how many values a pixel has in rows that are doubled, and what is made of them."""
    steps: list[int] = []

    def act(rows: Array, step: int) -> Array:
        steps.append(step)
        return rows * np.uint8(2)

    made = by_rows(pixels, act, cells=cells)
    return steps[0], made


@pytest.mark.parametrize(("cells", "step"), [(True, 4), (False, 3)])
@pytest.mark.parametrize("ahead", [0, 5])
def test_three_bytes_in_four_stay_there_if_they_may(cells: bool, step: int, ahead: int) -> None:
    image = noise(5, 7, 3) // 2
    values, made = seen(in_cells(image, ahead), cells=cells)
    assert values == step
    np.testing.assert_array_equal(made[0].transpose(1, 2, 0), 2 * image)


def test_nothing_is_read_behind_the_memory() -> None:
    """Of the last three channels of four the last pixel has no byte behind it."""
    image = noise(5, 7, 4) // 2
    values, made = seen(image[..., 1:].transpose(2, 0, 1)[None], cells=True)
    assert values == 3
    np.testing.assert_array_equal(made[0].transpose(1, 2, 0), 2 * image[..., 1:])


@pytest.mark.parametrize("rows", [slice(0, 5), slice(2, 4)])
def test_some_rows_of_cells(rows: slice) -> None:
    image = noise(5, 7, 3) // 2
    values, made = seen(in_cells(image)[:, :, rows], cells=True)
    assert values == 4
    np.testing.assert_array_equal(made[0].transpose(1, 2, 0), 2 * image[rows])


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (3, 3, 0), (4, 1, 2)]
)
def test_means_of_cells_are_those_of_pixels(kernel: int, stride: int, padding: int) -> None:
    """Sums of whole numbers, rounded half up; padding is counted as zeros."""
    image, shape = noise(13, 17, 3), Shape(3, 13, 17)
    op = AvgPool(kernel_size=(kernel,), stride=(stride,), padding=(padding,)).for_shape(shape)
    way = op.integer_way(shape, np.dtype("uint8"))
    assert way is not None
    padded = np.pad(image.astype(int), ((padding,) * 2, (padding,) * 2, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), (0, 1))
    sums = windows[::stride, ::stride].sum((-1, -2))
    expected = (2 * sums + kernel**2) // (2 * kernel**2)
    for pixels in (in_cells(image), image.transpose(2, 0, 1)[None]):
        np.testing.assert_array_equal(way.run(pixels)[0].transpose(1, 2, 0), expected)


def test_only_wanted_rows_count_as_cut_off() -> None:
    clamping = Clamping(wanted=slice(1, 3))
    rows = np.array([[-9, 999], [-1, 5], [256, 7], [-5, -5]], np.int16)
    first = clamping.clamped(rows[:2].copy(), slice(0, 2))
    second = clamping.clamped(rows[2:].copy(), slice(2, 4))
    assert first.tolist() == [[0, 255], [0, 5]]
    assert second.tolist() == [[255, 7], [0, 0]]
    assert (clamping.outside, clamping.min, clamping.max) == (2, -1, 256)
