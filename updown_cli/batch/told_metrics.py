"""The measures of two pictures as a person reads them: what each is called, and in six digits."""

from __future__ import annotations

from updown_cli.batch.thresholds import six_digits
from updown_cli.files.metrics import Metrics

#: What is told of pictures, and of arrays beside, in the order of a table.
OF_PICTURES = ("percent", "max", "at", "mean", "mse", "rmse", "psnr", "ssim")
OF_ARRAYS = ("relative", "max_relative", "cosine")


def told(metrics: Metrics, name: str) -> str:
    """Return a measure as a person reads it."""
    return _place(metrics) if name == "at" else six_digits(getattr(metrics, name))


def _place(metrics: Metrics) -> str:
    """Return where the largest difference is: `c,y,x`, in a later frame `N:c,y,x`."""
    if metrics.at is None:
        return ""
    return (f"{metrics.frame}:" if metrics.frame else "") + ",".join(map(str, metrics.at))
