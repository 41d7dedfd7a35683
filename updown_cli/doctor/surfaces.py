"""What becomes of an even area: its border, and patterns that nobody put there."""

from __future__ import annotations

import math
from collections.abc import Iterator

from updown_cli.doctor import signals
from updown_cli.doctor.measure import Finding, Measure
from updown_cli.doctor.rig import Rig

BORDER = Measure(
    name="border",
    unit="levels of 255",
    form="{:.1f}",
    told=0.6,
    limit=2.0,
    about="how far the outermost pixels of an even area are from its middle",
)
CHECKERBOARD = Measure(
    name="checkerboard",
    unit="levels of 255",
    form="{:.1f}",
    told=0.6,
    limit=1.5,
    about="how far the levels of an even area are apart, away from its border",
)

# The level of the area: bright, so that black borders show.
LEVEL = 200

# Pixels of the coarser side that a border reaches inwards.
REACH = 6


def surfaces(rig: Rig) -> Iterator[Finding]:
    """Tell border and checkerboard."""
    import numpy as np

    shown = rig.show_grey(signals.constant(rig.size, LEVEL))
    margins = [min(math.ceil(REACH * max(1.0, rig.scale(a))), rig.out[a] // 3) for a in (0, 1)]
    (top, left), (height, width) = margins, rig.out
    inner = shown[top : height - top, left : width - left]
    middle = float(np.median(inner))
    pattern = float(inner.max() - inner.min())
    outermost = float(np.abs(shown - middle).max())
    border = outermost if outermost > pattern else 0.0
    yield _border(border, darker=float(shown[[0, -1]].mean()) < middle)
    yield _checkerboard(pattern)


def _border(value: float, *, darker: bool) -> Finding:
    off = value > BORDER.told
    return Finding(
        measure=BORDER,
        value=value,
        means=f"the outermost pixels are {'darker' if darker else 'brighter'} by up to {value:.0f} "
        "levels: something else is read beyond the border"
        if off
        else "an even area is even up to its border",
        mend="repeat or mirror the outermost pixels instead of zeros, or weigh what is inside alone"
        * off,
    )


def _checkerboard(value: float) -> Finding:
    off = value > CHECKERBOARD.told
    return Finding(
        measure=CHECKERBOARD,
        value=value,
        means=f"even areas get a pattern of {value:.0f} levels: the weights of neighbouring result "
        "pixels sum to different numbers"
        if off
        else "even areas stay even",
        mend="take a kernel size that the stride divides, or resize and then convolve" * off,
    )
