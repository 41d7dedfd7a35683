"""A panel of a moving picture: planes of square cells under a title."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.figures.arrangement import Point
from updown_cli.figures.text_fitting import extent

if TYPE_CHECKING:
    from updown_cli.explain.cell_grid_model import Cell

#: Left, top, right and bottom.
Box = tuple[int, int, int, int]

# Pixels.
LINE, GAP = 22, 10
TEXT, SMALL = 14, 12


@dataclass(frozen=True)
class Form:
    """A panel without its place: planes of cells with a title above.

    Without a `number_size` it shows no numbers.
    """

    title: str
    planes: int
    sides: tuple[int, int]
    cell: int
    digits: int
    number_size: int
    numbered: bool

    @cached_property
    def across(self) -> int:
        """Planes side by side: so many that all of them come near a square."""
        wide, high = self.pitch
        counts = range(1, self.planes + 1)
        return min(counts, key=lambda count: max(count * wide, -(-self.planes // count) * high))

    @property
    def label(self) -> int:
        """Height of a plane's number."""
        return SMALL + 4 if self.numbered else 0

    @property
    def pitch(self) -> tuple[int, int]:
        """Pixels from one plane to the next."""
        rows, columns = self.sides
        return columns * self.cell + GAP, rows * self.cell + self.label + GAP

    @cached_property
    def grid(self) -> tuple[int, int]:
        """Width and height of all planes."""
        wide, high = self.pitch
        return self.across * wide - GAP + 1, -(-self.planes // self.across) * high - GAP + 1

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height with the title."""
        width, height = self.grid
        return max(width, extent(self.title, TEXT)[0]), height + LINE


@dataclass(frozen=True)
class GridPanel:
    """A panel and its left upper corner."""

    form: Form
    left: int
    top: int

    @property
    def box(self) -> Box:
        """Where all of it is."""
        width, height = self.form.size
        return self.left, self.top, self.left + width, self.top + height

    @property
    def title_at(self) -> Point:
        """The middle of the title."""
        return self.left + self.form.size[0] // 2, self.top + LINE // 2 - 2

    def corner(self, plane: int) -> Point:
        """Return where a plane's cells begin."""
        below, beside = divmod(plane, self.form.across)
        wide, high = self.form.pitch
        indent = (self.form.size[0] - self.form.grid[0]) // 2
        left = self.left + indent + beside * wide
        return left, self.top + LINE + below * high + self.form.label

    def cell_box(self, cell: Cell) -> Box:
        """Return where a cell is; its borders are its neighbours'."""
        plane, row, column = cell
        side = self.form.cell
        left, top = self.corner(plane)
        left, top = left + column * side, top + row * side
        return left, top, left + side, top + side
