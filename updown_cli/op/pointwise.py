"""Operations on each value alone: sizes stay, and a value needs itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.input_span import InputSpan, window_span
from updown_cli.op.param_types import Choice
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.op.size_text import KEPT, SizeText

if TYPE_CHECKING:
    from updown_cli.op.code import Lines

#: What code begins with that sees values whose white is 1.
UNIT = "# x is from 0 to 1: code values divided by white, 255 for 8 bits."


def same_places(size: tuple[int, ...]) -> list[InputSpan]:
    """Return for each axis that a pixel needs itself alone."""
    return [window_span(side, start=0, reach=1, step=1, taps=1) for side in size]


@dataclass(frozen=True, kw_only=True)
class Pointwise(Op, abstract=True):
    """A function of each value alone."""

    around = NOTHING_AROUND

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides as they are."""
        return shape.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return that sides are kept."""
        return [(KEPT, {})] * shape.dims

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return each pixel for itself."""
        return same_places(shape.size)


@dataclass(frozen=True, kw_only=True)
class InRange(Op, abstract=True):
    """An operation that sees code values, or values whose white is 1."""

    input_range: str = param(
        "code",
        "What the layer sees: code values, or code values divided by white, as networks are "
        "trained, multiplied back after (unit). Floats and integers of more than 16 bits stay as "
        "they are.",
        Choice(("code", "unit")),
    )

    def white(self, signal: Signal) -> float:
        """Return what values are divided by before the layer."""
        return signal.white if self.input_range == "unit" else 1.0

    def run(self, signal: Signal) -> Signal:
        """Apply the layer in its range."""
        white = self.white(signal)
        if white == 1.0:
            return replace(signal, pixels=self.apply(signal.pixels))
        return replace(signal, pixels=self.apply(signal.pixels / white) * white)

    def on_x(self) -> Lines:
        """Return the range of x."""
        return [UNIT] if self.input_range == "unit" else []
