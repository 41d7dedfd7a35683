"""Transposed convolution of images with a kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.ops.base import Op, each_axis, param, shown
from updown_cli.ops.family import Family
from updown_cli.ops.kernels import NAMES, Kernel, as_weight
from updown_cli.ops.kinds import Choice, Floats, Int, Text
from updown_cli.ops.per_axis import Padding, Sizes
from updown_cli.ops.pool_windows import LARGEST
from updown_cli.ops.shape import Shape
from updown_cli.ops.transposed import METHODS, Crop, same_crop

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# The size of a named kernel, but for bilinear, whose size follows from the stride.
NAMED_SIZE = 3


@dataclass(frozen=True, kw_only=True)
class Deconv(Op):
    """Add up the kernel, times every input value, stride pixels apart (torch.nn.ConvTranspose2d).

    out = (in - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1;
    in * stride with padding same; (in - 1) * stride + max(kernel, stride) with valid.
    """

    command = "deconv"
    linear = True

    kernel: str | None = param(
        None,
        f"A name ({', '.join(NAMES)}), a .npy file, or rows like '1 2 1; 0 0 0; -1 -2 -1'. "
        "Rank 2 works on each channel by itself; rank 4 is torch's (in, out/groups, H, W).",
        Text("KERNEL"),
        required=True,
    )
    kernel_size: tuple[int, ...] | None = param(
        None,
        f"Size of a box, gaussian, identity ({NAMED_SIZE}) or bilinear (2 * stride - stride % 2) "
        "kernel.",
        Sizes(min=1, max=255),
    )
    stride: tuple[int, ...] = param(
        (1,), "Output pixels from one input pixel to the next.", Sizes(min=1, max=255)
    )
    padding: tuple[int, ...] | str = param(
        (0,),
        "Pixels cut off each side; 'same' and 'valid' give TensorFlow's sizes.",
        Padding(min=0, max=LARGEST, words=("same", "valid")),
    )
    output_padding: tuple[int, ...] = param(
        (0,),
        "Pixels less cut off at the far end, below stride or dilation.",
        Sizes(min=0, max=254),
    )
    dilation: tuple[int, ...] = param(
        (1,), "Pixels from one tap of the kernel to the next.", Sizes(min=1, max=255)
    )
    groups: int = param(1, "Groups of channels, for a kernel of rank 4.", Int(min=1, max=LARGEST))
    bias: tuple[float, ...] | None = param(
        None, "Added to every value: one number, or one per output channel.", Floats()
    )
    output_size: tuple[int, ...] | None = param(
        None, "Size of the result, among those the stride allows.", Sizes(min=1, max=1 << 20)
    )
    method: str = param(
        "native", "How it is computed; the results are equal.", Choice(tuple(METHODS))
    )

    def check(self) -> None:
        """Refuse what torch refuses and kernels that cannot be read."""
        for extra, stride, dilation in each_axis(self.output_padding, self.stride, self.dilation):
            if extra >= max(stride, dilation):
                raise ParameterError(
                    f"must be less than stride or dilation, {max(stride, dilation)}",
                    subject=f"--output-padding {shown(self.output_padding)}",
                )
        if any(self.output_padding) and (self.output_size or isinstance(self.padding, str)):
            raise ParameterError(
                "--output-padding goes with a number as --padding, without --output-size"
            )
        kernel = Kernel(self.kernel or "")
        if kernel.is_smooth:
            return
        if self.kernel_size is not None:
            raise ParameterError(
                "--kernel-size goes with --kernel box, bilinear, gaussian or identity"
            )
        kernel.numbers()

    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return torch's weight, (in, out / groups, taps), and the groups."""
        kernel = Kernel(self.kernel or "")
        if kernel.is_smooth:
            size = self.kernel_size or tuple(self._named_size(step) for step in self.stride)
            numbers = kernel.smooth(size, math.prod(self.stride))
        else:
            numbers = kernel.numbers()
        weight, groups = as_weight(numbers, shape.channels, shape.dims)
        if groups and self.groups != 1:
            raise ShapeError(f"--groups goes with a kernel of rank {shape.dims + 2}")
        groups = groups or self.groups
        if weight.shape[0] != shape.channels or shape.channels % groups:
            raise ShapeError(
                f"the kernel is for {weight.shape[0]} channels in {groups} groups, "
                f"the image has {shape.channels}",
                subject=f"--kernel {self.kernel}",
            )
        return weight, groups

    def _named_size(self, stride: int) -> int:
        return 2 * stride - stride % 2 if self.kernel == "bilinear" else NAMED_SIZE

    def out_channels(self, shape: Shape) -> int:
        """Return out / groups * groups of the weight."""
        weight, groups = self.weight(shape)
        channels = int(weight.shape[1]) * groups
        if self.bias is not None and len(self.bias) not in (1, channels):
            raise ShapeError(f"{len(self.bias)} numbers for {channels} channels", subject="--bias")
        return channels

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return what is kept of each axis."""
        return tuple(crop.out for crop in self.crops(shape))

    def crops(self, shape: Shape) -> list[Crop]:
        """Return what is kept of each axis of the whole result."""
        taps = self.weight(shape)[0].shape[2:]
        sizes = self.output_size or (None,) * shape.dims
        paddings = (self.padding,) * shape.dims if isinstance(self.padding, str) else self.padding
        axes = zip(
            shape.size,
            taps,
            self.stride,
            self.dilation,
            paddings,
            self.output_padding,
            sizes,
            strict=True,
        )
        return [_crop(*axis) for axis in axes]

    def how_to_fit(self) -> str:
        """Name the padding."""
        return f"--padding {shown(self.padding)} cuts everything off"

    def apply(self, x: Tensor) -> Tensor:
        """Return the transposed convolution plus bias."""
        import numpy as np
        import torch

        shape = Shape(*x.shape[1:])
        numbers, groups = self.weight(shape)
        weight = torch.from_numpy(np.array(numbers)).to(x)
        result = METHODS[self.method](x, weight, groups, self.crops(shape))
        if self.bias is None:
            return result
        return result + result.new_tensor(self.bias).reshape(1, -1, *[1] * shape.dims)


def _crop(
    length: int,
    kernel: int,
    stride: int,
    dilation: int,
    padding: int | str,
    output_padding: int,
    size: int | None,
) -> Crop:
    """Return what is kept of one axis, or raise ShapeError for a size the stride rules out."""
    reach = dilation * (kernel - 1) + 1
    least = (length - 1) * stride
    if padding == "same":
        _check_size(size, least + 1, length * stride)
        return same_crop(length, kernel, stride, dilation, size or length * stride)
    if padding == "valid":
        _check_size(size, least + reach, max(length * stride + reach - 1, least + reach))
        return Crop(length, kernel, stride, dilation, 0, size or least + max(reach, stride))
    assert isinstance(padding, int)
    formula = least + reach - 2 * padding
    _check_size(size, formula, formula + stride - 1)
    return Crop(length, kernel, stride, dilation, padding, size or formula + output_padding)


def _check_size(size: int | None, least: int, most: int) -> None:
    if size is not None and not least <= size <= most:
        raise ShapeError(
            f"a side of {size} is outside {least} to {most}",
            subject="--output-size",
            hint="the stride, padding and kernel allow no other",
        )


DECONV = Family(
    name="deconv",
    help="Transposed convolution with a kernel.",
    modes=(Deconv,),
    examples=(
        "updown deconv --kernel bilinear --stride 2 --padding 1 photo.png -o large.png",
        "updown deconv --kernel '1 2 1; 2 4 2; 1 2 1' -s 2 -p same photo.png -o blurred.npy",
    ),
)
