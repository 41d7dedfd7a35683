"""What is mixed: code values, as most tools do, or their light.

Specks of two levels keep, when they are mixed, either the mean of their code values or that of
their light (IEC 61966-2-1 has sRGB's curve). The light of a black and white checkerboard is that of
level 188; the mean of its code values is 128.
"""

from __future__ import annotations

from updown_cli.doctor import signals
from updown_cli.doctor.light import WHITE, code_of, light_of
from updown_cli.doctor.measure import Finding, Measure
from updown_cli.doctor.rig import Rig

LIGHT = Measure(
    name="light",
    unit="share",
    form="{:.0%}",
    told=0.02,
    limit=None,
    about="the light that fine detail loses or gains because code values, not light, are mixed",
)

# Levels that means of code values differ where light is mixed, and a share of light that does not.
LEVELS, SAME = 3, 0.03

# What chance does to the light of specks of which few are picked.
PICKED = 0.06


def find_mixing(rig: Rig) -> Finding:
    """Find whether code values or light are mixed, or pixels picked; tell it, also to the rig."""
    import numpy as np

    picture = signals.specks(rig.size)
    shown, specks = rig.show_grey(picture), picture.astype(float)
    code = float(shown.mean() - specks.mean())
    value = float(light_of(shown).mean() / light_of(specks).mean()) - 1
    low, high = signals.SPECKS
    chosen = bool((np.minimum(np.abs(shown - low), np.abs(shown - high)) < 1).all())
    rig.mixes_light = abs(code) > LEVELS and abs(value) < SAME
    rig.chooses, rig.picks = chosen, chosen and abs(value) < PICKED
    return _finding(rig, value)


def _finding(rig: Rig, value: float) -> Finding:
    means, mend = "hardly anything is mixed that differs", ""
    if value > LIGHT.told:
        means = f"fine detail gains {value:.0%} of light"
    elif value < -LIGHT.told:
        means = (
            f"code values are mixed: fine detail loses {-value:.0%} of its light, and black and "
            f"white mixed are level 128, where their light is {code_of(WHITE / 2):.0f}"
        )
        mend = "decode sRGB before and encode it after, such as with --linear-light"
    elif rig.mixes_light:
        means = "light is mixed, so that fine detail keeps its brightness"
    shown = f"{value:+.0%}".replace("-0%", "+0%")
    picked = "pixels are picked, not mixed" if rig.picks else ""
    return Finding(
        measure=LIGHT, value=abs(value), shown=shown, means=means, mend=mend, excuse=picked
    )
