"""`--like opencv` against cv2.resize."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from tests.conftest import Updown, noise, picture, pixels
from tests.ops.upsample.like.resized import images, resized
from updown_cli.ops.upsample.like.opencv import MODES
from updown_cli.ops.upsample.like.opencv.linear import OpenCVLinear
from updown_cli.ops.upsample.like.opencv.smooth import OpenCVCubic

every_mode = pytest.mark.parametrize("cls", MODES, ids=lambda cls: cls.mode)

#: Of floats: sums in another order, and Intel's own rounding.
CLOSE = {"float32": 1e-6, "float64": 1e-6}


@pytest.fixture(params=[True, False], ids=["ipp", "own"])
def ipp(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Let OpenCV compute with Intel's library, or without."""
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(request.param)
    yield request.param
    cv2.ipp.setUseIPP(before)


def of_opencv(cls: Any, values: Any, size: tuple[int, int] | None, **factors: float) -> Any:
    """Return what cv2.resize gives."""
    flag = getattr(cv2, f"INTER_{cls.flag}")
    done: Any = cv2.resize(values, size[::-1] if size else None, interpolation=flag, **factors)  # type: ignore[call-overload]
    return done.reshape(*done.shape[:2], -1)


def settings_of(cls: Any, ipp: bool) -> dict[str, Any]:
    has_it = "ipp" in {parameter.name for parameter in cls.parameters()}
    return {"ipp": ipp} if has_it else {}


@every_mode
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
def test_it_is_what_opencv_gives(cls: Any, dtype: str, ipp: bool) -> None:
    settings = settings_of(cls, ipp)
    for values, size in images(dtype):
        expected = of_opencv(cls, values, size)
        actual = resized(cls(size=size, **settings), values)
        assert actual.dtype == expected.dtype
        # Intel's sums in single precision may end on the other side of a half
        halves = cls is OpenCVCubic and ipp and dtype[0] == "u"
        close = 1 if halves else CLOSE.get(dtype, 0)
        apart = np.abs(actual.astype(np.float64) - expected).max()
        assert apart <= close, (values.shape, size)


@every_mode
@pytest.mark.parametrize("factor", [0.37, 0.5, 1.6])
def test_a_factor_is_taken_as_typed(cls: Any, factor: float) -> None:
    """OpenCV rounds the size half to even, and steps by 1 / factor."""
    cv2.ipp.setUseIPP(False)
    values = noise(27, 15, 3)
    expected = of_opencv(cls, values, None, fx=factor, fy=factor)
    cv2.ipp.setUseIPP(True)
    actual = resized(cls(scale_factor=(factor,), **settings_of(cls, False)), values)
    np.testing.assert_array_equal(actual, expected)


def test_a_picture_is_resized_as_opencv_does_it(updown: Updown) -> None:
    values = noise(47, 33, 3)
    picture("a.png", values)
    words = ("upsample", "--like", "opencv", "--mode", "area", "--size", "20x14")
    assert updown(*words, "a.png", "-o", "b.png").code == 0
    expected = cv2.resize(values, (14, 20), interpolation=cv2.INTER_AREA)
    assert (pixels("b.png") == expected).all()


def test_halves_of_bytes_are_lost_between_the_passes() -> None:
    """At 1/4 and 3/4 between 100 and 101: 11 bits, of which 4 and then 16 are cut off."""
    column = np.array([[100], [101]], np.uint8)[..., None]
    one = (1536 * (100 * 2048 >> 4) >> 16) + (512 * (101 * 2048 >> 4) >> 16)
    two = (512 * (100 * 2048 >> 4) >> 16) + (1536 * (101 * 2048 >> 4) >> 16)
    done = resized(OpenCVLinear(size=(4, 1)), column)[:, 0, 0]
    assert done.tolist() == [100, (one + 2) >> 2, (two + 2) >> 2, 101]
