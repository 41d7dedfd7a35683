"""Transposed convolutions as torch code, computed in each of three ways."""

from __future__ import annotations

import math

from updown_cli.op.base import Op
from updown_cli.op.code import (
    Lines,
    Writer,
    every,
    format_call,
    literal,
    one_for_all_axes,
    pad_code,
    side_index,
    symmetric,
)
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.code import weight_lines
from updown_cli.ops.deconv.call_code import transposed
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.deconv.methods import DeconvCrop, pads_of_stuffed
from updown_cli.ops.kernels.kernel_code import bias_lines


def deconv(op: Deconv, shape: Shape, frames: int) -> Lines:
    """Return the transposed convolution plus bias, by the method of the operation."""
    groups = op.weight(shape)[1]
    lines, bias, plus = bias_lines(op.bias, op.out_channels(shape))
    if op.method == "native":
        crops = op.crops(shape)
        cropped = "[" in (one := transposed("x", "weight", crops, groups, bias)) or "F.pad" in one
        if cropped and bias:  # the bias is everywhere, also beyond what is cropped
            one, plus = transposed("x", "weight", crops, groups), _spread(bias, shape.dims)
        computed = [f"y = {one}{plus}"]
    elif op.method == "zero-insert":
        computed = _zero_insert(op, shape, frames, groups, bias)
        computed[-1] += plus
    else:
        plus = _spread(bias, shape.dims) if bias else plus
        computed = _matrix(op, shape, groups)
        computed[-1] += plus
    return [*weight_lines(op, shape, groups), *lines, *computed]


def _spread(bias: str, dims: int) -> str:
    return f" + {bias}.view({', '.join(['-1', *['1'] * dims])})"


def _zero_insert(op: Deconv, shape: Shape, frames: int, groups: int, bias: str | None) -> Lines:
    """Return the convolution of the picture with zeros between its pixels."""
    crops = op.crops(shape)
    stuffed = tuple((crop.length - 1) * crop.stride + 1 for crop in crops)
    places = [every(crop.length, crop.stride, s) for crop, s in zip(crops, stuffed, strict=True)]
    pads = [pads_of_stuffed(crop) for crop in crops]
    by_layer = symmetric(pads)
    convolved = format_call(
        f"F.conv{shape.dims}d",
        "stuffed" if by_layer else pad_code("stuffed", pads),
        "rotated",
        *([bias] if bias else []),
        padding=one_for_all_axes([before for before, _ in pads]) if by_layer else None,
        dilation=one_for_all_axes(op.dilation),
        groups=groups,
    )
    return [
        "# Zeros between the pixels, then a convolution with the kernel rotated by 180 degrees.",
        f"stuffed = x.new_zeros{literal((frames, shape.channels, *stuffed))}",
        f"stuffed{side_index(places)} = x",
        f"rotated = {_rotated(op, shape, groups)}",
        f"y = {convolved}",
    ]


def _rotated(op: Deconv, shape: Shape, groups: int) -> str:
    """Return (in, out / groups, taps) as (out, in / groups, taps), rotated."""
    ins, outs = op.weight(shape)[0].shape[:2]
    axes = ", ".join(str(axis) for axis in range(2, 2 + shape.dims))
    swapped = "weight"
    if groups == 1:
        swapped = "weight.transpose(0, 1)"
    elif (ins // groups, outs) != (1, 1):
        swapped = f"weight.unflatten(0, ({groups}, -1)).transpose(1, 2).flatten(0, 1)"
    return f"{swapped}.flip({axes})"


def _matrix(op: Deconv, shape: Shape, groups: int) -> Lines:
    """Return products of the sparse matrix D = C^T, one for each pair of channels."""
    crops = op.crops(shape)
    sides, taps, names = "ijk"[: shape.dims], "abc"[: shape.dims], ["row", "column"][-shape.dims :]
    names = ["layer", *names] if shape.dims == 3 else names
    counts = [*(f"torch.arange({crop.length})" for crop in crops)]
    counts += [f"torch.arange({crop.kernel})" for crop in crops]
    all_names = ", ".join([*sides, *taps])
    grids = format_call("torch.meshgrid", *counts, indexing="ij")
    goals = [_goal(*axis) for axis in zip(sides, taps, crops, strict=True)]
    inside = " & ".join(
        f"({name} >= 0) & ({name} < {crop.out})" for name, crop in zip(names, crops, strict=True)
    )
    into = _flat(names, [crop.out for crop in crops])
    out_of = _flat(list(sides), [crop.length for crop in crops])
    size = (math.prod(crop.out for crop in crops), math.prod(shape.size))
    return [
        "# Pixel by tap: where in the result the product goes, as far as it is kept.",
        f"{all_names} = {grids}",
        *(f"{name} = {goal}" for name, goal in zip(names, goals, strict=True)),
        f"kept = {inside}",
        f"places = torch.stack([{into}, {out_of}])[:, kept]",
        "",
        "",
        "def times_matrix(image, kernel):",
        f"    values = kernel[{', '.join(taps)}][kept]",
        f"    d = torch.sparse_coo_tensor(places, values, {size}, check_invariants=True)",
        "    return (d @ image.flatten(1).T).T",
        "",
        "",
        *_sums(op, shape, groups),
        f"y = torch.stack(sums, 1).unflatten(2, {literal(op.out_size(shape))})",
    ]


def _goal(pixel: str, tap: str, crop: DeconvCrop) -> str:
    step = pixel if crop.stride == 1 else f"{pixel} * {crop.stride}"
    gap = tap if crop.dilation == 1 else f"{tap} * {crop.dilation}"
    return f"{step} + {gap}" + (f" - {crop.before}" if crop.before else "")


def _flat(names: list[str], sides: list[int]) -> str:
    flat = names[0]
    for name, side in zip(names[1:], sides[1:], strict=True):
        flat = f"({flat}) * {side} + {name}" if " " in flat else f"{flat} * {side} + {name}"
    return flat


def _sums(op: Deconv, shape: Shape, groups: int) -> Lines:
    """Return the channels of the result, each a sum over the channels of its group."""
    ins, outs = op.weight(shape)[0].shape[:2]
    each = ins // groups
    if (each, outs) == (1, 1):
        return [f"sums = [times_matrix(x[:, c], weight[c, 0]) for c in range({ins})]"]
    first = "" if groups == 1 else f"group * {each} + "
    loops = [f"    for group in range({groups})"] if groups > 1 else []
    return [
        "sums = [",
        f"    sum(times_matrix(x[:, {first}c], weight[{first}c, out]) for c in range({each}))",
        *loops,
        f"    for out in range({outs})",
        "]",
    ]


DECONVOLUTIONS: dict[type[Op], Writer] = {Deconv: deconv}
