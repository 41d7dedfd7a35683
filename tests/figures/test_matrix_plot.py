"""The picture of a matrix: colours by weight, numbers and labels where they have room."""

from __future__ import annotations

import io
from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from updown_cli.errors import InputError
from updown_cli.explain.traces import trace_op
from updown_cli.figures.cell_grid import Box
from updown_cli.figures.matrix_layout import (
    AREA,
    LABEL,
    LARGEST_NUMBER,
    LINE,
    MARGIN,
    TITLE,
    MatrixLayout,
    matrix_layout,
)
from updown_cli.figures.matrix_plot import draw_matrix, matrix_plot, number_size
from updown_cli.figures.text_fitting import extent, font_of
from updown_cli.op.arithmetic_line import short_number
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.deconv.deconv import Deconv

WHITE, ORANGE, BLUE = (255, 255, 255), (216, 88, 0), (32, 96, 192)

Numbers = NDArray[np.float64]


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as file:
        return file.convert("RGB")


def corner_colours(image: Image.Image, layout: MatrixLayout) -> NDArray[np.uint8]:
    """Return rows x columns x 3: a pixel of each cell beside its borders and its number."""
    pixels = np.array(image)
    inset = 1 if layout.cell > 1 else 0
    rows, columns = layout.rows.count, layout.columns.count
    boxes = [[layout.cell_box(row, column) for column in range(columns)] for row in range(rows)]
    return np.array([[pixels[b[1] + inset, b[0] + inset] for b in row] for row in boxes])


def conv_matrix() -> Numbers:
    """Return C of a 3 x 3 kernel on 4 x 4 values, row by row as a tutorial writes it."""
    rows = []
    for top, left in ((0, 0), (0, 1), (1, 0), (1, 1)):
        image = np.zeros((4, 4))
        image[top : top + 3, left : left + 3] = np.arange(1, 10).reshape(3, 3)
        rows.append(image.ravel())
    return np.array(rows)


@pytest.mark.parametrize("ending", [".png", ".webp"])
def test_cells_are_coloured_where_the_matrix_has_weights(ending: str) -> None:
    nine = "1 2 3; 4 5 6; 7 8 9"
    trace = trace_op(PlainConv(kernel=nine).for_shape(Shape(1, 4, 4)), np.ones((1, 1, 4, 4)))
    turned = trace_op(Deconv(kernel=nine).for_shape(Shape(1, 2, 2)), np.ones((1, 1, 2, 2)))
    for found, expected in ((trace, conv_matrix()), (turned, conv_matrix().T)):
        assert found.weights is not None
        sides = found.input.shape[2:], found.output.shape[2:]
        image = opened(matrix_plot(found.weights, *sides, ending))
        colours = corner_colours(image, matrix_layout(found.weights, *sides))
        assert ((colours == WHITE).all(-1) == (expected == 0)).all()
        assert (colours[expected == 9] == ORANGE).all()
        # The larger a weight, the darker.
        greys = colours.mean(-1)
        order = [greys[expected == weight] for weight in range(10)]
        assert all(darker.max() < lighter.min() for lighter, darker in pairwise(order))


def test_signs_have_opposite_colours() -> None:
    weights = np.array([[1.0, -1.0], [0.0, -0.001]])
    colours = corner_colours(draw_matrix(weights, matrix_layout(weights, (2,), (2,))),
                             matrix_layout(weights, (2,), (2,)))  # fmt: skip
    assert tuple(colours[0, 0]) == ORANGE
    assert tuple(colours[0, 1]) == BLUE
    assert tuple(colours[1, 0]) == WHITE
    faint = colours[1, 1].astype(int)
    assert faint[2] - faint[0] > 20


def test_long_titles_and_legends_are_broken_not_cut() -> None:
    title = "matrix D = C^T of deconv, kernel 1 2 3; 4 5 6; 7 8 9, stride 2, padding 1"
    weights = np.ones((1000, 300))
    layout = matrix_layout(weights[:, :3], (3,), (1000,), title)
    assert layout.size[0] == 320
    assert len(layout.title_lines) == 2
    assert " ".join(layout.title_lines) == title
    assert layout.note_lines == ["3000 of 3000 are not 0; orange is above 0, blue", "below"]
    for text in layout.title_lines:
        assert extent(text, TITLE)[0] <= 320 - 2 * MARGIN
    assert layout.top - matrix_layout(weights[:, :3], (3,), (1000,), "D").top == LINE
    foot = np.array(draw_matrix(weights[:, :3], layout))[-MARGIN - 2 * LINE :]
    assert max(foot[:LINE].min(), foot[LINE:-MARGIN].min()) < 160


def test_bytes_are_the_same_each_time() -> None:
    weights = conv_matrix()
    assert matrix_plot(weights, (4, 4), (2, 2), ".png") == matrix_plot(
        weights, (4, 4), (2, 2), ".png"
    )


SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((1, 1), (1, 1)),
    ((4, 4), (2, 2)),
    ((2, 2), (4, 4)),
    ((12,), (12,)),
    ((2, 4, 4), (1, 4, 4)),
    ((8, 8), (8, 8)),
    ((16, 16), (14, 14)),
    ((32, 16), (32, 16)),
    ((1000,), (3,)),
    ((30, 30), (5,)),
    ((3,), (30, 30)),
]


def banded(in_sides: tuple[int, ...], out_sides: tuple[int, ...]) -> Numbers:
    weights = np.zeros((int(np.prod(out_sides)), int(np.prod(in_sides))))
    np.fill_diagonal(weights, -2.5)
    return weights


def label_boxes(layout: MatrixLayout) -> list[Box]:
    boxes = []
    for (x, y), text, anchor in layout.labels():
        left, top, right, bottom = font_of(LABEL).getbbox(text, anchor=anchor)
        boxes.append((x + int(left), y + int(top), x + round(right), y + round(bottom)))
    return boxes


@pytest.mark.parametrize(("in_sides", "out_sides"), SHAPES, ids=str)
def test_labels_have_room(in_sides: tuple[int, ...], out_sides: tuple[int, ...]) -> None:
    layout = matrix_layout(banded(in_sides, out_sides), in_sides, out_sides, "title")
    width, height = layout.size
    boxes = label_boxes(layout)
    left, top, _, _ = layout.cell_box(0, 0)
    _, _, right, bottom = layout.cell_box(layout.rows.count - 1, layout.columns.count - 1)
    assert right <= width
    assert bottom <= height
    for box in boxes:
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= width
        assert box[3] <= height
        assert box[2] <= left or box[3] <= top
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize(("in_sides", "out_sides"), SHAPES, ids=str)
def test_every_weight_has_a_cell_of_its_own(
    in_sides: tuple[int, ...], out_sides: tuple[int, ...]
) -> None:
    weights = banded(in_sides, out_sides)
    layout = matrix_layout(weights, in_sides, out_sides)
    image = draw_matrix(weights, layout)
    assert image.size == layout.size
    colours = corner_colours(image, layout)
    assert ((colours == BLUE).all(-1) == (weights != 0)).all()


def test_labels_tell_index_and_place() -> None:
    layout = matrix_layout(banded((2, 4, 4), (4, 4)), (2, 4, 4), (4, 4))
    texts = [text for _, text, _ in layout.labels()]
    assert texts[:2] == ["input", "output"]
    assert texts[2:6] == ["0", "0,0,0", "1", "0,0,1"]
    assert texts[2 + 2 * 31 : 2 + 2 * 32] == ["31", "1,3,3"]
    assert texts[-2:] == ["15", "3,3"]


def test_small_cells_are_labelled_where_rows_of_the_picture_begin() -> None:
    layout = matrix_layout(banded((16, 16), (16, 16)), (16, 16), (16, 16))
    texts = [text for _, text, _ in layout.labels()]
    assert texts[2:8] == ["0", "0,0", "16", "1,0", "32", "2,0"]


@pytest.mark.parametrize("weight", [2.0, -2.5, -1 / 3, 123456.0, -1.25e-7])
def test_numbers_fit_their_cells_or_are_left_out(weight: float) -> None:
    sizes = [number_size(np.array([[weight, 0.0]]), cell) for cell in range(1, 37)]
    assert sizes[35] is not None
    assert sizes[:6] == [None] * 6
    for cell, size in enumerate(sizes, start=1):
        assert size is None or max(extent(short_number(weight), size)) < cell
    assert max(size for size in sizes if size) <= LARGEST_NUMBER


def test_numbers_are_written_where_they_fit() -> None:
    weights = np.array([[3.0, 0.0], [0.0, 3.0]])
    layout = matrix_layout(weights, (2,), (2,))
    pixels = np.array(draw_matrix(weights, layout))
    for row, column in np.ndindex(2, 2):
        left, top, right, bottom = layout.cell_box(row, column)
        inner = pixels[top + 4 : bottom - 4, left + 4 : right - 4].reshape(-1, 3)
        assert (len(np.unique(inner, axis=0)) > 1) == (row == column)


def test_a_large_matrix_has_a_pixel_per_weight() -> None:
    weights = banded((512,), (512,))
    layout = matrix_layout(weights, (512,), (512,))
    assert layout.cell == 1
    assert layout.columns.count * layout.cell <= AREA


def test_a_matrix_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError) as refusal:
        matrix_plot(np.zeros((4, 1025)), (5, 205), (2, 2), ".png")
    assert str(refusal.value) == (
        "a matrix of 4 x 1025 has more than 1024 rows or columns to show; "
        "give a smaller --input, such as 8x8"
    )


def test_a_matrix_of_zeros_is_white() -> None:
    weights = np.zeros((3, 3))
    layout = matrix_layout(weights, (3,), (3,))
    assert (corner_colours(draw_matrix(weights, layout), layout) == 255).all()
