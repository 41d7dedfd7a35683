"""What convolution and transposed convolution share: kernel, weight, stride, dilation and bias."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import ZEROS_AROUND
from updown_cli.op.base import Op
from updown_cli.op.code import taps_last
from updown_cli.op.explainable import SUM
from updown_cli.op.file_role import NUMBERS_OR_ARRAYS
from updown_cli.op.param_types import Choice, Text
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.per_channel import Bias
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.strided import LARGEST
from updown_cli.op.windows import ceil_div
from updown_cli.op.worked_out import work_out_once
from updown_cli.ops.kernels.named import NAMES, SMOOTH, Kernel
from updown_cli.tensors.weights import read_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# The size of a named kernel, but for bilinear, whose size follows from the stride.
NAMED_SIZE = 3

# Channels that oneDNN, with which torch computes on a CPU, puts side by side.
BLOCK = 16

# A sum of weights that rounding may leave of nothing.
SLIGHT = 1e-3


def layout_of_weight(torch: str, tensorflow: str) -> Any:
    """Declare `weight_layout`; TensorFlow's has the taps first and torch's two axes swapped."""
    return param(
        torch,
        f"Axes of a whole weight, hw for the taps of any rank: {torch} as torch, {tensorflow} as "
        "TensorFlow.",
        Choice((torch, tensorflow)),
    )


@dataclass(frozen=True, kw_only=True)
class KernelLayer(Op, abstract=True):
    """Every value times a kernel, or a kernel times every value."""

    linear = True
    told_as = SUM
    around = ZEROS_AROUND
    reads_zero_weights = True
    #: The first axes of torch's weight.
    axes: ClassVar[str]

    kernel: str | None = param(
        None,
        f"A name ({', '.join(NAMES)}), rows or a file. Several names stand between commas, rows "
        "are like '1 2 1; 0 0 0; -1 -2 -1', a file is FILE[::KEY] of .npy, .npz, .safetensors or "
        ".pt. Of the image's rank it works on each channel by itself; with two more axes it is a "
        "whole weight.",
        Text("KERNEL"),
        required=True,
        needed="give a name such as box, rows such as '1 2 1; 2 4 2; 1 2 1', or a file",
        telling=Telling.KERNEL,
        file=replace(NUMBERS_OR_ARRAYS, words=NAMES),
    )
    kernel_size: tuple[int, ...] | None = param(
        None,
        f"Size of a box, gaussian, identity ({NAMED_SIZE}) or bilinear (2 * stride - stride % 2) "
        "kernel.",
        Sizes(min=1, max=LARGEST),
        letter="k",
        telling=Telling.WINDOW,
    )
    stride: tuple[int, ...] = param(
        (1,),
        "Pixels from one kernel to the next.",
        Sizes(min=1, max=LARGEST),
        letter="s",
        telling=Telling.DETAIL,
    )
    dilation: tuple[int, ...] = param(
        (1,),
        "Pixels from tap to tap of the kernel.",
        Sizes(min=1, max=LARGEST),
        telling=Telling.DETAIL,
    )
    weight_layout: str = layout_of_weight("oihw", "hwio")
    bias: tuple[float, ...] | str | None = param(
        None,
        "Added to every value; one number, or one per output channel.",
        Bias(),
        file=NUMBERS_OR_ARRAYS,
    )

    def check(self) -> None:
        """Refuse kernels and biases that cannot be read."""
        kernel = Kernel(self.kernel or "")
        if self.kernel_size is not None and not kernel.is_smooth:
            names = ", ".join(list(SMOOTH)[:-1])
            raise ParameterError(f"--kernel-size goes with --kernel {names} or {list(SMOOTH)[-1]}")
        kernel.check()
        if isinstance(self.bias, str):
            read_weight("--bias", self.bias)

    @work_out_once
    def kernels(self, shape: Shape) -> NDArray[Any]:
        """Return kernels x taps, or a whole weight, whose rank is dims + 2, in torch's layout."""
        size = self.kernel_size or tuple(self._named_size(step) for step in self.stride)
        kernel = Kernel(self.kernel or "")
        numbers = kernel.numbers(shape.dims, size, self.level(), self.axes)
        whole = numbers.ndim == shape.dims + 2
        return self.in_torch_s_layout(numbers) if whole else numbers

    def filled_in(self, name: str, shape: Shape) -> Any:
        """Return a parameter; the size of the kernel is that of its numbers."""
        if name == "kernel_size":
            return self.kernels(shape).shape[-shape.dims :]
        return super().filled_in(name, shape)

    def keeps_level(self, shape: Shape) -> bool:
        """Whether the numbers of every kernel sum to more than zero."""
        kernels = self.kernels(shape)
        sums = kernels.sum(tuple(range(kernels.ndim - shape.dims, kernels.ndim)))
        return bool((sums > SLIGHT).all())

    def level(self) -> float:
        """Return what the weights of a smooth kernel sum to."""
        return 1.0

    def in_torch_s_layout(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return a whole weight with the taps last."""
        if not self.weight_layout.startswith("hw"):
            return weight
        dims = weight.ndim - 2
        return weight.transpose(dims + 1, dims, *range(dims))

    def is_whole(self, shape: Shape) -> bool:
        """Whether the kernel is a file's whole weight."""
        return self.kernels(shape).ndim == shape.dims + 2

    def layout_code(self, dims: int) -> str:
        """Return code that puts the axes of a file's whole weight in torch's order."""
        return taps_last(dims, 1, 0) if self.weight_layout.startswith("hw") else ""

    def repeats(self, kernels: int) -> int:
        """Return how many results of a channel each of so many kernels gives."""
        return 1

    def _named_size(self, stride: int) -> int:
        return (
            2 * stride - stride % 2 if "bilinear" in Kernel(self.kernel or "").parts else NAMED_SIZE
        )

    def bias_for(self, channels: int) -> NDArray[Any] | None:
        """Return a number per channel, or None without bias; raise ShapeError for other counts."""
        if self.bias is None:
            return None
        given = self.bias
        numbers = read_weight("--bias", given) if isinstance(given, str) else given
        return one_per_channel(numbers, channels, "--bias")

    def bias_like(self, x: Tensor, channels: int) -> dict[str, Tensor]:
        """Return it as a tensor by its name in calls of torch; nothing without bias."""
        bias = self.bias_for(channels)
        return {} if bias is None else {"bias": tensor_like(x, bias)}

    def misfit(self, reason: str) -> ShapeError:
        """Return the refusal of a kernel that does not fit the image."""
        return ShapeError(reason, subject=f"--kernel {self.kernel}")


def blocked_values(channels: int, size: tuple[int, ...]) -> int:
    """Return the values of an image whose channels torch's convolutions lay out in blocks."""
    return (ceil_div(channels, BLOCK) * BLOCK if channels > 1 else 1) * math.prod(size)


def tensor_like(x: Tensor, numbers: NDArray[Any]) -> Tensor:
    """Return numbers as a tensor of the type and on the device of x."""
    import numpy as np
    import torch

    if isinstance(numbers, torch.Tensor):  # one that learns
        return numbers.to(x)
    return torch.from_numpy(np.array(numbers)).to(x)


def one_per_channel(given: Any, channels: int, option: str) -> NDArray[Any]:
    """Return one number for each output channel from so many or one; else raise ShapeError."""
    import numpy as np

    numbers = given if hasattr(given, "shape") else np.array(given)
    count = math.prod(numbers.shape)
    if numbers.ndim > 1 or count not in (1, channels):
        raise ShapeError(f"{by_x(numbers.shape)} numbers for {channels} channels", subject=option)
    every: NDArray[Any] = numbers.reshape(-1)[[0] * channels if count == 1 else slice(None)]
    return every


def check_groups(groups: int, dims: int) -> None:
    """Raise ShapeError for groups beside a kernel that works on each channel by itself."""
    if groups != 1:
        raise ShapeError(f"--groups goes with a kernel of rank {dims + 2}")
