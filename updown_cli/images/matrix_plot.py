"""A picture of a layer as a matrix: a row per output value, a column per input value."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.explain.lines import short
from updown_cli.images.lettering import extent, fitting_size, font_of, shortened, widest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

    Numbers = NDArray[np.float64]

#: Rows or columns that can be shown.
MOST_CELLS = 1024

# Pixels.
MARGIN, GAP, LINE = 16, 6, 20
AREA, LARGEST_CELL, LEAST_GRID = 840, 36, 6
TITLE, NOTE, LABEL, LARGEST_NUMBER = 14, 12, 11, 13
LEAST_WIDTH = 320

# The ends of the scale, multiples of 4, and how far from white the least weight is.
NEGATIVE, POSITIVE, LEAST_TINT = (32, 96, 192), (216, 88, 0), 0.15
PAPER, INK, FAINT = (255, 255, 255), (20, 20, 20), (112, 112, 112)
GRID, BLOCKS = (228, 228, 228), (150, 150, 150)

SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"lossless": True}),
}


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
    names = ("output", "input")

    @cached_property
    def cell(self) -> int:
        """Side of a cell."""
        return max(min(LARGEST_CELL, AREA // max(self.rows.count, self.columns.count)), 1)

    @cached_property
    def left(self) -> int:
        """Where the cells begin."""
        labels = self.rows.width * len(self.rows.texts(0)) + GAP
        return MARGIN + max(labels, extent(self.names[0], LABEL)[0]) + GAP

    @cached_property
    def top(self) -> int:
        """Where the cells begin."""
        labels = LABEL + 3
        titled = LINE + GAP if self.title else 0
        return MARGIN + titled + labels * (1 + len(self.columns.texts(0))) + GAP

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        width = self.left + self.columns.count * self.cell + self.columns.width // 2 + MARGIN
        height = self.top + self.rows.count * self.cell + GAP + LINE + MARGIN
        return max(width, LEAST_WIDTH), height

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


def matrix_plot(
    weights: Numbers,
    in_sides: Sequence[int],
    out_sides: Sequence[int],
    ending: str,
    *,
    title: str = "",
) -> bytes:
    """Return a .png or .webp of a matrix; sides may begin with frames and channels.

    Raises InputError for more than MOST_CELLS rows or columns.
    """
    if max(weights.shape) > MOST_CELLS:
        raise InputError(
            f"a matrix of {weights.shape[0]} x {weights.shape[1]} has more than {MOST_CELLS} rows "
            "or columns to show",
            hint="give a smaller --input, such as 8x8",
        )
    name, settings = SETTINGS[ending]
    file = io.BytesIO()
    image = drawn(weights, layout_of(weights, in_sides, out_sides, title))
    image.save(file, name, **settings)
    return file.getvalue()


def layout_of(
    weights: Numbers, in_sides: Sequence[int], out_sides: Sequence[int], title: str = ""
) -> MatrixLayout:
    """Return where everything is."""
    import numpy as np

    rows, columns = weights.shape
    note = f"{np.count_nonzero(weights)} of {weights.size} are not 0; orange is above 0, blue below"
    return MatrixLayout(Ticks(tuple(out_sides), rows), Ticks(tuple(in_sides), columns), title, note)


def drawn(weights: Numbers, layout: MatrixLayout) -> Image.Image:
    """Return the picture."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", layout.size, PAPER)
    colours = coloured(weights)
    cells = Image.fromarray(colours)
    across = (cells.width * layout.cell, cells.height * layout.cell)
    image.paste(cells.resize(across, Image.Resampling.NEAREST), (layout.left, layout.top))
    draw = ImageDraw.Draw(image)
    _draw_grid(draw, layout)
    _draw_numbers(draw, layout, weights, colours)
    for at, text, anchor in layout.labels():
        draw.text(at, text, FAINT, font_of(LABEL), anchor)
    width = layout.size[0] - 2 * MARGIN
    draw.text((MARGIN, MARGIN + LINE // 2 - 2), shortened(layout.title, TITLE, width), INK,
              font_of(TITLE), "lm")  # fmt: skip
    bottom = layout.size[1] - MARGIN - LINE // 2
    draw.text((MARGIN, bottom), shortened(layout.note, NOTE, width), FAINT, font_of(NOTE), "lm")
    return image


def coloured(weights: Numbers) -> NDArray[np.uint8]:
    """Return rows x columns x 3: white for 0, and the further from it the larger a weight is."""
    import numpy as np

    largest = np.abs(weights).max(initial=0.0) or 1.0
    share = np.abs(weights) / largest
    tint = np.where(weights == 0, 0.0, LEAST_TINT + (1 - LEAST_TINT) * share)[..., None]
    ends = np.where((weights > 0)[..., None], POSITIVE, NEGATIVE)
    colours: NDArray[np.uint8] = np.rint(255 + (ends - 255) * tint).astype(np.uint8)
    return colours


def _draw_grid(draw: ImageDraw.ImageDraw, layout: MatrixLayout) -> None:
    """Draw lines between cells that have room for them, darker ones between rows of a picture."""
    left, top, _, _ = layout.cell_box(0, 0)
    _, _, right, bottom = layout.cell_box(layout.rows.count - 1, layout.columns.count - 1)
    lines = [
        (index, axis)
        for axis, ticks in enumerate((layout.rows, layout.columns))
        for index in range(ticks.count + 1)
    ]
    for index, axis in lines if layout.cell >= LEAST_GRID else ():
        ticks = layout.columns if axis else layout.rows
        at = index * layout.cell
        ends = (left + at, top, left + at, bottom) if axis else (left, top + at, right, top + at)
        is_block = index % ticks.block == 0 and ticks.block > 1
        draw.line(ends, BLOCKS if is_block else GRID)
    draw.rectangle((left - 1, top - 1, right, bottom), outline=BLOCKS)


def _draw_numbers(
    draw: ImageDraw.ImageDraw, layout: MatrixLayout, weights: Numbers, colours: NDArray[np.uint8]
) -> None:
    """Write the weights that are not 0 where all of them have room."""
    size = number_size(weights, layout.cell)
    if size is None:
        return
    for row, column in zip(*weights.nonzero(), strict=True):
        left, top, right, bottom = layout.cell_box(row, column)
        ink = PAPER if colours[row, column].mean() < 128 else INK
        middle = (left + right) // 2, (top + bottom) // 2
        draw.text(middle, short(float(weights[row, column])), ink, font_of(size), "mm")


def number_size(weights: Numbers, cell: int) -> int | None:
    """Return the size in which all weights fit their cells; None if it could not be read."""
    if cell <= LEAST_GRID:
        return None
    numbers = set(weights.ravel().tolist()) - {0.0}
    return fitting_size(widest(map(short, numbers), LARGEST_NUMBER), cell - 4, LARGEST_NUMBER)
