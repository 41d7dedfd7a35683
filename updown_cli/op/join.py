"""What joins share: the result of an earlier step beside that of the last one."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND, ZEROS_AROUND, Surroundings
from updown_cli.op.base import Op
from updown_cli.op.code import pad_code, side_index
from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan, window_span
from updown_cli.op.kept_name import KeptName, variable
from updown_cli.op.param_types import Choice
from updown_cli.op.parameter import Telling, param
from updown_cli.op.place import middle
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.op.windows import pad, side_slices

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines, Pads

FIT = "--fit crop or pad would"


class JoinSizesError(ShapeError):
    """The sides of what is joined differ."""


@dataclass(frozen=True, kw_only=True)
class Join(Op, abstract=True):
    """An operation on the image and on what a step before it keeps.

    A pipeline tells it the kept shape, and whether it is the last that takes it; until it is told,
    that is the shape of the image.
    """

    told_as = SUM
    why_no_alpha = "two pictures that are joined have two transparencies"
    why_whole = "it takes a whole result"
    around = NOTHING_AROUND

    other: str | None = param(
        None,
        "The kept result, as the step before has it that ends in this name; in a chain the name "
        "alone does.",
        KeptName("@NAME"),
        telling=Telling.SIZE,
    )
    fit: str = param(
        "refuse",
        "What is done with other sides: the middle of the kept result is taken (crop), or zeros "
        "are put around the image (pad), or it is refused.",
        Choice(("refuse", "crop", "pad")),
        telling=Telling.DETAIL,
    )
    kept_shape: Shape | None = field(default=None, compare=False)
    is_last: bool = field(default=False, compare=False)

    def joining(self, kept: Shape) -> Self:
        """Return the join with a result of this shape."""
        return self.derived(kept_shape=kept)

    def knows_alpha(self) -> bool:
        """Neither transparency is that of both."""
        return False

    def only_pixels(self) -> bool:
        """It takes what is kept as well, which is there when it is whole."""
        return False

    def surroundings(self) -> Surroundings:
        """Return the zeros around a smaller image."""
        return ZEROS_AROUND if self.fit == "pad" else NOTHING_AROUND

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides that both have in the end; raise where they do not fit."""
        kept = self.kept_of(shape)
        if kept.size == shape.size:
            return shape.size
        is_inside = all(side <= other for side, other in zip(shape.size, kept.size, strict=True))
        if self.fit == "refuse" or not is_inside:
            hint = FIT if is_inside else ""
            raise JoinSizesError(f"{shape} does not fit {self.other}, {kept}", hint=hint)
        return shape.size if self.fit == "crop" else kept.size

    def kept_of(self, shape: Shape) -> Shape:
        """Return the shape of what is joined to an image."""
        return self.kept_shape or shape

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether the sides are those of the image."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel at each place of the image."""
        before = [first for first, _ in self.pads(shape)]
        return _shifted(shape.size, [-first for first in before])

    def kept_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel at each place of the kept result."""
        return _shifted(self.kept_of(shape).size, [part.start for part in self.parts(shape)])

    def pads(self, shape: Shape) -> list[tuple[int, int]]:
        """Return the zeros before and after each side of the image, as U-Nets have them."""
        sides = zip(self.out_size(shape), shape.size, strict=True)
        spare = [out - side for out, side in sides]
        return [(more // 2, more - more // 2) for more in spare]

    def parts(self, shape: Shape) -> list[slice]:
        """Return the part of each side of the kept result, its middle as CenterCrop takes it."""
        out = self.out_size(shape)
        firsts = [middle(side - n) for n, side in zip(out, self.kept_of(shape).size, strict=True)]
        return [slice(first, first + length) for first, length in zip(firsts, out, strict=True)]

    def padded_values(self, shape: Shape) -> int:
        """Return the values of the image with zeros around it."""
        if not any(map(any, self.pads(shape))):
            return 0
        return shape.channels * math.prod(self.out_size(shape))

    def run(self, signal: Signal) -> Signal:
        """Join; what is kept is let go of by the last that takes it."""
        shape = Shape(*signal.pixels.shape[1:])
        kept = signal.kept(self.other or "")
        x = pad(signal.pixels, self.pads(shape), 0.0)
        joined = replace(signal, pixels=self.join(x, kept[side_slices(self.parts(shape))]))
        return joined.without(self.other or "") if self.is_last else joined

    def apply(self, x: Tensor) -> Tensor:
        """Refuse: nothing is kept."""
        return self.run(Signal(x)).pixels

    @abstractmethod
    def join(self, x: Tensor, kept: Tensor) -> Tensor:
        """Return both as one."""

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the padding, the part and what becomes of them."""
        pads: Pads = self.pads(shape)
        sides = zip(self.parts(shape), self.kept_of(shape).size, strict=True)
        index = [f"{p.start}:{p.stop}" if p != slice(0, side) else ":" for p, side in sides]
        kept = variable(self.other or "")
        part = kept if set(index) == {":"} else kept + side_index(index)
        return [f"y = {self.joined_code(pad_code('x', pads), part)}"]

    @abstractmethod
    def joined_code(self, x: str, kept: str) -> str:
        """Return both as one, as Python."""


def _shifted(size: tuple[int, ...], starts: list[int]) -> list[InputSpan]:
    sides = zip(size, starts, strict=True)
    return [window_span(side, start=at, reach=1, step=1, taps=1) for side, at in sides]
