"""The nearest candidates on whole pictures: whether they fit, and which give the same pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.identify.evidence import Evidence
from updown_cli.identify.judging import fits
from updown_cli.identify.ranking import Trial, in_order, plainness, tried
from updown_cli.identify.trial import Candidate, make_whole, try_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Candidates that are tried on whole pictures.
CONFIRMED = 24

# How many times further than the nearest one may be on a part that is still tried on all.
STILL_NEAR = 8.0


@dataclass(frozen=True)
class Found:
    """Candidates by how near they come to whole results, the nearest first.

    `same` give the very pixels of the nearest, `close` those within a level of 8 bits, with the
    same around them; `next` is the nearest of all others.
    """

    trials: tuple[Trial, ...]
    same: tuple[Candidate, ...]
    close: tuple[Candidate, ...]
    next: Trial | None
    fits: bool

    @property
    def best(self) -> Trial:
        """Return the nearest."""
        return self.trials[0]


def confirm(ranked: list[Trial], pairs: Sequence[Evidence]) -> Found:
    """Return the nearest candidates on whole pictures, and which give the same pixels."""
    near = [t for t in ranked if t.score <= ranked[0].score + len(pairs) * STILL_NEAR]
    chosen = near[:CONFIRMED] if len(near) > 1 else ranked[:2]
    trials = in_order(tried((trial.candidate for trial in chosen), pairs, try_whole))
    best = trials[0].candidate
    made = [_made(best, pair) for pair in pairs]
    apart = {trial: _furthest(trial.candidate, best, pairs, made) for trial in trials[1:]}
    judged = zip(pairs, trials[0].distances, made, strict=True)
    alike = {t.candidate: off for t, off in apart.items() if _same_around(t.candidate, best)}
    return Found(
        tuple(trials),
        _plainest([one for one, off in alike.items() if off == 0], best),
        _plainest([one for one, off in alike.items() if 0 < off <= 1]),
        next((trial for trial, off in apart.items() if off > 1), None),
        all(fits(pair, distance, pixels) for pair, distance, pixels in judged),
    )


def _same_around(one: Candidate, other: Candidate) -> bool:
    return (one.treatment, one.placement) == (other.treatment, other.placement)


def _plainest(candidates: list[Candidate], *but: Candidate) -> tuple[Candidate, ...]:
    """Return the plainest of each library's modes that are not named already."""
    found: dict[tuple[str, str], Candidate] = {}
    for one in sorted(candidates, key=plainness):
        found.setdefault((one.convention.library, one.convention.mode), one)
    for one in but:
        found.pop((one.convention.library, one.convention.mode), None)
    return tuple(found.values())


def _made(candidate: Candidate, pair: Evidence) -> NDArray[Any]:
    made = make_whole(candidate, pair)
    assert made is not None  # it has been tried
    return made


def _furthest(
    candidate: Candidate, best: Candidate, pairs: Sequence[Evidence], made: Sequence[NDArray[Any]]
) -> float:
    """Return how many levels a candidate is from what was made by the best at most."""
    import numpy as np

    if candidate.placement != best.placement:
        return np.inf
    levels = 0.0
    for pair, pixels in zip(pairs, made, strict=True):
        other = _made(candidate, pair).astype(np.float32)
        levels = max(levels, float(np.abs(other - pixels).max()) / pair.level)
    return levels
