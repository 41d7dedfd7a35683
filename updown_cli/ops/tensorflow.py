"""Pools, unpools, interpolations and shuffles as TensorFlow code, where it has what is equal.

In this code x and y are images x height x width x channels.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.code import Code, Lines, format_call, literal, one_for_all_axes
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.windows import PaddedPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.grad import GradUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.ops.upsample.area import Area
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.sampling import Recomputed
from updown_cli.ops.upsample.smooth import Smoothed

#: Returns TensorFlow code for an operation, told its shape; None where there is none.
TensorflowWriter = Callable[[Any, Shape], Lines | None]

#: TensorFlow's names of the filters that both widen alike.
WIDENED: dict[type[Op], str] = {
    Bilinear: "bilinear",
    Linear: "bilinear",
    Bicubic: "bicubic",
    Lanczos: "lanczos3",
}


def padding_name(op: PaddedPool | GradUnpool) -> str | None:
    """Return TensorFlow's name of a padding; None for what it has not."""
    if op.padding in ("same", "valid"):
        return str(op.padding).upper()
    nothing = not isinstance(op.padding, str) and not any(op.padding) and not op.ceil_mode
    return "VALID" if nothing else None


def _windows(op: Any) -> dict[str, object]:
    return {"ksize": one_for_all_axes(op.kernel_size), "strides": one_for_all_axes(op.stride)}


def grad_unpool(op: GradUnpool, shape: Shape) -> Lines | None:
    """Return the gradient of max pool at `source`."""
    padding = padding_name(op)
    if padding is None or shape.dims != 2 or max(op.dilation) > 1:
        return None
    assert op.kernel_size is not None
    assert op.stride is not None
    windows = {"ksize": [1, *op.kernel_size, 1], "strides": [1, *op.stride, 1]}
    pooled = format_call("tf.nn.max_pool2d", "source", **_windows(op), padding=padding)
    given = {"orig_input": "source", "orig_output": "pooled", "grad": "x"}
    names = {name: Code(value) for name, value in given.items()}
    gradient = format_call("tf.raw_ops.MaxPoolGrad", **names, **windows, padding=padding)
    return [f"pooled = {pooled}", f"y = {gradient}"]


def zero_unpool(op: ZeroUnpool, shape: Shape) -> Lines | None:
    """Return a transposed convolution with a single 1 for each channel."""
    if shape.dims != 2:
        return None
    assert op.kernel_size is not None
    assert op.stride is not None
    size = op.out_size(shape)
    alone = f"tf.eye({shape.channels})[None, None]"
    sides = zip(size, shape.size, op.stride, strict=True)
    if any(out > length * step for out, length, step in sides):
        ends = ", ".join(f"[0, {side - 1}]" for side in op.kernel_size)
        alone = f"tf.pad({alone}, [{ends}, [0, 0], [0, 0]])"
    unpooled = format_call(
        "tf.nn.conv2d_transpose",
        "x",
        "filters",
        output_shape=Code(f"[len(x), {size[0]}, {size[1]}, {shape.channels}]"),
        strides=one_for_all_axes(op.stride),
        padding="VALID",
    )
    return [f"filters = {alone}", f"y = {unpooled}"]


def from_sizes(op: Recomputed, shape: Shape) -> bool:
    """Whether the scale is that of the two sizes, which is all that TensorFlow knows."""
    sides = zip(shape.size, op.out_size(shape), op.ratios(shape), strict=True)
    return all(
        Fraction(length, out) == Fraction(step) / Fraction(per)
        for length, out, (step, per) in sides
    )


def nearest(op: Nearest | NearestExact, shape: Shape) -> Lines | None:
    """Return TensorFlow 2's for half-pixel points, else TensorFlow 1's."""
    where = op.where() if isinstance(op, Nearest) else "half-pixel"
    if where == "align-corners" and not _rounds_alike(op, shape):
        return None
    return _resized("nearest", "resize_nearest_neighbor", where, op, shape)


def _rounds_alike(op: Recomputed, shape: Shape) -> bool:
    """Whether TensorFlow's float32 points, rounded, are the pixels nearest to the exact ones."""
    import numpy as np

    for length, out in zip(shape.size, op.out_size(shape), strict=True):
        i, steps = np.arange(out), max(out - 1, 1)
        exact = (2 * i * (length - 1) + steps) // (2 * steps)
        points = i.astype(np.float32) * (np.float32(length - 1) / np.float32(steps))
        if (np.floor(points.astype(np.float64) + 0.5) != exact).any():
            return False
    return True


def bilinear(op: Bilinear | Linear, shape: Shape) -> Lines | None:
    """Return TensorFlow 2's for half-pixel points, else TensorFlow 1's."""
    if op.antialias:
        return widened(op, shape)
    return _resized("bilinear", "resize_bilinear", op.where(), op, shape)


def widened(op: Smoothed | Lanczos, shape: Shape) -> Lines | None:
    """Return TensorFlow 2's for filters that widen; its other cubic is another than torch's."""
    halves = op.antialias and op.where() == "half-pixel" and from_sizes(op, shape)
    if shape.dims != 2 or not halves:
        return None
    method = WIDENED[type(op)]
    size = literal(op.out_size(shape))
    return [f"y = {format_call('tf.image.resize', 'x', size, method=method, antialias=True)}"]


def _resized(method: str, of_old: str, where: str, op: Recomputed, shape: Shape) -> Lines | None:
    if shape.dims != 2 or not (where == "align-corners" or from_sizes(op, shape)):
        return None
    size = literal(op.out_size(shape))
    if where == "half-pixel":
        return [f"y = {format_call('tf.image.resize', 'x', size, method=method)}"]
    corners = True if where == "align-corners" else None
    resized = format_call(f"tf.compat.v1.image.{of_old}", "x", size, align_corners=corners)
    return [f"y = {resized}"]


def area(op: Area | AreaExact, shape: Shape) -> Lines | None:
    """Return TensorFlow's means with parts of pixels; torch's are those where there are none."""
    sides = zip(shape.size, op.out_size(shape), strict=True)
    whole = all(length % out == 0 for length, out in sides)
    if shape.dims != 2 or not (whole or isinstance(op, AreaExact)):
        return None
    return [
        f"y = {format_call('tf.image.resize', 'x', literal(op.out_size(shape)), method='area')}"
    ]


def shuffle(op: Shuffle, shape: Shape) -> Lines | None:
    """Return depth to space or back; of a single channel torch's order is the same."""
    single = op.out_channels(shape) == 1 if op.goes_up else shape.channels == 1
    if shape.dims != 2 or op.arrange != "channels" or op.factor == 1:
        return None
    if op.order != "dcr" and not (op.order == "crd" and single):
        return None
    name = "tf.nn.depth_to_space" if op.goes_up else "tf.nn.space_to_depth"
    return [f"y = {format_call(name, 'x', str(op.factor))}"]


LAYERS: dict[type[Op], TensorflowWriter] = {
    GradUnpool: grad_unpool,
    ZeroUnpool: zero_unpool,
    Nearest: nearest,
    NearestExact: nearest,
    Bilinear: bilinear,
    Bicubic: widened,
    Lanczos: widened,
    Linear: bilinear,
    Area: area,
    AreaExact: area,
    Shuffle: shuffle,
}
