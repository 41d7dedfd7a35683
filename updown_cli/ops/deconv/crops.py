"""Where the values of a transposed convolution go.

Along one axis the whole result has (L - 1) * stride + dilation * (kernel - 1) + 1 values: every
input value, stride apart, times the kernel, added up. Padding crops it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ShapeError
from updown_cli.op.anatomy import StampAxis, WindowAxis
from updown_cli.op.input_span import InputSpan, undone_span
from updown_cli.op.windows import ceil_div

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class DeconvCrop:
    """One axis: `before` values cut off the whole result, then `out` kept, zeros at the end."""

    length: int
    kernel: int
    stride: int
    dilation: int
    before: int
    out: int

    @property
    def whole(self) -> int:
        """Length of the whole result."""
        return (self.length - 1) * self.stride + self.reach

    @property
    def output_padding(self) -> int:
        """What torch must be told to get `out` when it cuts `before` off both ends."""
        return self.out - (self.whole - 2 * self.before)

    @property
    def reach(self) -> int:
        """Length of the kernel with its gaps."""
        return self.dilation * (self.kernel - 1) + 1

    def windows(self) -> WindowAxis:
        """Return the windows of the convolution over the values with zeros between them."""
        first = self.before - (self.reach - 1)
        return WindowAxis(
            length=(self.length - 1) * self.stride + 1,
            starts=range(first, first + self.out),
            taps=range(0, self.reach, self.dilation),
        )

    def stamps(self) -> StampAxis:
        """Return where each value adds the kernel, beside what is cut off and what is kept."""
        return StampAxis(
            starts=range(-self.before, self.length * self.stride - self.before, self.stride),
            taps=range(0, self.reach, self.dilation),
            low=-self.before,
            high=max(self.whole - self.before, self.out),
        )

    def sources(self) -> NDArray[Any]:
        """Return which input value each tap brings to each output value; -1 for none."""
        import numpy as np

        taps = np.arange(self.kernel)[:, None] * self.dilation
        source, rest = np.divmod(np.arange(self.out) + self.before - taps, self.stride)
        return np.where(rest == 0, source, -1)

    def reached_from(self) -> InputSpan:
        """Return which input values an output value is a sum of."""
        return undone_span(
            self.length,
            start=-self.before,
            reach=self.reach,
            step=self.stride,
            taps=self.kernel,
        )


def same_crop(length: int, kernel: int, stride: int, dilation: int, out: int) -> DeconvCrop:
    """Return TensorFlow's SAME: the smaller half of what is too much is cut off before."""
    whole = (length - 1) * stride + dilation * (kernel - 1) + 1
    return DeconvCrop(length, kernel, stride, dilation, max(whole - out, 0) // 2, out)


def same_lower_crop(length: int, kernel: int, stride: int, dilation: int, out: int) -> DeconvCrop:
    """Return ONNX's SAME_LOWER, and what it makes of `output_shape`: the larger half before."""
    whole = (length - 1) * stride + dilation * (kernel - 1) + 1
    return DeconvCrop(length, kernel, stride, dilation, ceil_div(max(whole - out, 0), 2), out)


@dataclass(frozen=True)
class DeconvSizes:
    """A transposed convolution of images of a shape: its crops, and channels by groups of them.

    A weight is (ins, outs, taps), where outs are those of one group.
    """

    crops: list[DeconvCrop]
    ins: int
    outs: int
    groups: int
    frames: int

    @property
    def dims(self) -> int:
        """Return the number of axes."""
        return len(self.crops)


def crop_axis(
    length: int,
    kernel: int,
    stride: int,
    dilation: int,
    padding: int | str,
    output_padding: int,
    size: int | None,
) -> DeconvCrop:
    """Return what is kept of one axis, or raise ShapeError for a size the stride rules out."""
    reach = dilation * (kernel - 1) + 1
    least = (length - 1) * stride
    if padding == "same":
        size = least + reach % 2 + output_padding if output_padding else size
        _check_size(size, least + 1, length * stride)
        return same_crop(length, kernel, stride, dilation, size or length * stride)
    if padding == "same-lower":
        _check_size(size, 1, least + reach + stride - 1)
        return same_lower_crop(length, kernel, stride, dilation, size or length * stride)
    if padding == "valid":
        size = least + reach + output_padding if output_padding else size
        _check_size(size, least + reach, max(length * stride + reach - 1, least + reach))
        return DeconvCrop(length, kernel, stride, dilation, 0, size or least + max(reach, stride))
    assert isinstance(padding, int)
    formula = least + reach - 2 * padding
    _check_size(size, formula, formula + stride - 1)
    return DeconvCrop(length, kernel, stride, dilation, padding, size or formula + output_padding)


def _check_size(size: int | None, least: int, most: int) -> None:
    if size is not None and not least <= size <= most:
        raise ShapeError(
            f"a side of {size} is outside {least} to {most}",
            subject="--output-size",
            hint="the stride, padding and kernel allow no other",
        )
