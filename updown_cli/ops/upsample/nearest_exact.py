"""The nearest pixel, by the places of centres."""

from __future__ import annotations

from updown_cli.op.input_span import Reach, chosen
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.picked import Picked


class NearestExact(Picked):
    """The pixel at floor((i + 0.5) * in / out), as Pillow and TensorFlow 2 have it."""

    mode = "nearest-exact"

    def reach(self, shape: Shape) -> list[Reach]:
        """Return the picked pixels."""
        places = self.places("half-pixel", shape)
        return [chosen(length, step, step / 2, at) for length, step, at in places]
