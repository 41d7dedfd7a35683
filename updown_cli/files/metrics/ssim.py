"""Structural similarity.

Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli: Image quality assessment: from error
visibility to structural similarity. IEEE Transactions on Image Processing 13 (4), 2004.

    (2 ma mb + C1) (2 cov + C2) / ((ma^2 + mb^2 + C1) (va + vb + C2))

with means m, variances v and the covariance under a Gaussian window of 11 taps on every side,
sigma 1.5, C1 = (0.01 peak)^2 and C2 = (0.03 peak)^2, averaged over the places where the window is
inside, the channels and the frames. It is what scikit-image's `structural_similarity` gives with
`gaussian_weights=True, use_sample_covariance=False, data_range=peak` for each channel.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.files.metrics.slabs import Both

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAPS, SIGMA = 11, 1.5
K1, K2 = 0.01, 0.03


def ssim(both: Both, peak: float) -> float | None:
    """Return the mean structural similarity; None if a side is shorter than the window."""
    if min(both.a.shape[2:]) < TAPS:
        return None
    total, count = 0.0, 0
    for slab in both.slabs(overlap=TAPS - 1):
        for a, b in zip(slab.a, slab.b, strict=True):
            similar = similarity(a, b, peak)
            total += float(similar.sum())
            count += similar.size
    return total / count


def similarity(a: NDArray[Any], b: NDArray[Any], peak: float) -> NDArray[Any]:
    """Return the structural similarity of two planes wherever the window is inside of them."""
    import numpy as np

    c1, c2 = (K1 * peak) ** 2, (K2 * peak) ** 2
    with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity give NaN
        mean_a, mean_b = blur(a), blur(b)
        product = mean_a * mean_b
        squares = mean_a * mean_a + mean_b * mean_b
        variances = blur(a * a + b * b) - squares
        covariance = blur(a * b) - product
        similar: NDArray[Any] = (2 * product + c1) * (2 * covariance + c2)
        similar /= (squares + c1) * (variances + c2)
    return similar


def blur(x: NDArray[Any]) -> NDArray[Any]:
    """Return the means under the window; every side is shorter by its taps less one."""
    from numpy.lib.stride_tricks import sliding_window_view

    weights = window()
    for axis in range(x.ndim):
        x = sliding_window_view(x, TAPS, axis) @ weights
    return x


def window() -> list[float]:
    """Return the taps of the Gaussian window, whose sum is 1."""
    taps = [math.exp(-0.5 * ((i - TAPS // 2) / SIGMA) ** 2) for i in range(TAPS)]
    return [tap / sum(taps) for tap in taps]
