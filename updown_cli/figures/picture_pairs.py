"""The numbers of every two pictures that a page shows in one place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PicturePairs:
    """What was measured of pictures, two and two: texts by their numbers, the smaller one first.

    `measures` are what the texts are of. `shapes` are those of the pictures, empty where there is
    none; two of one shape without numbers were not compared.
    """

    measures: Sequence[str] = ()
    shapes: Sequence[str] = ()
    numbers: Mapping[tuple[int, int], Sequence[str]] | None = None

    def to_json(self) -> str:
        """Return all as the script of a page reads it."""
        numbers = {f"{one},{other}": told for (one, other), told in (self.numbers or {}).items()}
        return json.dumps(
            {"measures": self.measures, "shapes": self.shapes, "numbers": numbers},
            separators=(",", ":"),
        )
