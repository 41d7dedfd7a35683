"""Depth to space and back as TensorFlow and ONNX have them."""

from __future__ import annotations

from updown_cli.op.convention import Convention, Values, refuse_together


def _one_order_back(given: Values) -> Values:
    """Refuse torch's order for SpaceToDepth, which has no mode."""
    if "downscale_factor" in given and given.get("order", "dcr") != "dcr":
        hint = "its SpaceToDepth is dcr"
        raise refuse_together("onnx", "downscale_factor", "order", hint=hint)
    return given


CONVENTIONS = (
    Convention(library="tensorflow", defaults={"order": "dcr"}, words={"order": ("dcr",)}),
    Convention(
        library="onnx",
        defaults={"order": "dcr"},
        words={"order": ("dcr", "crd")},
        adapt=_one_order_back,
    ),
)
