"""Convolutions and transposed convolutions as TensorFlow code, where it has what is equal.

In this code x and y are images x height x width x channels, and weights NumPy arrays, taps first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from updown_cli.op.array_names import names_file
from updown_cli.op.base import Op
from updown_cli.op.code import Code, Lines, format_call, literal, one_for_all_axes
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.code import is_whole, kernels_of
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.dilated import DilatedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.conv.windows import Conv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.deconv.methods import DeconvCrop, same_crop
from updown_cli.ops.kernels.kernel_code import added
from updown_cli.ops.kernels.layer import KernelLayer
from updown_cli.ops.kernels.named import Kernel, rows_or_file
from updown_cli.tensors.array_code import NUMPY, cast

#: Returns TensorFlow code for an operation, told its shape; None where there is none.
TensorflowWriter = Callable[[Any, Shape], Lines | None]


def conv(op: Conv, shape: Shape) -> Lines | None:
    """Return tf.nn.conv2d for a whole weight, and a depthwise one for kernels of each channel."""
    if isinstance(op, DepthwiseConv) or not is_whole(op, shape):
        return _by_channel(op, shape)
    if shape.dims != 2 or getattr(op, "groups", 1) > 1:
        return None
    x, padding = _padded(op, shape)
    strides, gaps = one_for_all_axes(op.stride), one_for_all_axes(op.dilation)
    if isinstance(op, DilatedConv) and strides == 1 and isinstance(gaps, int):
        convolved = format_call("tf.nn.atrous_conv2d", x, "filters", rate=gaps, padding=padding)
    else:
        told = {"strides": strides, "padding": padding, "dilations": gaps if gaps != 1 else None}
        convolved = format_call("tf.nn.conv2d", x, "filters", **told)
    return _with_bias(op, _filters(op, shape), convolved)


def _by_channel(op: Conv, shape: Shape) -> Lines | None:
    windows = _depthwise(op, shape)
    if windows is None:
        return None
    x, padding = _padded(op, shape)
    convolved = format_call("tf.nn.depthwise_conv2d", x, "filters", **windows, padding=padding)
    return _with_bias(op, _filters(op, shape), convolved)


def _depthwise(op: Conv, shape: Shape) -> dict[str, object] | None:
    """Return stride and dilation as depthwise_conv2d takes them: one stride, or dilation."""
    strides, gaps = set(op.stride), set(op.dilation)
    if shape.dims != 2 or len(strides) > 1 or (strides != {1} and gaps != {1}):
        return None
    return {
        "strides": [1, *op.stride, 1],
        "dilations": list(op.dilation) if gaps != {1} else None,
    }


def separable(op: SeparableConv, shape: Shape) -> Lines | None:
    """Return tf.nn.separable_conv2d."""
    windows = _depthwise(op, shape)
    if windows is None:
        return None
    x, padding = _padded(op, shape)
    convolved = format_call(
        "tf.nn.separable_conv2d", x, "filters", "pointwise", **windows, padding=padding
    )
    text = op.pointwise or ""
    given = rows_or_file("--pointwise", text)
    mixing = NUMPY.loaded(text) if names_file(text) else NUMPY.of(given.tolist())
    turned = ".T" if given.ndim == 2 else ".transpose(2, 3, 1, 0)"
    mixing += "" if op.weight_layout == "hwio" else turned
    mixing += "[None, None]" if given.ndim == 2 else ""
    lines = [*_filters(op, shape), f"pointwise = {cast(mixing)}"]
    return _with_bias(op, lines, convolved)


def _padded(op: Conv, shape: Shape) -> tuple[str, str]:
    """Return x and TensorFlow's name of its padding; x is padded where it has none."""
    if op.padding in ("same", "valid"):
        return "x", str(op.padding).upper()
    pads = [span.pads(side) for span, side in zip(op.spans(shape), shape.size, strict=True)]
    if not any(map(any, pads)):
        return "x", "VALID"
    sides = ", ".join(f"[{before}, {after}]" for before, after in pads)
    return f"tf.pad(x, [[0, 0], {sides}, [0, 0]])", "VALID"


def deconv(op: Deconv, shape: Shape) -> Lines | None:
    """Return tf.nn.conv2d_transpose where its SAME or VALID crop is the same."""
    crops, whole = op.crops(shape), is_whole(op, shape)
    padding = _crop_name(crops)
    kernels = len(Kernel(op.kernel or "").parts)
    if shape.dims != 2 or padding is None or max(op.dilation) > 1:
        return None
    if op.groups > 1 if whole else kernels > 1:
        return None
    size = op.out_size(shape)
    convolved = format_call(
        "tf.nn.conv2d_transpose",
        "x",
        "filters",
        output_shape=Code(f"[len(x), {size[0]}, {size[1]}, {op.out_channels(shape)}]"),
        strides=one_for_all_axes(op.stride),
        padding=padding,
    )
    return _with_bias(op, _filters(op, shape), convolved)


def _crop_name(crops: list[DeconvCrop]) -> str | None:
    """Return the padding with which TensorFlow keeps these parts of the whole result."""
    fits = all((c.length - 1) * c.stride < c.out <= c.length * c.stride for c in crops)
    same = [same_crop(c.length, c.kernel, c.stride, c.dilation, c.out) for c in crops]
    if fits and same == crops:
        return "SAME"
    most = [max(c.length * c.stride + c.reach - 1, c.whole) for c in crops]
    enough = all(c.whole <= c.out <= m for c, m in zip(crops, most, strict=True))
    return "VALID" if enough and not any(c.before for c in crops) else None


def _with_bias(op: KernelLayer, lines: Lines, convolved: str) -> Lines:
    bias = op.bias
    if bias is None:
        return [*lines, f"y = {convolved}"]
    if isinstance(bias, str):
        return [*lines, f"bias = {cast(NUMPY.loaded(bias))}", f"y = {convolved} + bias"]
    if len(bias) == 1:
        return [*lines, f"y = {convolved}{added(bias[0])}"]
    return [*lines, f"y = {convolved} + {cast(NUMPY.of(bias))}"]


def _filters(op: KernelLayer, shape: Shape) -> Lines:
    """Return lines that define the filters, taps first."""
    text = op.kernel or ""
    if is_whole(op, shape):
        taps_first = op.weight_layout.startswith("hw")
        array = NUMPY.loaded(text) + ("" if taps_first else ".transpose(2, 3, 1, 0)")
        if isinstance(op, DepthwiseConv) and not taps_first:
            taps = literal((*op.weight(shape)[0].shape[2:], shape.channels, -1))[1:-1]
            array += f".reshape({taps})"
        return [f"filters = {cast(array)}"]
    lines, names = kernels_of(op, shape, NUMPY)
    if isinstance(op, Deconv):
        each = f"{names[0]}[:, :, None, None] * np.eye({shape.channels})"
        return [*lines, f"filters = {cast(f'({each})')}  # each channel by itself"]
    multiplier = int(getattr(op, "multiplier", None) or 1) if len(names) == 1 else 1
    each = f"np.stack([{', '.join(names)}], -1)[:, :, None]"
    if len(names) == 1:
        each = f"{names[0]}[:, :, None, None]"
    repeats = literal((1, 1, shape.channels, multiplier))
    tiled = f"np.tile({each}, {repeats})"
    return [*lines, f"filters = {cast(tiled)}"]


CONVS: dict[type[Op], TensorflowWriter] = {
    PlainConv: conv,
    DilatedConv: conv,
    DepthwiseConv: conv,
    SeparableConv: separable,
    Deconv: deconv,
}
