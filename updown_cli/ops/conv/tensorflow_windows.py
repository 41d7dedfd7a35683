"""The windows and filters of convolutions as TensorFlow has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.code import Lines, literal
from updown_cli.ops.kernels.kernel_code import kernels_of
from updown_cli.tensors.array_code import NUMPY, cast

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape
    from updown_cli.ops.conv.conv import Conv


def depthwise_windows(op: Conv, shape: Shape) -> dict[str, object] | None:
    """Return stride and dilation as depthwise_conv2d takes them: one stride, or dilation."""
    strides, gaps = set(op.stride), set(op.dilation)
    if shape.dims != 2 or len(strides) > 1 or (strides != {1} and gaps != {1}):
        return None
    return {
        "strides": [1, *op.stride, 1],
        "dilations": list(op.dilation) if gaps != {1} else None,
    }


def padded_x(op: Conv, shape: Shape) -> tuple[str, str]:
    """Return x and TensorFlow's name of its padding; x is padded where it has none."""
    if op.padding in ("same", "valid"):
        return "x", str(op.padding).upper()
    pads = [span.pads(side) for span, side in zip(op.spans(shape), shape.size, strict=True)]
    if not any(map(any, pads)):
        return "x", "VALID"
    sides = ", ".join(f"[{before}, {after}]" for before, after in pads)
    return f"tf.pad(x, [[0, 0], {sides}, [0, 0]])", "VALID"


def filter_lines(op: Conv, shape: Shape) -> Lines:
    """Return lines that define TensorFlow's filters, taps first."""
    if op.is_whole(shape):
        return [f"filters = {cast(op.filters_code(shape))}"]
    lines, names = kernels_of(op, shape, NUMPY)
    each = f"np.stack([{', '.join(names)}], -1)[:, :, None]"
    if len(names) == 1:
        each = f"{names[0]}[:, :, None, None]"
    repeats = literal((1, 1, shape.channels, op.repeats(len(names))))
    return [*lines, f"filters = {cast(f'np.tile({each}, {repeats})')}"]
