"""Transposed convolution as torch has it, cropped where torch cannot say the crop itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.call import Call, TensorName, Term, X, pad_call
from updown_cli.op.code import Lines, side_index
from updown_cli.op.windows import side_slices
from updown_cli.ops.deconv.crops import DeconvCrop, DeconvSizes
from updown_cli.ops.kernels.kernel_code import view_by_channel

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Cropped(Term):
    """Of each side of a term what is from a start to an end."""

    term: Term
    kept: tuple[tuple[int, int], ...]

    def run(self, **tensors: Any) -> Any:
        """Return that part."""
        return self.term.run(**tensors)[side_slices(slice(*ends) for ends in self.kept)]

    def code(self) -> str:
        """Return the index."""
        return self.term.code() + side_index(f"{start or ''}:{end}" for start, end in self.kept)


def transposed_call(crops: list[DeconvCrop], groups: int, *bias: Term, x: Term = X) -> Term:
    """Return torch's transposed convolution with `weight`, and what is kept of it."""
    settings = {"dilation": [crop.dilation for crop in crops], "groups": groups}
    strides = {"stride": [crop.stride for crop in crops]}
    function, terms = f"conv_transpose{len(crops)}d", (x, TensorName("weight"), *bias)
    if crops_as_torch(crops):
        ends = {
            "padding": [crop.before for crop in crops],
            "output_padding": [crop.output_padding for crop in crops],
        }
        return Call(function, terms, strides | ends | settings)
    return _keep(Call(function, terms, strides | settings), crops)


def crops_as_torch(crops: list[DeconvCrop]) -> bool:
    """Whether torch's padding and output_padding can say all that is cut off."""
    return all(0 <= crop.output_padding < max(crop.stride, crop.dilation) for crop in crops)


def whole_values(crops: list[DeconvCrop], channels: int) -> int:
    """Return the values of the whole result, where it is cropped after it is made; else 0."""
    return 0 if crops_as_torch(crops) else channels * math.prod(crop.whole for crop in crops)


def _keep(whole: Term, crops: list[DeconvCrop]) -> Term:
    """Return what is kept of a whole result, zeros where it ends."""
    kept = [(crop.before, min(crop.before + crop.out, crop.whole)) for crop in crops]
    missing = [(0, crop.out - end + start) for crop, (start, end) in zip(crops, kept, strict=True)]
    if any(ends != (0, crop.whole) for ends, crop in zip(kept, crops, strict=True)):
        whole = Cropped(whole, tuple(kept))
    return pad_call(whole, missing)


def deconvolve_natively(x: Tensor, weight: Tensor, groups: int, crops: list[DeconvCrop]) -> Tensor:
    """Return what torch gives."""
    result: Tensor = transposed_call(crops, groups).run(x=x, weight=weight)
    return result


def native_lines(sizes: DeconvSizes, bias: list[str], plus: str) -> Lines:
    """Return the same as code, plus bias: everywhere, also beyond what is cropped."""
    if crops_as_torch(sizes.crops):
        call = transposed_call(sizes.crops, sizes.groups, *map(TensorName, bias))
        return [f"y = {call.code()}{plus}"]
    plus += "".join(f" + {view_by_channel(name, sizes.dims)}" for name in bias)
    return [f"y = {transposed_call(sizes.crops, sizes.groups).code()}{plus}"]
