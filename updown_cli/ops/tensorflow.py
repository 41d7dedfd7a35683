"""Shuffles as TensorFlow code, where it has what is equal.

In this code x and y are images x height x width x channels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.code import Lines, format_call
from updown_cli.op.shape import Shape
from updown_cli.ops.shuffle.shuffle import Shuffle

#: Returns TensorFlow code for an operation, told its shape; None where there is none.
TensorflowWriter = Callable[[Any, Shape], Lines | None]


def shuffle(op: Shuffle, shape: Shape) -> Lines | None:
    """Return depth to space or back; of a single channel torch's order is the same."""
    single = op.out_channels(shape) == 1 if op.goes_up else shape.channels == 1
    if shape.dims != 2 or op.arrange != "channels" or op.factor == 1:
        return None
    if op.order != "dcr" and not (op.order == "crd" and single):
        return None
    name = "tf.nn.depth_to_space" if op.goes_up else "tf.nn.space_to_depth"
    return [f"y = {format_call(name, 'x', str(op.factor))}"]


LAYERS: dict[type[Op], TensorflowWriter] = {
    Shuffle: shuffle,
}
