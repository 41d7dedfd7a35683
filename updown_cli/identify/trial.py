"""What could have made a result, tried on a part or on all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from updown_cli.identify.convention import Convention
from updown_cli.identify.evidence import Distance, Evidence
from updown_cli.identify.making_rows import RowMaker
from updown_cli.identify.placement import Placement
from updown_cli.identify.treatment import Treatment, store
from updown_cli.identify.views import WORTH_IT, View, part_views, rows_view, whole_view

if TYPE_CHECKING:
    from fractions import Fraction

    from updown_cli.identify.making_rows import Pixels

# Values of pictures that are tried as a whole where parts of them would not do, and of which rows
# are tried where parts would have nearly their phases alone.
MOST_WHOLE = 8_000_000


@dataclass(frozen=True)
class Candidate:
    """A convention, and what was done around it."""

    convention: Convention
    treatment: Treatment = field(default_factory=Treatment)
    placement: Placement = field(default_factory=Placement)

    def words(self) -> Iterator[str]:
        """Yield what was done beside resizing."""
        yield from self.treatment.words()
        yield from self.placement.words()


@dataclass(frozen=True)
class Part:
    """What a candidate makes of a view, as it is stored, and how far that is from the result."""

    view: View
    made: Pixels
    distance: Distance


def views_of(candidate: Candidate, evidence: Evidence) -> list[View]:
    """Return the parts on which a candidate is tried; all where there are none.

    Of pictures that are not large these are rows, which are those of the whole to the bit.
    """
    if not evidence.has_parts:
        return [everything(evidence)]
    if work(evidence) <= MOST_WHOLE:
        if "rows" not in evidence.kept:
            evidence.kept["rows"] = [_rows(evidence)]
        rows: list[View] = evidence.kept["rows"]
        return rows
    steps = candidate.convention.steps(evidence.source.shape.size, evidence.size)
    key = ("views", tuple(steps))
    if key not in evidence.kept:
        evidence.kept[key] = _parts(evidence, steps) or [everything(evidence)]
    views: list[View] = evidence.kept[key]
    return views


def _rows(evidence: Evidence) -> View:
    if len(evidence.size) != 2 or evidence.shared[0].stop - evidence.shared[0].start < WORTH_IT:
        return everything(evidence)
    return rows_view(
        evidence.source.shape.size, evidence.size, evidence.shared, detail_of(evidence)
    )


def has_parts(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether a candidate is tried on a part."""
    return views_of(candidate, evidence) != [everything(evidence)]


def everything(evidence: Evidence) -> View:
    """Return the view of all that was resized."""
    return whole_view(evidence.source.shape.size, evidence.size, evidence.shared)


def _parts(evidence: Evidence, steps: list[Fraction]) -> list[View]:
    if len(evidence.size) != 2:
        return []
    source, shared = evidence.source.shape.size, evidence.shared
    return part_views(source, evidence.size, steps, shared, detail_of(evidence))


def detail_of(evidence: Evidence) -> Pixels:
    """Return how much neighbours differ in what of all is in a result, H x W."""
    import numpy as np

    if "detail" not in evidence.kept:
        values = evidence.compared(evidence.shared).astype(np.float32)
        plane = values if values.ndim == len(evidence.size) else values.mean(0)
        across = np.abs(np.diff(plane, axis=1, append=plane[:, -1:]))
        evidence.kept["detail"] = across + np.abs(np.diff(plane, axis=0, append=plane[-1:]))
    detail: Pixels = evidence.kept["detail"]
    return detail


def make(candidate: Candidate, evidence: Evidence, view: View) -> Pixels | None:
    """Return what a candidate makes of a view's source, its inner part, not rounded."""
    import numpy as np

    convention, treatment = candidate.convention, candidate.treatment
    white = evidence.source.white
    if view.rows is None:
        rows = view.source[0].start, view.source[0].stop
        maker = RowMaker(rows, lambda x: convention.resize(x, view.size, white))
    else:
        maker = convention.rows(evidence.source.shape, view.size, view.rows, white)
    place = (slice(*maker.read), *view.source[1:])
    with np.errstate(all="ignore"):  # tables may have no weights at all
        values = evidence.prepared(treatment, place)
        done = treatment.apply(maker.resize, values, white, in_bytes=convention.rounds)
    return None if done is None else treatment.reorder(done[(slice(None), *view.inner)])


def stored(candidate: Candidate, evidence: Evidence, made: Pixels) -> Pixels:
    """Return what was made as a file of the result's type holds it; what is no number is any."""
    import numpy as np

    gain = evidence.result.white / evidence.source.white
    dtype = evidence.result.pixels.dtype
    scaled = made * gain if dtype.kind != "f" and gain != 1 else made
    with np.errstate(invalid="ignore"):
        return store(scaled, dtype, floors=candidate.treatment.floors)


def make_part(candidate: Candidate, pair: Evidence) -> Part | None:
    """Return what a candidate makes of a part, in the way to cut it that comes nearest."""
    evidence = pair.placed(candidate.placement)
    found = []
    for view in views_of(candidate, evidence):
        made = make(candidate, evidence, view)
        if made is not None:
            kept = stored(candidate, evidence, made)
            found.append(Part(view, kept, evidence.distance(kept, view)))
    return min(found, key=lambda part: part.distance.mse, default=None)


def make_whole(candidate: Candidate, pair: Evidence) -> Pixels | None:
    """Return what a candidate makes, as it is stored, where a result has it; None if nothing."""
    evidence = pair.placed(candidate.placement)
    made = make(candidate, evidence, everything(evidence))
    return None if made is None else stored(candidate, evidence, made)


def whole_distance(candidate: Candidate, pair: Evidence, made: Pixels) -> Distance:
    """Return how far what a candidate made is from all of a result."""
    evidence = pair.placed(candidate.placement)
    return evidence.distance(made, everything(evidence))


def work(pair: Evidence) -> int:
    """Return how many values a source and its result have."""
    return math.prod(pair.source.shape) + math.prod(pair.result.shape)
