"""Means of pixels of four bytes, as Pillow has them, against a loop over whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.ops.pool.test_integer_pool import pooled
from updown_cli.op.windows import Span
from updown_cli.ops.pool import cell_means, integer_pool
from updown_cli.ops.pool.avg import AvgPool


def cells(height: int, width: int, channels: int = 3) -> NDArray[Any]:
    """Return 1 x C x H x W in cells of four bytes, of all values and of many whites."""
    random = np.random.default_rng(width)
    found = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    found[: height // 3] = 255
    return found[..., :channels].transpose(2, 0, 1)[None]


def by_loop(
    pixels: NDArray[Any], kernel: tuple[int, int], stride: tuple[int, int], divisor: int
) -> Any:
    """Return the sums of windows, divided, halves rounded up."""
    _, _, height, width = pixels.shape
    rows = range(0, height - kernel[0] + 1, stride[0])
    columns = range(0, width - kernel[1] + 1, stride[1])

    def mean(plane: NDArray[Any], y: int, x: int) -> int:
        total = sum(map(int, plane[y : y + kernel[0], x : x + kernel[1]].ravel()))
        return min((2 * total + divisor) // (2 * divisor), 255)

    planes = ([[mean(plane, y, x) for x in columns] for y in rows] for plane in pixels[0])
    return [[*planes]]


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    ("kernel", "stride"),
    [((2, 2), (2, 2)), ((3, 3), (3, 3)), ((1, 2), (3, 2)), ((2, 1), (2, 4)), ((5, 4), (6, 7))],
)
def test_windows_that_lie_apart(
    kernel: tuple[int, int],
    stride: tuple[int, int],
    channels: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cell_means, "CHUNK_BYTES", 700)  # a few rows at a time
    pixels = cells(31, 29, channels)
    made = pooled(AvgPool(kernel_size=kernel, stride=stride), pixels)
    assert made.tolist() == by_loop(pixels, kernel, stride, kernel[0] * kernel[1])


@pytest.mark.parametrize("width", [29, 30])
@pytest.mark.parametrize(
    ("kernel", "stride"),
    [((2, 2), (2, 2)), ((3, 2), (4, 4)), ((1, 4), (1, 6)), ((8, 8), (8, 8)), ((15, 16), (15, 16))],
)
def test_planes_whose_windows_come_in_pairs(
    kernel: tuple[int, int], stride: tuple[int, int], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_means, "CHUNK_BYTES", 200)
    seen = []

    def noted(rows: NDArray[Any], spans: list[Span], divisor: int) -> NDArray[Any]:
        seen.append(divisor)
        return cell_means.plane_means(rows, spans, divisor)

    monkeypatch.setattr(integer_pool, "plane_means", noted)
    pixels = np.ascontiguousarray(cells(31, width))
    made = pooled(AvgPool(kernel_size=kernel, stride=stride), pixels)
    assert made.tolist() == by_loop(pixels, kernel, stride, kernel[0] * kernel[1])
    assert seen == [kernel[0] * kernel[1]] * 3


@pytest.mark.parametrize("spans", [[Span(2, 2), Span(3, 4)], [Span(2, 2), Span(2, 3)]])
def test_windows_that_begin_or_end_amid_a_pair_do_not_come_in_pairs(spans: list[Span]) -> None:
    assert not cell_means.come_in_pairs(spans)


def test_sums_of_the_most_that_has_room() -> None:
    pixels = np.full((32, 32, 4), 255, np.uint8)[..., :3].transpose(2, 0, 1)[None]
    op = AvgPool(kernel_size=(15, 17), stride=(15, 17))
    assert cell_means.lie_apart([Span(15, 15), Span(17, 17)], (32, 32), 255)
    assert set(pooled(op, pixels).ravel().tolist()) == {255}
    assert not cell_means.lie_apart([Span(16, 16), Span(16, 16)], (32, 32), 256)


def test_a_divisor_of_its_own() -> None:
    pixels = cells(12, 14)
    made = pooled(AvgPool(kernel_size=(2, 2), divisor_override=7), pixels)
    assert made.tolist() == by_loop(pixels, (2, 2), (2, 2), 7)


@pytest.mark.parametrize(
    "spans",
    [
        [Span(3, 2), Span(2, 2)],
        [Span(2, 2, padding=1), Span(2, 2)],
        [Span(2, 2, ceil_mode=True), Span(2, 2)],
        [Span(2, 2, padding="same"), Span(2, 2)],
    ],
)
def test_windows_that_overlap_or_reach_over_an_edge_are_left_to_others(spans: list[Span]) -> None:
    assert not cell_means.lie_apart(spans, (9, 10), 4)
