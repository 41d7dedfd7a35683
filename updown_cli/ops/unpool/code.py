"""Unpools as torch code."""

from __future__ import annotations

import math

from updown_cli.op.base import Op
from updown_cli.op.call import Name
from updown_cli.op.code import Lines, Writer, format_call, literal, one_for_all_axes, side_index
from updown_cli.op.shape import Shape
from updown_cli.ops.deconv.call_code import transposed
from updown_cli.ops.deconv.methods import DeconvCrop
from updown_cli.ops.unpool.avg import AvgUnpool
from updown_cli.ops.unpool.grad import GradUnpool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool

#: Images and channels.
Planes = tuple[int, int]


def max_unpool(op: MaxUnpool, shape: Shape, frames: int) -> Lines:
    """Return the values at `indices`, which count in one plane of the result."""
    size = op.out_size(shape)
    if op.duplicates == "error" and op.kernel_size is not None:
        assert op.stride is not None
        assert not isinstance(op.padding, str)
        unpooled = format_call(
            f"F.max_unpool{shape.dims}d",
            "x",
            "indices",
            kernel_size=one_for_all_axes(op.kernel_size),
            stride=None if op.stride == op.kernel_size else one_for_all_axes(op.stride),
            padding=one_for_all_axes(op.padding),
            output_size=size if size != op.formula_size(shape) else None,
        )
        return [f"y = {unpooled}"]
    return placed("x", "indices", size, op.duplicates, (frames, shape.channels), "y")


def placed(
    values: str, where: str, size: tuple[int, ...], duplicates: str, planes: Planes, name: str
) -> Lines:
    """Return the values at positions of planes of zeros, so many images x channels."""
    flat = literal((*planes, math.prod(size)))
    lines = [f"where, values = {where}.flatten(2), {values}.flatten(2)"]
    if duplicates == "last":
        return [*lines, *_last(flat), f"{name} = values.unflatten(2, {literal(size)})"]
    how = {
        "error": "scatter(2, where, values)",
        "sum": "scatter_add(2, where, values)",
        "max": 'scatter_reduce(2, where, values, "amax", include_self=False)',
        "mean": 'scatter_reduce(2, where, values, "mean", include_self=False)',
    }[duplicates]
    return [
        *lines,
        f"{name} = x.new_zeros{flat}.{how}",
        f"{name} = {name}.unflatten(2, {literal(size)})",
    ]


def _last(planes: str) -> Lines:
    """Return the last value of each position: scatter leaves open which one it takes."""
    return [
        "# scatter leaves open which of several values it takes; this is the last one.",
        "order = torch.arange(where.shape[2]).expand_as(where)",
        f'last = torch.full({planes}, -1).scatter_reduce(2, where, order, "amax")',
        "values = values.gather(2, last.clamp(min=0)).where(last >= 0, 0)",
    ]


def grad_unpool(op: GradUnpool, shape: Shape, frames: int) -> Lines:
    """Return the gradient of the pool at `source`."""
    source = Shape(shape.channels, *op.out_size(shape))
    pool = op.pool().for_shape(source)
    return [
        "source = source.clone().requires_grad_()",
        f"pooled = {pool.max_call(source, Name('source')).code()}",
        "(y,) = torch.autograd.grad(pooled, source, grad_outputs=x)",
    ]


def avg_unpool(op: AvgUnpool, shape: Shape, frames: int) -> Lines:
    """Return every value over its window, as a transposed convolution with equal weights."""
    assert op.kernel_size is not None
    weight = literal((shape.channels, 1, *op.kernel_size))
    crops = _crops(op, shape)
    if op.adjoint:
        share = f"x.new_full({weight}, 1 / {math.prod(op.kernel_size)})"
        return [f"weight = {share}", f"y = {transposed('x', 'weight', crops, shape.channels)}"]
    sums = transposed("x", "weight", crops, shape.channels)
    covering = transposed("torch.ones_like(x)", "weight", crops, shape.channels)
    gaps = any(crop.stride > crop.kernel or crop.out > crop.whole - crop.before for crop in crops)
    return [
        f"weight = x.new_ones{weight}",
        f"sums = {sums}",
        f"windows = {covering}  # that cover a pixel",
        f"y = sums / windows{'.clamp(min=1)' if gaps else ''}",
    ]


def _crops(op: AvgUnpool, shape: Shape) -> list[DeconvCrop]:
    """Return what is kept of the values, spread as far as they go."""
    assert op.kernel_size is not None
    assert op.stride is not None
    assert not isinstance(op.padding, str)
    axes = zip(shape.size, op.kernel_size, op.stride, op.padding, op.out_size(shape), strict=True)
    return [DeconvCrop(length, size, step, 1, pad, out) for length, size, step, pad, out in axes]


def zero_unpool(op: ZeroUnpool, shape: Shape, frames: int) -> Lines:
    """Return the values between zeros."""
    return nails("y", "x", op, shape, frames)


def nails(name: str, x: str, op: ZeroUnpool, shape: Shape, frames: int) -> Lines:
    """Return the values of x between zeros under another name."""
    assert op.stride is not None
    size = op.out_size(shape)
    axes = zip(shape.size, op.stride, size, strict=True)
    places = [every(length, step, out) for length, step, out in axes]
    return [
        f"{name} = {x}.new_zeros{literal((frames, shape.channels, *size))}",
        f"{name}{side_index(places)} = {x}",
    ]


def every(length: int, step: int, out: int) -> str:
    """Return the slice of `length` places, `step` apart, of `out`."""
    end = "" if -(-out // step) == length else str(length * step)
    return f":{end}:{step}" if end or step > 1 else ":"


UNPOOLS: dict[type[Op], Writer] = {
    MaxUnpool: max_unpool,
    GradUnpool: grad_unpool,
    AvgUnpool: avg_unpool,
    ZeroUnpool: zero_unpool,
}
