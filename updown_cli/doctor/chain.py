"""A chain of updown's own operations as a subject, run as on a picture of a file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.doctor.subject import Subject
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.files.reading import MAX_PIXELS, check_pixels
from updown_cli.op.shape import Shape
from updown_cli.pipeline.step_errors import in_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.pipeline.pipeline import Pipeline

# What a picture with transparency has: colours and alpha.
WITH_ALPHA = 4


class Chain(Subject):
    """A pipeline; results are whole numbers unless an operation gives no code values."""

    def __init__(self, name: str, pipeline: Pipeline, *, linear_light: bool = False) -> None:
        self.name = name
        self._pipeline, self._linear_light = pipeline, linear_light
        self.gives_codes = all(op.gives_code_values for op in pipeline.ops)
        self.takes_alpha = not pipeline.why_no_alpha()
        self._engine = Engine(start_torch("cpu"))

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what the chain makes of a picture."""
        height, width, channels = pixels.shape
        shape = Shape(channels, height, width)
        with in_step(f"{self.name}, {shape}"):
            plan = self._pipeline.plan(shape)
            check_pixels(math.prod(plan.shape.size), MAX_PIXELS)
            result = self._engine.run(
                plan,
                pixels.transpose(2, 0, 1)[None],
                Quantization(pixels.dtype.name if self.gives_codes else "float32"),
                channel_info=self._channel_info(pixels),
            )
        frame: NDArray[Any] = result.pixels[0]
        return frame.transpose(1, 2, 0)

    def white(self, result: NDArray[Any]) -> float:
        """Return the value of white: floats have that of the bytes that they are made of."""
        return 65535.0 if result.dtype.name == "uint16" else 255.0

    def _channel_info(self, pixels: NDArray[Any]) -> ChannelInfo:
        return ChannelInfo(
            white=65535.0 if pixels.dtype.name == "uint16" else 255.0,
            alpha=pixels.shape[2] == WITH_ALPHA,
            weighs=self.takes_alpha,
            linear_light=self._linear_light,
        )
