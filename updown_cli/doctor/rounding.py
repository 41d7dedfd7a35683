"""How results are rounded: the mean of long waves is kept but for that.

Truncation takes half a level on average, and rounding halves up adds a part of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.measure import FAULT, Finding, Measure, unknown
from updown_cli.doctor.rig import Rig
from updown_cli.doctor.tone import GAIN, GAMMA, OFFSET

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDING = Measure(
    name="rounding",
    unit="levels of 255",
    form="{:.2f}",
    told=0.2,
    limit=0.3,
    about="how far results lie from what they round, on average; half a level if they are cut off",
)

# What rounding halves up adds at most, in two passes.
HALVES = 0.6

# The share of a picture, from each end, that is not looked at.
MARGIN = 8


def rounding(rig: Rig, findings: dict[str, Finding]) -> Finding:
    """Tell how results are rounded, where levels stay what they are."""
    if not rig.subject.gives_codes:
        return unknown(ROUNDING, "results are not rounded")
    changed = any(findings[measure.name].verdict == FAULT for measure in (GAIN, OFFSET, GAMMA))
    if changed or not rig.linear or rig.mixes_light:
        return unknown(ROUNDING, "cannot be told where levels change or light is mixed")
    value = _change_of_mean(rig)
    off = abs(value) > ROUNDING.told
    means = f"results are {abs(value):.2f} levels too {'high' if value > 0 else 'low'} on average"
    return Finding(
        measure=ROUNDING,
        value=abs(value),
        shown=f"{value:+.2f}".replace("-0.00", "+0.00"),
        means=means + ": they are cut off, not rounded" * (value < 0)
        if off
        else "results are rounded to the nearest level",
        mend="round, or add 0.5 before the cast to bytes" if off and value < 0 else "",
        excuse="halves are rounded up" if 0 < value < HALVES else "",
    )


def _change_of_mean(rig: Rig) -> float:
    """Return by how much the mean of long waves changes."""
    import numpy as np

    sources = [np.arange(side, dtype=float) for side in rig.size]
    results = [rig.read_places(axis) for axis in (0, 1)]
    given, got = signals.waves(rig.size).astype(np.float64), rig.show_once(signals.waves)
    return _mean(got, results, rig.size) - _mean(given, sources, rig.size)


def _mean(levels: NDArray[Any], places: list[NDArray[Any]], size: tuple[int, int]) -> float:
    """Return the constant part of waves in the inner part of a picture, by least squares."""
    import numpy as np

    inner = [
        (place > side / MARGIN) & (place < side - side / MARGIN)
        for place, side in zip(places, size, strict=True)
    ]
    turns = [
        2 * np.pi * signals.WAVES / side * place[keep]
        for place, side, keep in zip(places, size, inner, strict=True)
    ]
    down, across = (grid.ravel() for grid in np.meshgrid(*turns, indexing="ij"))
    waves = [wave(turn) for turn in (down, across) for wave in (np.cos, np.sin)]
    terms = np.stack([np.ones_like(down), *waves], 1)
    return float(np.linalg.lstsq(terms, levels[np.ix_(*inner)].ravel(), rcond=None)[0][0])
