"""Pools of integers as they are stored, against a NumPy loop over windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.ops.pool.reference import Axis, lower_median, maximum, reference
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.pool.windows import PaddedPool
from updown_cli.pipeline.pipeline import Pipeline

CPU = torch.device("cpu")
DTYPES = ("uint8", "int8", "uint16", "int16", "int32", "uint32")
HEIGHTS = (None, 1, 5)

#: Windows along rows and along columns.
WINDOWS = (
    (Axis(3, 1, 1), Axis(3, 1, 1)),
    (Axis(2, 2), Axis(2, 2)),
    (Axis(3, 2, 1), Axis(2, 3, 1)),
    (Axis(5, 1, 2), Axis(4, 3, 2)),
    (Axis(2, 1, "same"), Axis(3, 2, "same")),
    (Axis(1, 3), Axis(7, 1)),
)
WITH_GAPS = (Axis(3, 1, 1, 2), Axis(2, 2, 1, 3))


def pooled(
    op: PaddedPool, pixels: NDArray[Any], height: int | None = None, **settings: Any
) -> NDArray[Any]:
    """Return what becomes of N x C x H x W in the type that they have."""
    plan = Pipeline((op,)).plan(Shape(*pixels.shape[1:]), len(pixels))
    wanted = Quantization(str(pixels.dtype))
    return Engine(CPU, height=height).run(plan, pixels, wanted, **settings).pixels


def needs_no_floats(op: PaddedPool, pixels: NDArray[Any]) -> bool:
    shape = Shape(*pixels.shape[1:])
    return op.for_shape(shape).integer_way(shape, pixels.dtype) is not None


def noise(dtype: str, channels: int, *, side_by_side: bool = True) -> NDArray[Any]:
    """Return two frames of odd sides, as decoders leave them or as arrays have them."""
    limits = np.iinfo(dtype)
    ends = max(limits.min, -100_000), min(limits.max, 100_000)
    random = np.random.default_rng(channels)
    rows = random.integers(*ends, (2, 19, 23, channels), endpoint=True).astype(dtype)
    pixels = rows.transpose(0, 3, 1, 2)
    return pixels if side_by_side else np.ascontiguousarray(pixels)


def by_loop(pixels: NDArray[Any], axes: tuple[Axis, Axis], reduce: Any) -> NDArray[Any]:
    planes = [[reference(plane, [*axes], reduce) for plane in frame] for frame in pixels]
    return np.array(planes)


def settings_of(axes: tuple[Axis, Axis]) -> dict[str, Any]:
    paddings = tuple(axis.padding for axis in axes)
    return {
        "kernel_size": tuple(axis.kernel for axis in axes),
        "stride": tuple(axis.stride for axis in axes),
        "padding": paddings if isinstance(paddings[0], int) else paddings[0],
    }


def windows(axes: tuple[Axis, Axis]) -> dict[str, Any]:
    return settings_of(axes) | {"dilation": tuple(axis.dilation for axis in axes)}


@pytest.mark.parametrize("height", HEIGHTS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axes", [*WINDOWS, WITH_GAPS], ids=str)
def test_integers_are_chosen_as_they_are(
    axes: tuple[Axis, Axis], dtype: str, height: int | None
) -> None:
    pixels = noise(dtype, 3, side_by_side=dtype != "int16")
    for cls, reduce in (
        (MaxPool, maximum),
        (MinPool, lambda values, _: values.min()),
        (MedianPool, lower_median),
    ):
        op = cls(**windows(axes))
        assert needs_no_floats(op, pixels)
        np.testing.assert_array_equal(pooled(op, pixels, height), by_loop(pixels, axes, reduce))


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("includes", [False, True])
@pytest.mark.parametrize("channels", [1, 4])
@pytest.mark.parametrize("axes", WINDOWS, ids=str)
def test_means_of_bytes_are_rounded_half_up(
    axes: tuple[Axis, Axis], channels: int, includes: bool, ceil: bool
) -> None:
    named = isinstance(axes[0].padding, str)
    ceil = ceil and not named
    over = [Axis(a.kernel, a.stride, a.padding, 1, ceil) for a in axes]

    def rounded(values: NDArray[Any], counted: int) -> int:
        divisor = counted if includes and not named else values.size
        return math.floor(int(values.astype(int).sum()) / divisor + 0.5)

    op = AvgPool(**settings_of(axes), count_include_pad=includes, ceil_mode=ceil)
    pixels = noise("uint8", channels)
    assert needs_no_floats(op, pixels)
    for height in HEIGHTS:
        expected = by_loop(pixels, (over[0], over[1]), rounded)
        np.testing.assert_array_equal(pooled(op, pixels, height), expected)


def test_every_sum_of_bytes_has_the_mean_of_the_layer() -> None:
    """All sums of a window of 2 x 3 values, and all remainders of one of 63 x 65."""
    for taps, sums in ((6, np.arange(6 * 255 + 1)), (4095, np.arange(0, 4095 * 255, 7))):
        values = np.zeros((len(sums), taps), np.uint8)
        whole, rest = np.divmod(sums, taps)
        values[:] = whole[:, None]
        values[np.arange(taps) < rest[:, None]] += 1
        kernel = (2, 3) if taps == 6 else (63, 65)
        stacked = values.reshape(1, 1, -1, kernel[1])
        op = AvgPool(kernel_size=kernel)
        means = np.float32(sums) / np.float32(taps)
        expected = np.floor(means.astype(np.float64) + 0.5)
        assert needs_no_floats(op, stacked)
        np.testing.assert_array_equal(pooled(op, stacked)[0, 0, :, 0], expected)


@pytest.mark.parametrize(
    "op",
    [
        MaxPool(kernel_size=(3,), padding=(1,), save_indices="positions.npz"),
        MedianPool(kernel_size=(2,), median="mean"),
        AvgPool(divisor_override=1),
        AvgPool(kernel_size=(65,), padding=(32,)),
    ],
    ids=str,
)
def test_what_needs_more_than_the_values_needs_floats(op: PaddedPool) -> None:
    assert not needs_no_floats(op, np.zeros((1, 1, 80, 80), np.uint8))


def test_windows_without_a_pixel_have_what_the_layer_gives() -> None:
    """As where all taps lie around the picture."""
    pixels = np.full((1, 1, 1, 5), 200, np.uint8)
    op = MaxPool(kernel_size=(2, 2), stride=(1,), padding="same", dilation=(1, 2))
    assert needs_no_floats(op, pixels)
    far = MaxPool(kernel_size=(2,), stride=(1,), padding=(1,), dilation=(3,))
    assert not needs_no_floats(far, np.full((1, 1, 2, 2), 200, np.uint8))


def test_means_of_an_opaque_picture_need_no_floats_and_those_of_a_transparent_one_do() -> None:
    weighed = ChannelInfo(alpha=True, weighs=True)
    pixels = noise("uint8", 4)
    pixels[:, 3] = 255
    opaque = pooled(AvgPool(), pixels, channel_info=weighed)
    np.testing.assert_array_equal(opaque, pooled(AvgPool(), pixels))
    pixels[:, 3, 0, :2] = 0, 254
    mixed = pooled(AvgPool(), pixels, channel_info=weighed)[:, :, 0, 0]
    below = pixels[:, :, 1, :2].astype(int)
    shares = np.array([254, 255, 255])
    values = np.stack([pixels[:, :3, 0, 1], below[:, :3, 0], below[:, :3, 1]], -1) * shares
    expected = np.floor(values.sum(-1) / shares.sum() + 0.5)
    np.testing.assert_array_equal(mixed[:, :3], expected)
    assert (mixed[:, 3] == 191).all()
