"""The nearest candidates on whole pictures: whether they fit, and which give the same pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.identify.evidence import Evidence
from updown_cli.identify.judging import fits
from updown_cli.identify.ranking import Trial, in_order, plainness, tried
from updown_cli.identify.trial import Candidate, make_part, make_whole, try_whole, work

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Made = tuple[int, NDArray[Any]] | None
    Make = Callable[[Candidate, Evidence], Made]

# Candidates that are compared with each other, and those of them that are tried on whole pictures:
# as many as have so many values, but two at least.
COMPARED, MOST_VALUES, FEWEST = 24, 60_000_000, 2

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
    """Return the nearest candidates on whole pictures, and which give the same pixels.

    Of large pictures only the nearest are tried so, and what is alike is told by parts.
    """
    near = [t for t in ranked if t.score <= ranked[0].score + len(pairs) * STILL_NEAR]
    chosen = near[:COMPARED] if len(near) > 1 else ranked[:FEWEST]
    whole = max(FEWEST, MOST_VALUES // sum(map(work, pairs)))
    trials = in_order(tried((trial.candidate for trial in chosen[:whole]), pairs, try_whole))
    best = trials[0].candidate
    others = [*trials[1:], *chosen[whole:]]
    apart = _apart(best, others, pairs, whole=len(chosen) <= whole)
    made = [make_whole(best, pair) for pair in pairs]
    judged = zip(pairs, trials[0].distances, made, strict=True)
    alike = {t.candidate: off for t, off in apart.items() if _same_around(t.candidate, best)}
    return Found(
        (trials[0], *others),
        _plainest([one for one, off in alike.items() if off == 0], best),
        _plainest([one for one, off in alike.items() if 0 < off <= 1]),
        next((trial for trial, off in apart.items() if off > 1), None),
        all(fits(pair, distance, pixels) for pair, distance, pixels in judged),
    )


def _apart(
    best: Candidate, others: list[Trial], pairs: Sequence[Evidence], *, whole: bool
) -> dict[Trial, float]:
    """Return how many levels others are from what the best makes at most, of all or of parts."""
    make: Make = (lambda one, pair: (0, make_whole(one, pair))) if whole else make_part
    made = [make(best, pair) for pair in pairs]
    return {
        trial: max(
            _levels(make(trial.candidate, pair), kept, pair)
            for pair, kept in zip(pairs, made, strict=True)
        )
        for trial in others
    }


def _levels(one: Made, other: Made, pair: Evidence) -> float:
    """Return how many levels two are apart at most, infinite for two of different parts."""
    import numpy as np

    if one is None or other is None or one[0] != other[0] or one[1].shape != other[1].shape:
        return math.inf
    return float(np.abs(one[1].astype(np.float32) - other[1]).max()) / pair.level


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
