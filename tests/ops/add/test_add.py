"""Sums of an image and what is kept, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from updown_cli.op.shape import Shape
from updown_cli.op.signal import KeptResult, Signal
from updown_cli.ops.add.add import Add


@pytest.mark.parametrize(("fit", "expected"), [
    ("refuse", [[11, 22], [33, 44]]),
    ("crop", [[11, 22], [33, 44]]),
    ("pad", [[11, 22], [33, 44]]),
])  # fmt: skip
def test_equal_sides_are_added_whatever_the_fit(fit: str, expected: list[list[int]]) -> None:
    assert added([[1, 2], [3, 4]], [[10, 20], [30, 40]], fit) == expected


def test_the_middle_is_added() -> None:
    kept = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]
    assert added([[100, 200], [300, 400]], kept, "crop") == [[106, 207], [310, 411]]


def test_zeros_are_added_around_the_image() -> None:
    kept = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    expected = [[101, 202, 3], [304, 405, 6], [7, 8, 9]]
    assert added([[100, 200], [300, 400]], kept, "pad") == expected


def test_additions_are_counted() -> None:
    assert Add(other="@e1").operations(Shape(3, 4, 5)) == 60


def added(x: list[list[int]], kept: list[list[int]], fit: str) -> list[list[int]]:
    """Return the sum of two planes."""
    first, second = (torch.from_numpy(np.array([[plane]], np.float32)) for plane in (x, kept))
    op = Add(other="@e1", fit=fit).joining(Shape(1, len(kept), len(kept[0])))
    result = op.run(Signal(first, (KeptResult(second, name="@e1"),))).pixels[0, 0]
    rows: list[list[int]] = result.int().tolist()
    return rows
