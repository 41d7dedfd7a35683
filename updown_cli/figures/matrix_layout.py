"""Where everything is in a picture of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.figures.lettering import Lettering
from updown_cli.figures.text_fitting import extent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

# Pixels.
MARGIN, GAP, LINE = 16, 6, 20
AREA, LARGEST_CELL, LEAST_GRID = 840, 36, 6
TITLE, NOTE, LABEL, LARGEST_NUMBER = 14, 12, 11, 13
LEAST_WIDTH = 320
MOST_LINES = 4


@dataclass(frozen=True)
class Ticks:
    """The labels of one axis: flat indices, and places of channels and sides if there are more."""

    sides: tuple[int, ...]
    count: int

    def texts(self, index: int) -> tuple[str, ...]:
        """Return the index, and the place where it is another number."""
        kept = [side for side in self.sides if side > 1] or [1]
        if len(kept) == 1:
            return (str(index),)
        places = []
        rest = index
        for side in reversed(kept):
            rest, place = divmod(rest, side)
            places.append(str(place))
        return str(index), ",".join(reversed(places))

    @cached_property
    def width(self) -> int:
        """Width of the widest label."""
        last = self.texts(self.count - 1)
        return max(extent(text, LABEL)[0] for text in last) + 2

    @property
    def block(self) -> int:
        """Values of one row of the picture; of rows alone, 1."""
        kept = [side for side in self.sides if side > 1]
        return kept[-1] if len(kept) > 1 else 1

    def shown(self, cell: int, needed: int) -> range:
        """Return the indices that are labelled: all, or some with enough room between them."""
        steps = [1, *(self.block * tens * few for tens in (1, 10, 100, 1000) for few in (1, 2, 5))]
        step = next((s for s in steps if s * cell >= needed + 2), self.count)
        return range(0, self.count, step)


@dataclass(frozen=True)
class MatrixLayout:
    """Where everything of the picture is."""

    rows: Ticks
    columns: Ticks
    title: str
    note: str
    names: tuple[str, str] = ("output", "input")

    @cached_property
    def cell(self) -> int:
        """Side of a cell."""
        return max(min(LARGEST_CELL, AREA // max(self.rows.count, self.columns.count)), 1)

    @cached_property
    def left(self) -> int:
        """Where the cells begin."""
        labels = self.rows.width * len(self.rows.texts(0)) + GAP
        name = extent(self.names[0], LABEL)[0] + self.columns.width // 2
        return MARGIN + max(labels, name) + GAP

    @cached_property
    def width(self) -> int:
        """Width of the picture."""
        width = self.left + self.columns.count * self.cell + self.columns.width // 2 + MARGIN
        return max(width, LEAST_WIDTH)

    @cached_property
    def title_lines(self) -> list[str]:
        """The title as it is broken."""
        return Lettering(TITLE).wrapped(self.title, self.width - 2 * MARGIN, MOST_LINES)

    @cached_property
    def note_lines(self) -> list[str]:
        """The legend as it is broken."""
        return Lettering(NOTE).wrapped(self.note, self.width - 2 * MARGIN, MOST_LINES)

    @cached_property
    def top(self) -> int:
        """Where the cells begin."""
        labels = LABEL + 3
        titled = LINE * len(self.title_lines) + GAP if self.title else 0
        return MARGIN + titled + labels * (1 + len(self.columns.texts(0))) + GAP

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        below = GAP + LINE * len(self.note_lines) + MARGIN
        return self.width, self.top + self.rows.count * self.cell + below

    def cell_box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of a cell, the last two not in it."""
        left, top = self.left + column * self.cell, self.top + row * self.cell
        return left, top, left + self.cell, top + self.cell

    def labels(self) -> list[tuple[tuple[int, int], str, str]]:
        """Return the place, the text and the anchor of every label."""
        return [*self._names(), *self._column_labels(), *self._row_labels()]

    def _names(self) -> list[tuple[tuple[int, int], str, str]]:
        above = self.top - GAP - (LABEL + 3) * len(self.columns.texts(0))
        middle = above - (LABEL + 3) // 2
        rows, columns = self.names
        return [
            ((self.left, middle), columns, "lm"),
            ((MARGIN, self.top - GAP - LABEL), rows, "lm"),
        ]

    def _column_labels(self) -> list[tuple[tuple[int, int], str, str]]:
        lines = len(self.columns.texts(0))
        return [
            (
                (
                    self.left + index * self.cell + self.cell // 2,
                    self.top - GAP // 2 - (LABEL + 3) * (lines - line) + (LABEL + 3) // 2,
                ),
                text,
                "mm",
            )
            for index in self.columns.shown(self.cell, self.columns.width)
            for line, text in enumerate(self.columns.texts(index))
        ]

    def _row_labels(self) -> list[tuple[tuple[int, int], str, str]]:
        parts = len(self.rows.texts(0))
        return [
            (
                (
                    self.left - GAP - (parts - 1 - part) * (self.rows.width + GAP),
                    self.top + index * self.cell + self.cell // 2,
                ),
                text,
                "rm",
            )
            for index in self.rows.shown(self.cell, LABEL)
            for part, text in enumerate(self.rows.texts(index))
        ]


def matrix_layout(
    weights: Numbers, in_sides: Sequence[int], out_sides: Sequence[int], title: str = ""
) -> MatrixLayout:
    """Return where everything is."""
    import numpy as np

    rows, columns = weights.shape
    note = f"{np.count_nonzero(weights)} of {weights.size} are not 0; orange is above 0, blue below"
    return MatrixLayout(Ticks(tuple(out_sides), rows), Ticks(tuple(in_sides), columns), title, note)
