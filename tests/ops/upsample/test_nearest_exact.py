"""The nearest pixel: which one it is."""

from __future__ import annotations

import numpy as np
import pytest
from PIL.Image import Resampling

from tests.helpers import apply
from tests.ops.upsample.reference_layers import noise, picked, pillow
from updown_cli.ops.upsample.nearest_exact import NearestExact


@pytest.mark.parametrize("size", [(6, 6), (7, 20), (25, 5), (26, 34), (1, 1), (13, 17)])
def test_nearest_exact_is_pillows_nearest(size: tuple[int, int]) -> None:
    """Bit by bit, from odd sides (S1)."""
    image = noise(13, 17)
    expected = pillow(image, size, Resampling.NEAREST)
    np.testing.assert_array_equal(apply(NearestExact(size=size), image), expected)


def test_nearest_exact_breaks_ties_upwards() -> None:
    """ONNX's default gives 0,0,0,0,1,1,1 (S1)."""
    assert picked(NearestExact(size=(7,)), 2) == [0, 0, 0, 1, 1, 1, 1]
