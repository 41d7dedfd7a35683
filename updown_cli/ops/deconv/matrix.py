"""Transposed convolution as a product with a sparse matrix, the convolution's transposed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Lines, format_call, literal
from updown_cli.op.windows import split_axis
from updown_cli.ops.deconv.crops import DeconvCrop, DeconvSizes
from updown_cli.ops.kernels.kernel_code import view_by_channel

if TYPE_CHECKING:
    from torch import Tensor


def deconvolve_by_matrix(x: Tensor, weight: Tensor, groups: int, crops: list[DeconvCrop]) -> Tensor:
    """Return the product of the sparse matrix D = C^T, a block per pair of channels, with x."""
    import torch

    size = tuple(crop.out for crop in crops)
    results = [
        _sparse(block, crops) @ part.flatten(1).T
        for part, block in zip(x.chunk(groups, 1), weight.chunk(groups, 0), strict=True)
    ]
    channels = [split_axis(result.T, 1, (-1, *size)) for result in results]
    return torch.cat(channels, dim=1)


def _sparse(weight: Tensor, crops: list[DeconvCrop]) -> Tensor:
    """Return D for (in, out, taps): rows are output values, columns input values."""
    import torch

    rows, columns, taps = _taps(crops, weight.device)
    ins, outs = weight.shape[:2]
    out_pixels = math.prod(crop.out for crop in crops)
    in_pixels = math.prod(crop.length for crop in crops)
    c_in, c_out = torch.meshgrid(torch.arange(ins), torch.arange(outs), indexing="ij")
    c_in, c_out = c_in.reshape(-1, 1).to(rows), c_out.reshape(-1, 1).to(rows)
    values = weight.flatten(2)[c_in, c_out, taps]
    places = torch.stack(
        [(c_out * out_pixels + rows).flatten(), (c_in * in_pixels + columns).flatten()]
    )
    size = (outs * out_pixels, ins * in_pixels)
    return torch.sparse_coo_tensor(places, values.flatten(), size, check_invariants=False)


def _taps(crops: list[DeconvCrop], device: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Return flat (output, input, tap) positions of all products that are not cropped."""
    import torch

    rows = columns = taps = torch.zeros(1, dtype=torch.int64, device=device)
    for axis in crops:
        source = torch.arange(axis.length, device=device)[:, None]
        tap = torch.arange(axis.kernel, device=device)[None, :]
        target = source * axis.stride + tap * axis.dilation - axis.before
        kept = (target >= 0) & (target < axis.out)
        source, tap = (t.expand_as(target)[kept] for t in (source, tap))
        rows = (rows[:, None] * axis.out + target[kept]).flatten()
        columns = (columns[:, None] * axis.length + source).flatten()
        taps = (taps[:, None] * axis.kernel + tap).flatten()
    return rows, columns, taps


def matrix_lines(sizes: DeconvSizes, bias: list[str], plus: str) -> Lines:
    """Return the same as code, for each pair of channels by itself, plus bias."""
    crops, dims = sizes.crops, sizes.dims
    out = tuple(crop.out for crop in crops)
    plus += "".join(f" + {view_by_channel(name, dims)}" for name in bias)
    matrix = (math.prod(out), math.prod(crop.length for crop in crops))
    taps = ", ".join("abc"[:dims])
    return [
        *_place_lines(crops),
        "",
        "",
        "def times_matrix(image, kernel):",
        f"    values = kernel[{taps}][kept]",
        f"    d = torch.sparse_coo_tensor(places, values, {matrix}, check_invariants=True)",
        "    return (d @ image.flatten(1).T).T",
        "",
        "",
        *_sum_lines(sizes),
        f"y = torch.stack(sums, 1).unflatten(2, {literal(out)}){plus}",
    ]


def _place_lines(crops: list[DeconvCrop]) -> Lines:
    """Return lines that define where in the result products of a pixel and a tap go."""
    sides, taps = "ijk"[: len(crops)], "abc"[: len(crops)]
    names = ["layer", "row", "column"][-len(crops) :]
    counts = [f"torch.arange({crop.length})" for crop in crops]
    counts += [f"torch.arange({crop.kernel})" for crop in crops]
    goals = [_goal(*axis) for axis in zip(sides, taps, crops, strict=True)]
    inside = " & ".join(
        f"({name} >= 0) & ({name} < {crop.out})" for name, crop in zip(names, crops, strict=True)
    )
    into = _flat(names, [crop.out for crop in crops])
    out_of = _flat(list(sides), [crop.length for crop in crops])
    return [
        "# Pixel by tap: where in the result the product goes, as far as it is kept.",
        f"{', '.join([*sides, *taps])} = {format_call('torch.meshgrid', *counts, indexing='ij')}",
        *(f"{name} = {goal}" for name, goal in zip(names, goals, strict=True)),
        f"kept = {inside}",
        f"places = torch.stack([{into}, {out_of}])[:, kept]",
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


def _sum_lines(sizes: DeconvSizes) -> Lines:
    """Return the channels of the result, each a sum over the channels of its group."""
    ins, outs, groups = sizes.ins, sizes.outs, sizes.groups
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
