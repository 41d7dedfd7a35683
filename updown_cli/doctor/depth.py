"""Whether 16 bits stay 16 bits: a ramp of grey whose neighbours differ by less than 8 bits tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import Rig, grey_of
from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEPTH = Measure(
    name="depth",
    unit="bits lost of 16",
    form="{:.1f} bits",
    told=1.5,
    limit=4.0,
    about="bits that a 16-bit ramp of grey loses, by how far apart the values of the result lie",
)

# 16-bit values in a level of 8 bits.
DEEP_PER_LEVEL = 257


def depth(rig: Rig) -> Finding:
    """Tell how many bits of 16 are lost."""
    if not rig.subject.takes_deep:
        return unknown(DEPTH, "it takes no pictures of 16 bits")
    try:
        result = rig.raw(signals.deep_ramp(rig.size)[..., None])
    except InputError as error:
        return unknown(DEPTH, f"a 16-bit picture is not taken: {error.reason}")
    lost = math.log2(max(_step(rig.levels(result)), 1.0))
    kept = 16 - round(lost)
    return Finding(
        measure=DEPTH,
        value=lost,
        shown=f"{kept} bits",
        means=f"of 16 bits {kept} are left: smooth gradients get steps"
        if lost > DEPTH.told
        else "16 bits stay 16 bits",
        mend="read with all bits (OpenCV: IMREAD_UNCHANGED), compute in float or 16 bits, and "
        "write 16 bits" * (lost > DEPTH.told),
    )


def _step(levels: NDArray[Any]) -> float:
    """Return the distance of neighbouring values that results have; 1 of a full ramp."""
    import numpy as np

    gaps = np.diff(np.unique(np.rint(grey_of(levels) * DEEP_PER_LEVEL)))
    return float(np.percentile(gaps, 2)) if gaps.size else 1.0
