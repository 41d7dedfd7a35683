"""The picture of summed weights: its colours, its numbers' limits, and what has no weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.conftest import Updown
from updown_cli.figures.matrix_plot import weight_colours

BOX = ("deconv", "--kernel", "1 1 1; 1 1 1; 1 1 1", "-s", "2", "--input", "2")


def test_a_checkerboard_is_seen_as_one(updown: Updown) -> None:
    """Of a 3x3 box at stride 2 each sum is 1, 2 or 4, by how many kernels lie over its pixel."""
    assert updown("explain", *BOX, "--plot-overlap", "w.png").code == 0
    even, uneven = [1, 1, 2, 1, 1], [2, 2, 4, 2, 2]
    wanted = weight_colours(np.array([even, even, uneven, even, even], np.float64))
    with Image.open("w.png") as file:
        pixels = np.asarray(file.convert("RGB"))
    darkest = (pixels == wanted[2, 2]).all(2)
    rows, columns = darkest.any(1).nonzero()[0], darkest.any(0).nonzero()[0]
    top, left, cell = rows[0] - 2 * 36, columns[0] - 2 * 36, 36
    corners = pixels[top + 3 : top + 5 * cell : cell, left + 3 : left + 5 * cell : cell]
    np.testing.assert_array_equal(corners, wanted)


def test_what_has_no_weights_or_too_many_rows_is_refused(updown: Updown) -> None:
    done = updown("explain", "pool", "-k", "2", "--plot-overlap", "w.png")
    assert (done.code, done.stderr) == (
        1,
        "updown: --plot-overlap w.png: pool --mode max is no matrix, its results are no weighted "
        "sums; --animate OUT and -o PAGE.html show what it reads\n",
    )
    done = updown("explain", *BOX, "--plot-overlap", "w.gif")
    assert (done.code, done.stderr) == (
        2,
        "updown: --plot-overlap w.gif: must end in .png, .webp\n",
    )
    assert not Path("w.png").exists()


def test_sums_are_told_as_text_where_taps_are(updown: Updown) -> None:
    told = updown("explain", *BOX).stdout
    table = told[told.index("sums of the weights\n") :].splitlines()[1:6]
    assert [line.split() for line in table] == [
        *[["1", "1", "2", "1", "1"]] * 2,
        ["2", "2", "4", "2", "2"],
        *[["1", "1", "2", "1", "1"]] * 2,
    ]
