"""Quarter turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.margin_sharing import MarginMover, PaddedAxes
from updown_cli.op.param_types import Int
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.ops.flip.moved import Moved

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class Turn(Moved, MarginMover):
    """Quarter turns clockwise, as torch.rot90 with 4 - times; always, or towards a size."""

    mode = "turn"
    why_whole = "columns become rows"

    times: int = param(1, "How many quarter turns clockwise.", Int(min=0, max=3))
    like_size: tuple[int, ...] | None = param(
        None,
        "Turn only an image that is wider where this size is taller, or taller where it is wider.",
        Sizes(min=1, max=1 << 20),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse a size of which no side is longer."""
        if self.like_size is not None and len(set(self.like_size)) < 2:
            raise ParameterError(
                "must be HxW with a longer side", subject=f"--like-size {by_x(self.like_size)}"
            )

    def for_shape(self, shape: Shape) -> Self:
        """Return the turns of an image of a shape."""
        if shape.dims < 2:
            raise ShapeError("flip: a signal cannot be turned", hint="--mode horizontal")
        if self.like_size is None:
            return self
        wanted, given = (_is_wider(size) for size in (self.like_size[-2:], shape.size[-2:]))
        turns = given is not None and given != wanted
        return self.derived(times=self.times if turns else 0, like_size=None)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides, the last two of which change places with odd turns."""
        *before, height, width = shape.size
        return (*before, width, height) if self.times % 2 else shape.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether it is the input's."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return that any pixel may be anywhere."""
        return [whole_span(side) for side in shape.size]

    def moved(self, axes: PaddedAxes) -> PaddedAxes:
        """Return them after each turn: what was at the bottom is at the left."""
        for _ in range(self.times):
            *others, (top, bottom, height), (left, right, width) = axes
            axes = (*others, (left, right, width), (bottom, top, height))
        return axes

    def apply(self, x: Tensor) -> Tensor:
        """Return what torch gives."""
        import torch

        return torch.rot90(x, -self.times % 4, (-2, -1))

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the call."""
        return [f"y = torch.rot90(x, {-self.times % 4}, (-2, -1))"]


def _is_wider(size: tuple[int, ...]) -> bool | None:
    """Whether an image is wider than tall; None for a square."""
    height, width = size
    return None if height == width else width > height
