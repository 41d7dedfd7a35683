"""Pools as Keras, TensorFlow and ONNX have them."""

from __future__ import annotations

from updown_cli.op.convention import NUMBERS, Convention, Values, refuse_together

BY_NAME = ("same", "valid")


def _gaps_without_padding(given: Values) -> Values:
    """Refuse what tf.nn.pool pads with zeros: maxima with gaps over an edge."""
    if "dilation" in given and given.get("padding", "valid") != "valid":
        raise refuse_together("tensorflow", "dilation", "padding")
    return given


def _padding_counted_by_number(given: Values) -> Values:
    """Refuse counting what has a name, which is never counted here."""
    if given.get("count_include_pad") and isinstance(given.get("padding"), str):
        hint = "give --padding as a number"
        raise refuse_together("onnx", "count_include_pad", "padding", hint=hint)
    return given


CONVENTIONS = (
    Convention(
        library="tensorflow",
        mode="max",
        defaults={"padding": "valid", "index_format": "tf"},
        lacks=("ceil_mode",),
        words={"padding": (*BY_NAME, NUMBERS), "index_format": ("tf", "tf-batch")},
        adapt=_gaps_without_padding,
    ),
    Convention(
        library="tensorflow",
        mode="avg",
        defaults={"padding": "valid", "count_include_pad": False},
        lacks=("ceil_mode", "count_include_pad", "divisor_override"),
        words={"padding": BY_NAME},
    ),
    Convention(
        library="keras",
        mode="max",
        defaults={"padding": "valid", "index_format": "tf"},
        lacks=("ceil_mode", "dilation"),
        words={"padding": BY_NAME, "index_format": ("tf", "tf-batch")},
    ),
    Convention(
        library="keras",
        mode="avg",
        defaults={"padding": "valid", "count_include_pad": False},
        lacks=("ceil_mode", "count_include_pad", "divisor_override"),
        words={"padding": BY_NAME},
    ),
    Convention(library="keras", mode="adaptive-avg"),
    Convention(
        library="keras",
        mode="adaptive-max",
        defaults={"index_format": "tf"},
        words={"index_format": ("tf", "tf-batch")},
    ),
    Convention(
        library="onnx",
        mode="max",
        defaults={"stride": (1,), "index_format": "onnx"},
        words={"index_format": ("onnx",)},
    ),
    Convention(
        library="onnx",
        mode="avg",
        defaults={"stride": (1,), "count_include_pad": False},
        lacks=("divisor_override",),
        adapt=_padding_counted_by_number,
    ),
    Convention(
        library="onnx",
        mode="lp",
        defaults={"stride": (1,), "convention": "onnx"},
        words={"convention": ("onnx",)},
    ),
)
