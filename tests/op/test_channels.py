"""Channels side by side, as Pillow has them in cells of four bytes and as they are without gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from updown_cli.op.channels import interleave_channels, whole_cells


def cells(height: int, width: int) -> NDArray[Any]:
    """Return H x W x 4 whose fourth byte is one that no other has."""
    random = np.random.default_rng(height)
    found = random.integers(0, 255, (height, width, 4), dtype=np.uint8)
    found[..., 3] = 255
    return found


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (5, 1), (4, 6), (9, 13)])
def test_cells_come_close_together_without_their_fourth_byte(height: int, width: int) -> None:
    source = cells(height, width)
    made = interleave_channels(source[..., :3].transpose(2, 0, 1))
    wanted = [[source[y, x, :3].tolist() for x in range(width)] for y in range(height)]
    assert made.tolist() == wanted
    assert made.flags.c_contiguous
    assert source[..., 3].min() == 255  # what is read stays as it is


def test_some_rows_of_cells_are_whole_and_some_columns_are_not() -> None:
    planes = cells(6, 8)[..., :3].transpose(2, 0, 1)
    rows, columns = planes[:, 2:5], planes[:, :, 2:5]
    assert whole_cells(rows) is not None
    assert whole_cells(columns) is None
    for part in (rows, columns):
        assert interleave_channels(part).tolist() == part.transpose(1, 2, 0).tolist()


def test_what_ends_before_the_fourth_byte_of_its_last_cell_is_not_read_beyond() -> None:
    memory = np.arange(4 * 6 - 1, dtype=np.uint8)
    planes = np.ndarray((3, 2, 3), np.uint8, memory, 0, (1, 12, 4))
    assert whole_cells(planes) is None
    assert interleave_channels(planes).tolist() == planes.transpose(1, 2, 0).tolist()


def test_what_is_close_together_already_is_not_copied() -> None:
    pixels = np.zeros((4, 5, 3), np.uint8)
    assert np.shares_memory(interleave_channels(pixels.transpose(2, 0, 1)), pixels)
