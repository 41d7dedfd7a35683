"""Trilinear interpolation, for 3-D data."""

from __future__ import annotations

from updown_cli.ops.upsample.aligned import Aligned


class Trilinear(Aligned):
    """A straight line between two voxels on each axis."""

    mode = "trilinear"
    ranks = (3,)
