"""Whether fine colour keeps as much contrast as fine grey: subsampled chroma does not.

A fine wave and a coarse one, down and across, are shown in grey and in colours of the same luma.
What colours lose from the coarse wave to the fine one, beyond what grey loses, is the measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import Rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHROMA = Measure(
    name="chroma",
    unit="share",
    form="{:.0%}",
    told=0.03,
    limit=0.1,
    about="how much more contrast fine colours lose than fine grey does",
)

# Pixels of the coarser side in a fine wave, and how many times as long the coarse one is.
FINE, COARSER = 6.3, 7

# Levels that a wave has at least, where it is to be compared.
LEAST = 1.5


def chroma(rig: Rig) -> Finding:
    """Tell what fine colours lose."""
    if rig.subject.channels != 3:
        return unknown(CHROMA, "there is one channel only, or more than colours have")
    periods = (FINE * max(1.0, rig.slope[0]), FINE * max(1.0, rig.slope[1]))
    wave = signals.fine_waves(rig.size, periods, COARSER)
    colours = rig.show(signals.in_colours(wave))
    if colours.shape[-1] < 3:
        return unknown(CHROMA, "colours come out as grey")
    grey = rig.show(signals.in_grey(wave))
    lost = [_lost(rig, axis, periods[axis], colours, grey) for axis in (0, 1)]
    if None in lost:
        return unknown(CHROMA, "too little is left of fine waves, or of colours")
    return _finding(*(max(share or 0.0, 0.0) for share in lost))


def _lost(
    rig: Rig, axis: int, period: float, colours: NDArray[Any], grey: NDArray[Any]
) -> float | None:
    """Return the share of contrast that colours lose beyond grey, None where little is left."""
    import numpy as np

    of_colours = _waves(rig, axis, period, colours[..., :3])
    fine, coarse = np.linalg.norm(of_colours - of_colours.mean(-1, keepdims=True), axis=-1)
    fine_grey, coarse_grey = np.linalg.norm(_waves(rig, axis, period, grey[..., :3]), axis=-1)
    if min(coarse, fine_grey) < LEAST:
        return None
    return 1 - float(fine / coarse * coarse_grey / fine_grey)


def _waves(rig: Rig, axis: int, period: float, levels: NDArray[Any]) -> NDArray[Any]:
    """Return the fine and the coarse wave along an axis, with their phases: 2 x channels."""
    import numpy as np

    at = 2j * np.pi * rig.read_places(axis) / period
    turns = [np.exp(at), np.exp(at / COARSER)]
    basis = np.stack([np.ones(len(at)), *(part for t in turns for part in (t.real, t.imag))], -1)
    profile = levels.mean(1 - axis)
    inner = slice(len(at) // 16, len(at) - len(at) // 16)
    found = np.linalg.lstsq(basis[inner], profile[inner], rcond=None)[0]
    waves: NDArray[Any] = found[1::2] + 1j * found[2::2]
    return waves


def _finding(down: float, across: float) -> Finding:
    value = max(down, across)
    off = value > CHROMA.told
    if off and min(down, across) > CHROMA.told:
        where = "down and across"
    else:
        where = "down" if down > across else "across"
    return Finding(
        measure=CHROMA,
        value=value,
        means=f"fine colours lose {value:.0%} more contrast {where} than fine grey does: chroma is "
        "stored at a part of the size"
        if off
        else "fine colours are kept as well as fine grey",
        mend="store chroma in full: -sampling-factor 4:4:4, subsampling=0, yuv444p" * off,
    )
