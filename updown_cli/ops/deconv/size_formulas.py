"""The size of a transposed convolution as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.size_text import GIVEN, SizeText

if TYPE_CHECKING:
    from updown_cli.ops.deconv.crops import DeconvCrop
    from updown_cli.ops.deconv.deconv import Deconv

# The size of the result, and what TensorFlow makes it.
WHOLE = "(in - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1"
FORMULAS = {
    "same": "in * stride",
    "same-lower": "in * stride",
    "valid": "(in - 1) * stride + max(dilation * (kernel_size - 1) + 1, stride)",
}
# The same with an output padding, as Keras has it.
WITH_MORE = {
    "same": "(in - 1) * stride + (dilation * (kernel_size - 1) + 1) % 2 + output_padding",
    "valid": "(in - 1) * stride + dilation * (kernel_size - 1) + 1 + output_padding",
}


def size_texts(op: Deconv, crops: list[DeconvCrop]) -> list[SizeText]:
    """Return the formula of the padding of each axis; a size that was asked for has none."""
    asked = zip(crops, op.output_padding, strict=True)
    return [_size_text(crop, str(op.padding), extra, op.output_size) for crop, extra in asked]


def _size_text(
    crop: DeconvCrop, padding: str, extra: int, asked: tuple[int, ...] | None
) -> SizeText:
    by_keras = extra > 0 and padding in WITH_MORE
    text = (WITH_MORE if by_keras else FORMULAS).get(padding, WHOLE)
    numbers = {
        "kernel_size": crop.kernel,
        "stride": crop.stride,
        "dilation": crop.dilation,
        "padding": crop.before,
        "output_padding": extra if by_keras else crop.output_padding,
    }
    return text if asked is None else GIVEN, numbers
