"""Median interpolation: new pixels are the median of the nearest old ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import SIDES, cross_index
from updown_cli.op.integer_way import IntegerWay, by_rows
from updown_cli.op.parameter import redeclare
from updown_cli.op.shape import Shape
from updown_cli.op.windows import GATHERED_VALUES
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.upsample.inserted import Inserted, neighbours_code

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class MedianUpsample(Inserted):
    """The median of the nearest old pixels; places and number are those of mean."""

    mode = "median"
    told_as = "median"

    median: str = redeclare(MedianPool, "median", "lower")

    def selects_values(self) -> bool:
        """Integers stay integers, but for the mean of two."""
        return self.median == "lower"

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return smaller values, and of four the second, of integers as they are."""
        if shape.dims != 2 or not self.selects_values():
            return None
        return IntegerWay(partial(by_rows, act=partial(_enlarged_rows, self.factors())))

    def apply(self, x: Tensor) -> Tensor:
        """Return the old pixels and the medians, a few rows at a time."""
        import torch

        shape = Shape(*x.shape[1:])
        first, *others = map(torch.from_numpy, self._neighbours(shape))
        rest = math.prod(self.out_size(shape)[1:])
        rows = max(GATHERED_VALUES // (len(x) * shape.channels * rest * 2**shape.dims), 1)
        parts = torch.split(first, rows, dim=1)
        return torch.cat([self._medians(x, [part, *others]) for part in parts], dim=2)

    def _medians(self, x: Tensor, neighbours: list[Tensor]) -> Tensor:
        import torch

        corners = []
        for sources in product(*neighbours):
            corner = x
            for axis, source in enumerate(sources, start=2):
                corner = corner.index_select(axis, source.to(x.device))
            corners.append(corner)
        values = torch.stack(corners, dim=-1)
        lower = values.median(-1).values
        return lower if self.median == "lower" else (lower - (-values).median(-1).values) / 2

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the medians of the pixels before and after along all sides."""
        names = SIDES[shape.dims]
        singles = [name.removesuffix("s") for name in names]
        sides = zip(names, self.factors(), self.out_size(shape), strict=True)
        lower = "corners.median(-1).values"
        mean = f"({lower} - (-corners).median(-1).values) / 2"
        return [
            *(f"{name} = {', '.join(neighbours_code(*side))}" for name, *side in sides),
            "corners = [",
            f"    x{cross_index(singles)}",
            *(f"    for {one} in {many}" for one, many in zip(singles, names, strict=True)),
            "]",
            "corners = torch.stack(corners, -1)",
            f"y = {lower if self.median == 'lower' else mean}",
        ]


def _enlarged_rows(factors: list[int], rows: NDArray[Any], step: int) -> NDArray[Any]:
    """Return rows of pixels, `step` values each, with lower medians between them.

    Of two pixels that is the smaller one, of four the second.
    """
    import numpy as np

    pixels = rows.reshape(len(rows), -1, step)
    down, across = factors
    sides = zip(pixels.shape, factors, strict=False)
    height, width = ((side - 1) * factor + 1 for side, factor in sides)
    result = np.empty((height, width, step), rows.dtype)
    lower, upper = (act(pixels[:-1], pixels[1:]) for act in (np.minimum, np.maximum))
    beside = np.minimum(pixels[:, :-1], pixels[:, 1:])
    second = np.minimum(
        np.maximum(lower[:, :-1], lower[:, 1:]), np.minimum(upper[:, :-1], upper[:, 1:])
    )
    result[::down, ::across] = pixels
    for column in range(1, across):
        result[::down, column::across] = beside
    for row in range(1, down):
        result[row::down, ::across] = lower
        for column in range(1, across):
            result[row::down, column::across] = second
    return result.reshape(height, -1)
