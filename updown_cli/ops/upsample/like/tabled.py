"""Resizes of other libraries that are a table for each side, and an arithmetic.

A library declares its table of a side, its arithmetic with stored numbers and with floats, how it
makes a size of a factor, and its own call. Strips, spans, weights and code follow from that.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.ops.upsample.like.arithmetic import EXACT, Arithmetic
from updown_cli.ops.upsample.like.side import (
    FLOAT32,
    FLOAT64,
    Side,
    Sides,
    rows_of,
    tables_span,
)
from updown_cli.ops.upsample.like.stored import Stored, kind_of
from updown_cli.ops.upsample.tables import inverse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.base import Op
    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Ratio

#: What a library makes of a side and a factor: a function of both, and its formula.
FLOOR = (lambda length: math.floor(length), "floor(in * scale_factor)")
ROUND = (lambda length: round(length), "round(in * scale_factor)")
CEIL = (lambda length: math.ceil(length), "ceil(in * scale_factor)")


@dataclass(frozen=True)
class RowPart:
    """Rows of a result: `op` makes an image of a shape; some of it is `read`, some `wanted`."""

    op: Tabled
    shape: Shape
    read: tuple[int, int]
    wanted: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Tabled(Stored, abstract=True):
    """A library's resize of images by a table for each side, each channel for itself."""

    told_as = SUM

    #: How a size is made of a factor.
    sizes: ClassVar[Any] = FLOOR
    #: Whether a factor is taken as typed, and not from the two sizes.
    takes_factor: ClassVar[bool] = False
    #: Whether every value is one of the input's.
    picks: ClassVar[bool] = False

    #: The rows that a strip is of.
    part: RowPart | None = field(default=None, repr=False)
    #: Whether it is asked what it weighs, without any rounding.
    traced: bool = field(default=False, repr=False)

    @abstractmethod
    def table(self, side: Side) -> Table:
        """Return what the pixels of a side of the result are made of."""

    @abstractmethod
    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return how values are added up."""

    def exact(self) -> Arithmetic:
        """Return what the tables say, without any rounding."""
        return EXACT

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the tables of height and width, each by its own side."""
        return self.table(sides.down), self.table(sides.across)

    def traced_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return what values weigh in the end, where that is more than the tables tell."""
        return self.side_tables(sides)

    @abstractmethod
    def library_code(self, shape: Shape) -> Lines:
        """Return Python that makes `done` of `plane`, an array of H x W, with the library."""

    def selects_values(self) -> bool:
        """Whether it picks pixels."""
        return self.picks

    def rounds_at(self, white: float) -> bool:
        """Whether stored numbers are rounded, so that no weights tell them."""
        return not self.picks and kind_of(white) in self.integers

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for, or what the library makes of a factor."""
        if self.part is not None:
            first, last = self.part.wanted
            return last - first, *self.part.op.out_size(self.part.shape)[1:]
        if self.scale_factor is None:
            return super().out_size(shape)
        as_size, _ = self.sizes
        factors = zip(shape.size, self.scale_factor, strict=True)
        return tuple(as_size(side * factor) for side, factor in factors)

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return the size, or the formula of the scaled one."""
        if self.scale_factor is None:
            return super().size_formula(shape)
        return text_for_axes(self.sizes[1], scale_factor=self.scale_factor)

    def ratio(self, axis: int, shape: Shape) -> Ratio:
        """Return the input pixels per output pixel of a side."""
        if self.takes_factor and self.scale_factor is not None:
            return inverse(self.scale_factor[axis])
        return shape.size[axis], self.out_size(shape)[axis]

    def sides(self, shape: Shape, kind: str) -> Sides:
        """Return the sides of an image of a shape, with values of a kind."""
        size = zip(shape.size, self.out_size(shape), strict=True)
        down, across = (
            Side(axis=axis, length=length, out=out, ratio=self.ratio(axis, shape), kind=kind)
            for axis, (length, out) in enumerate(size)
        )
        return Sides(down, across)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixels that the tables read."""
        kinds = (*self.integers[:1], FLOAT32)
        tables = [tables_of(self, shape, kind) for kind in kinds]
        each = zip(shape.size, zip(*tables, strict=True), strict=True)
        return [tables_span(length, of_kinds) for length, of_kinds in each]

    def for_rows(self, read: tuple[int, int], wanted: tuple[int, int], shape: Shape) -> Self | None:
        """Return what makes some rows of the result."""
        return self.derived(part=RowPart(self, shape, read, wanted))

    def for_tracing(self) -> Op:
        """Return what weighs as the tables do, without rounding."""
        return self.derived(traced=True)

    def kind(self, signal: Signal) -> str:
        """Return what its values are; what it weighs is asked with floats."""
        return FLOAT64 if self.traced else super().kind(signal)

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return N x C x H x W in the type of the pixels."""
        import numpy as np

        kind = FLOAT64 if self.traced else pixels.dtype.name
        op, shape = self, Shape(*pixels.shape[1:])
        if self.part is not None:
            op, shape = self.part.op, Shape(shape.channels, *self.part.shape.size)
        down, across = tables_of(op, shape, kind)
        arithmetic = self.exact() if self.traced else op.arithmetic(op.sides(shape, kind))
        if self.part is not None:
            down = rows_of(down, self.part.read[0], *self.part.wanted)
        return arithmetic.resize(np.ascontiguousarray(pixels), down, across)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the library's call for every plane."""
        height, width = self.out_size(shape)
        return [
            "def resized(plane):",
            '    """Return what the library gives of H x W."""',
            *(f"    {line}" if line else "" for line in self.library_code(shape)),
            "    return torch.from_numpy(np.ascontiguousarray(done))",
            "",
            "",
            "planes = [resized(plane) for plane in x.flatten(0, 1).numpy()]",
            f"y = torch.stack(planes).reshape({frames}, {shape.channels}, {height}, {width})",
        ]


@lru_cache(maxsize=16)
def tables_of(op: Tabled, shape: Shape, kind: str) -> tuple[Table, Table]:
    """Return the tables of height and width of an operation that is told its shape."""
    sides = op.sides(shape, kind)
    return op.traced_tables(sides) if op.traced else op.side_tables(sides)
