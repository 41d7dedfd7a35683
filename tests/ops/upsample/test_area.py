"""Means of whole pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PIL.Image import Resampling

from tests.helpers import apply
from tests.ops.upsample.reference_layers import PILLOW, noise, pillow
from updown_cli.ops.upsample.area import Area


@pytest.mark.parametrize("size", [(5, 7), (3, 3), (15, 21), (1, 1)])
def test_area_by_a_whole_factor_is_pillows_box(size: tuple[int, int]) -> None:
    """Means of 1, 3 x 5, 3 x 7 and all pixels (S9)."""
    image = noise(15, 21) * 255
    expected = pillow(image, size, Resampling.BOX)
    np.testing.assert_allclose(apply(Area(size=size), image), expected, atol=PILLOW)


def test_area_always_recomputes_its_scale() -> None:
    """0,10,20 by 1.5: bins [0,1) [0,2) [1,3) [2,3) (S2)."""
    by_scale, by_size = Area(scale_factor=(1.5,)), Area(size=(4,))
    assert apply(by_scale, [0, 10, 20], dims=1).tolist() == [0, 5, 15, 20]
    assert apply(by_size, [0, 10, 20], dims=1).tolist() == [0, 5, 15, 20]


@pytest.mark.parametrize(
    ("length", "out", "expected"), [(5, 3, [1.5, 3, 4.5]), (3, 5, [1, 1.5, 2, 2.5, 3])]
)
def test_area_is_the_mean_of_whole_pixels(length: int, out: int, expected: list[float]) -> None:
    """Exact coverage gives 1.4, 3, 4.6 (S9)."""
    ramp = np.arange(1, length + 1)
    assert apply(Area(size=(out,)), ramp, dims=1).tolist() == expected
