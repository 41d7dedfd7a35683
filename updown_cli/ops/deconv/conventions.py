"""Transposed convolution as Keras, TensorFlow and ONNX have it."""

from __future__ import annotations

from updown_cli.op.convention import Convention, Values, refuse_together

BY_NAME = ("same", "valid")
LAYOUT = "hwoi"


def _more_than_none(given: Values) -> Values:
    """Refuse Keras's output_padding of 0 beside same, which is a size and not the usual one."""
    extra = given.get("output_padding")
    if given.get("padding") == "same" and extra is not None and not all(extra):
        hint = "--output-size N asks for (in - 1) * stride + kernel_size % 2"
        raise refuse_together("keras", "output_padding", "padding", hint=hint)
    return given


def _sizes_of_onnx(given: Values) -> Values:
    """Cut the larger half off before where a size is asked for, as `output_shape` does."""
    named = given.get("padding")
    if "output_padding" in given and isinstance(named, str):
        hint = "give --padding as a number"
        raise refuse_together("onnx", "output_padding", "padding", hint=hint)
    if "output_size" not in given:
        return given
    if named is not None and not isinstance(named, str):
        raise refuse_together("onnx", "output_size", "padding", hint="the size says what is cut")
    return {**given, "padding": "same" if named == "same" else "same-lower"}


CONVENTIONS = (
    Convention(
        library="tensorflow",
        defaults={"padding": "same", "weight_layout": LAYOUT},
        lacks=("output_padding", "dilation"),
        words={"padding": BY_NAME, "weight_layout": (LAYOUT,)},
    ),
    Convention(
        library="keras",
        defaults={"padding": "valid", "weight_layout": LAYOUT},
        lacks=("output_size",),
        words={"padding": BY_NAME, "weight_layout": (LAYOUT,)},
        adapt=_more_than_none,
    ),
    Convention(
        library="onnx",
        words={"weight_layout": ("iohw",)},
        adapt=_sizes_of_onnx,
    ),
)
