"""Candidates in the order of how near they come to results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from updown_cli.identify.evidence import Distance, Evidence
from updown_cli.identify.trial import Candidate, try_parts
from updown_cli.op.threads import run_ordered, thread_count

# Squares of levels below which differences are those of arithmetic.
ARITHMETIC = 1e-3


@dataclass(frozen=True)
class Trial:
    """How far a candidate is from each result."""

    candidate: Candidate
    distances: tuple[Distance, ...]

    @property
    def score(self) -> float:
        """Return how far it is from all of them; the nearest is smallest."""
        return sum(math.log(one.mse + ARITHMETIC) for one in self.distances)

    @property
    def order(self) -> tuple[float, float, int]:
        """Return what to sort by: of those that come as near the plainest is first."""
        return self.score, sum(one.mse for one in self.distances), plainness(self.candidate)


def plainness(candidate: Candidate) -> int:
    """Return how much had to be said of a candidate."""
    return candidate.convention.settings + 2 * len([*candidate.words()])


def rank(candidates: Iterable[Candidate], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return how near candidates come on parts of results, the nearest first."""
    return in_order(tried(candidates, pairs, try_parts))


def in_order(trials: Iterable[Trial]) -> list[Trial]:
    """Return trials, the nearest first."""
    return sorted(trials, key=lambda trial: trial.order)


def tried(
    candidates: Iterable[Candidate],
    pairs: Sequence[Evidence],
    attempt: Callable[[Candidate, Evidence], Distance | None],
) -> list[Trial]:
    """Return how near candidates come to all results, but for those that make none of some."""

    def judge(candidate: Candidate) -> Trial | None:
        distances = []
        for pair in pairs:
            distance = attempt(candidate, pair)
            if distance is None:
                return None
            distances.append(distance)
        return Trial(candidate, tuple(distances))

    return [trial for trial in run_ordered(judge, candidates, thread_count()) if trial]
