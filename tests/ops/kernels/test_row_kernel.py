"""Kernels for rows of pixels, against sums of whole numbers, one window at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from updown_cli.ops.kernels import row_kernel
from updown_cli.ops.kernels.row_kernel import ConvWindows, RowPart, row_parts

# Results, channels, rows and columns of a weight, and its groups.
WEIGHTS = {
    "one": (1, 1, 3, 5, 1),
    "several": (2, 1, 2, 2, 1),
    "mixed": (3, 3, 3, 3, 1),
    "by channel": (6, 1, 3, 3, 3),
    "two groups": (4, 2, 1, 3, 2),
}
WINDOWS = [
    ConvWindows(before=(0, 0), size=(9, 21)),
    ConvWindows(before=(1, 2), size=(13, 27)),
    ConvWindows(before=(20, 40), size=(40, 80)),
    ConvWindows(before=(2, 1), size=(6, 9), stride=(2, 3)),
    ConvWindows(before=(2, 4), size=(11, 19), dilation=(2, 4)),
    ConvWindows(before=(0, 0), size=(9, 1)),
    ConvWindows(before=(0, 0), size=(9, 8)),
    ConvWindows(before=(0, 0), size=(5, 7), stride=(2, 1)),
    ConvWindows(before=(1, 0), size=(4, 8), stride=(3, 2)),
    ConvWindows(before=(0, 1), size=(9, 3), dilation=(1, 2)),
]


def expected(pixels: np.ndarray, weight: np.ndarray, windows: ConvWindows) -> np.ndarray:
    """Return rows x columns x results of H x W x C, by whole numbers."""
    outs, ins, height, width = weight.shape
    rows, columns = windows.size
    result = np.zeros((rows, columns, outs), np.int64)
    for row, column, out, down, right, channel in np.ndindex(
        rows, columns, outs, height, width, ins
    ):
        y = row * windows.stride[0] - windows.before[0] + down * windows.dilation[0]
        x = column * windows.stride[1] - windows.before[1] + right * windows.dilation[1]
        if 0 <= y < pixels.shape[0] and 0 <= x < pixels.shape[1]:
            source = out // (outs // windows.groups) * ins + channel
            weighed = int(weight[out, channel, down, right]) * int(pixels[y, x, source])
            result[row, column, out] += weighed
    return result


@pytest.mark.parametrize("windows", WINDOWS, ids=str)
@pytest.mark.parametrize("name", WEIGHTS)
def test_rows_are_the_sums_of_windows(name: str, windows: ConvWindows) -> None:
    """The first and last rows and columns of the kernel may be zero; bands meet anywhere."""
    *sizes, groups = WEIGHTS[name]
    random = np.random.default_rng(2)
    pixels = random.integers(0, 256, (11, 23, sizes[1] * groups), np.uint8)
    for empty in ((), (0, -1)):
        weight = random.integers(-9, 10, sizes)
        weight[:, :, list(empty)] = 0
        weight[..., list(empty)] = 0
        windows = ConvWindows(
            before=windows.before,
            size=windows.size,
            stride=windows.stride,
            dilation=windows.dilation,
            groups=groups,
        )
        wanted, reached = expected(pixels, weight, windows), 0
        for part in row_parts(torch.from_numpy(weight).float(), windows):
            made = summed(part, torch.from_numpy(pixels), *windows.size)
            np.testing.assert_array_equal(made.numpy(), wanted[..., part.outs])
            assert part.outs.start == reached
            reached = part.outs.stop
        assert reached == len(weight)


def summed(part: RowPart, pixels: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """Return rows x columns x results of a part, in three bands."""
    third, rows = height // 3, []
    for first, last in ((0, third), (third, height - 1), (height - 1, height)):
        seen = part.kernel.seen(pixels[..., part.channels], first, last)
        rows.append(part.kernel.sums(seen, last - first))
    return torch.cat(rows).reshape(height, width, -1)


def test_bands_are_about_as_high_as_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A last one of few rows would be summed in torch's way of small images."""
    monkeypatch.setattr(row_kernel, "BAND", 100)
    assert [*row_kernel.bands((25, 10))] == [(0, 8), (8, 16), (16, 25)]
    assert [*row_kernel.bands((25, 10), 2)] == [(0, 5), (5, 10), (10, 15), (15, 20), (20, 25)]
    assert [*row_kernel.bands((2, 3))] == [(0, 2)]


def test_few_rows_are_made_more() -> None:
    """So that torch has one way of summing them, however few are asked for."""
    windows = ConvWindows(before=(1, 1), size=(50, 60))
    (part,) = row_parts(torch.ones(1, 1, 3, 3), windows)
    seen = part.kernel.seen(torch.ones(50, 60, 1), 49, 50)
    assert seen.numel() > row_kernel.SMALL
    assert part.kernel.sums(seen, 1).tolist() == [[4.0, *[6.0] * 58, 4.0]]
