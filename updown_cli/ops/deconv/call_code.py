"""A call of torch's transposed convolution, cropped to the wanted size."""

from __future__ import annotations

from updown_cli.op.code import format_call, one_for_all_axes, pad_code, side_index
from updown_cli.ops.deconv.methods import DeconvCrop


def transposed(
    x: str, weight: str, crops: list[DeconvCrop], groups: int, bias: str | None = None
) -> str:
    """Return the call, and the slice of its result where torch cannot say the crop itself."""
    arguments = [x, weight, *([bias] if bias else [])]
    stride = one_for_all_axes([crop.stride for crop in crops])
    strides = {} if stride == 1 else {"stride": stride}
    settings = {
        "dilation": one_for_all_axes([crop.dilation for crop in crops]),
        "groups": groups,
    }
    function = f"F.conv_transpose{len(crops)}d"
    extra = [crop.output_padding for crop in crops]
    if all(0 <= e < max(c.stride, c.dilation) for e, c in zip(extra, crops, strict=True)):
        before = one_for_all_axes([crop.before for crop in crops])
        padding = {"padding": before, "output_padding": one_for_all_axes(extra)}
        return format_call(function, *arguments, **strides, **padding, **settings)
    whole: str = format_call(function, *arguments, **strides, **settings)
    kept = [(crop.before, min(crop.before + crop.out, crop.whole)) for crop in crops]
    if any(ends != (0, crop.whole) for ends, crop in zip(kept, crops, strict=True)):
        whole = whole + side_index(f"{start or ''}:{end}" for start, end in kept)
    missing = [
        (0, crop.out - (end - start)) for crop, (start, end) in zip(crops, kept, strict=True)
    ]
    return pad_code(whole, missing)
