"""Where everything of a moving picture is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.errors import InputError
from updown_cli.explain.lines import short
from updown_cli.explain.steps import MOST_PLANES
from updown_cli.images.arrangement import Arrangement, Point, across, down, folded
from updown_cli.images.lettering import extent, fitting_size, widest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.boards import Cell
    from updown_cli.explain.steps import Scene

#: Left, top, right and bottom.
Box = tuple[int, int, int, int]

# Pixels.
MARGIN = 16
LINE = 22
GAP = 10
WIDTH, HEIGHT = 900, 760
LEAST_WIDTH = 460
LARGEST_CELL, LEAST_CELL = 44, 16
TEXT, SMALL = 14, 12
LARGEST_NUMBER = 16

# Lines below the panels: where, the arithmetic, a note.
LINES_BELOW = 3


@dataclass(frozen=True)
class Form:
    """A panel without its place: planes of cells with a title above."""

    title: str
    planes: int
    sides: tuple[int, int]
    cell: int
    number_size: int
    numbered: bool

    @cached_property
    def across(self) -> int:
        """Planes side by side."""
        return 1 if self.sides[0] == 1 else math.ceil(math.sqrt(self.planes))

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
class Panel:
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


@dataclass(frozen=True)
class Layout:
    """The places of title, panels, arrows and lines.

    `forms` are the panels of input, windows and output; numbers have so many `digits`.
    """

    scene: Scene
    title: str
    forms: tuple[Form, ...]
    arrange: Callable[[Sequence[Point]], Arrangement]
    digits: int

    @cached_property
    def arranged(self) -> Arrangement:
        """Input, windows and output."""
        first, *windows, last = (form.size for form in self.forms)
        middle = max(wide for wide, _ in windows), sum(high + GAP for _, high in windows) - GAP
        return self.arrange([first, middle, last])

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        width, height = self.arranged.size
        below = GAP + LINES_BELOW * LINE + GAP
        return max(width + 2 * MARGIN, LEAST_WIDTH), self._corner[1] + height + below

    @property
    def _corner(self) -> Point:
        """Left upper corner of what is arranged."""
        width = self.arranged.size[0]
        top = MARGIN + (LINE + 4 if self.title else 0)
        return (max(width + 2 * MARGIN, LEAST_WIDTH) - width) // 2, top

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """The panels of input, windows and output at their places."""
        starts, (left, top), ends = map(self._moved, self.arranged.corners)
        first, *windows, last = self.forms
        widest_window = max(form.size[0] for form in windows)
        panels = [Panel(first, *starts)]
        for form in windows:
            panels.append(Panel(form, left + (widest_window - form.size[0]) // 2, top))
            top += form.size[1] + GAP
        return (*panels, Panel(last, *ends))

    @property
    def arrows(self) -> list[tuple[Point, Point]]:
        """Start and end of each arrow."""
        return [(self._moved(start), self._moved(end)) for start, end in self.arranged.arrows]

    def _moved(self, at: Point) -> Point:
        return at[0] + self._corner[0], at[1] + self._corner[1]

    @property
    def title_at(self) -> Point:
        """The left and middle of the title."""
        return MARGIN, MARGIN + LINE // 2 - 2

    def line_at(self, number: int) -> Point:
        """Return the left and middle of a line below the panels."""
        bottom = self._corner[1] + self.arranged.size[1]
        return MARGIN, bottom + GAP + number * LINE + LINE // 2

    @property
    def text_width(self) -> int:
        """Width of the lines."""
        return self.size[0] - 2 * MARGIN


def layout_of(scene: Scene, title: str = "") -> Layout:
    """Return the layout with the largest cells that fit; raise InputError if none does."""
    rows_only = scene.source.sides[0] == scene.target.sides[0] == 1
    arrangements = [down] if rows_only else [across, folded]
    for digits in (3, 2, 1):
        texts = [widest(numbers, LARGEST_NUMBER) for numbers in _texts(scene, digits)]
        cells = range(LARGEST_CELL, LEAST_CELL - 1, -1)
        for cell, arrange in product(cells, arrangements):
            sizes = [fitting_size(panel, cell - 3, LARGEST_NUMBER) for panel in texts]
            layout = Layout(scene, title, _forms(scene, cell, sizes), arrange, digits)
            width, height = layout.size
            if None not in sizes and width <= WIDTH and height <= HEIGHT:
                return layout
    raise InputError(
        f"{' and '.join(scene.titles)} have more cells than {WIDTH} x {HEIGHT} pixels can show",
        hint="give a smaller --input, such as 8x8",
    )


def _forms(scene: Scene, cell: int, sizes: Sequence[int | None]) -> tuple[Form, ...]:
    """Return the panels of input, windows and output for cells and numbers of a size."""
    shapes = [
        (min(scene.source.planes, MOST_PLANES), *scene.source.sides),
        *_window_shapes(scene),
        (min(scene.target.planes, MOST_PLANES), *scene.target.sides),
    ]
    titles = [scene.titles[0], *scene.window_titles, scene.titles[1]]
    ends = (0, len(titles) - 1)
    return tuple(
        Form(title, planes, (rows, columns), cell, size or 1, planes > 1 and number in ends)
        for number, (title, (planes, rows, columns), size) in enumerate(
            zip(titles, shapes, sizes, strict=True)
        )
    )


def _window_shapes(scene: Scene) -> list[tuple[int, ...]]:
    """Return the planes, rows and columns that hold each window of all steps."""
    return [
        tuple(map(max, zip(*(step.windows[number].shape for step in scene.steps), strict=True)))
        for number in range(len(scene.window_titles))
    ]


def _texts(scene: Scene, digits: int) -> list[set[str]]:
    """Return the numbers of input, windows and output."""
    written = [[value for step in scene.steps for value in step.values]]
    windows = [
        _distinct(step.windows[number] for step in scene.steps)
        for number in range(len(scene.window_titles))
    ]
    panels = [_distinct([scene.source.numbers]), *windows, _distinct([scene.target.numbers])]
    panels[-1].update(*written)
    return [{short(value, digits) for value in panel} for panel in panels]


def _distinct(arrays: Iterable[NDArray[np.float64]]) -> set[float]:
    return {value for array in arrays for value in array.ravel().tolist()}
