"""`--like skimage` against skimage.transform.resize and rescale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from skimage import transform, util

from tests.conftest import Updown, noise, picture, pixels
from tests.ops.upsample.like.resized import images, resized
from updown_cli.ops.upsample.like.skimage import EDGES, SkimageResize

BLURS = {"auto": None, "on": True, "off": False}


def of_skimage(values: Any, size: tuple[int, int], blurs: str, **options: Any) -> Any:
    """Return what scikit-image gives, integers as img_as_ubyte and img_as_uint make them."""
    image = values[..., 0] if values.shape[2] == 1 else values
    done = transform.resize(image, size, anti_aliasing=BLURS[blurs], **options)  # type: ignore[no-untyped-call]
    back = {"uint8": util.img_as_ubyte, "uint16": util.img_as_uint}.get(values.dtype.name)
    done = done if back is None or done.dtype == values.dtype else back(done)  # type: ignore[no-untyped-call]
    return done.reshape(*size, -1)


def check(dtype: str, blurs: str = "auto", edge: str = "reflect", **options: Any) -> None:
    for values, size in images(dtype):
        expected = of_skimage(values, size, blurs, mode=edge, **options)
        op = SkimageResize(size=size, anti_aliasing=blurs, edge=edge, **options)
        actual = resized(op, values)
        assert actual.dtype == expected.dtype
        close = 0 if dtype[0] == "u" else 1e-6
        np.testing.assert_allclose(actual, expected, rtol=0, atol=close, err_msg=f"{size}")


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_it_is_what_skimage_gives(dtype: str, order: int) -> None:
    check(dtype, order=order)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("order", [1, 3])
def test_every_edge_is_skimages(edge: str, order: int) -> None:
    check("float64", edge=edge, order=order)


def test_deep_values_without_a_blur_and_with() -> None:
    check("uint16", order=1)
    check("uint8", "off", order=1)
    check("uint8", "on", order=0)


def test_what_is_not_clipped_overshoots() -> None:
    check("float32", order=3, clip=False)


def test_a_factor_gives_the_size_of_rescale(updown: Updown) -> None:
    """5 * 0.5 is rounded half to even: 2; 33 * 0.5 is 16."""
    values = noise(5, 33)
    picture("a.png", values)
    words = ("upsample", "--like", "skimage", "--scale-factor", "0.5")
    assert updown(*words, "a.png", "-o", "b.png").code == 0
    expected = util.img_as_ubyte(transform.rescale(values, 0.5))  # type: ignore[no-untyped-call]
    assert expected.shape == (2, 16)
    assert (pixels("b.png") == expected).all()


def test_an_edge_of_scipy_is_refused(updown: Updown) -> None:
    done = updown("upsample", "--like", "skimage", "--edge", "mirror", "--size", "5", "a.png")
    assert (done.code, done.stderr) == (
        2, "updown: --edge mirror: must be one of reflect, symmetric, edge, constant, wrap\n",
    )  # fmt: skip
