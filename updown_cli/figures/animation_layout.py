"""Where everything of a moving picture is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.errors import InputError
from updown_cli.explain.animation_steps import MOST_PLANES
from updown_cli.figures.arrangement import (
    Arrangement,
    Point,
    first_beside_stacked,
    one_below_another,
    side_by_side,
)
from updown_cli.figures.cell_grid import GAP, LINE, Form, GridPanel
from updown_cli.figures.text_fitting import fitting_size, widest
from updown_cli.op.arithmetic_line import short_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.explain.animation_steps import Animation

# Pixels.
MARGIN = 16
WIDTH, HEIGHT = 900, 760
LEAST_WIDTH = 460
LARGEST_CELL, LEAST_CELL = 44, 16
LARGEST_NUMBER, LEAST_NUMBER = 16, 10

# Of numbers that are not whole; fewer where there is no room.
DIGITS = (3, 2, 1)

NONE = 0

# Said where numbers have no room; the line of arithmetic tells them.
LEFT_OUT = "numbers that have no room are left out"

# Lines below the panels: where, the arithmetic, a note.
LINES_BELOW = 3


@dataclass(frozen=True)
class Layout:
    """The places of title, panels, arrows and lines.

    `forms` are the panels of input, windows and output.
    """

    scene: Animation
    title: str
    forms: tuple[Form, ...]
    arrange: Callable[[Sequence[Point]], Arrangement]

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
    def panels(self) -> tuple[GridPanel, ...]:
        """The panels of input, windows and output at their places."""
        starts, (left, top), ends = map(self._moved, self.arranged.corners)
        first, *windows, last = self.forms
        widest_window = max(form.size[0] for form in windows)
        panels = [GridPanel(first, *starts)]
        for form in windows:
            panels.append(GridPanel(form, left + (widest_window - form.size[0]) // 2, top))
            top += form.size[1] + GAP
        return (*panels, GridPanel(last, *ends))

    @property
    def arrows(self) -> list[tuple[Point, Point]]:
        """Start and end of each arrow."""
        return [(self._moved(start), self._moved(end)) for start, end in self.arranged.arrows]

    @property
    def note(self) -> str:
        """What there is to say of the whole."""
        is_full = all(form.number_size for form in self.forms)
        return "; ".join(filter(None, (self.scene.note, "" if is_full else LEFT_OUT)))

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


def animation_layout(scene: Animation, title: str = "", cell: int | None = None) -> Layout:
    """Return the layout with the largest cells that fit, or such as are asked for.

    Raises InputError if none fits.
    """
    rows_only = scene.source.sides[0] == scene.target.sides[0] == 1
    arrangements = [one_below_another] if rows_only else [side_by_side, first_beside_stacked]
    panels = _texts(scene)
    cells = [cell] if cell else range(LARGEST_CELL, LEAST_CELL - 1, -1)
    for least, side, arrange in product((*DIGITS, NONE), cells, arrangements):
        found = [_lettering(texts, side, least) for texts in panels]
        letters = [letter for letter in found if letter]
        if len(letters) < len(panels):
            continue
        layout = Layout(scene, title, _forms(scene, side, letters), arrange)
        width, height = layout.size
        if width <= WIDTH and height <= HEIGHT:
            return layout
    kind = f"cells of {cell} pixels" if cell else "cells"
    raise InputError(
        f"{' and '.join(scene.titles)} have more {kind} than {WIDTH} x {HEIGHT} pixels can show",
        hint="give a smaller --cell" if cell else "give a smaller --input, such as 8x8",
    )


def _lettering(texts: dict[int, list[str]], cell: int, least: int) -> tuple[int, int] | None:
    """Return the digits, at least so many, and the size in which a panel's numbers fit.

    The size is 0 where none fits and none is needed.
    """
    box = cell - max(cell // 6, 3)
    for digits in DIGITS:
        size = fitting_size(texts[digits], box, max(LARGEST_NUMBER, cell // 3), LEAST_NUMBER)
        if size and digits >= least:
            return digits, size
    return None if least > NONE else (NONE, 0)


def _forms(scene: Animation, cell: int, letters: Sequence[tuple[int, int]]) -> tuple[Form, ...]:
    """Return the panels of input, windows and output, with their digits and sizes of numbers."""
    shapes = [
        (min(scene.source.planes, MOST_PLANES), *scene.source.sides),
        *_window_shapes(scene),
        (min(scene.target.planes, MOST_PLANES), *scene.target.sides),
    ]
    titles = [scene.titles[0], *scene.window_titles, scene.titles[1]]
    ends = (0, len(titles) - 1)
    return tuple(
        Form(title, planes, (rows, columns), cell, *letter, planes > 1 and number in ends)
        for number, (title, (planes, rows, columns), letter) in enumerate(
            zip(titles, shapes, letters, strict=True)
        )
    )


def _window_shapes(scene: Animation) -> list[tuple[int, ...]]:
    """Return the planes, rows and columns that hold each window of all steps."""
    return [
        tuple(map(max, zip(*(step.windows[number].shape for step in scene.steps), strict=True)))
        for number in range(len(scene.window_titles))
    ]


def _texts(scene: Animation) -> list[dict[int, list[str]]]:
    """Return the widest numbers of input, windows and output, by their digits."""
    windows = [
        _distinct(step.windows[number] for step in scene.steps)
        for number in range(len(scene.window_titles))
    ]
    panels = [_distinct([scene.source.numbers]), *windows, _distinct([scene.target.numbers])]
    panels[-1].update(value for step in scene.steps for value in step.values)
    return [
        {
            digits: widest((short_number(value, digits) for value in panel), LARGEST_NUMBER)
            for digits in DIGITS
        }
        for panel in panels
    ]


def _distinct(arrays: Iterable[NDArray[np.float64]]) -> set[float]:
    return {value for array in arrays for value in array.ravel().tolist()}
