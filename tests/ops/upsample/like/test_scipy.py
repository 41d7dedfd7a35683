"""`--like scipy` against scipy.ndimage.zoom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from tests.conftest import Updown, noise, picture, pixels
from tests.ops.upsample.like.resized import images, resized
from updown_cli.ops.upsample.like.scipy import SciPyZoom
from updown_cli.ops.upsample.like.splines import EDGES


def of_scipy(values: Any, factors: tuple[float, ...], **options: Any) -> Any:
    """Return what SciPy gives of each channel."""
    planes = np.moveaxis(values, -1, 0)
    return np.stack([ndimage.zoom(plane, factors, **options) for plane in planes], -1)


def check(dtype: str, edge: str, **options: Any) -> None:
    for values, size in images(dtype):
        factors = (size[0] / values.shape[0], size[1] / values.shape[1])
        expected = of_scipy(values, factors, mode=edge, **options)
        actual = resized(SciPyZoom(size=size, edge=edge, **options), values)
        assert actual.dtype == expected.dtype
        # sums of coefficients in the last digit of double precision, relative to single
        close = 0 if dtype[0] == "u" else 1e-6
        np.testing.assert_allclose(actual, expected, rtol=0, atol=close, err_msg=f"{size}")


@pytest.mark.filterwarnings("ignore:It is recommended")
@pytest.mark.parametrize("grid_mode", [False, True])
@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_it_is_what_scipy_gives(dtype: str, order: int, grid_mode: bool) -> None:
    check(dtype, "reflect" if grid_mode else "constant", order=order, grid_mode=grid_mode)


@pytest.mark.filterwarnings("ignore:It is recommended")
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("order", [1, 4])
def test_every_edge_is_scipys(edge: str, order: int) -> None:
    check("float64", edge, order=order, grid_mode=True)


def test_deep_values_and_pixels_for_coefficients() -> None:
    check("uint16", "mirror", order=3)
    check("float32", "nearest", order=3, prefilter=False)


def test_a_factor_gives_scipys_size(updown: Updown) -> None:
    """5 * 0.5 is rounded half to even: 2; 33 * 0.5 is 16."""
    values = noise(5, 33)
    picture("a.png", values)
    words = ("upsample", "--like", "scipy", "--order", "1", "--scale-factor", "0.5")
    assert updown(*words, "a.png", "-o", "b.png").code == 0
    expected = ndimage.zoom(values, 0.5, order=1)
    assert expected.shape == (2, 16)
    assert (pixels("b.png") == expected).all()
