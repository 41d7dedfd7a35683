"""Rows of values by batches of matrix products, against sums in float64, one output at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from updown_cli.engine.byte_columns import TILE, Columns, column_tiles
from updown_cli.engine.room import Room
from updown_cli.op.resampling import Table, area_table, cubic, widened_table


def summed(table: Table, rows: NDArray[Any]) -> NDArray[Any]:
    """Return rows x columns x channels with a table applied to the columns."""
    out = np.zeros((len(rows), table.sources.shape[1], rows.shape[2]))
    for sources, weights in zip(table.sources, table.weights, strict=True):
        for number, (source, weight) in enumerate(zip(sources, weights, strict=True)):
            out[:, number] += rows[:, source] * weight
    return out


def room_of_nan(size: int) -> Room:
    """Return room in which nothing was stored yet, as bad as memory can be."""
    room = Room()
    room.memory = torch.full((size,), float("nan"))
    return room


def by_batches(tiles: list[Columns], rows: NDArray[Any], out: int) -> NDArray[Any]:
    """Return the same by the parts of a table."""
    flat = torch.from_numpy(rows.reshape(len(rows), -1)).float()
    result = torch.full((len(rows), out * rows.shape[2]), float("nan"))
    for tile in tiles:
        part = flat[:, tile.left : tile.right]
        room = room_of_nan(part.numel() + tile.behind + 99)
        floats = room.of(*part.shape, behind=tile.behind).copy_(part)
        for batch in tile.batches:
            made = batch.applied(floats, tile.left, Room())
            batch.place_in(result, 0).copy_(made)
    return result.view(len(rows), out, -1).numpy()


def uneven(length: int, out: int) -> Table:
    """Return three weights from anywhere for each output."""
    dice = np.random.default_rng(length)
    return Table(dice.integers(0, length, (3, out)), dice.uniform(-1, 1, (3, out)))


TABLES = {
    "halved": (80, widened_table(80, 40, 2.0, cubic, 2)),
    "by 2.37": (211, widened_table(211, 89, 211 / 89, cubic, 2)),
    "by 31": (310, widened_table(310, 10, 31.0, cubic, 2)),
    "enlarged": (50, area_table(50, 171)),
    "one pixel": (7, area_table(7, 1)),
    "uneven": (90, uneven(90, 70)),
    "several tiles": (3 * TILE, widened_table(3 * TILE, TILE, 3.0, cubic, 2)),
}


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("name", TABLES)
def test_batches_give_the_sums_of_a_table(name: str, channels: int) -> None:
    length, table = TABLES[name]
    rows = np.random.default_rng(1).integers(0, 256, (3, length, channels)).astype(np.float64)
    made = by_batches(column_tiles(table, channels), rows, table.sources.shape[1])
    np.testing.assert_allclose(made, summed(table, rows), atol=2e-3)


def test_even_spaces_share_a_matrix() -> None:
    """Amid a halved row all blocks are the same."""
    (_, amid, _) = column_tiles(widened_table(TILE, TILE // 2, 2.0, cubic, 2), 3)
    (batch,) = amid.batches
    assert batch.step == 8 * 2 * 3
    assert batch.matrices.shape[0] == 171
    assert batch.matrices.stride(0) == 0


def test_long_sums_stay_as_they_are() -> None:
    """Where a sum is made in parts, its parts may not move: such blocks are alone."""
    (tile,) = column_tiles(widened_table(1280, 64, 20.0, cubic, 2), 3)
    assert [batch.matrices.shape[::2] for batch in tile.batches] == [(1, 48)] * 4
