"""Pools as torch code."""

from __future__ import annotations

import math

from updown_cli.op.base import Op
from updown_cli.op.code import (
    SIDES,
    Lines,
    Pads,
    Writer,
    format_call,
    literal,
    one_for_all_axes,
    pad_code,
    symmetric,
)
from updown_cli.op.shape import Shape
from updown_cli.op.windows import pads_to_the_last_window
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.lp import LpPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.pool.windows import DilatedPool, PaddedPool, WindowPool

# Powers above this of 16-bit values overflow float32.
HIGH_POWER = 4


def max_pool(op: MaxPool, shape: Shape, frames: int) -> Lines:
    """Return the maxima and, if they are kept, their positions."""
    if not op.keeps:
        return [f"y = {max_of(op, shape)}"]
    pads = _pads(op, shape)
    lines = [f"y, indices = {max_of(op, shape, return_indices=True)}"]
    if not _by_torch(op, pads):
        lines += _without_padding(op, shape, pads)
    return lines + renumbered(op.index_format, shape, frames)


def max_of(op: DilatedPool, shape: Shape, of: str = "x", *, return_indices: bool = False) -> str:
    """Return torch's max pool; the padding of a convention is -inf."""
    padding: tuple[int, ...] = (0,)
    pads = _pads(op, shape)
    if _by_torch(op, pads):
        padding = tuple(before for before, _ in pads)
    else:
        of = pad_code(of, pads, -math.inf)
    return format_call(
        f"F.max_pool{shape.dims}d",
        of,
        **_windows(op.kernel_size, op.stride, padding),
        dilation=one_for_all_axes(op.dilation),
        ceil_mode=op.ceil_mode,
        return_indices=return_indices,
    )


def min_pool(op: MinPool, shape: Shape, frames: int) -> Lines:
    """Return the maxima of the negative, negative."""
    return [f"y = -{max_of(op, shape, '-x')}"]


def avg_pool(op: AvgPool, shape: Shape, frames: int) -> Lines:
    """Return the means; padding by name is not counted."""
    pads = _pads(op, shape)
    if symmetric(pads):
        before = tuple(before for before, _ in pads)
        counted = op.count_include_pad and not (isinstance(op.padding, str) and any(before))
        return [*_why_flat(op, shape), f"y = {_average(op, shape, 'x', before, counted)}"]
    if op.divisor_override is not None:
        return [*_why_flat(op, shape), f"y = {_average(op, shape, pad_code('x', pads))}"]
    inside = pad_code("torch.ones_like(x)", pads)
    return [
        "# Padding is not counted: divided by the share of each window that is inside.",
        f"means = {_average(op, shape, pad_code('x', pads))}",
        f"inside = {_average(op, shape, inside)}",
        "y = means / inside",
    ]


def _why_flat(op: AvgPool, shape: Shape) -> Lines:
    flat = shape.dims == 1 and op.divisor_override is not None
    return ["# avg_pool1d takes no divisor, avg_pool2d does."] if flat else []


def _average(
    op: AvgPool, shape: Shape, of: str, padding: tuple[int, ...] = (0,), counted: bool = True
) -> str:
    assert op.stride is not None
    options = {
        "ceil_mode": op.ceil_mode,
        "count_include_pad": counted if any(padding) else None,
        "divisor_override": op.divisor_override,
    }
    windows, dims = (op.kernel_size, op.stride, padding), shape.dims
    if not _why_flat(op, shape):
        return format_call(f"F.avg_pool{dims}d", of, **_windows(*windows), **options)
    kernel, stride, padding = ((flat, *own) for flat, own in zip((1, 1, 0), windows, strict=True))
    row = _windows(kernel, stride, padding)
    return format_call("F.avg_pool2d", f"{of}.unsqueeze(2)", **row, **options) + ".squeeze(2)"


def median_pool(op: MedianPool, shape: Shape, frames: int) -> Lines:
    """Return the medians of unfolded windows."""
    pads = _pads_to_the_last_window(op, shape)
    outside = any(map(any, pads))
    median = "nanmedian" if outside else "median"
    lines = [f"windows = {windows_of(op, shape, pad_code('x', pads, math.nan))}"]
    if outside:
        lines.insert(0, "# The padding is NaN, which nanmedian leaves out.")
    lower = f"windows.{median}(-1).values"
    if op.median == "lower":
        return [*lines, f"y = {lower}"]
    return [*lines, f"y = ({lower} - (-windows).{median}(-1).values) / 2"]


def lp_pool(op: LpPool, shape: Shape, frames: int) -> Lines:
    """Return the norms, torch's or those that take |x|."""
    if op.convention == "torch":
        of_kind = f"F.lp_pool{shape.dims}d"
        options = {
            "norm_type": op.norm_type,
            **_windows(op.kernel_size, op.stride),
            "ceil_mode": op.ceil_mode,
        }
        return [f"y = {format_call(of_kind, 'x', **options)}"]
    if op.norm_type == math.inf:
        largest = format_call(
            f"F.max_pool{shape.dims}d",
            "x.abs()",
            **_windows(op.kernel_size, op.stride),
            ceil_mode=op.ceil_mode,
        )
        return [f"y = {largest}"]
    windows = windows_of(op, shape, pad_code("x", _pads_to_the_last_window(op, shape)))
    power = literal(op.norm_type)
    if op.norm_type <= HIGH_POWER:
        return [
            f"windows = {windows}",
            f"y = torch.linalg.vector_norm(windows, {power}, dim=-1)",
        ]
    return [
        f"windows = {windows}",
        "# Powers of numbers up to 1 do not overflow.",
        "largest = windows.abs().amax(-1, keepdim=True).clamp(min=1e-30)",
        f"norms = torch.linalg.vector_norm(windows / largest, {power}, dim=-1)",
        "y = norms * largest.squeeze(-1)",
    ]


def windows_of(op: WindowPool, shape: Shape, of: str) -> str:
    """Return all windows, their values on the last axis."""
    for axis, span in enumerate(op.spans(), start=2):
        gaps = f"[..., ::{span.dilation}]" if span.dilation > 1 else ""
        of += f".unfold({axis}, {span.reach}, {span.stride}){gaps}"
    return of + (f".flatten({-shape.dims})" if shape.dims > 1 else "")


def _windows(
    kernel: tuple[int, ...], stride: tuple[int, ...] | None, padding: tuple[int, ...] = (0,)
) -> dict[str, object]:
    """Return torch's arguments for windows; their stride is their size by default."""
    assert stride is not None
    return {
        "kernel_size": one_for_all_axes(kernel),
        "stride": None if stride == kernel else one_for_all_axes(stride),
        "padding": one_for_all_axes(padding),
    }


def _pads(op: PaddedPool, shape: Shape) -> Pads:
    return [span.pads(side) for span, side in zip(op.spans(), shape.size, strict=True)]


def _by_torch(op: DilatedPool, pads: Pads) -> bool:
    """Whether torch's own padding, at most half a window, is what is wanted."""
    halves = (kernel // 2 for kernel in op.kernel_size)
    return symmetric(pads) and all(pad <= half for (pad, _), half in zip(pads, halves, strict=True))


def _without_padding(op: MaxPool, shape: Shape, pads: Pads) -> Lines:
    """Return the change from positions in the padded picture to positions in the picture."""
    names = SIDES[shape.dims]
    large = tuple(a + side + b for (a, b), side in zip(pads, shape.size, strict=True))
    places = [
        _less(name, before, side if max(op.dilation) > 1 else None)
        for name, (before, _), side in zip(names, pads, shape.size, strict=True)
    ]
    flat = places[0]
    for place, side in zip(places[1:], shape.size[1:], strict=True):
        flat = f"({flat}) * {side} + {place}" if " " in flat else f"{flat} * {side} + {place}"
    unpacked = ", ".join(names) + ("," if len(names) == 1 else "")
    return [
        "# Positions in the padded picture, as positions in the picture.",
        f"{unpacked} = torch.unravel_index(indices, {literal(large)})",
        f"indices = {flat}",
    ]


def _less(place: str, before: int, side: int | None) -> str:
    """Return a place without the padding before it; within the side where all may be padding."""
    moved = f"{place} - {before}" if before else place
    if side is None:
        return moved
    return f"({moved}).clamp(0, {side - 1})" if before else f"{place}.clamp(0, {side - 1})"


def _pads_to_the_last_window(op: WindowPool, shape: Shape) -> Pads:
    return pads_to_the_last_window(op.spans(), shape.size)


def renumbered(numbering: str, shape: Shape, frames: int) -> Lines:
    """Return the change from torch's numbering of positions to another."""
    channel = format_call(f"torch.arange({shape.channels}).view", *["-1", *["1"] * shape.dims])
    image = format_call(f"torch.arange({frames}).view", *["-1", *["1"] * (shape.dims + 1)])
    pixels = math.prod(shape.size)
    return {
        "torch": [],
        "tf": [
            f"channel = {channel}",
            f"indices = indices * {shape.channels} + channel",
        ],
        "tf-batch": [
            f"image, channel = {image}, {channel}",
            f"indices = (image * {pixels} + indices) * {shape.channels} + channel",
        ],
        "onnx": [
            f"image, channel = {image}, {channel}",
            f"indices = (image * {shape.channels} + channel) * {pixels} + indices",
        ],
    }[numbering]


POOLS: dict[type[Op], Writer] = {
    MaxPool: max_pool,
    MinPool: min_pool,
    AvgPool: avg_pool,
    MedianPool: median_pool,
    LpPool: lp_pool,
}
