"""In what ways a size can have been asked for."""

from __future__ import annotations

from fractions import Fraction

import pytest

from updown_cli.identify.sizing import Sizing, sizings
from updown_cli.ops import OPS


def found(command: str, mode: str, source: tuple[int, int], size: tuple[int, int]) -> list[Sizing]:
    """Return the sizings of an operation."""
    return [*sizings(OPS[command].of_mode(mode), source, size)]


def test_a_factor_is_tried_where_it_scales_otherwise_than_the_size() -> None:
    half = Fraction(1, 2)
    assert found("upsample", "bilinear", (100, 80), (50, 40)) == [Sizing("size")]
    asked = found("upsample", "bilinear", (101, 80), (50, 40))
    assert asked[:2] == [Sizing("size"), Sizing("scale_factor", (half, half))]


@pytest.mark.parametrize(("kernel", "padding"), [(2, (0, 0)), (3, (1, 1))])
def test_windows_are_as_long_as_their_steps_or_longer_by_one(
    kernel: int, padding: tuple[int, int]
) -> None:
    windows = {sizing.kernel: sizing for sizing in found("pool", "max", (12, 8), (6, 4))}
    assert windows[kernel, kernel].parameters((6, 4)) == {
        "kernel_size": (kernel, kernel),
        "stride": (2, 2),
        "padding": padding,
    }
