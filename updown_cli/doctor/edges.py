"""What becomes of edges: how far they overshoot, how long they ring.

An edge between two grey levels stands every so many pixels, at every phase (the idea of ISO 12233's
edge response: what lies at many phases of an edge together tells its profile finely). Overshoot is
what goes beyond the two levels next to an edge, ringing what still does four pixels of the coarser
side away, both as a share of the step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.kernel import answers_to
from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import NO_LEVELS, Rig
from updown_cli.doctor.spectrum import Both

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVERSHOOT = Measure(
    name="overshoot",
    unit="share of the step",
    form="{:.1%}",
    told=0.01,
    limit=0.2,
    about="how far an edge goes beyond its two levels",
)
RINGING = Measure(
    name="ringing",
    unit="share of the step",
    form="{:.1%}",
    told=0.006,
    limit=0.015,
    about="what an edge still leaves four pixels of the coarser side away",
)

# Pixels of the coarser side between two edges at least, and from where on an edge rings.
APART, FAR = 24, 4

# Phases of edges that are shown at most.
PHASES = 8

# How far from an edge its profile is told, and the places of a pixel that are told apart.
SPAN, BINS = 8, 8


@dataclass(frozen=True)
class Edge:
    """What becomes of an edge from 0 to 1: how far it overshoots and rings, and its profile.

    The profile has levels by distance in pixels of the coarser side, towards the bright side.
    """

    overshoot: float
    ringing: float
    distances: NDArray[Any]
    levels: NDArray[Any]

    def to_json(self) -> dict[str, Any]:
        """Return the profile."""
        return {
            "distances": [round(float(distance), 4) for distance in self.distances],
            "levels": [round(float(level), 4) for level in self.levels],
        }


def find_edge(rig: Rig, axis: int) -> Edge:
    """Return what becomes of edges along an axis: 0 down, 1 across."""
    import numpy as np

    coarse = max(1.0, 1 / rig.scale(axis))
    every = min(math.ceil(APART * coarse), rig.size[axis] // 3)
    phases = range(0, min(math.ceil(2 * coarse), every), max(1, math.ceil(2 * coarse / PHASES)))
    profiles = [signals.steps(rig.size[axis], every, phase) for phase in phases]
    height = math.ceil(max(16, 8 / rig.scale(1 - axis)))
    answers = answers_to(rig, axis, profiles, min(height, rig.size[1 - axis]))
    places = rig.read_places(axis)
    margin = every / 2
    inside = (places > margin) & (places < rig.size[axis] - 1 - margin)
    bright = np.stack([_bright(places, every, phase) for phase in phases])
    low, high = _plateaus(answers, bright, inside)
    over = np.maximum(answers - high, low - answers) / (high - low)
    away = np.stack([_away(places, every, phase) for phase in phases]) / coarse
    off = np.abs(answers - np.where(bright, high, low)) / (high - low)
    far = (away > FAR) & inside
    overshoot, ringing = float(over[:, inside].max()), float(off[far].max(initial=0.0))
    level, distance = (answers - low) / (high - low), np.where(bright, away, -away)
    return Edge(max(overshoot, 0.0), ringing, *_profile(distance[:, inside], level[:, inside]))


def _profile(distance: NDArray[Any], level: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return distances and levels near edges, the mean of those that lie close together."""
    import numpy as np

    near = np.abs(distance) <= SPAN
    distance, level = distance[near], level[near]
    _, bins, counts = np.unique(np.rint(distance * BINS), return_inverse=True, return_counts=True)
    return np.bincount(bins, distance) / counts, np.bincount(bins, level) / counts


def edges(rig: Rig, found: Both[Edge]) -> Iterator[Finding]:
    """Tell overshoot and ringing of the worse axis."""
    if not rig.keeps_levels:
        yield from (unknown(measure, NO_LEVELS) for measure in (OVERSHOOT, RINGING))
        return
    over, ring = max(e.overshoot for e in found), max(e.ringing for e in found)
    excuse = "" if rig.linear else "what is not linear has no profile of edges"
    mend, chosen = "use bilinear, area, or mitchell for less", excuse
    if rig.out == rig.size:
        mend, chosen = "sharpen less", excuse or "the size stays: seams are how filters sharpen"
    yield Finding(
        measure=OVERSHOOT,
        value=over,
        means="edges get a bright and a dark seam, as kernels with negative weights give"
        if over > OVERSHOOT.told
        else "edges stay between their two levels",
        mend=mend if over > OVERSHOOT.told else "",
        excuse=chosen,
    )
    yield Finding(
        measure=RINGING,
        value=ring,
        means="edges are followed by waves far into even areas"
        if ring > RINGING.told
        else "even areas stay even beside edges",
        mend="use a kernel with fewer lobes, or a window on its ends"
        if ring > RINGING.told
        else "",
        excuse=excuse,
    )


def _plateaus(
    answers: NDArray[Any], bright: NDArray[Any], inside: NDArray[Any]
) -> tuple[float, float]:
    """Return the levels that dark and bright areas come out with."""
    import numpy as np

    low = np.median(answers[:, inside][~bright[:, inside]])
    high = np.median(answers[:, inside][bright[:, inside]])
    return float(low), float(high if abs(high - low) > 1 else low + 1)


def _away(places: NDArray[Any], every: int, phase: int) -> NDArray[Any]:
    """Return how far places are from the nearest edge, which lies between two pixels."""
    import numpy as np

    since = (places + 0.5 - phase) % every
    return np.minimum(since, every - since)


def _bright(places: NDArray[Any], every: int, phase: int) -> NDArray[Any]:
    import numpy as np

    bright: NDArray[Any] = np.floor((places + 0.5 - phase) / every) % 2 == 1
    return bright
