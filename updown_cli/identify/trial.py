"""What could have made a result, tried on a part or on all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.identify.convention import Convention
from updown_cli.identify.evidence import Distance, Evidence
from updown_cli.identify.placement import Placement
from updown_cli.identify.treatment import Treatment, store
from updown_cli.identify.views import View, part_views, whole_view

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

# Pixels of a source to one of a result from which on libraries take means before they resize.
FAR = 4

# Values of pictures that are tried as a whole where parts of them would not do.
MOST_WHOLE = 4_000_000


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


def views_of(candidate: Candidate, evidence: Evidence) -> list[View]:
    """Return the parts on which a candidate is tried; all where there are none."""
    source = evidence.source.shape.size
    steps = candidate.convention.steps(source, evidence.size)
    local = candidate.convention.local or max(steps) < FAR or work(evidence) > MOST_WHOLE
    key = ("views", tuple(steps), local)
    if key not in evidence.kept:
        found = _parts(evidence, steps) if local else []
        evidence.kept[key] = found or [everything(evidence)]
    views: list[View] = evidence.kept[key]
    return views


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


def detail_of(evidence: Evidence) -> NDArray[Any]:
    """Return how much neighbours differ in what of all is in a result, H x W."""
    import numpy as np

    if "detail" not in evidence.kept:
        values = evidence.compared(evidence.shared).astype(np.float32)
        plane = values if values.ndim == len(evidence.size) else values.mean(0)
        across = np.abs(np.diff(plane, axis=1, append=plane[:, -1:]))
        evidence.kept["detail"] = across + np.abs(np.diff(plane, axis=0, append=plane[-1:]))
    detail: NDArray[Any] = evidence.kept["detail"]
    return detail


def make(candidate: Candidate, evidence: Evidence, view: View) -> NDArray[Any] | None:
    """Return what a candidate makes of a view's source, its inner part, not rounded."""
    convention, treatment = candidate.convention, candidate.treatment
    white = evidence.source.white
    done = treatment.apply(
        lambda values: convention.resize(values, view.size, white),
        evidence.pixels[(slice(None), *view.source)],
        white,
        in_bytes=convention.rounds,
    )
    return None if done is None else treatment.reorder(done[(slice(None), *view.inner)])


def stored(candidate: Candidate, evidence: Evidence, made: NDArray[Any]) -> NDArray[Any]:
    """Return what was made as a file of the result's type holds it."""
    gain = evidence.result.white / evidence.source.white
    dtype = evidence.result.pixels.dtype
    scaled = made * gain if dtype.kind != "f" and gain != 1 else made
    return store(scaled, dtype, floors=candidate.treatment.floors)


def try_parts(candidate: Candidate, pair: Evidence) -> Distance | None:
    """Return how far a candidate is from a part of a result, the nearest of ways to cut it."""
    evidence = pair.placed(candidate.placement)
    found = [_try(candidate, evidence, view) for view in views_of(candidate, evidence)]
    return min((one for one in found if one), key=lambda one: one.mse, default=None)


def make_part(candidate: Candidate, pair: Evidence) -> tuple[int, NDArray[Any]] | None:
    """Return the number of the view that a candidate fits best, and what it makes there."""
    evidence = pair.placed(candidate.placement)
    found = []
    for number, view in enumerate(views_of(candidate, evidence)):
        made = make(candidate, evidence, view)
        if made is not None:
            kept = stored(candidate, evidence, made)
            found.append((evidence.distance(kept, view).mse, number, kept))
    return min(found, key=lambda one: one[:2])[1:] if found else None


def try_whole(candidate: Candidate, pair: Evidence) -> Distance | None:
    """Return how far a candidate is from all of a result; None where it makes none."""
    evidence = pair.placed(candidate.placement)
    return _try(candidate, evidence, everything(evidence))


def make_whole(candidate: Candidate, pair: Evidence) -> NDArray[Any]:
    """Return what a candidate that has been tried makes, as it is stored, where a result has it."""
    evidence = pair.placed(candidate.placement)
    made = make(candidate, evidence, everything(evidence))
    assert made is not None
    return stored(candidate, evidence, made)


def work(pair: Evidence) -> int:
    """Return how many values a source and its result have."""
    return math.prod(pair.source.shape) + math.prod(pair.result.shape)


def _try(candidate: Candidate, evidence: Evidence, view: View) -> Distance | None:
    made = make(candidate, evidence, view)
    return None if made is None else evidence.distance(stored(candidate, evidence, made), view)
