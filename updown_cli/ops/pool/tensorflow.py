"""The sliding pools as TensorFlow code, where it has what is equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.code import format_call
from updown_cli.op.tensorflow_windows import padding_name, windows

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.shape import Shape
    from updown_cli.ops.pool.windows import PaddedPool


def pool_lines(kind: str, op: PaddedPool, shape: Shape, sign: str = "") -> Lines | None:
    """Return `tf.nn.max_pool2d` and its kin, or None where the padding is none of theirs."""
    if max(getattr(op, "dilation", (1,))) > 1:
        return _dilated(op, sign)
    padding: object = padding_name(op.padding, ceil_mode=op.ceil_mode)
    if padding is None and kind == "max" and shape.dims == 2 and not op.ceil_mode:
        padding = [[0, 0], *map(list, op.pads(shape)), [0, 0]]
    if padding is None:
        return None
    function = f"{sign}tf.nn.{kind}_pool{shape.dims}d"
    said = windows(op.kernel_size, op.stride)
    return [f"y = {format_call(function, f'{sign}x', **said, padding=padding)}"]


def _dilated(op: PaddedPool, sign: str) -> Lines | None:
    """Return tf.nn.pool, which has gaps or strides, and pads with zeros."""
    if padding_name(op.padding, ceil_mode=op.ceil_mode) != "VALID" or max(op.stride or (1,)) > 1:
        return None
    said = {"window_shape": list(op.kernel_size), "pooling_type": "MAX"}
    dilations = list(getattr(op, "dilation", ()))
    pooled = format_call(f"{sign}tf.nn.pool", f"{sign}x", **said, dilations=dilations)
    return [f"y = {pooled}"]
