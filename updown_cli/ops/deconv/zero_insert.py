"""Transposed convolution as a convolution of the picture with zeros between its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.op.call import Call, TensorName, Term, pad_call
from updown_cli.op.code import Lines, every, literal, side_index, symmetric
from updown_cli.op.windows import side_slices, split_axis
from updown_cli.ops.deconv.crops import DeconvCrop, DeconvSizes

if TYPE_CHECKING:
    from torch import Tensor


def deconvolve_by_zeros(x: Tensor, weight: Tensor, groups: int, crops: list[DeconvCrop]) -> Tensor:
    """Return the convolution of the zero-stuffed input with the kernel rotated by 180 degrees."""
    stuffed = x.new_zeros(*x.shape[:2], *((c.length - 1) * c.stride + 1 for c in crops))
    stuffed[side_slices(slice(None, None, crop.stride) for crop in crops)] = x
    call = _convolution(crops, groups)
    result: Tensor = call.run(stuffed=stuffed, rotated=_as_convolution(weight, groups))
    return result


def _convolution(crops: list[DeconvCrop], groups: int, *bias: Term) -> Term:
    """Return the convolution of `stuffed` with the kernel `rotated`."""
    pads = [_pads(crop) for crop in crops]
    by_torch, stuffed = symmetric(pads), TensorName("stuffed")
    options: dict[str, Any] = {}
    if by_torch:
        options["padding"] = [before for before, _ in pads]
    options |= {"dilation": [crop.dilation for crop in crops], "groups": groups}
    terms = (stuffed if by_torch else pad_call(stuffed, pads), TensorName("rotated"), *bias)
    return Call(f"conv{len(crops)}d", terms, options)


def _pads(crop: DeconvCrop) -> tuple[int, int]:
    """Return the padding before and after the stuffed input; negative where it is cropped."""
    before = crop.reach - 1 - crop.before
    stuffed = (crop.length - 1) * crop.stride + 1
    return before, crop.out + crop.reach - 1 - before - stuffed


def _as_convolution(weight: Tensor, groups: int) -> Tensor:
    """Return (in, out / groups, taps) as a convolution's rotated (out, in / groups, taps)."""
    grouped = split_axis(weight, 0, (groups, -1)).transpose(1, 2).flatten(0, 1)
    return grouped.flip(tuple(range(2, weight.dim())))


def zero_insert_lines(sizes: DeconvSizes, bias: list[str], plus: str) -> Lines:
    """Return the same as code, plus bias."""
    stuffed = tuple((crop.length - 1) * crop.stride + 1 for crop in sizes.crops)
    axes = zip(sizes.crops, stuffed, strict=True)
    places = [every(crop.length, crop.stride, side) for crop, side in axes]
    convolved = _convolution(sizes.crops, sizes.groups, *map(TensorName, bias)).code()
    return [
        "# Zeros between the pixels, then a convolution with the kernel rotated by 180 degrees.",
        f"stuffed = x.new_zeros{literal((sizes.frames, sizes.ins, *stuffed))}",
        f"stuffed{side_index(places)} = x",
        f"rotated = {_rotated(sizes)}",
        f"y = {convolved}{plus}",
    ]


def _rotated(sizes: DeconvSizes) -> str:
    """Return (in, out / groups, taps) as (out, in / groups, taps), rotated."""
    groups = sizes.groups
    axes = ", ".join(str(axis) for axis in range(2, 2 + sizes.dims))
    swapped = "weight"
    if groups == 1:
        swapped = "weight.transpose(0, 1)"
    elif (sizes.ins // groups, sizes.outs) != (1, 1):
        swapped = f"weight.unflatten(0, ({groups}, -1)).transpose(1, 2).flatten(0, 1)"
    return f"{swapped}.flip({axes})"
