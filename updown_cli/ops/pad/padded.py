"""What the paddings share: how many pixels are added, and where."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.code import Code, pad_code
from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan, window_span
from updown_cli.op.margin_sharing import MarginKeeper
from updown_cli.op.parameter import Telling, as_typed, param
from updown_cli.op.per_axis import Sizes, kept_sides
from updown_cli.op.place import Place, sides_of
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.op.strided import LARGEST
from updown_cli.ops.pad.margins import Margins, MarginsType, Pairs

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class Pad(MarginKeeper, abstract=True):
    """Pixels around the image, as torch.nn.functional.pad adds them.

    out = in + before + after on each side.
    """

    command = "pad"
    told_as = SUM

    padding: Margins | None = param(
        None,
        "Pixels on every side, per axis as HxW, or before and after in the order of torch's "
        "F.pad: LEFT,RIGHT,TOP,BOTTOM.",
        MarginsType(min=0, max=LARGEST),
        letter="p",
        telling=Telling.SIZE,
    )
    to_multiple: tuple[int, ...] | None = param(
        None,
        "Make each side the next multiple of this, as networks that shrink 32 times need it.",
        Sizes(min=1, max=LARGEST),
        telling=Telling.SIZE,
    )
    size: tuple[int | None, ...] | RelativeSize | None = param(
        None,
        "Size of the result, no smaller than the image; `_` keeps a side.",
        Sizes(min=1, max=1 << 20, keep=True, relative=True),
        telling=Telling.SIZE,
    )
    at: str = param(
        "top-left",
        "Where the image lies with --to-multiple or --size: center, or a corner or an edge by "
        "name; in the middle the odd pixel comes after it.",
        Place(numbers=False),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Ask for exactly one of the three, and for a place only where there is a choice."""
        asked = [self.padding is not None, self.to_multiple is not None, self.size is not None]
        if sum(asked) != 1:
            raise ParameterError(
                "pad needs exactly one of these", subject="--padding, --to-multiple, --size"
            )
        if self.padding is not None and self.at != "top-left":
            raise ParameterError("goes with --to-multiple or --size", subject=f"--at {self.at}")

    def for_shape(self, shape: Shape) -> Self:
        """Return the padding in numbers, within torch's limits."""
        op = super().for_shape(shape)
        pairs = op._pairs(shape)
        for side, pair in zip(shape.size, pairs, strict=True):
            self.check_side(side, max(pair))
        return op.derived(padding=Margins(pairs))

    def _pairs(self, shape: Shape) -> Pairs:
        """Return the pixels before and after each axis."""
        if self.padding is not None:
            pairs = self.padding.of(shape.dims)
            if pairs is None:
                axes = len(self.padding.pairs)
                raise ShapeError(
                    f"--padding {self.padding} is for {axes} axes, not for {shape.dims}-D data"
                )
            return pairs
        wheres = sides_of(self.at, shape.dims)
        sizes = zip(wheres, self._wanted(shape), shape.size, strict=True)
        return tuple(_around(where, new - side) for where, new, side in sizes)

    def _wanted(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for."""
        if self.to_multiple is not None:
            axes = zip(shape.size, self.to_multiple, strict=True)
            return tuple(-(-side // step) * step for side, step in axes)
        assert isinstance(self.size, tuple)
        size = kept_sides(self.size, shape.size)
        if any(new < side for new, side in zip(size, shape.size, strict=True)):
            raise ShapeError(
                f"--size {as_typed(size)} is smaller than an image of {by_x(shape.size)}",
                hint="crop or upsample it before",
            )
        return size

    @property
    def margins(self) -> Pairs:
        """Pixels before and after each axis, once the shape is known."""
        assert self.padding is not None
        return self.padding.pairs

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides with what is added."""
        sides = zip(shape.size, self.margins, strict=True)
        return tuple(before + side + after for side, (before, after) in sides)

    def check_side(self, side: int, most: int) -> None:
        """Raise ShapeError where torch cannot add so much to a side."""

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the side with what is added."""
        before, after = zip(*self.margins, strict=True)
        return text_for_axes("in + before + after", before=before, after=after)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel at each place."""
        sides = zip(shape.size, self.margins, strict=True)
        return [
            window_span(side, start=-before, reach=1, step=1, taps=1) for side, (before, _) in sides
        ]

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return torch's padding."""
        return [f"y = {pad_code(Code('x'), self.margins, mode=self.mode)}"]


@dataclass(frozen=True, kw_only=True)
class FoldedPad(Pad, abstract=True):
    """A padding by pixels of the image itself, which stand at other places."""

    @abstractmethod
    def fold(self, places: torch.Tensor, side: int) -> torch.Tensor:
        """Return where in a side the pixels stand that are put at places beyond its edges."""

    def apply(self, x: Tensor) -> Tensor:
        """Return the image with pixels of its own around it."""
        import torch

        for axis, (before, after) in enumerate(self.margins, start=2):
            if before or after:
                side = x.shape[axis]
                places = torch.arange(-before, side + after, device=x.device)
                x = x.index_select(axis, self.fold(places, side).clamp(0, side - 1))
        return x


def _around(where: int, more: int) -> tuple[int, int]:
    """Return what comes before and after an image that lies first, in the middle or last."""
    before = (0, more // 2, more)[where + 1]
    return before, more - before
