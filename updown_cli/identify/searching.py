"""The search for what made results of sources: plain ways first, then what may be around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

from updown_cli.identify.evidence import Evidence
from updown_cli.identify.judging import fits
from updown_cli.identify.ranking import Trial, plainness, rank, tried
from updown_cli.identify.registered import registered
from updown_cli.identify.treatment import ALPHAS, LIGHTS, Treatment
from updown_cli.identify.trial import Candidate, make, stored, try_whole
from updown_cli.identify.views import whole_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Candidates that go on from parts to more that may be around them, and to whole pictures.
VARIED, CONFIRMED = 10, 24

# How many times further than the nearest one may be on a part that is still tried on all.
STILL_NEAR = 8.0

COLOURS = 3

# How much nearer channels in another order must be.
CLEARLY = 0.25


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


def search(pairs: Sequence[Evidence]) -> Found | None:
    """Return what comes nearest to results of sources; None where nothing leads to their sizes."""
    plain = rank(_plain(pairs), pairs)
    if not plain:
        return None
    plain = _in_order(plain, pairs)
    ranked = _with_variants(_unlike(plain)[:VARIED], pairs, plain)
    found = confirm(ranked, pairs)
    if found.fits:
        return found
    others = [trial.candidate for trial in _unlike(plain)[VARIED:]]
    rest = rank((new for one in others for new in variants(one, pairs)), pairs)
    return confirm(_sorted([*ranked, *rest]), pairs)


def _plain(pairs: Sequence[Evidence]) -> list[Candidate]:
    """Return the conventions that lead from every source to its result."""
    possible = [registered(pair.source.shape, pair.result.shape.size) for pair in pairs]
    everywhere = set(possible[0]).intersection(*possible[1:])
    return [Candidate(one) for one in possible[0] if one in everywhere]


def _in_order(trials: list[Trial], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return trials with the channels in the order of the results, if that is another."""
    channels = pairs[0].source.shape.channels
    if channels not in (COLOURS, COLOURS + 1):
        return trials
    best, alpha = trials[0], tuple(range(COLOURS, channels))
    orders = [(*order, *alpha) for order in permutations(range(COLOURS))][1:]
    others = rank((_ordered(best.candidate, order) for order in orders), pairs)
    if not others or min(one.mse for one in others[0].distances) == 0 == best.distances[0].mse:
        return trials
    nearer = zip(others[0].distances, best.distances, strict=True)
    if not all(one.mse < CLEARLY * was.mse for one, was in nearer):
        return trials
    order = others[0].candidate.treatment.order
    return rank((_ordered(trial.candidate, order) for trial in trials), pairs)


def _unlike(trials: list[Trial]) -> list[Trial]:
    """Return the plainest of trials that come exactly as near."""
    return [*{trial.distances: trial for trial in reversed(trials)}.values()][::-1]


def _ordered(candidate: Candidate, order: tuple[int, ...]) -> Candidate:
    return replace(candidate, treatment=replace(candidate.treatment, order=order))


def _with_variants(
    some: list[Trial], pairs: Sequence[Evidence], all_of: list[Trial]
) -> list[Trial]:
    found = rank((new for one in some for new in variants(one.candidate, pairs)), pairs)
    return _sorted([*all_of, *found])


def _sorted(trials: list[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda trial: trial.order)


def variants(candidate: Candidate, pairs: Sequence[Evidence]) -> Iterator[Candidate]:
    """Yield a candidate with what may have been done around it."""
    plain = candidate.treatment
    whole = all(pair.result.pixels.dtype.kind != "f" for pair in pairs)
    if whole and not candidate.convention.rounds:
        yield replace(candidate, treatment=replace(plain, floors=True))
    if all(is_transparent(pair) for pair in pairs):
        for alpha in ALPHAS[1:]:
            yield replace(candidate, treatment=replace(plain, alpha=alpha))
    if not candidate.convention.rounds and whole and candidate.convention.mixes:
        for light, floors in ((light, floors) for light in LIGHTS[1:] for floors in (False, True)):
            treatment: Treatment = replace(plain, light=light, floors=floors)
            yield replace(candidate, treatment=treatment)


def is_transparent(pair: Evidence) -> bool:
    """Whether a source has pixels that are not opaque."""
    pixels = pair.source.pixels[0]
    return pair.source.alpha and bool((pixels[-1] != pair.source.white).any())


def confirm(ranked: list[Trial], pairs: Sequence[Evidence]) -> Found:
    """Return the nearest candidates on whole pictures, and which give the same pixels."""
    near = [t for t in ranked if t.score <= ranked[0].score + len(pairs) * STILL_NEAR]
    chosen = near[:CONFIRMED] if len(near) > 1 else ranked[:2]
    trials = _sorted(tried((trial.candidate for trial in chosen), pairs, try_whole))
    best = trials[0].candidate
    made = [_all_of(best, pair) for pair in pairs]
    apart = {trial: _furthest(trial.candidate, pairs, made) for trial in trials[1:]}
    judged = zip(pairs, trials[0].distances, made, strict=True)
    alike = [trial.candidate for trial in apart if trial.candidate.treatment == best.treatment]
    levels = {trial.candidate: off for trial, off in apart.items()}
    return Found(
        tuple(trials),
        _plainest([one for one in alike if levels[one] == 0], best),
        _plainest([one for one in alike if 0 < levels[one] <= 1]),
        next((trial for trial, off in apart.items() if off > 1), None),
        all(fits(pair, distance, pixels) for pair, distance, pixels in judged),
    )


def _plainest(candidates: list[Candidate], *but: Candidate) -> tuple[Candidate, ...]:
    """Return the plainest of each library's modes that are not named already."""
    found: dict[tuple[str, str], Candidate] = {}
    for one in sorted(candidates, key=plainness):
        found.setdefault((one.convention.library, one.convention.mode), one)
    for one in but:
        found.pop((one.convention.library, one.convention.mode), None)
    return tuple(found.values())


def _all_of(candidate: Candidate, pair: Evidence) -> NDArray[Any]:
    view = whole_view(pair.source.shape.size, pair.result.shape.size)
    made = make(candidate, pair, view)
    assert made is not None  # it has been tried
    return stored(candidate, pair, made)


def _furthest(
    candidate: Candidate, pairs: Sequence[Evidence], made: Sequence[NDArray[Any]]
) -> float:
    """Return how many levels a candidate is from what was made at most."""
    import numpy as np

    levels = 0.0
    for pair, pixels in zip(pairs, made, strict=True):
        other = _all_of(candidate, pair).astype(np.float32)
        levels = max(levels, float(np.abs(other - pixels).max()) / pair.level)
    return levels
