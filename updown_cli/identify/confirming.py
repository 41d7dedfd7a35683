"""The nearest candidates on whole pictures: whether they fit, and which give the same pixels."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.identify.evidence import Evidence
from updown_cli.identify.judging import fits
from updown_cli.identify.ranking import STILL_NEAR, Trial, is_hopeful, plainness
from updown_cli.identify.trial import Candidate, make_whole, whole_distance, work
from updown_cli.op.threads import run_ordered, thread_count

if TYPE_CHECKING:
    from updown_cli.identify.making_rows import Pixels

# Candidates that are compared with each other.
COMPARED = 48

# Those of them that are tried on whole pictures: as many as have so many values, but two at least,
# and so many of those that are not like the nearest. The others are told by parts.
MOST_VALUES, FEWEST, OTHERS = 24_000_000, 2, 2


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


@dataclass(frozen=True)
class Whole:
    """A candidate on whole pictures, with what it made of each."""

    trial: Trial
    made: tuple[Pixels, ...]


def confirm(ranked: list[Trial], pairs: Sequence[Evidence]) -> Found:
    """Return the nearest candidates on whole pictures, and which give the same pixels.

    Whole are tried those that are like the nearest in a part, and the nearest of the others. What
    is more than a level off in a part is so in the whole. Where no part fits, two tell how far.
    """
    limit = ranked[0].score + len(pairs) * STILL_NEAR
    near = [trial for trial in ranked if trial.score <= limit]
    near = (near if len(near) > 1 else ranked[:FEWEST])[:COMPARED]
    like = _like_the_first(near, pairs)
    others = [trial for trial in near if trial not in like]
    most, beside = max(FEWEST, MOST_VALUES // sum(map(work, pairs))), OTHERS
    if not is_hopeful(ranked[0], pairs):
        most, beside = 1, 1
    modes = _first_of_each_mode(like)
    chosen = [*modes[:most], *others[:beside]]
    best, *wholes = _on_whole_pictures(chosen, pairs)
    apart = {one.trial: _levels(one, best, pairs) for one in wholes}
    apart |= {one: _levels_of_parts(one, near[0], pairs) for one in modes[most:]}
    around = {t.candidate: off for t, off in apart.items() if _same_around(t, best.trial)}
    judged = zip(pairs, best.trial.distances, best.made, strict=True)
    return Found(
        (best.trial, *apart, *(one for one in near if one not in chosen)),
        _plainest([one for one, off in around.items() if off == 0], best.trial.candidate),
        _plainest([one for one, off in around.items() if 0 < off <= 1]),
        next((t for t, off in apart.items() if off > 1), next(iter(others[beside:]), None)),
        all(fits(pair, distance, pixels) for pair, distance, pixels in judged),
    )


def _like_the_first(near: list[Trial], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return those that are within a level of the first in a part, that among them."""
    return [trial for trial in near if _levels_of_parts(trial, near[0], pairs) <= 1]


def _first_of_each_mode(trials: Iterable[Trial]) -> list[Trial]:
    found: dict[Hashable, Trial] = {}
    for trial in trials:
        one = trial.candidate
        mode = one.convention.library, one.convention.mode, one.treatment, one.placement
        found.setdefault(mode, trial)
    return [*found.values()]


def _on_whole_pictures(trials: Iterable[Trial], pairs: Sequence[Evidence]) -> list[Whole]:
    """Return what candidates make of whole pictures, the nearest first."""

    def act(trial: Trial) -> Whole | None:
        one = trial.candidate
        made = [pixels for pair in pairs if (pixels := make_whole(one, pair)) is not None]
        if len(made) < len(pairs):
            return None
        each = zip(pairs, made, strict=True)
        distances = tuple(whole_distance(one, pair, pixels) for pair, pixels in each)
        return Whole(Trial(one, distances), tuple(made))

    found = [one for one in run_ordered(act, trials, thread_count()) if one is not None]
    return sorted(found, key=lambda one: one.trial.order)


def _levels(one: Whole, other: Whole, pairs: Sequence[Evidence]) -> float:
    """Return how many levels two are apart at most."""
    return max(_apart(*each) for each in zip(one.made, other.made, pairs, strict=True))


def _levels_of_parts(one: Trial, other: Trial, pairs: Sequence[Evidence]) -> float:
    """Return how many levels two are apart at most in parts, infinite for two of different ones."""
    each = [*zip(one.parts, other.parts, pairs, strict=True)]
    if any(this.view != that.view for this, that, _ in each):
        return math.inf
    return max(_apart(this.made, that.made, pair) for this, that, pair in each)


def _apart(one: Pixels, other: Pixels, pair: Evidence) -> float:
    """Return how many levels two are apart at most, infinite for two of different places.

    Of transparent pixels what is to be seen of it counts, as in distances: where alpha is next to
    nothing, colours are chance.
    """
    return math.inf if one.shape != other.shape else float(pair.levels_apart(one, other).max())


def _same_around(one: Trial, other: Trial) -> bool:
    around = [(t.candidate.treatment, t.candidate.placement) for t in (one, other)]
    return around[0] == around[1]


def _plainest(candidates: list[Candidate], *but: Candidate) -> tuple[Candidate, ...]:
    """Return the plainest of each library's modes that are not named already."""
    found: dict[tuple[str, str], Candidate] = {}
    for one in sorted(candidates, key=plainness):
        found.setdefault((one.convention.library, one.convention.mode), one)
    for one in but:
        found.pop((one.convention.library, one.convention.mode), None)
    return tuple(found.values())
