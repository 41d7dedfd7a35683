"""Kernels beside the libraries that have them, and their numbers by hand."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from updown_cli.identify.foreign import Vips
from updown_cli.identify.kernels import KERNELS, kernel_table
from updown_cli.identify.separable import half_pixel


def test_mitchells_cubic() -> None:
    """Its weights at whole and half pixels (Mitchell and Netravali, 1988)."""
    weigh, reach = KERNELS["mitchell"]
    at = np.array([0, 0.5, 1, 1.5, 2])
    np.testing.assert_allclose(weigh(at), [8 / 9, 77 / 144, 1 / 18, -5 / 144, 0], atol=1e-12)
    assert reach == 2


def test_a_table_is_pillows_but_for_its_rounding() -> None:
    """Floats of Pillow are not rounded to bytes."""
    x = np.random.default_rng(4).random((1, 30)).astype(np.float32)
    expected = np.asarray(Image.fromarray(x).resize((11, 1), Image.Resampling.LANCZOS))[0]
    table = kernel_table(30, half_pixel(30, 11), "lanczos3", 30 / 11, copies=False)
    made = (x[0][table.sources] * table.weights).sum(0)
    np.testing.assert_allclose(made, expected, atol=1e-6)


@pytest.mark.parametrize("size", [(20, 27), (45, 60), (9, 13)])
def test_libvips_within_two_levels(size: tuple[int, int]) -> None:
    pyvips = pytest.importorskip("pyvips")
    x = np.random.default_rng(5).integers(0, 256, (40, 54)).astype(np.uint8)
    image = pyvips.Image.new_from_array(x)
    expected = image.resize(size[1] / 54, vscale=size[0] / 40).numpy().astype(float)
    made = Vips().resize(x[None].astype(np.float32), size, 255.0)
    assert made is not None
    off = np.abs(np.clip(np.floor(made[0] + 0.5), 0, 255) - expected)
    assert off.max() <= 2
    assert (off > 0).mean() < 0.35
