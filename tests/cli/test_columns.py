"""Tables at every width: cells are whole, and say what they are."""

from __future__ import annotations

import pytest

from updown_cli.cli.columns import Columns, shorten_middle

COLUMNS = Columns(
    ("image", "step", "in", "out", "load", "op", "save"), ("load", "op", "save"), "image"
)
NAME = "holiday/2024/a long name of a photograph.jpg -> out/a long name of a photograph.jpg"
ROWS = [
    (NAME, "pool max 2x2", "3x1531x2041", "3x765x1020", "63.7 ms", "1.7 ms", "2.3 ms"),
    ("", "upsample nearest 2", "3x765x1020", "3x1530x2040", "", "12 ms", ""),
]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 140, 200])
def test_no_cell_is_cut_at_any_width(width: int) -> None:
    text = "\n".join(COLUMNS.lines(ROWS, width))
    for cell in (cell for row in ROWS for cell in row[1:] if cell):
        assert cell in text


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
def test_no_line_is_wider_than_it_may_be(width: int) -> None:
    assert max(map(len, COLUMNS.lines(ROWS, width))) <= width


def test_a_wide_terminal_has_a_row_for_each_step() -> None:
    rows = [("a.png", "pool max 2x2", "3x8x8", "3x4x4", "1 ms", "0.5 ms", "2 ms")]
    assert COLUMNS.lines(rows, 80) == [
        "image step         in    out   load     op save",
        "a.png pool max 2x2 3x8x8 3x4x4 1 ms 0.5 ms 2 ms",
    ]


def test_names_stand_above_what_does_not_fit_beside_them() -> None:
    assert COLUMNS.lines(ROWS, 100) == [
        "  step               in          out            load     op   save",
        NAME,
        "  pool max 2x2       3x1531x2041 3x765x1020  63.7 ms 1.7 ms 2.3 ms",
        "  upsample nearest 2 3x765x1020  3x1530x2040          12 ms",
    ]


def test_a_narrow_terminal_has_the_names_of_columns_beside_the_cells() -> None:
    assert COLUMNS.lines(ROWS, 50) == [
        "holiday/2024/a long name...ame of a photograph.jpg",
        "  step pool max 2x2  in 3x1531x2041",
        "  out 3x765x1020  load 63.7 ms  op 1.7 ms",
        "  save 2.3 ms",
        "  step upsample nearest 2  in 3x765x1020",
        "  out 3x1530x2040  op 12 ms",
    ]


def test_letters_of_two_places_are_counted_as_two() -> None:
    columns = Columns(("name", "size"))
    assert columns.lines([("猫.png", "3x1"), ("a.png", "3x22")], 80) == [
        "name   size",
        "猫.png 3x1",
        "a.png  3x22",
    ]


def test_a_long_path_loses_its_middle() -> None:
    assert shorten_middle("one/two/three/four.png", 13) == "one/t...r.png"
    assert shorten_middle("short.png", 13) == "short.png"
