"""TensorFlow's fractional pools, by the sequences that it returns: bins between whole numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.code import literal
from updown_cli.op.explainable import SUM
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, as_typed, option_name, param
from updown_cli.op.per_channel import PerChannel
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.op.strided import LARGEST

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines

#: Pixels from the first to before the last of a bin.
Bins = list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class TensorFlowFractionalPool(Op, abstract=True):
    """Bins between the numbers of a sequence for each axis, as tf.nn.fractional_max_pool has them.

    Bin i is [sequence[i], sequence[i + 1]), and the pixel after it where bins overlap.
    """

    command = "pool"
    like = "tensorflow"
    why_whole = "bins differ in size"
    around = NOTHING_AROUND
    #: The method of a tensor that makes one number of a bin's.
    reduce: ClassVar[str]

    row_sequence: tuple[int, ...] | None = param(
        None,
        "Where bins of rows begin, from 0, and the height at the end: row_pooling_sequence.",
        PerChannel(min=0, max=LARGEST, whole=True),
        required=True,
        needed="give row_pooling_sequence, such as 0,2,3,5",
        telling=Telling.SIZE,
    )
    col_sequence: tuple[int, ...] | None = param(
        None,
        "Where bins of columns begin, from 0, and the width at the end: col_pooling_sequence.",
        PerChannel(min=0, max=LARGEST, whole=True),
        required=True,
        needed="give col_pooling_sequence, such as 0,2,3,5",
        telling=Telling.SIZE,
    )
    overlapping: bool = param(False, "A bin has the first pixel of the next one too.", Flag())

    def check(self) -> None:
        """Refuse what does not rise from 0."""
        for name in ("row_sequence", "col_sequence"):
            numbers = getattr(self, name)
            rises = all(low < high for low, high in pairwise(numbers))
            if numbers[0] or len(numbers) < 2 or not rises:
                raise ParameterError(
                    "must rise from 0 to the side of the picture",
                    subject=f"{option_name(name)} {','.join(map(as_typed, numbers))}",
                )

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the number of bins of each axis."""
        if shape.dims != 2:
            raise ShapeError(f"{self.mode} pools 2-D data, not {shape.dims}-D")
        for name, numbers, side in zip(("row", "col"), self._sequences(), shape.size, strict=True):
            if numbers[-1] != side:
                raise ShapeError(f"--{name}-sequence ends at {numbers[-1]}, the side is {side}")
        return tuple(len(numbers) - 1 for numbers in self._sequences())

    def example_size(self, peek: Callable[[str], tuple[Shape, int]]) -> tuple[Shape, int]:
        """Return the sides at which the sequences end."""
        return Shape(1, *(numbers[-1] for numbers in self._sequences())), 1

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether it is the input's."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything: bins differ in size."""
        sides = zip(shape.size, self._bins(shape), strict=True)
        return [whole_span(side, taps=max(b - a for a, b in bins)) for side, bins in sides]

    def apply(self, x: Tensor) -> Tensor:
        """Return a number for each bin: of its rows first, then of its columns."""
        import torch

        rows, columns = self._bins(Shape(*x.shape[1:]))
        tall = torch.stack([getattr(x[..., a:b, :], self.reduce)(-2) for a, b in rows], -2)
        return torch.stack([getattr(tall[..., a:b], self.reduce)(-1) for a, b in columns], -1)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the same with the bins written out."""
        rows, columns = (literal(bins) for bins in self._bins(shape))
        return [
            f"rows = {rows}",
            f"columns = {columns}",
            f"tall = torch.stack([x[..., a:b, :].{self.reduce}(-2) for a, b in rows], -2)",
            f"y = torch.stack([tall[..., a:b].{self.reduce}(-1) for a, b in columns], -1)",
        ]

    @abstractmethod
    def selects_values(self) -> bool:
        """Whether integers stay integers."""

    def _sequences(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        assert self.row_sequence is not None
        assert self.col_sequence is not None
        return self.row_sequence, self.col_sequence

    def _bins(self, shape: Shape) -> list[Bins]:
        more = 1 if self.overlapping else 0
        sides = zip(self._sequences(), shape.size, strict=True)
        return [
            [(low, min(high + more, side)) for low, high in pairwise(numbers)]
            for numbers, side in sides
        ]


@dataclass(frozen=True, kw_only=True)
class TensorFlowFractionalMaxPool(TensorFlowFractionalPool):
    """The largest value of every bin, as tf.nn.fractional_max_pool with its sequences."""

    mode = "fractional-max"
    told_as = "max"
    reduce = "amax"

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True


@dataclass(frozen=True, kw_only=True)
class TensorFlowFractionalAvgPool(TensorFlowFractionalPool):
    """The mean of every bin, as tf.nn.fractional_avg_pool with its sequences."""

    mode = "fractional-avg"
    told_as = SUM
    linear = True
    reduce = "mean"

    def selects_values(self) -> bool:
        """A mean is no integer."""
        return False
