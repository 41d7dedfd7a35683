"""The pixel at the start: which one it is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.upsample.reference_layers import picked, weights
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact


@pytest.mark.parametrize(
    ("length", "out", "nearest", "exact"),
    [
        (5, 3, [0, 1, 3], [0, 2, 4]),
        (3, 5, [0, 0, 1, 1, 2], [0, 0, 1, 2, 2]),
        (4, 2, [0, 2], [1, 3]),
        (2, 3, [0, 0, 1], [0, 1, 1]),
        (8, 3, [0, 2, 5], [1, 4, 6]),
    ],
)
def test_nearest_reads_the_start_of_a_pixel_and_nearest_exact_its_middle(
    length: int, out: int, nearest: list[int], exact: list[int]
) -> None:
    """floor(i * in / out) and floor((i + 0.5) * in / out) (S1)."""
    assert picked(Nearest(size=(out,)), length) == nearest
    assert picked(NearestExact(size=(out,)), length) == exact


def test_nearest_takes_the_scale_as_typed_unless_it_is_recomputed() -> None:
    """Steps of 1 / 0.35 or of 10 / 3."""
    assert picked(Nearest(scale_factor=(0.35,)), 10) == [0, 2, 5]
    assert picked(Nearest(scale_factor=(0.35,), recompute_scale_factor=True), 10) == [0, 3, 6]


def test_nearest_indices_are_float32_products() -> None:
    """41 * 2 / 82 is 1, but pixel 41 is pixel 0 (S21)."""
    indices = picked(Nearest(size=(82,)), 2)
    assert indices[40:43] == [0, 0, 1]
    np.testing.assert_array_equal(indices, weights("nearest", 2, 82)[:, 1])
