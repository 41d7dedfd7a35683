"""What could have made a result, tried on a part or on all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.identify.convention import Convention
from updown_cli.identify.evidence import Distance, Evidence
from updown_cli.identify.treatment import Treatment, store
from updown_cli.identify.views import View, part_views, whole_view

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Candidate:
    """A convention, and what was done around it."""

    convention: Convention
    treatment: Treatment = field(default_factory=Treatment)


def views_of(candidate: Candidate, evidence: Evidence) -> list[View]:
    """Return the parts on which a candidate is tried; all where there are none."""
    source, size = evidence.source.shape.size, evidence.result.shape.size
    steps = candidate.convention.steps(source, size)
    key = ("views", tuple(steps))
    if key not in evidence.kept:
        found = part_views(source, size, steps, detail_of(evidence)) if len(size) == 2 else []
        evidence.kept[key] = found or [whole_view(source, size)]
    views: list[View] = evidence.kept[key]
    return views


def detail_of(evidence: Evidence) -> NDArray[Any]:
    """Return how much neighbours differ in a result, H x W."""
    import numpy as np

    if "detail" not in evidence.kept:
        every = tuple(slice(0, side) for side in evidence.result.shape.size)
        values = evidence.compared(every).astype(np.float32)
        plane = values if values.ndim == len(every) else values.mean(0)
        across = np.abs(np.diff(plane, axis=1, append=plane[:, -1:]))
        evidence.kept["detail"] = across + np.abs(np.diff(plane, axis=0, append=plane[-1:]))
    detail: NDArray[Any] = evidence.kept["detail"]
    return detail


def make(candidate: Candidate, evidence: Evidence, view: View) -> NDArray[Any] | None:
    """Return what a candidate makes of a view's source, its inner part, not rounded."""
    convention, treatment = candidate.convention, candidate.treatment
    white = evidence.source.white
    x = evidence.pixels[(slice(None), *view.source)]
    done = treatment.apply(
        lambda values: convention.resize(values, view.size, white),
        x,
        white,
        in_bytes=convention.rounds,
    )
    if done is None:
        return None
    return treatment.reorder(done[(slice(None), *view.inner)])


def stored(candidate: Candidate, evidence: Evidence, made: NDArray[Any]) -> NDArray[Any]:
    """Return what was made as a file of the result's type holds it."""
    gain = evidence.result.white / evidence.source.white
    dtype = evidence.result.pixels.dtype
    scaled = made * gain if dtype.kind != "f" and gain != 1 else made
    return store(scaled, dtype, floors=candidate.treatment.floors)


def try_parts(candidate: Candidate, evidence: Evidence) -> Distance | None:
    """Return how far a candidate is from a part of a result, the nearest of ways to cut it."""
    found = [try_view(candidate, evidence, view) for view in views_of(candidate, evidence)]
    return min((one for one in found if one), key=lambda one: one.mse, default=None)


def try_whole(candidate: Candidate, evidence: Evidence) -> Distance | None:
    """Return how far a candidate is from all of a result; None where it makes none."""
    view = whole_view(evidence.source.shape.size, evidence.result.shape.size)
    return try_view(candidate, evidence, view)


def try_view(candidate: Candidate, evidence: Evidence, view: View) -> Distance | None:
    """Return how far a candidate is from a view's part of a result."""
    made = make(candidate, evidence, view)
    return None if made is None else evidence.distance(stored(candidate, evidence, made), view)
