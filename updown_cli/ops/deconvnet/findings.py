"""What a projection found: the units, what each of them saw, and the sizes of all layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.artifact import Artifact
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

Box = tuple[slice, slice]


@dataclass(frozen=True)
class Unit:
    """One value of a layer: its map and place, its activation, and what of the input it sees.

    `field` are rows and columns. Of these `patch` is the input, from 0 to 1, and `projection` the
    way back, both C x rows x columns; they are left out where no sheet shows them.
    """

    place: tuple[int, int, int]
    activation: float
    field: Box
    patch: NDArray[Any] | None = None
    projection: NDArray[Any] | None = None

    @property
    def label(self) -> str:
        """Return the unit as `--unit` takes it."""
        return ",".join(map(str, self.place))


@dataclass(frozen=True)
class Findings(Artifact):
    """The units of one image, strongest first, and every layer with what it gives."""

    layer: str
    rule: str
    units: tuple[Unit, ...]
    sizes: tuple[tuple[str, str, Shape], ...]

    @property
    def answers(self) -> list[str]:
        """Return a line for each unit."""
        return [
            f"{self.layer} unit {unit.label}: {unit.activation:.6g}, sees "
            f"rows {_ends(unit.field[0])}, columns {_ends(unit.field[1])}"
            for unit in self.units
        ]

    @property
    def warnings(self) -> list[str]:
        """Return what makes a projection empty."""
        silent = [unit.label for unit in self.units if unit.activation == 0]
        if not silent:
            return []
        return [f"{self.layer} unit {' and '.join(silent)} is 0: nothing is projected"]


def _ends(side: slice) -> str:
    return f"{side.start}-{side.stop - 1}"
