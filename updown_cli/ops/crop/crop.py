"""A part of the image by its place, with zeros where it reaches outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import ZEROS_AROUND
from updown_cli.op.code import literal, side_index
from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan, window_span
from updown_cli.op.margin_sharing import MarginTaker
from updown_cli.op.param_types import Choice, Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Sizes, kept_sides
from updown_cli.op.place import Place
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import pad, side_slices
from updown_cli.ops.crop.box import CENTERS, Box, BoxType, first_places, pads_of

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class Crop(MarginTaker):
    """A part of the image, as torchvision.transforms.CenterCrop and functional.crop take it.

    out = size. In the middle the first row is round((in - size) / 2), half to even, and where
    the size is larger (size - in) // 2 rows of zeros come before.
    """

    command = "crop"
    told_as = SUM
    around = ZEROS_AROUND

    size: tuple[int | None, ...] | RelativeSize | None = param(
        None,
        "Size of the part; `_` keeps a side. What is larger than the image gets zeros around it.",
        Sizes(min=1, max=1 << 20, keep=True, relative=True),
        telling=Telling.SIZE,
    )
    at: tuple[int, ...] | str = param(
        "center",
        "Where the part is: center, a corner or an edge by name, top-left or bottom, or its first "
        "row and column.",
        Place(),
        telling=Telling.DETAIL,
    )
    center: str = param(
        "half-even",
        "How the first row in the middle is rounded, (in - size) / 2: half to even as torchvision "
        "does, or down (floor) or towards zero (trunc) as transformers does with Pillow and torch.",
        Choice(tuple(CENTERS)),
    )
    box: Box | None = param(
        None,
        "First row, first column and size in one: 10,20,100x200. It may reach outside.",
        BoxType(max=LARGEST),
        telling=Telling.SIZE,
    )
    undo: bool = param(
        False,
        "Take away what the last pad in the chain has added, at the scale that the image has now.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Ask for exactly one of size, box and undo."""
        asked = [self.size is not None, self.box is not None, self.undo]
        if sum(asked) != 1:
            raise ParameterError("crop needs exactly one of these", subject="--size, --box, --undo")
        if self.at != "center" and self.center != "half-even":
            raise ParameterError("goes with --at center", subject=f"--center {self.center}")
        if self.size is None and self.at != "center":
            raise ParameterError("goes with --size", subject=f"--at {_typed(self.at)}")

    def for_shape(self, shape: Shape) -> Self:
        """Return the crop by its box."""
        op = super().for_shape(shape)
        if op.box is not None:
            _check_axes(op.box.first, shape.dims, f"--box {op.box}")
            return op
        if not isinstance(op.size, tuple):
            raise ParameterError("goes after a pad in the same chain", subject="--undo")
        size = kept_sides(op.size, shape.size)
        if not isinstance(op.at, str):
            _check_axes(op.at, shape.dims, f"--at {_typed(op.at)}")
        return op.derived(
            size=size, box=Box(first_places(op.at, size, shape.size, op.center), size)
        )

    @property
    def undoes_padding(self) -> bool:
        """Whether it undoes a pad."""
        return self.undo

    def undoing(self, margins: tuple[tuple[int, int], ...], padded: Shape, shape: Shape) -> Self:
        """Return the crop that takes margins away at the scale that the image has now."""
        first, size = [], []
        for pair, side, now in zip(margins, padded.size, shape.size, strict=True):
            before, after = (_scaled(amount, now, side) for amount in pair)
            first.append(before)
            size.append(now - before - after)
        return self.derived(box=Box(tuple(first), tuple(size)))

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size of the box, which must have some of the image."""
        box = self._box()
        for first, length, side in zip(box.first, box.size, shape.size, strict=True):
            if first >= side or first + length <= 0:
                raise ShapeError(
                    f"crop: {box} has nothing of an image of {by_x(shape.size)}",
                    hint="rows come before columns, and count from the top left",
                )
        return box.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether it is the input's."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixel at each place."""
        sides = zip(shape.size, self._box().first, strict=True)
        return [window_span(side, start=at, reach=1, step=1, taps=1) for side, at in sides]

    def for_rows(self, read: tuple[int, int], wanted: tuple[int, int], shape: Shape) -> Self | None:
        """Return the crop that gives rows [first, last) of rows [low, high) of the image."""
        box = self._box()
        first = box.first[0] + wanted[0] - read[0]
        rows = wanted[1] - wanted[0]
        return self.derived(box=Box((first, *box.first[1:]), (rows, *box.size[1:])))

    def notes(self, shape: Shape) -> list[str]:
        """Tell of zeros around the image."""
        pads = pads_of(self._box(), shape.size)
        if not any(map(any, pads)):
            return []
        return [f"{self._box()} reaches outside of {by_x(shape.size)}: zeros there"]

    def apply(self, x: Tensor) -> Tensor:
        """Return the part, with zeros where it reaches outside."""
        size = tuple(x.shape[2:])
        return pad(x[side_slices(self._inside(size))], pads_of(self._box(), size), 0.0)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the slices and, where they reach outside, the padding."""
        inside = zip(self._inside(shape.size), shape.size, strict=True)
        places = [_slice_text(part, side) for part, side in inside]
        part = f"x{side_index(places)}" if set(places) != {":"} else "x"
        pads = pads_of(self._box(), shape.size)
        amounts = tuple(number for pair in reversed(pads) for number in pair)
        return [f"y = F.pad({part}, {literal(amounts)})" if any(amounts) else f"y = {part}"]

    def part_of(self, shape: Shape) -> tuple[slice, ...] | None:
        """Return the part of an image that is left; None where zeros are around it."""
        pads = pads_of(self._box(), shape.size)
        return None if any(map(any, pads)) else tuple(self._inside(shape.size))

    def _box(self) -> Box:
        assert self.box is not None
        return self.box

    def _inside(self, size: tuple[int, ...]) -> list[slice]:
        """Return what of the image is in the box."""
        box = self._box()
        axes = zip(box.first, box.size, size, strict=True)
        return [slice(max(at, 0), max(min(at + length, side), 0)) for at, length, side in axes]


def _scaled(margin: int, now: int, side: int) -> int:
    """Return a margin of a side that has become another."""
    if margin * now % side:
        raise ShapeError(
            f"a padded side of {side} became {now}, where {margin} pixels are no whole number",
            subject="--undo",
            hint="pad to a multiple of what the steps between shrink by",
        )
    return margin * now // side


def _typed(at: Any) -> str:
    return at if isinstance(at, str) else ",".join(map(str, at))


def _check_axes(numbers: tuple[int, ...], dims: int, subject: str) -> None:
    if len(numbers) != dims:
        raise ShapeError(f"{subject} has places of {len(numbers)} axes for {dims}-D data")


def _slice_text(part: slice, side: int) -> str:
    first = str(part.start) if part.start else ""
    return f"{first}:{part.stop if part.stop < side else ''}"
