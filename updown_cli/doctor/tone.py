"""Whether even areas keep their level: gain, offset and gamma.

Patches of nine levels come out as levels again. A straight line or a power, whichever lies nearer,
says how they changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.light import WHITE
from updown_cli.doctor.measure import Finding, Measure
from updown_cli.doctor.rig import Rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAIN = Measure(
    name="gain",
    unit="share",
    form="{:.3f}",
    told=0.004,
    limit=0.01,
    about="how much larger or smaller levels become",
)
OFFSET = Measure(
    name="offset",
    unit="levels of 255",
    form="{:.1f}",
    told=0.5,
    limit=1.0,
    about="what is added to every level",
)
GAMMA = Measure(
    name="gamma",
    unit="exponent - 1",
    form="{:.3f}",
    told=0.005,
    limit=0.01,
    about="the power that levels are taken to, beyond 1",
)

# Levels from black and white that are not cut off, and a line that is as good as straight.
INNER, STRAIGHT = 1, 1.0


def tones(rig: Rig) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the levels that are shown in patches, and those that come out of them."""
    import numpy as np

    shown = rig.show_once(signals.tones)
    rows, columns = ([_inner(part) for part in thirds_of(side)] for side in rig.out)
    levels = [np.median(shown[np.ix_(row, column)]) for row in rows for column in columns]
    return np.array(signals.TONES, float), np.array(levels)


def thirds_of(side: int) -> list[NDArray[Any]]:
    """Return the pixels of a side in three parts."""
    import numpy as np

    return np.array_split(np.arange(side), 3)


def _inner(indices: NDArray[Any]) -> NDArray[Any]:
    """Return the middle part of indices."""
    part = max(len(indices) // 4, 1)
    return indices[part : max(len(indices) - part, part + 1)]


def tone(rig: Rig) -> Iterator[Finding]:
    """Tell gain, offset and gamma."""
    import numpy as np

    given, got = tones(rig)
    slope, offset = (float(number) for number in np.polyfit(given, got, 1))
    straight = float(np.abs(slope * given + offset - got).max())
    power, curved = _power(given, got)
    if straight > STRAIGHT and curved < straight:
        slope, offset = 1.0, 0.0
    else:
        power = 1.0
    yield _gain(slope, got)
    yield _offset(offset)
    yield _gamma(power)


def _power(given: NDArray[Any], got: NDArray[Any]) -> tuple[float, float]:
    """Return the power that explains levels best, and how far it is from them."""
    import numpy as np

    inner = (got > INNER) & (got < WHITE - INNER) & (given > 0) & (given < WHITE)
    if inner.sum() < 3:
        return 1.0, np.inf
    logs = np.log(given[inner] / WHITE)
    power = float((logs * np.log(got[inner] / WHITE)).sum() / (logs**2).sum())
    return power, float(np.abs(WHITE * (given / WHITE) ** power - got).max())


def _gain(slope: float, got: NDArray[Any]) -> Finding:
    off = abs(slope - 1) > GAIN.told
    ends = f"from {got.min():.0f} to {got.max():.0f}"
    return Finding(
        measure=GAIN,
        value=abs(slope - 1),
        shown=f"x {slope:.3f}",
        means=f"levels become {slope:.3f} times what they were, {ends} of 0 to 255"
        if off
        else "levels keep their distances",
        mend="let the weights of every result pixel sum to 1; check the range of the output" * off,
    )


def _offset(offset: float) -> Finding:
    off = abs(offset) > OFFSET.told
    return Finding(
        measure=OFFSET,
        value=abs(offset),
        shown=f"{offset:+.1f}".replace("-0.0", "+0.0"),
        means=f"every level is {abs(offset):.1f} too {'high' if offset > 0 else 'low'}"
        if off
        else "black stays black",
        mend="leave out the bias, or take back the zero point" * off,
    )


def _gamma(power: float) -> Finding:
    off = abs(power - 1) > GAMMA.told
    return Finding(
        measure=GAMMA,
        value=abs(power - 1),
        shown=f"{power:.2f}",
        means=f"levels come out as their power {power:.2f}: middle grey becomes "
        f"{'darker' if power > 1 else 'brighter'}"
        if off
        else "even areas keep their level",
        mend="decode and encode with the same curve, once each" * off,
    )
