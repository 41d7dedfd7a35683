"""Pixels again and again, against NumPy's repetition of each."""

from __future__ import annotations

import numpy as np
import pytest

from updown_cli.op.repeated_pixels import repeated_pixels


@pytest.mark.parametrize("times", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32"])
def test_every_pixel_stands_so_many_times(dtype: str, channels: int, times: int) -> None:
    """As words up to eight bytes, where the next word mends what one wrote too far."""
    kind = np.dtype(dtype)
    random = np.random.default_rng(channels)
    limits = np.iinfo(kind)
    pixels = random.integers(limits.min, limits.max, (5, 7, channels), kind, endpoint=True)
    made = repeated_pixels(pixels.reshape(5, -1), kind.itemsize * channels, times)
    assert made.shape == (5, 7 * times)
    expected = pixels.repeat(times, axis=1)
    np.testing.assert_array_equal(made.view(kind).reshape(expected.shape), expected)
