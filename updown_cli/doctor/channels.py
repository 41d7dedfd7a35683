"""What becomes of rows and columns, and of colours: their order, and how they mix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import Rig
from updown_cli.doctor.tone import tones

if TYPE_CHECKING:
    from numpy.typing import NDArray

AXES = Measure(
    name="axes",
    unit="0 or 1",
    form="{:.0f}",
    told=0.0,
    limit=0.0,
    about="whether the picture is turned, mirrored, or has rows and columns swapped",
)
CHANNELS = Measure(
    name="channels",
    unit="levels of 255",
    form="{:.0f}",
    told=1.0,
    limit=3.0,
    about="how far the channels of coloured patches are from what was shown",
)

COLOURS = ("red", "green", "blue")


def axes(rig: Rig) -> Finding:
    """Tell how the picture is turned."""
    turned = rig.turn.name != "upright"
    return Finding(
        measure=AXES,
        value=float(turned),
        shown=rig.turn.name,
        means=f"the picture comes out {rig.turn.name}" if turned else "rows stay rows",
        mend="arrays are height x width, most libraries' sizes width x height: check the order of "
        "axes" * turned,
    )


def channels(rig: Rig) -> Iterator[Finding]:
    """Tell whether channels keep their order and their levels."""
    import numpy as np

    if rig.subject.channels != 3:
        yield unknown(CHANNELS, "there is one channel only, or more than colours have")
        return
    shown = rig.show(signals.colours(rig.size))
    if shown.shape[-1] < 3:
        yield Finding(
            measure=CHANNELS,
            value=255.0,
            shown="grey",
            means="colours come out as grey",
            mend="read and write pictures in colour",
        )
        return
    parts = np.array_split(np.arange(rig.out[1]), 4)
    rows = slice(rig.out[0] // 4, max(3 * rig.out[0] // 4, rig.out[0] // 4 + 1))
    got = np.array(
        [np.median(shown[rows, p[len(p) // 4 : -(len(p) // 4) or None], :3], (0, 1)) for p in parts]
    )
    levels, become = tones(rig)
    yield _order(np.interp(np.array(signals.COLOURS, float), levels, become), got)


def _order(given: NDArray[Any], got: NDArray[Any]) -> Finding:
    """Tell by which order of the channels the patches, had they been grey, are explained best."""
    import numpy as np

    off = {order: float(np.abs(got - given[:, order]).max()) for order in permutations(range(3))}
    plain = off[0, 1, 2]
    best = min(off, key=lambda order: (off[order], order))
    swapped = best != (0, 1, 2) and plain > 3 and off[best] < plain / 2
    names = [COLOURS[channel] for channel in best]
    if swapped:
        means = f"red, green and blue come out as {', '.join(names)}"
        mend = "OpenCV reads and writes blue first: convert, or reverse the last axis"
    elif plain > CHANNELS.told:
        means = f"colours change by up to {plain:.0f} levels"
        mend = "look for a conversion of colours on the way, or a format that keeps fewer"
    else:
        means, mend = "colours keep their order and levels", ""
    shown = ", ".join(name[0] for name in names).replace(", ", "") if swapped else f"{plain:.0f}"
    return Finding(measure=CHANNELS, value=plain, shown=shown, means=means, mend=mend)
