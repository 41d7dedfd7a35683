"""Values put at positions of an image, zeros elsewhere."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.errors import InputError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.code import literal
from updown_cli.op.explainable import SUM
from updown_cli.op.index_sharing import IndexTaker
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.op.windows import split_axis

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.pool_indices import PoolIndices


class IndexedUnpool(IndexTaker, abstract=True):
    """An operation that puts values where positions say: those of its name, else the last ones."""

    told_as = SUM
    around = NOTHING_AROUND
    scatters = True
    why_whole = "its positions may be anywhere"

    duplicates: str

    def only_pixels(self) -> bool:
        """It takes positions as well."""
        return False

    def run(self, signal: Signal) -> Signal:
        """Place the values by their positions; the last ones, without its name, are used up."""
        if not signal.pool_indices:
            raise ShapeError("there are no positions to unpool by")
        by_name = [kept for kept in signal.pool_indices if kept.name and kept.name == self.told_by]
        if by_name:
            return replace(signal, pixels=self._place(signal.pixels, by_name[-1]))
        last = signal.pool_indices[-1]
        left = tuple(artifact for artifact in signal.artifacts if artifact is not last)
        return replace(signal, pixels=self._place(signal.pixels, last), artifacts=left)

    def apply(self, x: Tensor) -> Tensor:
        """Refuse: there are no positions."""
        return self.run(Signal(x)).pixels

    def _place(self, x: Tensor, pool_indices: PoolIndices) -> Tensor:
        import torch

        pool_indices.check_fits(tuple(x.shape))
        size = self.out_size(Shape(*x.shape[1:]))
        indices = torch.from_numpy(pool_indices.indices_in(size)).to(x.device).flatten(2)
        placed = scatter(math.prod(size), indices, x.flatten(2), self.duplicates)
        return split_axis(placed, 2, size)


def scatter(pixels: int, indices: Tensor, values: Tensor, duplicates: str) -> Tensor:
    """Return values at their indices in flat planes, N x C x so many pixels; zeros elsewhere."""
    if duplicates == "sum":
        return _zeros(pixels, values).scatter_add(2, indices, values)
    if duplicates in ("max", "mean"):
        reduce = {"max": "amax", "mean": "mean"}[duplicates]
        plane = _zeros(pixels, values)
        return plane.scatter_reduce(2, indices, values, reduce, include_self=False)
    if duplicates == "error":
        placed = _zeros(pixels, values).scatter(2, indices, values)
        if _same_bits(placed.gather(2, indices), values):
            return placed  # whichever of several values was taken
    placed = _place_last(pixels, indices, values)
    if duplicates == "error":
        _check_equal(placed.gather(2, indices), values, indices)
    return placed


def _zeros(pixels: int, values: Tensor) -> Tensor:
    """Return flat planes as one zero, seen again and again: what is made of them is new."""
    return values.new_zeros(()).expand(*values.shape[:2], pixels)


def _place_last(pixels: int, indices: Tensor, values: Tensor) -> Tensor:
    """Place values; of several with one index the last, on every device."""
    import torch

    plane = _zeros(pixels, values)
    order = torch.arange(values.shape[2], device=values.device).expand_as(values)
    last = torch.full_like(plane, -1, dtype=torch.int64)
    last = last.scatter_reduce(2, indices, order, "amax", include_self=True)
    return torch.where(last < 0, plane, values.gather(2, last.clamp(min=0)))


def _same_bits(one: Tensor, other: Tensor) -> bool:
    """Whether values are the same, the signs of zeros among them."""
    import torch

    kinds = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
    kind = kinds[one.element_size()]
    return torch.equal(one.view(kind), other.contiguous().view(kind))


def _check_equal(placed: Tensor, values: Tensor, indices: Tensor) -> None:
    different = (placed != values) & ~(placed.isnan() & values.isnan())
    if different.any():
        image, channel, value = different.nonzero()[0].tolist()
        index = int(indices[image, channel, value])
        raise InputError(
            f"several different values have index {index} in channel {channel}",
            hint="say what to do with --duplicates last, sum, max or mean",
        )


def scatter_lines(
    values: str,
    where: str,
    size: tuple[int, ...],
    duplicates: str,
    planes: tuple[int, int],
    name: str = "y",
) -> Lines:
    """Return the values at positions of planes of zeros, so many images x channels."""
    flat = literal((*planes, math.prod(size)))
    lines = [f"where, values = {where}.flatten(2), {values}.flatten(2)"]
    if duplicates == "last":
        return [*lines, *_last_lines(flat), f"{name} = values.unflatten(2, {literal(size)})"]
    how = {
        "error": "scatter(2, where, values)",
        "sum": "scatter_add(2, where, values)",
        "max": 'scatter_reduce(2, where, values, "amax", include_self=False)',
        "mean": 'scatter_reduce(2, where, values, "mean", include_self=False)',
    }[duplicates]
    return [
        *lines,
        f"{name} = x.new_zeros{flat}.{how}",
        f"{name} = {name}.unflatten(2, {literal(size)})",
    ]


def _last_lines(planes: str) -> Lines:
    """Return the last value of each position: scatter leaves open which one it takes."""
    return [
        "# scatter leaves open which of several values it takes; this is the last one.",
        "order = torch.arange(where.shape[2]).expand_as(where)",
        f'last = torch.full({planes}, -1).scatter_reduce(2, where, order, "amax")',
        "values = values.gather(2, last.clamp(min=0)).where(last >= 0, 0)",
    ]
