"""Transposed convolution as sums of windows, which is how its kernel is learned."""

from __future__ import annotations

from abc import abstractmethod
from itertools import product
from typing import TYPE_CHECKING, Any

from updown_cli.op.learnable import Arrays, AxisTaps, LinearForm
from updown_cli.op.shape import Shape
from updown_cli.ops.deconv.crops import DeconvCrop
from updown_cli.ops.kernels.learned import LearnedKernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LearnedDeconv(LearnedKernel, abstract=True):
    """A transposed convolution whose kernel can be learned."""

    groups: int

    @abstractmethod
    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return torch's weight, (in, out / groups, taps), and the groups."""

    @abstractmethod
    def crops(self, shape: Shape) -> list[DeconvCrop]:
        """Return what is kept of each axis of the whole result."""

    def weight_shape(self, ins: int, outs: int) -> tuple[int, ...]:
        """Return (in, out / groups)."""
        return ins, outs // self.groups

    def linear_form(self, shape: Shape) -> LinearForm | None:
        """Return for each phase of each axis the windows over the values."""
        (weight, groups), shared = self.weight(shape), not self.is_whole(shape)
        phases = [
            deconv_taps(crop.out, crop.before, crop.kernel, crop.stride, crop.dilation)
            for crop in self.crops(shape)
        ]
        sets = tuple(product(*phases))
        return LinearForm(sets, tuple(weight.shape[2:]), 1 if shared else groups, shared)

    def from_kernels(self, kernels: NDArray[Any], bias: NDArray[Any] | None) -> Arrays:
        """Return the weight with its two first axes, within each group, the other way round."""
        outs, ins, *taps = kernels.shape
        parts = kernels.reshape(self.groups, outs // self.groups, ins, *taps).swapaxes(1, 2)
        weight = parts.reshape(self.groups * ins, outs // self.groups, *taps)
        return super().from_kernels(weight, bias)


def deconv_taps(
    out: int, before: int, kernel: int, stride: int, dilation: int
) -> tuple[AxisTaps, ...]:
    """Return for each phase of an axis which taps of a transposed convolution reach its results.

    Result o is a sum of value i times tap t where stride * i + dilation * t = o + before.
    """
    found = []
    for phase in range(stride):
        first = (phase - before) % stride
        taps = [t for t in range(kernel) if dilation * t % stride == phase][::-1]
        if first >= out:
            continue
        apart = (taps[0] - taps[1]) * dilation // stride if len(taps) > 1 else 1
        start = (first + before - dilation * taps[0]) // stride if taps else 0
        found.append(AxisTaps(range(first, out, stride), start, 1, apart, tuple(taps)))
    return tuple(found)
