"""Kernels that are learned: one for all channels, or a whole weight with a bias."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.array_names import SEPARATOR
from updown_cli.op.learnable import Arrays, Learnable
from updown_cli.op.shape import Shape
from updown_cli.ops.kernels.drawn import draw_weights
from updown_cli.ops.kernels.layer import KernelLayer

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHT, BIAS = "weight", "bias"


class LearnedKernel(KernelLayer, Learnable, abstract=True):
    """A layer with a kernel that can be learned; without numbers it has one that says its size."""

    numbers = "kernel"
    while_unknown = {"kernel": "identity"}  # noqa: RUF012 (a constant of the class)

    def weight_shape(self, ins: int, outs: int) -> tuple[int, ...]:
        """Return the first axes of a whole weight for so many channels and results."""
        raise NotImplementedError

    def own_shape(self, ins: int) -> tuple[int, ...]:
        """Return the first axes of kernels where no number of results is given: none at all."""
        return ()

    def starting_arrays(self, shape: Shape, outs: int | None, seed: int, *, bias: bool) -> Arrays:
        """Return drawn kernels; a bias of zeros beside a whole weight."""
        if self.bias is not None:
            raise ParameterError("is learned with --channels", subject="--bias")
        taps = tuple(self.for_shape(shape).kernels(shape).shape[-shape.dims :])
        first = self.own_shape(shape.channels)
        if outs is not None:
            self._check_groups(shape.channels, outs)
            first = self.weight_shape(shape.channels, outs)
        drawn = draw_weights((*first, *taps) if first else (1, *taps), seed, WEIGHT)
        arrays = {WEIGHT: drawn.reshape(*first, *taps)}
        return {**arrays, BIAS: _zeros(outs)} if bias and outs is not None else arrays

    def _check_groups(self, ins: int, outs: int) -> None:
        groups = getattr(self, "groups", 1)
        if ins % groups or outs % groups:
            raise ShapeError(f"{ins} and {outs} channels do not divide into {groups} groups")

    def knowing(self, file: str, prefix: str, names: tuple[str, ...]) -> Self:
        """Return the layer with the kernel, and the bias if there is one, of a file."""
        bias = f"{file}{SEPARATOR}{prefix}{BIAS}" if BIAS in names else None
        torch_s = next(p.default for p in self.parameters() if p.name == "weight_layout")
        named: dict[str, Any] = {"kernel": f"{file}{SEPARATOR}{prefix}{WEIGHT}", "bias": bias}
        return replace(self, **named, kernel_size=None, weight_layout=torch_s)


def _zeros(count: int) -> NDArray[Any]:
    import numpy as np

    return np.zeros(count)
