"""How a result is turned: the eight ways in which a rectangle can lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.doctor.signals import QUARTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What is done to a picture, by (axes swapped, then upside down, then left to right).
NAMES = {
    (False, False, False): "upright",
    (False, False, True): "mirrored left to right",
    (False, True, False): "upside down",
    (False, True, True): "turned by 180 degrees",
    (True, False, False): "with rows and columns swapped",
    (True, False, True): "turned by 90 degrees clockwise",
    (True, True, False): "turned by 90 degrees counterclockwise",
    (True, True, True): "with rows and columns swapped about the other diagonal",
}


@dataclass(frozen=True)
class Turn:
    """What is done to a picture beside its size."""

    swapped: bool = False
    flipped: bool = False
    mirrored: bool = False

    @property
    def name(self) -> str:
        """Return it in words."""
        return NAMES[self.swapped, self.flipped, self.mirrored]

    def apply(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return a picture turned so."""
        turned = picture.swapaxes(0, 1) if self.swapped else picture
        return turned[:: -1 if self.flipped else 1, :: -1 if self.mirrored else 1]

    def undo(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return a turned picture upright."""
        upright = picture[:: -1 if self.flipped else 1, :: -1 if self.mirrored else 1]
        return upright.swapaxes(0, 1) if self.swapped else upright


def find_turn(plane: NDArray[Any]) -> Turn:
    """Return how the picture of four quarters came out: as its order of levels says.

    The order, not the levels, because these may be wrong as well.
    """
    import numpy as np

    height, width = plane.shape
    if min(height, width) < 2:
        return Turn()
    rows = np.array_split(np.arange(height), 2)
    columns = np.array_split(np.arange(width), 2)
    levels = np.array([[np.median(plane[np.ix_(r, c)]) for c in columns] for r in rows])
    expected = np.array(QUARTERS, float).reshape(2, 2)
    turns = [Turn(*key) for key in NAMES]

    def likeness(turn: Turn) -> float:
        return float(((turn.apply(expected) - 130) * (levels - levels.mean())).sum())

    return max(turns, key=likeness)
