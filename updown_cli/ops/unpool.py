"""Unpooling: put what a pool left back where it came from, or spread it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from updown_cli.errors import InputError, ParameterError, ShapeError
from updown_cli.ops.base import Signal, param, redeclared
from updown_cli.ops.family import Family
from updown_cli.ops.kinds import Choice, Text
from updown_cli.ops.shape import Shape
from updown_cli.ops.switches import NUMBERINGS, Switches
from updown_cli.ops.unpool_spread import AvgUnpool, Unpool, ZeroUnpool
from updown_cli.ops.windows import split_axis

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class MaxUnpool(Unpool):
    """Every value back at its recorded position, zeros elsewhere, as torch.nn.MaxUnpool2d.

    The size is the one that was pooled, where the indices remember it, else
    out = (in - 1) * stride - 2 * padding + kernel_size.
    """

    mode = "max"

    indices: str | None = param(
        None,
        "Positions that `pool --save-indices` wrote, or a .npy of them; a folder or a template "
        "for several inputs.",
        Text("FILE"),
        required=True,
    )
    index_format: str = param(
        "torch", "How positions in a .npy are numbered; a .npz tells it.", Choice(NUMBERINGS)
    )
    kernel_size: tuple[int, ...] | None = redeclared(Unpool, "kernel_size", None)
    duplicates: str = param(
        "error",
        "Values with one position: error takes equal ones and refuses others, sum is "
        "TensorFlow's scatter_nd.",
        Choice(("error", "last", "sum", "max", "mean")),
    )

    def check(self) -> None:
        """Refuse a stride without a window."""
        super().check()
        if self.kernel_size is None:
            if self.stride is not None:
                raise ParameterError("--stride goes with --kernel-size")
            if any(self.padding):
                raise ParameterError("--padding goes with --kernel-size")

    def with_switches(self, switches: Switches) -> Self:
        """Take the size that was pooled, unless the user gave one."""
        if self.output_size is not None or self.kernel_size is not None:
            return self
        return replace(self, output_size=switches.source.size)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for, the remembered one, or the formula's."""
        if self.kernel_size is not None:
            return super().out_size(shape)
        if self.output_size is None:
            raise ShapeError(
                "the size before pooling is not known", hint="give --output-size or --kernel-size"
            )
        return self.output_size

    def source_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size that positions in a bare .npy count in."""
        if self.index_format == "onnx" and self.kernel_size is not None:
            return self.formula_size(shape)
        return self.out_size(shape)

    def selects_values(self) -> bool:
        """Integers stay integers, but for the mean of several."""
        return self.duplicates != "mean"

    def run(self, signal: Signal) -> Signal:
        """Place the values by the last switches, which are used up."""
        if not signal.switches:
            raise ShapeError("there are no positions to unpool by")
        *earlier, switches = signal.switches
        placed = self._place(signal.pixels, switches)
        return replace(signal, pixels=placed, switches=tuple(earlier))

    def apply(self, x: Tensor) -> Tensor:
        """Refuse: there are no positions."""
        return self.run(Signal(x)).pixels

    def _place(self, x: Tensor, switches: Switches) -> Tensor:
        import torch

        switches.check_fits(tuple(x.shape))
        size = self.out_size(Shape(*x.shape[1:]))
        indices = torch.from_numpy(switches.indices_in(size)).to(x.device).flatten(2)
        plane = x.new_zeros(*x.shape[:2], math.prod(size))
        placed = scatter(plane, indices, x.flatten(2), self.duplicates)
        return split_axis(placed, 2, size)


def scatter(plane: Tensor, indices: Tensor, values: Tensor, duplicates: str) -> Tensor:
    """Return the values at their indices in flat planes (N x C x pixels), which are zeros."""
    if duplicates == "sum":
        return plane.scatter_add(2, indices, values)
    if duplicates in ("max", "mean"):
        reduce = {"max": "amax", "mean": "mean"}[duplicates]
        return plane.scatter_reduce(2, indices, values, reduce, include_self=False)
    placed = _place_last(plane, indices, values)
    if duplicates == "error":
        _check_equal(placed.gather(2, indices), values, indices)
    return placed


def _place_last(plane: Tensor, indices: Tensor, values: Tensor) -> Tensor:
    """Place values; of several with one index the last, on every device."""
    import torch

    order = torch.arange(values.shape[2], device=values.device).expand_as(values)
    last = torch.full_like(plane, -1, dtype=torch.int64)
    last = last.scatter_reduce(2, indices, order, "amax", include_self=True)
    return torch.where(last < 0, plane, values.gather(2, last.clamp(min=0)))


def _check_equal(placed: Tensor, values: Tensor, indices: Tensor) -> None:
    different = (placed != values) & ~(placed.isnan() & values.isnan())
    if different.any():
        image, channel, value = different.nonzero()[0].tolist()
        index = int(indices[image, channel, value])
        raise InputError(
            f"several different values have index {index} in channel {channel}",
            hint="say what to do with --duplicates last, sum, max or mean",
        )


UNPOOL = Family(
    name="unpool",
    help="Undo a pool: put values back where they came from, or spread them.",
    modes=(MaxUnpool, AvgUnpool, ZeroUnpool),
    examples=(
        "updown unpool --indices photo.npz pooled.png -o unpooled.png",
        "updown unpool --mode avg -k 2 half.png -o blocks.png",
        "updown unpool --mode zero -k 3 half.png -o nails.png",
    ),
)
