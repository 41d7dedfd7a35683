"""Candidates that differ in roundings or at edges alone: one tells where all of them lie."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.identify.evidence import Evidence
from updown_cli.identify.trial import Candidate

if TYPE_CHECKING:
    from updown_cli.op.resampling import Table

# The range of the numbers that tables are told by, and the decimals in which they must be alike.
RANGE, DECIMALS, SEED = 100.0, 1, 11


def alike(candidates: Iterable[Candidate], pairs: Sequence[Evidence]) -> list[list[Candidate]]:
    """Return candidates in groups of those whose tables are the same, edges left out."""
    by_edges: dict[Candidate, list[Candidate]] = {}
    for one in candidates:
        usual = replace(one, convention=one.convention.without_edges)
        by_edges.setdefault(usual, []).append(one)
    groups: dict[Hashable, list[Candidate]] = {}
    for group in by_edges.values():
        groups.setdefault(_print(group[0], pairs), []).extend(group)
    return [*groups.values()]


def _print(candidate: Candidate, pairs: Sequence[Evidence]) -> Hashable:
    """Return what candidates of the same tables have in common."""
    found: list[Hashable] = []
    for pair in pairs:
        placed = pair.placed(candidate.placement)
        key = ("tables", candidate.convention)
        if key not in placed.kept:
            source, white = pair.source.shape, pair.source.white
            tables = candidate.convention.tables(source, placed.size, white)
            sides = zip(tables or (), source.size, strict=bool(tables))
            placed.kept[key] = tuple(_table_print(*side) for side in sides) or candidate.convention
        found.append(placed.kept[key])
    return (candidate.treatment, candidate.placement, *found)


def _table_print(table: Table, length: int) -> bytes:
    """Return what a table makes of numbers that are the same for all of a length."""
    import numpy as np

    numbers = np.random.default_rng(SEED).random(length) * RANGE
    made = (numbers[table.sources] * table.weights).sum(0)
    told: bytes = np.round(made, DECIMALS).tobytes()
    return told
