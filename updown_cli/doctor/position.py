"""Where things come to lie: the shift, and whether it is the same everywhere.

The shift is the phase of waves that are long beside the kernel, as a length: at low frequencies
the slope of the phase is the centroid of the impulse response. It is told in pixels of the source,
positive to the right and down, against pixels that share the area of the picture evenly: result
pixel j covers (j + 0.5) / scale - 0.5, which torch, Pillow and OpenCV call half-pixel centres.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.light import WHITE
from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import NO_LEVELS, Rig
from updown_cli.doctor.tone import tones

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHIFT = Measure(
    name="shift",
    unit="source pixels",
    form="{:.2f} px",
    told=0.02,
    limit=0.05,
    about="how far the picture moves, by the phase of long waves",
)
STRETCH = Measure(
    name="stretch",
    unit="result pixels",
    form="{:.2f} px",
    told=0.1,
    limit=1.05,
    about="how much further apart the two ends of the result are than its size says",
)

# Pixels that two corners may be apart and count as aligned.
NEAR = 0.05

# The share of what lies between black and white that is left where waves have a place at least.
LEAST_LEFT = 0.05

# A resize that picks one pixel cannot lie nearer than half of the distance of two.
PICKED = 0.52


def find_position(rig: Rig) -> None:
    """Find shift and slope of both axes, and let the rig know."""
    import numpy as np

    _, become = tones(rig)
    rig.keeps_levels = float(np.ptp(become)) > LEAST_LEFT * WHITE
    if not rig.keeps_levels:
        return
    levels = rig.linear_light(rig.show_once(signals.waves))
    found = [_axis(rig, levels if axis == 0 else levels.T, axis) for axis in (0, 1)]
    rig.moved = (found[0][0], found[1][0])
    rig.slope = (found[0][1], found[1][1])


def _axis(rig: Rig, levels: NDArray[Any], axis: int) -> tuple[float, float]:
    """Return the shift in the middle, and the slope, along the first axis of levels."""
    import numpy as np

    profile, places = levels.mean(1), rig.places(axis)
    count = len(places)
    parts = [slice(count // 10, count // 2), slice(count // 2, count - count // 10)]
    frequency = 2 * np.pi * signals.WAVES / rig.size[axis]
    shifts = [_delay(profile[part], places[part], frequency) for part in parts]
    middles = [float(places[part].mean()) for part in parts]
    turn = 2 * np.pi / frequency
    apart = (shifts[1] - shifts[0] + turn / 2) % turn - turn / 2
    growth = apart / (middles[1] - middles[0])
    middle = (rig.size[axis] - 1) / 2
    shift = shifts[0] + growth * (middle - middles[0])
    return (shift + turn / 2) % turn - turn / 2, (1 - growth) / rig.scale(axis)


def _delay(values: NDArray[Any], places: NDArray[Any], frequency: float) -> float:
    """Return how much later a cosine of a frequency comes, by least squares."""
    import numpy as np

    angle = frequency * places
    terms = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)], 1)
    _, cosine, sine = np.linalg.lstsq(terms, values, rcond=None)[0]
    return float(np.arctan2(sine, cosine) / frequency)


def position(rig: Rig) -> Iterator[Finding]:
    """Tell shift and stretch."""
    if not rig.keeps_levels:
        yield from (unknown(measure, NO_LEVELS) for measure in (SHIFT, STRETCH))
        return
    down, across = rig.moved
    value = max(abs(down), abs(across))
    picked = rig.picks and value <= PICKED
    yield Finding(
        measure=SHIFT,
        value=value,
        shown=_directions(down, across),
        means=f"the picture moves by {_directions(down, across)} of the source"
        if value > SHIFT.told
        else "the picture stays where it is",
        mend="let result pixel j read around (j + 0.5) / scale - 0.5 (half-pixel centres), not "
        "around j / scale, and pad both sides alike"
        if value > SHIFT.told and not picked
        else "",
        excuse="one source pixel is picked for each, and none lies nearer" if picked else "",
    )
    yield _stretch(rig)


def _directions(down: float, across: float) -> str:
    parts = [
        f"{abs(moved):.2f} px {words[moved < 0]}"
        for moved, words in ((across, ("right", "left")), (down, ("down", "up")))
        if abs(moved) >= 0.005
    ]
    return ", ".join(parts) or "0.00 px"


def _stretch(rig: Rig) -> Finding:
    """Tell by how many result pixels the ends are off from where the size says they are."""
    value = max(
        abs(rig.out[axis] / (rig.slope[axis] * rig.scale(axis)) - rig.out[axis]) for axis in (0, 1)
    )
    off = value > STRETCH.told
    aligned = off and all(_aligns_corners(rig, axis) for axis in (0, 1))
    means = "source and result share both ends"
    if aligned:
        means = "corners are aligned: the outermost pixels keep their place, the others do not"
    elif value > (STRETCH.limit or 0):
        means = "the picture is stretched beyond its size, or cropped or padded"
    elif off:
        means = "the ends move a little: the factor as typed is kept though the size was rounded"
    return Finding(
        measure=STRETCH,
        value=value,
        means=means,
        mend="set align_corners to false (ONNX: half_pixel), or give the size, not the factor"
        * off,
        excuse="to align corners is a convention" if aligned else "",
    )


def _aligns_corners(rig: Rig, axis: int) -> bool:
    """Whether the first and last pixels of source and result lie in the same places."""
    off = rig.slope[axis] * (rig.out[axis] - 1) - (rig.size[axis] - 1)
    return abs(off) < NEAR * max(1.0, rig.slope[axis])
