"""Transposed convolution as TensorFlow code, where its SAME or VALID crop is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.code import Code, Lines, format_call, one_for_all_axes
from updown_cli.ops.deconv.crops import DeconvCrop, same_crop
from updown_cli.ops.kernels.kernel_code import kernels_of
from updown_cli.ops.kernels.named import Kernel
from updown_cli.ops.kernels.tensorflow_code import lines_with_bias, whole_filters
from updown_cli.tensors.array_code import NUMPY, cast

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape
    from updown_cli.ops.deconv.deconv import Deconv


def conv2d_transpose_lines(op: Deconv, shape: Shape) -> Lines | None:
    """Return tf.nn.conv2d_transpose, which has no groups and no dilation."""
    padding = _crop_name(op.crops(shape))
    if shape.dims != 2 or padding is None or max(op.dilation) > 1 or _has_groups(op, shape):
        return None
    height, width = op.out_size(shape)
    convolved = format_call(
        "tf.nn.conv2d_transpose",
        "x",
        "filters",
        output_shape=Code(f"[len(x), {height}, {width}, {op.out_channels(shape)}]"),
        strides=one_for_all_axes(op.stride),
        padding=padding,
    )
    return lines_with_bias(op, _filter_lines(op, shape), convolved)


def _has_groups(op: Deconv, shape: Shape) -> bool:
    """Whether channels are in groups, beside those of a kernel for each by itself."""
    return op.groups > 1 if op.is_whole(shape) else len(Kernel(op.kernel or "").parts) > 1


def _filter_lines(op: Deconv, shape: Shape) -> Lines:
    """Return lines that define the filters, taps first."""
    if op.is_whole(shape):
        return [f"filters = {cast(whole_filters(op))}"]
    lines, (name,) = kernels_of(op, shape, NUMPY)
    each = f"({name}[:, :, None, None] * np.eye({shape.channels}))"
    return [*lines, f"filters = {cast(each)}  # each channel by itself"]


def _crop_name(crops: list[DeconvCrop]) -> str | None:
    """Return the padding with which TensorFlow keeps these parts of the whole result."""
    fits = all((c.length - 1) * c.stride < c.out <= c.length * c.stride for c in crops)
    same = [same_crop(c.length, c.kernel, c.stride, c.dilation, c.out) for c in crops]
    if fits and same == crops:
        return "SAME"
    most = [max(c.length * c.stride + c.reach - 1, c.whole) for c in crops]
    enough = all(c.whole <= c.out <= m for c, m in zip(crops, most, strict=True))
    return "VALID" if enough and not any(c.before for c in crops) else None
