"""Resizes of other libraries that run themselves, on whole images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.op.explainable import FROM
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.stored import Stored
from updown_cli.ops.upsample.upsample import Upsample

if TYPE_CHECKING:
    from updown_cli.op.base import Op


@dataclass(frozen=True, kw_only=True)
class WholeImages(Stored, abstract=True):
    """A library's own resize, which rounds integers; it runs on whole images."""

    linear = False
    rounds = True
    told_as = FROM
    why_whole = "a library resizes whole images"

    #: The operation on floats that reads the same pixels.
    on_floats: ClassVar[type[Upsample]]
    widens: ClassVar[bool] = True

    #: Whether every value is one of the input's.
    picks: ClassVar[bool] = False

    def selects_values(self) -> bool:
        """Whether it picks pixels."""
        return self.picks

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return all pixels: a library resizes whole images."""
        return [whole_span(side) for side in shape.size]

    def for_tracing(self) -> Op:
        """Return the interpolation of floats that reads the same pixels."""
        options: dict[str, Any] = {"antialias": True} if self.widens else {}
        options |= {"size": self.size, "scale_factor": self.scale_factor}
        return self.on_floats(**options)
