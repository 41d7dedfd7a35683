"""Transposed convolution: where its values go, and three ways to compute it.

Along one axis the whole result has (L - 1) * stride + dilation * (kernel - 1) + 1 values: every
input value, stride apart, times the kernel, added up. Padding crops it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.anatomy import StampAxis, WindowAxis
from updown_cli.op.input_span import InputSpan, undone_span
from updown_cli.op.windows import crop, pad, side_slices, split_axis

if TYPE_CHECKING:
    from torch import Tensor


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


def deconvolve_native(x: Tensor, weight: Tensor, groups: int, crops: list[DeconvCrop]) -> Tensor:
    """Return torch's transposed convolution, cropped afterwards where torch cannot say the crop."""
    import torch.nn.functional as F

    settings: dict[str, Any] = {
        "stride": [crop.stride for crop in crops],
        "dilation": [crop.dilation for crop in crops],
        "groups": groups,
    }
    function: Any = getattr(F, f"conv_transpose{len(crops)}d")
    before, out = [crop.before for crop in crops], [crop.out for crop in crops]
    extra = [crop.output_padding for crop in crops]
    if all(0 <= e < max(c.stride, c.dilation) for e, c in zip(extra, crops, strict=True)):
        return function(x, weight, padding=before, output_padding=extra, **settings)  # type: ignore[no-any-return]
    return crop(function(x, weight, **settings), before, out)


def deconvolve_by_zeros(x: Tensor, weight: Tensor, groups: int, crops: list[DeconvCrop]) -> Tensor:
    """Return the convolution of the zero-stuffed input with the kernel rotated by 180 degrees."""
    import torch.nn.functional as F

    stuffed = x.new_zeros(*x.shape[:2], *((c.length - 1) * c.stride + 1 for c in crops))
    stuffed[side_slices(slice(None, None, crop.stride) for crop in crops)] = x
    pads = [pads_of_stuffed(crop) for crop in crops]
    convolution: Any = getattr(F, f"conv{len(crops)}d")
    return convolution(  # type: ignore[no-any-return]
        pad(stuffed, pads, 0.0),
        _as_convolution(weight, groups),
        dilation=[crop.dilation for crop in crops],
        groups=groups,
    )


def pads_of_stuffed(crop: DeconvCrop) -> tuple[int, int]:
    """Return the padding before and after the stuffed input; negative where it is cropped."""
    before = crop.reach - 1 - crop.before
    stuffed = (crop.length - 1) * crop.stride + 1
    return before, crop.out + crop.reach - 1 - before - stuffed


def _as_convolution(weight: Tensor, groups: int) -> Tensor:
    """Return (in, out / groups, taps) as a convolution's rotated (out, in / groups, taps)."""
    grouped = split_axis(weight, 0, (groups, -1)).transpose(1, 2).flatten(0, 1)
    return grouped.flip(tuple(range(2, weight.dim())))


def deconvolve_by_matrix(x: Tensor, weight: Tensor, groups: int, crops: list[DeconvCrop]) -> Tensor:
    """Return the product of the sparse matrix D = C^T, a block per pair of channels, with x."""
    import torch

    size = tuple(crop.out for crop in crops)
    results = [
        _sparse(block, crops) @ part.flatten(1).T
        for part, block in zip(x.chunk(groups, 1), weight.chunk(groups, 0), strict=True)
    ]
    channels = [split_axis(result.T, 1, (-1, *size)) for result in results]
    return torch.cat(channels, dim=1)


def _sparse(weight: Tensor, crops: list[DeconvCrop]) -> Tensor:
    """Return D for (in, out, taps): rows are output values, columns input values."""
    import torch

    rows, columns, taps = _taps(crops, weight.device)
    ins, outs = weight.shape[:2]
    out_pixels = math.prod(crop.out for crop in crops)
    in_pixels = math.prod(crop.length for crop in crops)
    c_in, c_out = torch.meshgrid(torch.arange(ins), torch.arange(outs), indexing="ij")
    c_in, c_out = c_in.reshape(-1, 1).to(rows), c_out.reshape(-1, 1).to(rows)
    values = weight.flatten(2)[c_in, c_out, taps]
    places = torch.stack(
        [(c_out * out_pixels + rows).flatten(), (c_in * in_pixels + columns).flatten()]
    )
    size = (outs * out_pixels, ins * in_pixels)
    return torch.sparse_coo_tensor(places, values.flatten(), size, check_invariants=False)


def _taps(crops: list[DeconvCrop], device: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Return flat (output, input, tap) positions of all products that are not cropped."""
    import torch

    rows = columns = taps = torch.zeros(1, dtype=torch.int64, device=device)
    for axis in crops:
        source = torch.arange(axis.length, device=device)[:, None]
        tap = torch.arange(axis.kernel, device=device)[None, :]
        target = source * axis.stride + tap * axis.dilation - axis.before
        kept = (target >= 0) & (target < axis.out)
        source, tap = (t.expand_as(target)[kept] for t in (source, tap))
        rows = (rows[:, None] * axis.out + target[kept]).flatten()
        columns = (columns[:, None] * axis.length + source).flatten()
        taps = (taps[:, None] * axis.kernel + tap).flatten()
    return rows, columns, taps


METHODS = {
    "native": deconvolve_native,
    "zero-insert": deconvolve_by_zeros,
    "matrix": deconvolve_by_matrix,
}
