"""Convolutions of bytes without floats, against sums of whole numbers, one window at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import noise
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.pipeline.pipeline import Pipeline

SHARPEN, LAPLACIAN = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
UNEVEN = [[1, -2, 3], [0, 5, 1]]
ONES, SOBEL = [[1] * 5] * 3, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]

#: Kernel as typed, its whole numbers, and by what sums are divided.
KERNELS: dict[str, tuple[str, list[list[int]], int]] = {
    "sharpen": ("sharpen", SHARPEN, 1),
    "laplacian": ("laplacian", LAPLACIAN, 1),
    "uneven": ("1 -2 3; 0 5 1", UNEVEN, 1),
    "sobel": ("sobel-v", SOBEL, 1),
    "mean": ("box", ONES, 15),
}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"padding": (1, 2)},
    {"padding": (2, 1), "stride": (2, 3)},
    {"padding": (2, 3), "dilation": (2, 2)},
]


def sums(
    image: NDArray[Any],
    numbers: list[list[int]],
    padding: tuple[int, int] = (0, 0),
    stride: tuple[int, int] = (1, 1),
    dilation: tuple[int, int] = (1, 1),
) -> NDArray[Any]:
    """Return the sum of each window of C x H x W times a kernel, zeros around."""
    kernel, (down, across) = np.array(numbers), stride
    padded = np.pad(image.astype(np.int64), ((0, 0), *((side, side) for side in padding)))
    reach = [(taps - 1) * gap + 1 for taps, gap in zip(kernel.shape, dilation, strict=True)]
    rows = range(0, padded.shape[1] - reach[0] + 1, down)
    columns = range(0, padded.shape[2] - reach[1] + 1, across)
    result = np.zeros((len(image), len(rows), len(columns)), np.int64)
    for row, top in enumerate(rows):
        for column, left in enumerate(columns):
            window = padded[:, top : top + reach[0], left : left + reach[1]]
            taps = window[:, :: dilation[0], :: dilation[1]]
            result[:, row, column] = (taps * kernel).sum((1, 2))
    return result


@pytest.mark.parametrize("height", [None, 5])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("name", KERNELS)
def test_bytes_are_those_of_whole_sums(
    name: str, settings: dict[str, Any], channels: int, height: int | None
) -> None:
    """In strips only wanted rows count among what is cut off."""
    typed, numbers, divisor = KERNELS[name]
    image = noise(23, 31, channels).reshape(23, 31, channels).transpose(2, 0, 1)
    size: dict[str, Any] = {"kernel_size": (3, 5)} if typed == "box" else {}
    shape = Shape(channels, 23, 31)
    op = PlainConv(kernel=typed, **size, **settings).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is not None
    engine = Engine(torch.device("cpu"), height=height)
    result = engine.run(Pipeline((op,)).plan(shape), image[None], Quantization("uint8"))
    exact = sums(image, numbers, **settings)
    expected = np.clip((2 * exact + divisor) // (2 * divisor), 0, 255)
    np.testing.assert_array_equal(result.pixels[0], expected)
    outside = int(((exact < 0) | (exact > 255 * divisor)).sum())
    if outside:
        assert result.clamped is not None
        extremes = result.clamped.min, result.clamped.max
        assert (result.clamped.values, *extremes) == (outside, exact.min(), exact.max())
    else:
        assert result.clamped is None


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel": "gaussian", "kernel_size": (5, 5)},
        {"kernel": "box", "kernel_size": (13, 13)},
        {"kernel": "box", "kernel_size": (2, 3)},
        {"kernel": "; ".join(["1 4 6 4 1"] * 5)},
        {"kernel": "0.5 1; -1 0.25"},
        {"kernel": "0 100; -100 0"},
        {"kernel": "0 0; 0 0"},
        {"kernel": "sharpen", "bias": (1.0,)},
        {"kernel": "sharpen", "input_range": "unit"},
        {"kernel": "sharpen,gaussian"},
    ],
    ids=str,
)
def test_other_kernels_need_floats(settings: dict[str, Any]) -> None:
    """They have tables, parts of numbers, means that may be halves, or more than sums."""
    shape = Shape(3, 40, 50)
    op = PlainConv(**settings).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is None


@pytest.mark.parametrize("dtype", ["uint16", "int8", "float32"])
def test_other_types_need_floats(dtype: str) -> None:
    shape = Shape(3, 40, 50)
    op = PlainConv(kernel="sharpen").for_shape(shape)
    assert op.integer_way(shape, np.dtype(dtype)) is None


@pytest.mark.parametrize("height", [None, 5])
@pytest.mark.parametrize("channels", [1, 3])
def test_several_kernels_for_each_channel_go_without_floats(
    channels: int, height: int | None
) -> None:
    """Result m of channel c is channel c * kernels + m; a mean may be among them."""
    image = noise(23, 31, channels).reshape(23, 31, channels).transpose(2, 0, 1)
    shape = Shape(channels, 23, 31)
    op = DepthwiseConv(kernel="sharpen,box,laplacian", kernel_size=(3, 3)).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is not None
    engine = Engine(torch.device("cpu"), height=height)
    result = engine.run(Pipeline((op,)).plan(shape), image[None], Quantization("uint8"))
    made = [sums(image, numbers) for numbers in (SHARPEN, [[1] * 3] * 3, LAPLACIAN)]
    each = [made[0], (2 * made[1] + 9) // 18, made[2]]
    expected = np.clip(np.stack(each, axis=1).reshape(-1, 21, 29), 0, 255)
    np.testing.assert_array_equal(result.pixels[0], expected)
    outside = sum(int(((exact < 0) | (exact > 255)).sum()) for exact in (made[0], made[2]))
    assert result.clamped is not None
    assert (result.clamped.values, result.clamped.min) == (outside, min(map(np.min, made)))


@pytest.mark.parametrize("kernel", ["sobel-h,gaussian", "0.5 1; 2 3"])
def test_kernels_that_need_floats_get_them(kernel: str) -> None:
    """One kernel among several is enough."""
    shape = Shape(3, 23, 31)
    op = DepthwiseConv(kernel=kernel).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is None
