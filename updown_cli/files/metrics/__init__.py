"""How far two pictures of one shape are apart: the usual measures, in float64 and few bytes.

    mse   mean((a - b)^2)
    rmse  sqrt(mse)
    psnr  10 log10(peak^2 / mse), in decibels; infinite for equal pictures
    max   max(|a - b|)
    mean  mean(|a - b|)
    ssim  structural similarity, see `ssim`; 1 for equal pictures
    relative  sqrt(sum((a - b)^2) / sum(a^2)), a being what is expected
    max_relative  max(|a - b| / |a|), infinite where a is 0 and b is not
    cosine  sum(a b) / sqrt(sum(a^2) sum(b^2)), of the angle between them; 1 for equal pictures
    percent  share of pixels of which any channel differs, times 100

NaN in the same place of both is equal, and so are equal infinities. NaN in one of them makes every
measure but `percent` NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from updown_cli.files.metrics.differences import Errors, errors_of
from updown_cli.files.metrics.slabs import Both
from updown_cli.files.metrics.ssim import ssim


@dataclass(frozen=True)
class Metrics:
    """The measures of two pictures; `ssim` is None where a side is shorter than its window.

    `max` is first found in `frame` `at` channel and sides; both are None where nothing differs.
    """

    mse: float
    rmse: float
    psnr: float
    max: float
    mean: float
    ssim: float | None
    percent: float
    differing: int
    pixels: int
    nans: tuple[int, int]
    relative: float
    max_relative: float
    cosine: float
    frame: int | None = None
    at: tuple[int, ...] | None = None


def measure(both: Both, peak: float) -> Metrics:
    """Return the measures of two pictures whose white is `peak`."""
    found = errors_of(both)
    return Metrics(
        mse=found.mse,
        rmse=math.sqrt(found.mse),
        psnr=psnr(found.mse, peak),
        max=found.max,
        mean=found.mean,
        ssim=ssim(both, peak) if found.differing else 1.0,
        percent=100 * found.differing / found.pixels,
        differing=found.differing,
        pixels=found.pixels,
        nans=found.nans,
        relative=_share(found.mse * both.a.size, found.products.aa),
        max_relative=found.max_relative,
        cosine=found.products.cosine if found.differing else 1.0,
        frame=found.frame,
        at=found.at,
    )


def _share(squares: float, of: float) -> float:
    """Return the root of a sum of squares by another."""
    if of == 0:
        return 0.0 if squares == 0 else math.inf
    return math.sqrt(squares / of)


def psnr(mse: float, peak: float) -> float:
    """Return the peak signal-to-noise ratio in decibels, 10 log10(peak^2 / mse)."""
    if mse == 0:
        return math.inf
    return -math.inf if mse == math.inf else 20 * math.log10(peak) - 10 * math.log10(mse)


__all__ = ["Both", "Errors", "Metrics", "measure", "psnr"]
