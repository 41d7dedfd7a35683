"""Moving pictures of a layer: its window over input and output, step by step, with numbers."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from updown_cli.explain.animation_frames import animation_of
from updown_cli.explain.cell_grid_model import AROUND
from updown_cli.figures.animation_layout import Layout, animation_layout
from updown_cli.figures.arrangement import Point
from updown_cli.figures.cell_grid import SMALL, TEXT, Box, GridPanel
from updown_cli.figures.moving_formats import MOVING_FORMATS
from updown_cli.figures.palette import (
    CHOSEN,
    EMPTY,
    FAINT,
    INK,
    INPUT,
    INSERTED,
    OUTPUT,
    PADDING,
    PAPER,
    READ_LOOKS,
    WINDOW,
    WRITTEN,
    WRITTEN_PADDING,
    CellStyle,
    Colour,
    with_one_palette,
)
from updown_cli.figures.text_fitting import extent, font_of, shorten
from updown_cli.op.arithmetic_line import short_number

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

    from updown_cli.explain.animation_steps import Animation, AnimationStep
    from updown_cli.explain.cell_grid_model import Cell, CellGrid
    from updown_cli.explain.traces import Trace

# Milliseconds.
STEP_TIME, END_TIME = 600, 2000

# Pixels from one dash to the next.
DASH = 6


def render_animation(
    trace: Trace,
    ending: str,
    *,
    title: str = "",
    view: str | None = None,
    delay: int = STEP_TIME,
    cell: int | None = None,
) -> bytes:
    """Return a moving picture as a GIF, PNG or WebP file, which loops and rests at the end.

    `view` is one of VIEWS, `delay` the milliseconds of a step, `cell` the side of a cell.
    Raises InputError for what is too large to be shown.
    """
    frames = frames_of(trace, title=title, view=view, cell=cell)
    if ending != ".webp":
        frames = with_one_palette(frames)
    file = io.BytesIO()
    name, settings = MOVING_FORMATS[ending]
    frames[0].save(
        file,
        name,
        save_all=True,
        append_images=frames[1:],
        duration=[delay] * (len(frames) - 1) + [max(delay, END_TIME)],
        loop=0,
        **settings,
    )
    return file.getvalue()


def frames_of(
    trace: Trace, *, title: str = "", view: str | None = None, cell: int | None = None
) -> list[Image.Image]:
    """Return a picture of every step, and one of the result."""
    scene = animation_of(trace, view)
    return draw_frames(scene, animation_layout(scene, title, cell))


def draw_frames(scene: Animation, layout: Layout) -> list[Image.Image]:
    """Return the pictures of a scene."""
    base = Page.empty(layout)
    frames = []
    before: AnimationStep | None = None
    for step in scene.steps:
        base.write(step.written, step.values, done=True)
        base.show_windows(step, before)
        frame = base.copy()
        frame.show(step)
        frames.append(frame.image)
        before = step
    base.show_windows(None, before)
    return [*frames, base.image]


@dataclass(frozen=True)
class Page:
    """A picture being drawn."""

    layout: Layout
    image: Image.Image

    @classmethod
    def empty(cls, layout: Layout) -> Page:
        """Return the picture before the first step."""
        from PIL import Image

        page = cls(layout, Image.new("RGB", layout.size, PAPER))
        scene = layout.scene
        first, *_, last = layout.panels
        page._board(first, scene.source, INPUT)
        page._board(last, scene.target, EMPTY)
        page.show_windows(None, None)
        for panel in layout.panels:
            page._text(panel.title_at, panel.form.title, TEXT, INK, "mm")
        for arrow in layout.arrows:
            page._arrow(*arrow)
        page._text(layout.title_at, shorten(layout.title, TEXT, layout.text_width))
        page._text(layout.line_at(2), layout.note, SMALL, FAINT)
        return page

    def copy(self) -> Page:
        """Return the picture to draw on."""
        return Page(self.layout, self.image.copy())

    def show(self, step: AnimationStep) -> None:
        """Light up what a step reads and writes, and tell its arithmetic."""
        first, *_ = self.layout.panels
        source = self.layout.scene.source
        for cell in step.read:
            look = CHOSEN if cell == step.chosen else READ_LOOKS[source.kind(cell)]
            self._cell(first, cell, float(source.numbers[cell]), look)
        self.write(step.written, step.values, done=False)
        width = self.layout.text_width
        line = step.line.fitted(lambda text: extent(text, TEXT)[0] <= width)
        self._text(self.layout.line_at(0), shorten(step.where, TEXT, width))
        self._text(self.layout.line_at(1), shorten(line, TEXT, width))

    def show_windows(self, step: AnimationStep | None, before: AnimationStep | None) -> None:
        """Draw the windows of a step, or empty ones, where they differ from those before."""
        for number, panel in enumerate(self.layout.panels[1:-1]):
            if step and before and _same_window(step, before, number):
                continue
            numbers = _in_panel(step.windows[number] if step else None, panel)
            for cell in _places(panel):
                look = INSERTED if math.isnan(numbers[cell]) else WINDOW
                won = step is not None and number == 0 and cell == step.winner
                self._cell(panel, cell, float(numbers[cell]), CHOSEN if won else look)

    def write(self, cells: Iterable[Cell], values: Iterable[float], *, done: bool) -> None:
        """Put values into the output, lit up unless they are done."""
        target, panel = self.layout.scene.target, self.layout.panels[-1]
        for cell, value in zip(cells, values, strict=True):
            if target.kind(cell) == AROUND:
                look = PADDING if done else WRITTEN_PADDING
            else:
                look = OUTPUT if done else WRITTEN
            self._cell(panel, cell, value, look)

    def _board(self, panel: GridPanel, board: CellGrid, look: CellStyle) -> None:
        looks = (look, PADDING, INSERTED)
        for cell in _places(panel):
            self._cell(panel, cell, float(board.numbers[cell]), looks[board.kind(cell)])
        for plane in range(panel.form.planes) if panel.form.numbered else ():
            left, top = panel.corner(plane)
            self._text((left, top - SMALL // 2 - 2), str(plane), SMALL, FAINT)

    def _cell(self, panel: GridPanel, cell: Cell, value: float, look: CellStyle) -> None:
        left, top, right, bottom = box = panel.cell_box(cell)
        self._draw.rectangle(box, look.fill, None if look.dashed else look.border)
        if look.dashed:
            _dash(self._draw, box, look.border)
        middle = (left + right) // 2, (top + bottom) // 2
        if panel.form.number_size:
            text = short_number(value, panel.form.digits)
            self._text(middle, text, panel.form.number_size, look.ink, "mm")

    def _text(
        self, at: Point, text: str, size: int = TEXT, ink: Colour = INK, anchor: str = "lm"
    ) -> None:
        self._draw.text(at, text, ink, font_of(size), anchor)

    def _arrow(self, start: Point, end: Point) -> None:
        self._draw.line((start, end), FAINT, 2)
        x, y = end
        wings = (
            ((x - 6, y - 5), (x - 6, y + 5)) if start[1] == y else ((x - 5, y - 6), (x + 5, y - 6))
        )
        self._draw.polygon([end, *wings], FAINT)

    @cached_property
    def _draw(self) -> ImageDraw.ImageDraw:
        from PIL import ImageDraw

        return ImageDraw.Draw(self.image)


def _places(panel: GridPanel) -> Iterator[Cell]:
    """Return all cells of a panel."""
    rows, columns = panel.form.sides
    return product(range(panel.form.planes), range(rows), range(columns))


def _same_window(step: AnimationStep, before: AnimationStep, number: int) -> bool:
    import numpy as np

    windows = step.windows[number], before.windows[number]
    return step.winner == before.winner and np.array_equal(*windows, equal_nan=True)


def _in_panel(numbers: NDArray[Any] | None, panel: GridPanel) -> NDArray[Any]:
    """Return an array with NaN where the panel has more room."""
    import numpy as np

    full = np.full((panel.form.planes, *panel.form.sides), math.nan)
    if numbers is not None:
        full[tuple(map(slice, numbers.shape))] = numbers
    return full


def _dash(draw: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    """Draw a dashed border."""
    left, top, right, bottom = box
    for x in range(left, right + 1, DASH):
        end = min(x + DASH // 2 - 1, right)
        draw.line((x, top, end, top), colour)
        draw.line((x, bottom, end, bottom), colour)
    for y in range(top, bottom + 1, DASH):
        end = min(y + DASH // 2 - 1, bottom)
        draw.line((left, y, left, end), colour)
        draw.line((right, y, right, end), colour)
