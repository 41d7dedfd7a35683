"""Least squares by normal equations, added up in float64 over any number of pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Beyond it rounding decides what the unknowns are.
WORST_CONDITION = 1e14


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The unknowns, a column for each result; how well the pictures tell them; what is left."""

    values: NDArray[Any]
    condition: float
    residual: float


class NormalEquations:
    """Sums over pixels: what `unknowns` are seen together, and with each of `results`."""

    def __init__(self, unknowns: int, results: int) -> None:
        import numpy as np

        self.gram = np.zeros((unknowns, unknowns))
        self.cross = np.zeros((unknowns, results))
        self.squares = 0.0
        self.pixels = 0

    def add(
        self,
        where: NDArray[Any],
        gram: NDArray[Any],
        cross: NDArray[Any],
        squares: float,
        count: int,
    ) -> None:
        """Add what so many pixels say of the unknowns at these places."""
        import numpy as np

        self.gram[np.ix_(where, where)] += gram
        self.cross[where] += cross
        self.squares += squares
        self.pixels += count

    def solve(self, ridge: float = 0.0) -> Solution:
        """Return the unknowns, each scaled to what it multiplies; `ridge` is added to squares of 1.

        Raises InputError where they are not told: there are too few pixels, or all are alike.
        """
        import numpy as np

        diagonal = np.diag(self.gram)
        scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
        scaled = self.gram * scale[:, None] * scale + ridge * np.eye(len(scale))
        levels, directions = np.linalg.eigh(scaled)
        condition = float(levels[-1] / levels[0]) if levels[0] > 0 else math.inf
        if not condition < WORST_CONDITION:
            raise self._singular(levels)
        inner = directions.T @ (self.cross * scale[:, None])
        values = directions @ (inner / levels[:, None]) * scale[:, None]
        left = self.squares - (values * (2 * self.cross - self.gram @ values)).sum()
        residual = math.sqrt(max(left, 0.0) / max(self.pixels * self.cross.shape[1], 1))
        return Solution(values=values, condition=condition, residual=residual)

    def _singular(self, levels: NDArray[Any]) -> InputError:
        unknowns = len(levels)
        if self.pixels < unknowns:
            return InputError(
                f"{unknowns} unknowns need as many pixels, the pairs have {self.pixels}",
                hint="take more or larger pictures, or a smaller kernel",
                code="singular",
            )
        free = int((levels <= levels[-1] / WORST_CONDITION).sum())
        return InputError(
            f"singular: the pairs leave {free} of {unknowns} unknowns open",
            hint="constant pictures tell nothing; take others, or --ridge 1e-6",
            code="singular",
        )
