"""Resizes that updown has no mode for, and those of them that have a table for each side."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from updown_cli.identify.convention import Convention
from updown_cli.identify.kernels import kernel_table
from updown_cli.identify.making_rows import RowMaker
from updown_cli.op.resampling import Table, apply_table
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.identify.sizing import Sides
    from updown_cli.op.base import Op
    from updown_cli.op.resampling import Points


class Foreign(Convention):
    """A resize that updown has no mode for."""

    def steps(self, source: Sides, size: Sides) -> list[Fraction]:
        """Return those of the two sizes."""
        return [Fraction(*sides) for sides in zip(source, size, strict=True)]

    def operation(self, source: Shape, size: Sides) -> Op | None:
        """Return none: there is none."""
        return None

    def resize(self, x: NDArray[Any], size: Sides, white: float) -> NDArray[Any] | None:
        """Return what the tables give, with what is rounded between."""
        import numpy as np
        import torch

        if x.ndim != 3:
            return None
        done = self.run(torch.from_numpy(x.astype(np.float64))[None], size, white / 255)
        result: NDArray[Any] = done[0].float().numpy()
        return result

    @abstractmethod
    def run(self, x: Tensor, size: Sides, level: float) -> Tensor:
        """Return N x C x H x W resized, where a level of 8 bits is `level`."""


class Separable(Foreign):
    """A table for each side, and what is done after each."""

    @abstractmethod
    def table(self, axis: int, length: int, out: int) -> Table:
        """Return the table of a side, 0 being the height; it is kept."""

    def axes(self, source: Sides, size: Sides) -> tuple[int, ...]:
        """Return the sides in the order in which they are resized."""
        return 1, 0

    def between(self, x: Tensor, level: float) -> Tensor:
        """Return what is stored after a side."""
        return x

    def tables(self, source: Shape, size: Sides, white: float) -> Sequence[Table]:
        """Return the tables of both sides."""
        return [self.table(axis, source.size[axis], size[axis]) for axis in (0, 1)]

    def run(self, x: Tensor, size: Sides, level: float) -> Tensor:
        """Return both sides resized."""
        shape = Shape(*x.shape[1:])
        return self._by(self.tables(shape, size, level), self.axes(shape.size, size), x, level)

    def rows(self, source: Shape, size: Sides, wanted: tuple[int, int], white: float) -> RowMaker:
        """Return what makes rows by those of the height's table."""
        import numpy as np
        import torch

        down, across = self.tables(source, size, white)
        sources = down.sources[:, slice(*wanted)]
        first, last = int(sources.min()), int(sources.max()) + 1
        tables = Table(sources - first, down.weights[:, slice(*wanted)]), across
        order = self.axes(source.size, size)

        def resize(x: NDArray[Any]) -> NDArray[Any]:
            done = self._by(
                tables, order, torch.from_numpy(x.astype(np.float64))[None], white / 255
            )
            made: NDArray[Any] = done[0].float().numpy()
            return made

        return RowMaker((first, last), resize)

    def _by(
        self, tables: Sequence[Table], axes: tuple[int, ...], x: Tensor, level: float
    ) -> Tensor:
        for axis in axes:
            x = self.between(apply_table(x, 2 + axis, tables[axis]), level)
        return x


def half_pixel(length: int, out: int) -> Points:
    """Return the points of pixels that are areas."""
    import numpy as np

    return (np.arange(out) + 0.5) * length / out - 0.5


@lru_cache(maxsize=128)
def centred_table(
    kernel: str,
    length: int,
    out: int,
    *,
    shift: float = 0.0,
    widens: bool = True,
    copies: bool = True,
) -> Table:
    """Return the table of a kernel at the middles of pixels, or so many pixels beside them."""
    wider = max(1.0, length / out) if widens else 1.0
    return kernel_table(length, half_pixel(length, out) + shift, kernel, wider, copies=copies)
