"""What a cubic does that a line does not."""

from __future__ import annotations

import numpy as np

from tests.helpers import apply
from tests.ops.upsample.reference_layers import FLOAT32_POINTS, noise, reference
from updown_cli.ops.upsample.bicubic import Bicubic


def test_bicubic_moves_the_points_of_an_axis_that_keeps_its_size() -> None:
    """floor(3 * 1.2) = 3, at steps of 1 / 1.2."""
    image = noise(3, 3)
    expected = reference("bicubic", image, (3, 3), (1.2, 1.2))
    actual = apply(Bicubic(scale_factor=(1.2,)), image)
    np.testing.assert_allclose(actual, expected, atol=FLOAT32_POINTS)


def test_bicubic_overshoots() -> None:
    """An edge by 2; bytes are for whoever saves it (S6)."""
    edge = apply(Bicubic(scale_factor=(1, 2)), [0, 0, 255, 255])
    expected = [[0, -8.96, -26.89, 57.77, 197.23, 281.89, 263.96, 255]]
    # Two decimals are given.
    np.testing.assert_allclose(edge, expected, atol=5e-3)
    rounded = np.floor(edge.clip(0, 255) + 0.5)
    assert rounded.tolist() == [[0, 0, 0, 58, 197, 255, 255, 255]]


def test_bicubic_with_antialias_enlarges_with_another_cubic() -> None:
    """A = -0.5, as Pillow has it (S6)."""
    edge = apply(Bicubic(scale_factor=(1, 2), antialias=True), [0, 0, 255, 255])
    expected = [[0, -5.58, -17.52, 51.80, 203.20, 272.52, 260.58, 255]]
    # The numbers are TensorFlow's, whose table of weights is good for 0.1.
    np.testing.assert_allclose(edge, expected, atol=0.1)
    rounded = np.floor(edge.clip(0, 255) + 0.5)
    assert rounded.tolist() == [[0, 0, 0, 52, 203, 255, 255, 255]]
