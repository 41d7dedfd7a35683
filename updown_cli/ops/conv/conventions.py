"""Convolution as Keras, TensorFlow and ONNX have it."""

from __future__ import annotations

from updown_cli.op.convention import NUMBERS, Convention

BY_NAME = ("same", "valid")
LAYOUT = "hwio"

#: Modes that all three have.
COMMON = ("plain", "dilated", "depthwise")

CONVENTIONS = (
    *(
        Convention(
            library="tensorflow",
            mode=mode,
            defaults={"padding": "valid", "weight_layout": LAYOUT},
            words={"padding": (*BY_NAME, NUMBERS), "weight_layout": (LAYOUT,)},
        )
        for mode in (*COMMON, "separable")
    ),
    *(
        Convention(
            library="keras",
            mode=mode,
            defaults={"padding": "valid", "weight_layout": LAYOUT},
            words={"padding": BY_NAME, "weight_layout": (LAYOUT,)},
        )
        for mode in (*COMMON, "separable")
    ),
    *(
        Convention(library="onnx", mode=mode, words={"weight_layout": ("oihw",)})
        for mode in (*COMMON, "quantized")
    ),
)
