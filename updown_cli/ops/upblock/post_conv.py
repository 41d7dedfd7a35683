"""A convolution after a block, which makes its results better (Dosovitskiy 2015)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.code import Lines, format_call, one_for_all_axes
from updown_cli.op.shape import by_x
from updown_cli.ops.kernels.kernel_code import bias_lines
from updown_cli.ops.kernels.layer import one_per_channel, tensor_like
from updown_cli.ops.kernels.row_kernel import ConvWindows
from updown_cli.ops.kernels.row_sums import sum_by_rows
from updown_cli.tensors.array_code import OF_X
from updown_cli.tensors.weights import read_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

OPTION, BIAS_OPTION = "--post-conv", "--post-conv-bias"


@dataclass(frozen=True)
class PostConv:
    """A weight and a bias as they were typed."""

    text: str
    bias: tuple[float, ...] | str | None = None

    def check(self) -> None:
        """Raise ParameterError for what cannot be read, and for taps without a middle."""
        sides = self._weight().shape[2:]
        if not all(side % 2 for side in sides):
            raise ParameterError(f"must have odd sides, not {by_x(sides)}", subject=self._subject)
        if isinstance(self.bias, str):
            read_weight(BIAS_OPTION, self.bias)

    def results(self, ins: int) -> int:
        """Return the channels that it makes of so many; raise ShapeError if it does not fit."""
        outs, takes = self._weight().shape[:2]
        if takes != ins:
            raise ShapeError(
                f"is for {takes} channels, the block gives {ins}", subject=self._subject
            )
        self._bias(outs)
        return int(outs)

    def apply(self, x: Tensor) -> Tensor:
        """Return the convolution, of the size of x."""
        weight = self._weight()
        return convolution(x, weight, self._bias(weight.shape[0]))

    def lines(self) -> Lines:
        """Return the convolution of y as code."""
        outs, _, *taps = self._weight().shape
        lines, bias, plus = bias_lines(self.bias, outs)
        arguments = ["y", "weight", *bias]
        padding = one_for_all_axes([side // 2 for side in taps])
        convolved = format_call("F.conv2d", *arguments, padding=padding)
        return [f"weight = {OF_X.loaded(self.text)}", *lines, f"y = {convolved}{plus}"]

    @property
    def _subject(self) -> str:
        return f"{OPTION} {self.text}"

    def _weight(self) -> NDArray[Any]:
        return read_weight(OPTION, self.text, (None,) * 4)

    def _bias(self, channels: int) -> NDArray[Any] | None:
        if self.bias is None:
            return None
        given = self.bias
        numbers = read_weight(BIAS_OPTION, given) if isinstance(given, str) else given
        return one_per_channel(numbers, channels, BIAS_OPTION)


def convolution(
    x: Tensor,
    weight: NDArray[Any],
    bias: NDArray[Any] | None,
    pads: tuple[int, int, int, int] | None = None,
) -> Tensor:
    """Return x convolved with zeros around it: left, right, top, bottom; half the taps by default.

    The weight is (out, in, height, width).
    """
    import torch.nn.functional as F

    height, width = weight.shape[2:]
    taps = tensor_like(x, weight)
    added = None if bias is None else tensor_like(x, bias)
    left, right, top, bottom = pads or (width // 2, width // 2, height // 2, height // 2)
    size = x.shape[2] + top + bottom - height + 1, x.shape[3] + left + right - width + 1
    summed = sum_by_rows(x, taps, ConvWindows(before=(top, left), size=size), added)
    if summed is not None:
        return summed
    if pads is None:
        return F.conv2d(x, taps, added, padding=(height // 2, width // 2))
    return F.conv2d(F.pad(x, pads), taps, added)
