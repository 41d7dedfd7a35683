"""Kernels that are exact products, against sums of integers worked out tap by tap."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.pipeline.pipeline import Pipeline

CPU = torch.device("cpu")
SHAPE = Shape(3, 13, 17)

#: The same kernel as its name or text, in sixteenths.
BILINEAR = "bilinear", np.outer([1, 3, 3, 1], [1, 3, 3, 1])
BINOMIAL = (
    "0.0625 0.125 0.0625; 0.125 0.25 0.125; 0.0625 0.125 0.0625",
    np.outer([1, 2, 1], [1, 2, 1]),
)
SOBEL = "sobel-h", 16 * np.outer([1, 0, -1], [1, 2, 1])


def stored(op: Op, pixels: NDArray[Any], **settings: Any) -> NDArray[Any]:
    """Return what becomes of one picture of bytes."""
    plan = Pipeline((op,)).plan(Shape(*pixels.shape[1:]))
    result: NDArray[Any] = Engine(CPU).run(plan, pixels, Quantization("uint8"), **settings).pixels
    return np.ascontiguousarray(result[0])


def has_tables(op: Op, shape: Shape = SHAPE) -> bool:
    return op.for_shape(shape).tables(shape) is not None


def noise(channels: int = 3) -> NDArray[Any]:
    rows = np.random.default_rng(5).integers(0, 256, (1, 13, 17, channels), dtype=np.uint8)
    return rows.transpose(0, 3, 1, 2)


def rounded(sixteenths: NDArray[Any]) -> NDArray[Any]:
    """Return sums as bytes, halves up."""
    wholes: NDArray[Any] = np.clip((sixteenths + 8) // 16, 0, 255)
    return wholes


@pytest.mark.parametrize(("kernel", "taps"), [BILINEAR, BINOMIAL, SOBEL], ids=lambda v: str(v)[:8])
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 1)])
def test_kernels_are_added_up_exactly(
    kernel: str, taps: NDArray[Any], stride: int, padding: int
) -> None:
    if kernel == "bilinear" and stride != 2:
        kernel = "; ".join(" ".join(str(tap / 16) for tap in row) for row in taps)
    op = Deconv(kernel=kernel, stride=(stride,), padding=(padding,))
    assert has_tables(op)
    pixels, side = noise(), len(taps)
    whole = np.zeros((3, 12 * stride + side, 16 * stride + side), int)
    for down in range(13):
        for across in range(17):
            place = whole[:, down * stride :, across * stride :][:, :side, :side]
            place += pixels[0, :, down, across, None, None].astype(int) * taps
    cut = slice(padding, -padding or None)
    np.testing.assert_array_equal(stored(op, pixels), rounded(whole[:, cut, cut]))


@pytest.mark.parametrize(("kernel", "taps"), [BINOMIAL, SOBEL], ids=["binomial", "sobel"])
@pytest.mark.parametrize("cls", [PlainConv, DepthwiseConv])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 2)])
def test_windows_are_added_up_exactly(
    cls: type[PlainConv | DepthwiseConv],
    kernel: str,
    taps: NDArray[Any],
    stride: int,
    dilation: int,
) -> None:
    """Whole numbers of few taps are added up without tables, which is faster."""
    op = cls(kernel=kernel, stride=(stride,), dilation=(dilation,), padding=(dilation,))
    assert has_tables(op) == (kernel != "sobel-h")
    pixels = noise()
    padded = np.pad(pixels[0].astype(int), ((0, 0), (dilation, dilation), (dilation, dilation)))
    sums = np.zeros((3, 13, 17), int)
    for down, row in enumerate(taps):
        for across, tap in enumerate(row):
            top, left = down * dilation, across * dilation
            sums += tap * padded[:, top : top + 13, left : left + 17]
    np.testing.assert_array_equal(stored(op, pixels), rounded(sums[:, ::stride, ::stride]))


@pytest.mark.parametrize(
    "op",
    [
        Deconv(kernel="bilinear", stride=(3,)),  # thirds are rounded
        Deconv(kernel="gaussian", stride=(2,)),
        Deconv(kernel="1 2; 3 4"),  # no outer product
        Deconv(kernel="bilinear", stride=(2,), bias=(0.5,)),
        Deconv(kernel="bilinear", stride=(2,), input_range="unit"),
        PlainConv(kernel="sharpen"),
        PlainConv(kernel="sobel-v"),
        PlainConv(kernel="70000 70000; 70000 70000"),  # sums have more digits than floats
        PlainConv(kernel="0.0001220703125 1; 1 8192"),
        PlainConv(kernel="0 0; 0 0"),
        DepthwiseConv(kernel="sobel-h,sobel-v"),
        SeparableConv(kernel="sobel-h", pointwise="1 1 1"),
        QuantizedConv(kernel="sobel-h"),
    ],
    ids=lambda op: f"{op.mode}-{op.kernel}",
)
def test_what_would_be_rounded_is_left_to_the_layer(op: Op) -> None:
    assert not has_tables(op)


def test_colours_of_an_opaque_picture_are_weighed_where_zeros_are_around() -> None:
    """At the corner of a flat picture 9 of 16 parts are there, and colour is what it was."""
    pixels = np.full((1, 4, 5, 5), 100, np.uint8)
    pixels[:, 3] = 255
    op = Deconv(kernel="bilinear", stride=(2,), padding=(1,))
    weighed = stored(op, pixels, channel_info=ChannelInfo(alpha=True, weighs=True))
    assert weighed[:, 0, 0].tolist() == [100, 100, 100, int(Fraction(9, 16) * 255 + Fraction(1, 2))]
    assert stored(op, pixels)[:, 0, 0].tolist() == [56, 56, 56, 143]
