"""The size of a result as text: a formula for each axis, and the numbers of its names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: A formula with names, and the numbers of the names beside `in` and `output_size`.
SizeText = tuple[str, dict[str, Any]]

KEPT, GIVEN = "in", "output_size"


def text_for_axes(text: str, **numbers: Sequence[Any]) -> list[SizeText]:
    """Return one formula for every axis, with the numbers of each."""
    axes = zip(*numbers.values(), strict=True)
    return [(text, dict(zip(numbers, axis, strict=True))) for axis in axes]


def text_of_given_size(size: Sequence[int], given: Sequence[int]) -> list[SizeText]:
    """Return what tells a given size of a result of `size`: that it is kept, if it is."""
    return [(KEPT if tuple(given) == tuple(size) else GIVEN, {})] * len(size)
