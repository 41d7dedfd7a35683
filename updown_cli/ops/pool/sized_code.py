"""Pools whose windows follow from the result's size, and pools that blur, as torch code."""

from __future__ import annotations

import math

from updown_cli.op.base import Op
from updown_cli.op.code import (
    Code,
    Lines,
    Pads,
    Writer,
    format_call,
    literal,
    one_for_all_axes,
    pad_code,
)
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.adaptive_max import AdaptiveMaxPool
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.code import renumbered
from updown_cli.ops.pool.fractional_max import FractionalMaxPool
from updown_cli.tensors.array_code import OF_X


def adaptive_max(op: AdaptiveMaxPool, shape: Shape, frames: int) -> Lines:
    """Return the maxima and, if they are kept, their positions."""
    pooled = format_call(
        f"F.adaptive_max_pool{shape.dims}d",
        "x",
        literal(one_for_all_axes(op.out_size(shape))),
        return_indices=op.keeps,
    )
    return _kept(op, pooled, shape, frames)


def _kept(op: AdaptiveMaxPool | FractionalMaxPool, pooled: str, shape: Shape, frames: int) -> Lines:
    if not op.keeps:
        return [f"y = {pooled}"]
    return [f"y, indices = {pooled}", *renumbered(op.index_format, shape, frames)]


def adaptive_avg(op: AdaptiveAvgPool, shape: Shape, frames: int) -> Lines:
    """Return the means."""
    size = literal(one_for_all_axes(op.out_size(shape)))
    return [f"y = {format_call(f'F.adaptive_avg_pool{shape.dims}d', 'x', size)}"]


def fractional_max(op: FractionalMaxPool, shape: Shape, frames: int) -> Lines:
    """Return the maxima of windows at the same random steps."""
    pooled = format_call(
        f"F.fractional_max_pool{shape.dims}d",
        "x",
        kernel_size=one_for_all_axes(op.kernel_size),
        output_size=one_for_all_axes(op.out_size(shape)),
        return_indices=op.keeps,
        _random_samples=Code("samples"),
    )
    return [*_samples(op, shape, frames), *_kept(op, pooled, shape, frames)]


def _samples(op: FractionalMaxPool, shape: Shape, frames: int) -> Lines:
    whole = f"{frames}, {shape.channels}, {shape.dims}"
    if op.samples is not None:
        return [f"samples = {OF_X.loaded(op.samples)}.expand({whole})"]
    drawn = f"{frames}, {1 if op.same_windows else shape.channels}, {shape.dims}"
    samples = f"torch.rand({drawn}, generator=random)"
    if drawn != whole:
        samples += f".expand({whole})"
    return [
        f"random = torch.Generator().manual_seed({op.seed})",
        f"samples = {samples}.to(x)",
    ]


def blur_pool(op: BlurPool, shape: Shape, frames: int) -> Lines:
    """Return a convolution of each channel with binomial numbers, edges reflected."""
    names = [f"taps_{side}" for side in op.kernel_size]
    taps = dict(zip(names, map(_binomial, op.kernel_size), strict=True))
    pads = [((size - 1) // 2, size // 2) for size in op.kernel_size]
    channels = shape.channels
    whole = literal((channels, 1, *op.kernel_size))[1:-1]
    convolved = format_call(
        f"F.conv{shape.dims}d",
        "around",
        "weight",
        stride=one_for_all_axes(op.stride) if max(op.stride) > 1 else None,
        groups=channels,
    )
    return [
        *(f"{name} = {numbers}" for name, numbers in taps.items()),
        f"weight = {OF_X.outer(names)}.expand({whole})",
        f"around = {_reflected(pads, shape.size)}",
        f"y = {convolved}",
    ]


def _binomial(size: int) -> str:
    row = [math.comb(size - 1, tap) for tap in range(size)]
    return f"x.new_tensor({row}) / {2 ** (size - 1)}"


def _reflected(pads: Pads, size: tuple[int, ...]) -> str:
    """Return x with reflected edges, several times where a side is shorter than its padding."""
    x = "x"
    while any(map(any, pads)):
        most = [max(side - 1, 0) for side in size]
        step = [(min(a, m), min(b, m)) for (a, b), m in zip(pads, most, strict=True)]
        if not any(map(any, step)):  # a side of one pixel is all there is to reflect
            return pad_code(x, pads, mode="replicate")
        x = pad_code(x, step, mode="reflect")
        left = zip(pads, step, strict=True)
        pads = [(a - c, b - d) for (a, b), (c, d) in left]
        size = tuple(side + a + b for side, (a, b) in zip(size, step, strict=True))
    return x


POOLS_BY_SIZE: dict[type[Op], Writer] = {
    BlurPool: blur_pool,
    AdaptiveMaxPool: adaptive_max,
    AdaptiveAvgPool: adaptive_avg,
    FractionalMaxPool: fractional_max,
}
