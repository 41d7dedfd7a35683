"""Whether rows and columns are treated alike where they are resized alike."""

from __future__ import annotations

from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import Rig
from updown_cli.doctor.spectrum import Both, Spectrum

DIRECTION = Measure(
    name="direction",
    unit="share",
    form="{:.0%}",
    told=0.05,
    limit=0.1,
    about="how far the responses across and down are apart, where both sides change alike",
)


def direction(rig: Rig, spectra: Both[Spectrum]) -> Finding:
    """Tell how far the two axes are apart."""
    import numpy as np

    if abs(rig.scale(0) / rig.scale(1) - 1) > 0.02:
        return unknown(DIRECTION, "height and width change by different factors")
    down, across = (spectrum.response for spectrum in spectra)
    value = float(np.abs(down - across).max())
    apart = value > DIRECTION.told
    return Finding(
        measure=DIRECTION,
        value=value,
        means="rows and columns are resized by different kernels"
        if apart
        else "rows and columns are treated alike",
        mend="check that mode, antialias and padding are the same for both sides" * apart,
        excuse="" if rig.linear else "no kernel tells all of what is not linear",
    )
