"""Candidates in the order of how near they come to results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from updown_cli.identify.alike import alike
from updown_cli.identify.evidence import Distance, Evidence
from updown_cli.identify.judging import may_fit
from updown_cli.identify.trial import Candidate, Part, make_part
from updown_cli.op.threads import run_ordered, thread_count

# Squares of levels below which differences are those of arithmetic.
ARITHMETIC = 1e-3

# The library that is named before others that come as near.
FIRST = "torch"

# How many times further than the nearest one may be on a part that is still tried on all, as a
# logarithm of squares, and groups of candidates of which all are tried, even where none may fit.
STILL_NEAR, MOST_GROUPS = 8.0, 16


@dataclass(frozen=True)
class Trial:
    """How far a candidate is from each result, and what it makes of a part of each."""

    candidate: Candidate
    distances: tuple[Distance, ...]
    parts: tuple[Part, ...] = field(default=(), compare=False, repr=False)

    @property
    def score(self) -> float:
        """Return how far it is from all of them; the nearest is smallest."""
        return sum(math.log(one.mse + ARITHMETIC) for one in self.distances)

    @property
    def order(self) -> tuple[float, float, int, bool]:
        """Return what to sort by: of those that come as near the plainest is first.

        Through light, whose powers are rounded, nobody comes nearer than arithmetic.
        """
        least = ARITHMETIC if self.candidate.treatment.light else 0.0
        off = [max(one.mse, least) for one in self.distances]
        score = sum(math.log(one + ARITHMETIC) for one in off)
        return (
            score,
            sum(off),
            plainness(self.candidate),
            self.candidate.convention.library != FIRST,
        )


def plainness(candidate: Candidate) -> int:
    """Return how much had to be said of a candidate."""
    return candidate.convention.settings + 2 * len([*candidate.words()])


def rank(candidates: Iterable[Candidate], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return how near candidates come on parts of results, the nearest first.

    One of those that differ in little is tried first, the others where that comes near.
    """
    groups = alike(candidates, pairs)
    firsts = tried((group[0] for group in groups), pairs)
    nearest = min((trial.score for trial in firsts), default=0.0)
    limit = nearest + len(pairs) * STILL_NEAR
    others = {group[0]: group[1:] for group in groups}
    near = [trial for trial in in_order(firsts) if trial.score <= limit]
    more = (trial for trial in near[MOST_GROUPS:] if is_hopeful(trial, pairs))
    going_on = [trial.candidate for trial in (*near[:MOST_GROUPS], *more)]
    return in_order([*firsts, *tried((one for first in going_on for one in others[first]), pairs)])


def is_hopeful(trial: Trial, pairs: Sequence[Evidence]) -> bool:
    """Whether a candidate may have made all results, as far as parts of them tell."""
    return all(may_fit(*each) for each in zip(pairs, trial.parts, strict=True))


def in_order(trials: Iterable[Trial]) -> list[Trial]:
    """Return trials, the nearest first."""
    return sorted(trials, key=lambda trial: trial.order)


def tried(candidates: Iterable[Candidate], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return how near candidates come to parts of all results, but for those that make none."""

    def judge(candidate: Candidate) -> Trial | None:
        parts = []
        for pair in pairs:
            part = make_part(candidate, pair)
            if part is None:
                return None
            parts.append(part)
        return Trial(candidate, tuple(part.distance for part in parts), tuple(parts))

    return [trial for trial in run_ordered(judge, candidates, thread_count()) if trial]
