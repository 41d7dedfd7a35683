"""Bilinear interpolation, for 2-D data."""

from __future__ import annotations

from updown_cli.ops.upsample.aligned import Smoothed


class Bilinear(Smoothed):
    """A straight line between two pixels on each axis."""

    mode = "bilinear"
    ranks = (2,)
