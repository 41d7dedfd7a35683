"""Networks of smaller and larger values, against Python's sorting."""

from __future__ import annotations

import itertools
import random

import pytest

from updown_cli.op.selection_network import selection, sorting


@pytest.mark.parametrize("count", range(1, 11))
def test_every_order_of_noughts_and_ones_is_sorted(count: int) -> None:
    """What sorts these sorts all numbers (Knuth, 5.3.4)."""
    for values in itertools.product((0, 1), repeat=count):
        assert sorting(count).run([*values], min, max) == sorted(values)


@pytest.mark.parametrize("height", range(1, 7))
@pytest.mark.parametrize("width", range(1, 7))
def test_every_rank_is_found_among_sorted_columns(height: int, width: int) -> None:
    draw = random.Random(height * 10 + width)
    for rank in range(height * width):
        for most in (1, 3, 99):
            columns = [sorted(draw.randint(0, most) for _ in range(height)) for _ in range(width)]
            values = [column[row] for row in range(height) for column in columns]
            found = selection(height, width, rank).run(values, min, max)
            assert found == [sorted(values)[rank]]


def test_a_median_of_nine_takes_twenty_steps() -> None:
    assert len(sorting(3).steps) + len(selection(3, 3, 4).steps) == 20
