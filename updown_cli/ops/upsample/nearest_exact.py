"""The nearest pixel, by the places of centres."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.input_span import InputSpan, pick_span
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.picked import Picked
from updown_cli.ops.upsample.tensorflow import nearest_lines

if TYPE_CHECKING:
    from updown_cli.op.code import Lines


class NearestExact(Picked):
    """The pixel at floor((i + 0.5) * in / out), as TensorFlow 2 has it.

    Pillow rounds otherwise at some sizes.
    """

    mode = "nearest-exact"

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the picked pixels."""
        places = self.places("half-pixel", shape)
        return [pick_span(length, step, step / 2, at) for length, step, at in places]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return TensorFlow 2's."""
        return nearest_lines("half-pixel", self, shape)
