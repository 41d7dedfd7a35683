"""Whether what is transparent stays out of what is to be seen.

Blocks of one opaque colour lie beside blocks in which another one is hidden. Where they are mixed,
the colour that is left should be the opaque one, as long as anything is to be seen of it: colours
are mixed multiplied by their alpha (Porter and Duff, Compositing Digital Images, 1984). What is not
is told as it would be seen, weighed by alpha: the hidden colour by what changes where the opaque
one is hidden instead, as a share of the difference of the two, and black as a share of what is then
left. A seam that is brighter whatever is hidden is overshoot and no bleeding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.light import WHITE
from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import Rig
from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA = Measure(
    name="alpha",
    unit="share",
    form="{:.0%}",
    told=0.02,
    limit=0.05,
    about="how much of a hidden colour, or of black, gets into what is to be seen",
)

# A level of alpha behind which nothing is seen.
OPAQUE = 254


def alpha(rig: Rig) -> Finding:
    """Tell how far colours bleed."""
    if not rig.subject.takes_alpha:
        return unknown(ALPHA, "it takes no transparency")
    try:
        shown, same = (
            rig.show(signals.half_transparent(rig.size, hidden))
            for hidden in (signals.HIDDEN, (*signals.SEEN[:3], 0))
        )
    except InputError as error:
        return unknown(ALPHA, f"a transparent picture is not taken: {error.reason}")
    if shown.shape[-1] != 4 or same.shape[-1] != 4:
        return unknown(ALPHA, "transparency is dropped")
    bleeding, darkening = _parts(shown, same)
    value, dark = max(bleeding, darkening, 0.0), darkening > bleeding
    bleeds = value > ALPHA.told
    what = "black" if dark else "the colour that transparent pixels hide"
    return Finding(
        measure=ALPHA,
        value=value,
        means=f"{what} bleeds into the seams of what is to be seen"
        if bleeds
        else "hidden colours stay hidden",
        mend="multiply colours by alpha before, and divide them by it after" * bleeds,
        excuse="values are chosen, of each channel by itself" if rig.chooses else "",
    )


def _parts(shown: NDArray[Any], same: NDArray[Any]) -> tuple[float, float]:
    """Return how much of the hidden colour, and of black, gets into the seams at most.

    `same` is what comes out where the colour that is hidden is the one that is to be seen.
    """
    import numpy as np

    opaque = same[same[..., 3] >= OPAQUE]
    seen = np.median(opaque[:, :3], 0) if opaque.size else np.array(signals.SEEN[:3], float)
    hidden = np.array(signals.HIDDEN[:3], float)
    opacity = (same[..., 3:] / WHITE).clip(0, 1)
    bleeding = _share((shown - same)[..., :3] * opacity, hidden - seen)
    return bleeding, _share((same[..., :3] - seen) * opacity, -seen)


def _share(change: NDArray[Any], whole: NDArray[Any]) -> float:
    """Return how much of a whole colour a change goes along at most, by least squares."""
    return float((change @ whole).max() / max(whole @ whole, 1e-9))
