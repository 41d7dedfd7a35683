"""Convolution of each channel by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.code import literal, taps_last
from updown_cli.op.learnable import LinearForm
from updown_cli.op.param_types import Int
from updown_cli.op.parameter import param
from updown_cli.op.pointwise import InRange
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.strided import LARGEST
from updown_cli.op.worked_out import work_out_once
from updown_cli.ops.conv.conv import Conv
from updown_cli.ops.kernels.learned import LearnedKernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class DepthwiseConv(InRange, LearnedKernel, Conv):
    """Kernels for each channel by itself, as torch.nn.Conv2d with a group per channel.

    Result m of channel c is channel c * multiplier + m (tf.nn.depthwise_conv2d).
    """

    mode = "depthwise"

    multiplier: int | None = param(
        None,
        "Results per channel; by default as many as there are kernels for one.",
        Int(min=1, max=LARGEST),
    )

    def in_torch_s_layout(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return TensorFlow's (taps, in, multiplier) as torch's (in * multiplier, 1, taps)."""
        if self.weight_layout == "oihw":
            return weight
        dims = weight.ndim - 2
        moved = weight.transpose(dims, dims + 1, *range(dims))
        return moved.reshape(-1, 1, *moved.shape[2:])

    @work_out_once
    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return (channels * multiplier, 1, taps), and a group per channel."""
        weight = self.kernels(shape)
        if weight.ndim == shape.dims + 1:
            return self.on_each_channel(self._multiplied(weight), shape), shape.channels
        outs = weight.shape[0]
        multiplier = self.multiplier or max(outs // shape.channels, 1)
        expected = (shape.channels * multiplier, 1)
        if weight.shape[:2] != expected:
            raise self.misfit(
                f"has shape {by_x(weight.shape)}, expected {by_x((*expected, *weight.shape[2:]))} "
                f"for {shape.channels} channels times {multiplier}"
            )
        return weight, shape.channels

    def layout_code(self, dims: int) -> str:
        """Return code that makes TensorFlow's (taps, in, multiplier) torch's."""
        if self.weight_layout == "oihw":
            return ""
        return taps_last(dims, 0, 1) + ".flatten(0, 1)[:, None]"

    def own_shape(self, ins: int) -> tuple[int, ...]:
        """Return a kernel for each result of each channel."""
        return ins * (self.multiplier or 1), 1

    def weight_shape(self, ins: int, outs: int) -> tuple[int, ...]:
        """Refuse results that --multiplier tells."""
        raise ParameterError("goes with other modes", subject="--channels", hint="use --multiplier")

    def linear_form(self, shape: Shape) -> LinearForm | None:
        """Return the windows."""
        return self.windows_form(shape, shared=False)

    def repeats(self, kernels: int) -> int:
        """Return the multiplier of a single kernel."""
        return (self.multiplier or 1) if kernels == 1 else 1

    def filters_code(self, shape: Shape) -> str:
        """Return TensorFlow's (taps, in, multiplier)."""
        if self.weight_layout != "oihw":
            return super().filters_code(shape)
        taps = self.weight(shape)[0].shape[2:]
        size = literal((*taps, shape.channels, -1))[1:-1]
        return f"{super().filters_code(shape)}.reshape({size})"

    def _multiplied(self, kernels: NDArray[Any]) -> NDArray[Any]:
        multiplier = self.multiplier or len(kernels)
        if len(kernels) not in (1, multiplier):
            raise self.misfit(f"{len(kernels)} kernels for --multiplier {multiplier}")
        return kernels.repeat(multiplier // len(kernels), axis=0)
