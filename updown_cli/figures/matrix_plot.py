"""A picture of a layer as a matrix: a row per output value, a column per input value."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.figures.matrix_layout import (
    LABEL,
    LARGEST_NUMBER,
    LEAST_GRID,
    LINE,
    MARGIN,
    NOTE,
    TITLE,
    MatrixLayout,
    matrix_layout,
)
from updown_cli.figures.text_fitting import fitting_size, font_of, widest
from updown_cli.op.arithmetic_line import short_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

    Numbers = NDArray[np.float64]

#: Rows or columns that can be shown.
MOST_CELLS = 1024

# The ends of the scale, multiples of 4, and how far from white the least weight is.
NEGATIVE, POSITIVE, LEAST_TINT = (32, 96, 192), (216, 88, 0), 0.15
PAPER, INK, FAINT = (255, 255, 255), (20, 20, 20), (112, 112, 112)
GRID, BLOCKS = (228, 228, 228), (150, 150, 150)

SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"lossless": True}),
}


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
    check_cells(weights)
    name, settings = SETTINGS[ending]
    file = io.BytesIO()
    image = draw_matrix(weights, matrix_layout(weights, in_sides, out_sides, title))
    image.save(file, name, **settings)
    return file.getvalue()


def check_cells(numbers: Numbers) -> None:
    """Raise InputError for more than MOST_CELLS rows or columns."""
    if max(numbers.shape) > MOST_CELLS:
        raise InputError(
            f"a matrix of {numbers.shape[0]} x {numbers.shape[1]} has more than {MOST_CELLS} rows "
            "or columns to show",
            hint="give a smaller --input, such as 8x8",
        )


def draw_matrix(weights: Numbers, layout: MatrixLayout) -> Image.Image:
    """Return the picture."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", layout.size, PAPER)
    colours = weight_colours(weights)
    cells = Image.fromarray(colours)
    across = (cells.width * layout.cell, cells.height * layout.cell)
    image.paste(cells.resize(across, Image.Resampling.NEAREST), (layout.left, layout.top))
    draw = ImageDraw.Draw(image)
    _draw_grid(draw, layout)
    _draw_numbers(draw, layout, weights, colours)
    for at, text, anchor in layout.labels():
        draw.text(at, text, FAINT, font_of(LABEL), anchor)
    bottom = layout.size[1] - MARGIN - LINE * len(layout.note_lines)
    _draw_lines(draw, layout.title_lines, MARGIN - 2, INK, TITLE)
    _draw_lines(draw, layout.note_lines, bottom, FAINT, NOTE)
    return image


def _draw_lines(
    draw: ImageDraw.ImageDraw, lines: Sequence[str], top: int, ink: tuple[int, int, int], size: int
) -> None:
    for number, text in enumerate(lines):
        draw.text((MARGIN, top + number * LINE + LINE // 2), text, ink, font_of(size), "lm")


def weight_colours(weights: Numbers) -> NDArray[np.uint8]:
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
        draw.text(middle, short_number(float(weights[row, column])), ink, font_of(size), "mm")


def number_size(weights: Numbers, cell: int) -> int | None:
    """Return the size in which all weights fit their cells; None if it could not be read."""
    if cell <= LEAST_GRID:
        return None
    numbers = set(weights.ravel().tolist()) - {0.0}
    return fitting_size(
        widest(map(short_number, numbers), LARGEST_NUMBER), cell - 4, LARGEST_NUMBER
    )
