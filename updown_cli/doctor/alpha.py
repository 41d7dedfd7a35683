"""Whether what is transparent stays out of what is to be seen.

Blocks of one opaque colour lie beside blocks in which another one is hidden. Where they are mixed,
the colour that is left should be the opaque one, as long as anything is to be seen of it: colours
are mixed multiplied by their alpha (Porter and Duff, Compositing Digital Images, 1984). What is not
is told as it would be seen, weighed by alpha, as a share of the difference of the two colours.
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
        shown = rig.show(signals.half_transparent(rig.size))
    except InputError as error:
        return unknown(ALPHA, f"a transparent picture is not taken: {error.reason}")
    if shown.shape[-1] != 4:
        return unknown(ALPHA, "transparency is dropped")
    bleeding, darkening = _parts(shown)
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


def _parts(shown: NDArray[Any]) -> tuple[float, float]:
    """Return how much of the hidden colour, and of black, gets into the seams at most.

    What goes the other way, a seam brighter than the colour, is overshoot and no bleeding.
    """
    import numpy as np

    opaque = shown[shown[..., 3] >= OPAQUE]
    seen = np.median(opaque[:, :3], 0) if opaque.size else np.array(signals.SEEN[:3], float)
    hidden = np.array(signals.HIDDEN[:3], float)
    opacity = (shown[..., 3:] / WHITE).clip(0, 1)
    off = ((shown[..., :3] - seen) * opacity).reshape(-1, 3)
    shares = np.linalg.lstsq(np.stack([hidden - seen, -seen], 1), off.T, rcond=None)[0]
    return float(shares[0].max()), float(shares[1].max())
