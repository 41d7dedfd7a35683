"""The kernel of a layer as windows show it: taps for every pair of connected planes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.explain.cell_grid_model import as_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Trace
    from updown_cli.op.anatomy import PlaneKernel

    Numbers = NDArray[np.float64]


def connected_planes(trace: Trace) -> list[list[int]]:
    """Return for every output plane the input planes that it is made of."""
    import numpy as np

    frames, channels = trace.input.shape[:2]
    if trace.anatomy.kernel is None:
        return [[plane] for plane in range(frames * channels)]
    links = ~np.isnan(whole_kernel(trace.anatomy.kernel)[..., 0, 0])
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

    kernel = trace.anatomy.kernel
    if kernel is None:
        return None
    whole = whole_kernel(kernel)
    if kernel.transposed:
        whole = whole[..., ::-1, ::-1]
    connected = [~np.isnan(planes[:, 0, 0]) for planes in whole]
    kernels = [planes[links] for planes, links in zip(whole, connected, strict=True)]
    return kernels * len(trace.input)


def whole_kernel(kernel: PlaneKernel) -> Numbers:
    """Return out x in x rows x columns of taps; NaN where channels are not connected."""
    whole = kernel.whole()
    outs, ins, *taps = whole.shape
    return whole.reshape(outs, ins, *as_rows(taps, 1))
