"""The search for what made results of sources: plain ways first, then what may be around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from updown_cli.identify.alike import alike
from updown_cli.identify.confirming import Found, confirm
from updown_cli.identify.evidence import Evidence
from updown_cli.identify.foreign import programs
from updown_cli.identify.layers import shuffles
from updown_cli.identify.placement import Placement
from updown_cli.identify.ranking import ARITHMETIC, Trial, in_order, is_hopeful, rank
from updown_cli.identify.registered import registered
from updown_cli.identify.registration import placements
from updown_cli.identify.shifted import of_other_kernels, shifted
from updown_cli.identify.treatment import ALPHAS, LIGHTS, WHOLE, Treatment
from updown_cli.identify.trial import MOST_WHOLE, Candidate, has_parts, work

# Candidates that are tried with more around them first, and where nothing plain fits; those that
# tell where in a source a result lies, and places that go on; directions of a shift that do.
VARIED, VARIED_LATER, PLACING, PLACED, DIRECTIONS = 10, 32, 6, 2, 3

COLOURS = 3

# How much further than the nearest others are that differ in arithmetic, as a logarithm of squares.
AS_NEAR = 0.25

# How much nearer channels in another order, or another place, must be.
CLEARLY = 0.25


def search(pairs: Sequence[Evidence]) -> Found | None:
    """Return what comes nearest to results of sources; None where nothing leads to their sizes."""
    if any(pair.is_shuffled for pair in pairs):
        return _shuffled(pairs)
    plain = rank(_plain(pairs, Placement()), pairs)
    if not plain:
        return None
    if all(distance.mse <= ARITHMETIC for distance in plain[0].distances):
        found = confirm(plain, pairs)
        if found.fits:
            return found
    plain = _with_order(plain, pairs)
    different = _unlike(plain)
    ranked = in_order([*plain, *_varied(different[:VARIED], plain, pairs)])
    if is_hopeful(ranked[0], pairs):
        found = confirm(ranked, pairs)
        if found.fits:
            return found
    more = _varied(different[VARIED:VARIED_LATER], plain, pairs)
    return confirm(in_order([*ranked, *more, *_moved(different, pairs)]), pairs)


def _shuffled(pairs: Sequence[Evidence]) -> Found | None:
    """Return in which order channels became pixels; None where they cannot have in all pairs."""
    possible = [shuffles(pair.source.shape, pair.result.shape) for pair in pairs]
    everywhere = set(possible[0]).intersection(*possible[1:])
    found = rank((Candidate(one) for one in possible[0] if one in everywhere), pairs)
    return confirm(found, pairs) if found else None


def _plain(pairs: Sequence[Evidence], placement: Placement) -> list[Candidate]:
    """Return the conventions that lead from every source to its result, placed so."""
    placed = [pair.placed(placement) for pair in pairs]
    possible = [registered(pair.source.shape, pair.size) for pair in placed]
    everywhere = set(possible[0]).intersection(*possible[1:])
    known = [one for one in possible[0] if one in everywhere]
    others = programs() if all(pair.source.shape.dims == 2 for pair in pairs) else []
    found = [Candidate(one, placement=placement) for one in (*known, *others)]
    return [one for one in found if _is_affordable(one, placed)]


def _is_affordable(candidate: Candidate, pairs: Sequence[Evidence]) -> bool:
    """Whether a candidate is a usual one, or pictures are small or can be tried in parts."""
    if candidate.convention.settings <= 1:
        return True
    return all(work(pair) <= MOST_WHOLE or has_parts(candidate, pair) for pair in pairs)


def _with_order(trials: list[Trial], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return trials with the channels in the order of the results, if that is another."""
    channels = pairs[0].source.shape.channels
    if channels not in (COLOURS, COLOURS + 1):
        return trials
    best, alpha = trials[0], tuple(range(COLOURS, channels))
    orders = [(*order, *alpha) for order in permutations(range(COLOURS))][1:]
    others = rank((_ordered(best.candidate, order) for order in orders), pairs)
    if not others or not _clearly_nearer(others[0], best):
        return trials
    order = others[0].candidate.treatment.order
    return rank((_ordered(trial.candidate, order) for trial in trials), pairs)


def _clearly_nearer(one: Trial, other: Trial) -> bool:
    nearer = zip(one.distances, other.distances, strict=True)
    return all(this.mse < CLEARLY * that.mse for this, that in nearer)


def _unlike(trials: list[Trial]) -> list[Trial]:
    """Return the plainest of trials that come exactly as near, or differ at edges alone."""
    nearest = {trial.distances: trial for trial in reversed(trials)}
    trials = [*nearest.values()][::-1]
    but_edges = {trial.candidate.convention.without_edges: trial for trial in reversed(trials)}
    return [*but_edges.values()][::-1]


def _ordered(candidate: Candidate, order: tuple[int, ...]) -> Candidate:
    return replace(candidate, treatment=replace(candidate.treatment, order=order))


def _varied(
    trials: Iterable[Trial], plain: Iterable[Trial], pairs: Sequence[Evidence]
) -> list[Trial]:
    """Return candidates tried with what may have been done around them.

    With what was done around the nearest are tried all plain ones whose tables are like its own,
    or like those of what comes as near: which of them is the very one, arithmetic decides.
    """
    found = rank((new for one in trials for new in variants(one.candidate, pairs)), pairs)
    if not found:
        return []
    treatment, known = found[0].candidate.treatment, {trial.candidate for trial in found}
    limit = found[0].score + len(pairs) * AS_NEAR
    near = [trial.candidate for trial in found if trial.score <= limit]
    untreated = Treatment(order=treatment.order)
    bare = {replace(one, treatment=untreated) for one in near if one.treatment == treatment}
    groups = alike((trial.candidate for trial in plain), pairs)
    likely = [one for group in groups if bare.intersection(group) for one in group]
    treated = {replace(one, treatment=treatment): one for one in likely}
    others = [new for new, one in treated.items() if new in {*variants(one, pairs)} - known]
    return in_order([*found, *rank(others, pairs)])


def variants(candidate: Candidate, pairs: Sequence[Evidence]) -> Iterator[Candidate]:
    """Yield a candidate with what may have been done around it."""
    plain = candidate.treatment
    whole = all(pair.result.pixels.dtype.kind != "f" for pair in pairs)
    if all(is_transparent(pair) for pair in pairs):
        for alpha in (*ALPHAS[1:], *([WHOLE] if _takes_whole_numbers(candidate, pairs) else [])):
            yield replace(candidate, treatment=replace(plain, alpha=alpha))
    if not whole or candidate.convention.rounds:
        return
    yield replace(candidate, treatment=replace(plain, floors=True))
    for light in LIGHTS[1:] if candidate.convention.mixes else ():
        for floors in (False, True):
            yield replace(candidate, treatment=replace(plain, light=light, floors=floors))


def _takes_whole_numbers(candidate: Candidate, pairs: Sequence[Evidence]) -> bool:
    """Whether updown gives a candidate the numbers of sources where alpha weighs colours."""
    placed = [pair.placed(candidate.placement) for pair in pairs]
    asked = ((pair.source.shape, pair.size, pair.pixels.dtype.name) for pair in placed)
    return all(candidate.convention.takes(*each) for each in asked)


def is_transparent(pair: Evidence) -> bool:
    """Whether a source has pixels that are not opaque."""
    pixels = pair.source.pixels[0]
    return pair.source.alpha and bool((pixels[-1] != pair.source.white).any())


def _moved(plain: list[Trial], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return candidates tried at points that are shifted, and with a part of what they make."""
    if any(pair.source.shape.dims != 2 for pair in pairs):
        return []
    first = pairs[0]
    steps = plain[0].candidate.convention.steps(first.source.shape.size, first.size)
    order = plain[0].candidate.treatment
    off = rank((Candidate(one, order) for one in shifted(steps)), pairs)
    likely = [one.candidate.convention for one in off[:DIRECTIONS]]
    others = (new for one in likely for new in of_other_kernels(one))
    off = in_order([*off, *rank((Candidate(one, order) for one in others), pairs)])
    return [*off, *_varied(off[:1], off[:1], pairs), *_elsewhere(plain, pairs)]


def _elsewhere(plain: list[Trial], pairs: Sequence[Evidence]) -> list[Trial]:
    """Return candidates tried with the places that the nearest of them lie at best."""
    known = [one.candidate for one in plain if one.candidate.convention.local][:PLACING]
    places = placements(pairs[0])
    tries = (replace(one, placement=place) for one in known for place in places)
    found = {trial.candidate.placement: trial for trial in reversed(rank(tries, pairs))}
    likely = in_order([one for one in found.values() if _clearly_nearer(one, plain[0])])[:PLACED]
    return [trial for one in likely for trial in _at(one, pairs)]


def _at(found: Trial, pairs: Sequence[Evidence]) -> list[Trial]:
    """Return every convention tried with the place of what was found."""
    order, placement = found.candidate.treatment, found.candidate.placement
    tries = (replace(one, treatment=order) for one in _plain(pairs, placement))
    trials = rank(tries, pairs)
    return [*trials, *_varied(_unlike(trials)[:VARIED], trials, pairs)]
