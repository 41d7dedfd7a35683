"""MATLAB's imresize: `--like matlab`, beside a dense loop over every pixel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.conftest import Updown, picture, pixels
from tests.ops.upsample.like.resized import images
from tests.ops.upsample.like.resized import resized as run
from tests.ops.upsample.like.test_tensorflow import ROW, like, resized
from updown_cli.ops import OPS
from updown_cli.ops.upsample.like.matlab import MODES


def sinc(x: float) -> float:
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


def kernel(mode: str, x: float) -> float:
    """Return a weight of a distance, written from the definitions."""
    d = abs(x)
    if mode in ("nearest", "box"):
        return float(-0.5 <= x < 0.5)
    if mode == "bilinear":
        return max(1 - d, 0.0)
    if mode == "bicubic":
        near, far = (1.5 * d - 2.5) * d * d + 1, ((-0.5 * d + 2.5) * d - 4) * d + 2
        return near if d <= 1 else far if d <= 2 else 0.0
    lobes = int(mode[-1])
    return sinc(d) * sinc(d / lobes) if d < lobes else 0.0


def matrix(mode: str, length: int, out: int, widens: bool) -> Any:
    """Return out x length weights: every pixel of a picture that is mirrored often enough."""
    scale = out / length
    shrink = min(scale, 1.0) if widens else 1.0
    result = np.zeros((out, length))
    for i in range(out):
        at = (i + 1) / scale + 0.5 * (1 - 1 / scale) - 1
        for place in range(-6 * length - 8, 7 * length + 8):
            if abs(at - place) * shrink <= 3:
                folded = place % (2 * length)
                source = min(folded, 2 * length - 1 - folded)
                result[i, source] += kernel(mode, shrink * (at - place))
    return result / result.sum(1, keepdims=True)


def dense(mode: str, image: Any, size: tuple[int, int], widens: bool) -> Any:
    """Return H x W x C: first the side that shrinks most, rounded away from 0 after each."""
    axes = sorted((0, 1), key=lambda axis: size[axis] / image.shape[axis])
    for axis in axes:
        weights = matrix(mode, image.shape[axis], size[axis], widens)
        sums = np.moveaxis(np.tensordot(weights, image, (1, axis)), 0, axis)
        if image.dtype.kind == "u":
            sums = np.clip(np.floor(sums + 0.5), 0, np.iinfo(image.dtype).max)
        image = sums.astype(image.dtype)
    return image


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("cls", MODES, ids=lambda cls: cls.mode)
def test_it_is_what_a_dense_loop_gives(cls: Any, dtype: str) -> None:
    for image, size in images(dtype):
        done = run(cls(size=size), image)
        expected = dense(cls.mode, image, size, cls.mode != "nearest")
        assert done.dtype == expected.dtype
        if dtype == "float32":
            np.testing.assert_allclose(done, expected, atol=3e-7)
            continue
        apart = np.abs(done.astype(int) - expected)  # sums on a half may fall to either side
        assert apart.max() <= 1
        assert (apart > 0).mean() < 0.03


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # A triangle as wide as four pixels, the picture mirrored: 1 3 3 1 of 8.
        (like("matlab", "bilinear", "1x2"), [40 / 8, (8 + 3 * 16 + 3 * 40 + 40) / 8]),
        (like("matlab", "bilinear", "1x2", "--no-antialias"), [4, 28]),
        (like("matlab", "box", "1x2"), [4, 28]),
        (like("matlab", "nearest", "1x2"), [8, 40]),
        # -3 -9 29 111 111 29 -9 -3 of 256, beside 16 8 0 0 8 16 40 40 and 0 0 8 16 40 40 16 8.
        (
            like("matlab", "bicubic", "1x2"),
            [
                (111 * (0 + 8) + 29 * (0 + 16) - 9 * (8 + 40) - 3 * (16 + 40)) / 256,
                (111 * (16 + 40) + 29 * (8 + 40) - 9 * (0 + 16) - 3 * (0 + 8)) / 256,
            ],
        ),
        # -0.0625, 0.5625, 0.5625, -0.0625 between the pixels.
        (
            like("matlab", "bicubic", "1x2", "--no-antialias"),
            [(9 * 8 - 16) / 16, (-8 + 9 * 16 + 9 * 40 - 40) / 16],
        ),
    ],
)
def test_of_a_row(words: tuple[str, ...], expected: list[float], updown: Updown) -> None:
    assert resized(updown, [ROW], *words) == [pytest.approx(expected, abs=1e-5)]


def test_a_factor_is_rounded_up_and_the_step_stays_as_typed(updown: Updown) -> None:
    words = ("--like", "matlab", "--mode", "nearest", "--scale-factor", "0.4")
    # Points 1 / 0.4 + 0.5 * (1 - 1 / 0.4) = 1.75, 4.25, 6.75 of pixels from 1.
    assert resized(updown, [[1, 2, 3, 4, 5, 6, 7]] * 3, *words) == [[2, 4, 7]] * 2


def test_bytes_are_rounded_after_each_side(updown: Updown) -> None:
    """2 x 2 to one pixel: 1 0 / 0 0 is 0.5, so 1, and then 0.5 again: 1 and not 0.25."""
    picture("a.png", np.array([[1, 0], [0, 0]], np.uint8))
    words = like("matlab", "box", "1x1")
    done = updown("upsample", *words, "a.png", "-o", "b.png", "-q")
    assert (done.code, done.stderr) == (0, "")
    assert pixels("b.png").tolist() == [[1]]


def test_every_mode_is_told_as_unverified(updown: Updown) -> None:
    listed = updown("upsample", "--like", "matlab", "--help").stdout
    names = ["bicubic", "nearest", "bilinear", "box", "lanczos2", "lanczos3"]
    assert [cls.mode for cls in OPS["upsample"].modes if cls.like == "matlab"] == names
    assert listed.count("unverified") == len(names)


def test_explain_tells_the_call(updown: Updown) -> None:
    words = like("matlab", "lanczos2", "3x2", "--no-antialias")
    told = updown("explain", "upsample", *words, "--code").stdout
    assert "# In MATLAB: imresize(plane, [3 2], 'lanczos2', 'Antialiasing', false)" in told


def test_modes_of_others_are_refused(updown: Updown) -> None:
    np.save("a.npy", np.zeros((4, 4), np.float32))
    done = updown("upsample", *like("matlab", "lanczos5", "2"), "a.npy", "-o", "b.npy")
    assert done.code == 2
    assert "lanczos" in done.stderr
