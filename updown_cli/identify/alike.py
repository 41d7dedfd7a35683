"""Candidates that differ in roundings or at edges alone: one tells where all of them lie."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from updown_cli.identify.convention import Convention
from updown_cli.identify.evidence import Evidence
from updown_cli.identify.sizing import Sides
from updown_cli.identify.trial import Candidate
from updown_cli.op.shape import Shape

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
    placed = (pair.placed(candidate.placement) for pair in pairs)
    asked = [(pair.source.shape, pair.size, pair.source.white) for pair in placed]
    found = [_convention_print(candidate.convention, *each) for each in asked]
    return (candidate.treatment, candidate.placement, *found)


@lru_cache(maxsize=16384)
def _convention_print(convention: Convention, source: Shape, size: Sides, white: float) -> Hashable:
    """Return what its tables are told by, or itself where it has none."""
    import numpy as np

    with np.errstate(all="ignore"):  # tables may have no weights at all
        tables = convention.tables(source, size, white)
    if tables is None:
        return convention
    return tuple(_table_print(*side) for side in zip(tables, source.size, strict=True))


def _table_print(table: Table, length: int) -> bytes:
    """Return what a table makes of numbers that are the same for all of a length."""
    import numpy as np

    numbers = np.random.default_rng(SEED).random(length) * RANGE
    made = (numbers[table.sources] * table.weights).sum(0)
    return sha256(np.round(made, DECIMALS).tobytes()).digest()
