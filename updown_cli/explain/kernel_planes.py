"""The kernel of a layer as windows show it: taps for every pair of connected planes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from updown_cli.explain.cell_grid_model import as_rows
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.conv.windows import Conv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.blur import BlurPool, binomial

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace

    Numbers = NDArray[np.float64]


def input_shape(trace: Trace) -> Shape:
    """Return channels and sides of the input."""
    return Shape(*trace.input.shape[1:])


def connected_planes(trace: Trace) -> list[list[int]]:
    """Return for every output plane the input planes that it is made of."""
    import numpy as np

    frames, channels = trace.input.shape[:2]
    if not isinstance(trace.op, Conv | Deconv):
        return [[plane] for plane in range(frames * channels)]
    links = ~np.isnan(_of_outputs(trace.op, input_shape(trace))[..., 0, 0])
    return [
        [frame * channels + channel for channel in np.flatnonzero(row).tolist()]
        for frame in range(frames)
        for row in links
    ]


def sliding_kernels(trace: Trace) -> list[Numbers] | None:
    """Return for every output plane its kernel, connected planes x rows x columns of taps.

    Of a transposed convolution it is rotated, as it slides over the input. None where windows have
    no fixed weights.
    """
    import numpy as np

    op, shape = trace.op, input_shape(trace)
    frames = int(trace.input.shape[0])
    if isinstance(op, BlurPool):
        down, right = as_rows([binomial(taps) for taps in op.kernel_size], [1.0])
        return [np.outer(down, right)[None]] * (frames * shape.channels)
    if not isinstance(op, Conv | Deconv):
        return None
    kernels = _of_outputs(op, shape)
    if isinstance(op, Deconv):
        kernels = kernels[..., ::-1, ::-1]
    connected = [~np.isnan(kernel[:, 0, 0]) for kernel in kernels]
    return [kernel[links] for kernel, links in zip(kernels, connected, strict=True)] * frames


def _of_outputs(op: Conv | Deconv, shape: Shape) -> Numbers:
    kernel = whole_kernel(op, shape)
    return kernel.swapaxes(0, 1) if isinstance(op, Deconv) else kernel


def whole_kernel(op: Conv | Deconv, shape: Shape) -> Numbers:
    """Return torch's weight without groups, with rows x columns of taps; NaN for no connection.

    (out, in, ...) of a convolution, (in, out, ...) of a transposed one.
    """
    import numpy as np

    weight, groups = op.weight(shape)
    firsts, seconds, *sides = weight.shape
    weight = weight.reshape(firsts, seconds, *as_rows(sides, 1))
    whole = np.full((firsts, seconds * groups, *weight.shape[2:]), math.nan)
    for first in range(firsts):
        start = first // (firsts // groups) * seconds
        whole[first, start : start + seconds] = weight[first]
    if isinstance(op, SeparableConv):
        mixing = op.mixing(shape).reshape(-1, firsts)
        whole = np.tensordot(mixing, np.nan_to_num(whole), 1)
    return whole
