"""The resizes of JAX and of Keras: `--like jax`, `--like keras`."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import Updown, noise, picture
from tests.ops.upsample.like.test_tensorflow import ROW, like, resized


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # Two of four pixels, of a triangle as wide as four: (3, 3, 1) / 7 and (1, 3, 3) / 7.
        (like("jax", "linear", "1x2"), [40 / 7, 176 / 7]),
        (like("jax", "linear", "1x2", "--no-antialias"), [4, 28]),
        (like("jax", "nearest", "1x2"), [8, 40]),
        (like("jax", "area", "1x3"), [2, 12, 34]),
        # Torch's: -0.09375 and 0.59375 at half a pixel, the edge repeated.
        (
            like("jax", "cubic-pytorch", "1x2", "--no-antialias"),
            [0.59375 * 8 - 0.09375 * 16, 0.59375 * 56 - 0.09375 * 48],
        ),
        # Half a pixel to the right: the first from beyond the edge, where nothing is.
        (like("jax", "linear", "1x4", "--translation", "0,0.5"), [0, 4, 12, 28]),
        (like("jax", "linear", "1x3", "--translation", "0,-1"), [8, 16, 40]),
        (like("jax", "area", "1x4", "--translation", "0,1"), [0, 0, 8, 16]),
        (like("keras", "nearest", "1x2"), [8, 40]),
        (like("keras", "bilinear", "1x2"), [4, 28]),
        (like("keras", "bilinear", "1x2", "--antialias"), [40 / 7, 176 / 7]),
        (like("keras", "bilinear", "1x2", "--backend", "jax"), [4, 28]),
    ],
)
def test_of_a_row(words: tuple[str, ...], expected: list[float], updown: Updown) -> None:
    if "--translation" in words and "1x3" in words:
        words = (*words, "--scale-factor", "1")
    assert resized(updown, [ROW], *words) == [pytest.approx(expected, abs=1e-5)]


def test_a_layer_repeats_by_whole_factors(updown: Updown) -> None:
    words = ("--like", "keras", "--scale-factor", "2x3")
    repeated = np.repeat(np.repeat([[1, 2], [3, 4]], 2, 0), 3, 1).tolist()
    assert resized(updown, [[1, 2], [3, 4]], *words) == repeated


def test_cubics_of_both_backends_differ(updown: Updown) -> None:
    """TensorFlow knows 1024 places between two pixels, JAX all."""
    row = [[0.0] * 3 + [1.0] + [0.0] * 5]
    ways = {
        backend: resized(updown, row, *like("keras", "bicubic", "1x27", "--backend", backend))
        for backend in ("tensorflow", "jax")
    }
    third = ((1.5 / 3 - 2.5) / 3) / 3 + 1
    assert ways["jax"][0][11] == pytest.approx(third, abs=1e-6)
    assert ways["tensorflow"][0][11] == pytest.approx(third + 3.8e-4, abs=1e-5)


@pytest.mark.parametrize(
    ("mode", "length", "out", "at", "weight"),
    [
        ("linear", 89, 40, 14, 0.237503052),
        ("cubic", 89, 40, 14, 0.211471409),
        ("lanczos5", 89, 40, 14, 0.272822469),
        ("linear", 37, 97, 84, 0.268041611),
    ],
)
def test_points_are_rounded_as_xla_does_for_each_kernel_and_size(
    mode: str, length: int, out: int, at: int, weight: float, updown: Updown
) -> None:
    """jax 0.10.2 gave these of an impulse; the other way to round points is 2e-6 off."""
    row = [[0.0] * 31 + [1.0] + [0.0] * (length - 32)]
    done = resized(updown, row, *like("jax", mode, f"1x{out}", "--no-antialias"))
    assert done[0][at] == pytest.approx(weight, abs=3e-7)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            "--like keras --scale-factor 1.5",
            "--scale-factor: UpSampling2D has whole factors from 1; give --size",
        ),
        (
            "--like jax --size 5 --translation 1",
            "--translation: must be two numbers: down,right",
        ),
        (
            "--like jax --size 5 --scale-factor 2",
            "--size, --scale-factor: upsample needs exactly one of these",
        ),
        ("--like jax --translation 1,1 --mode nearest --size 3", "--translation goes with --mode"),
    ],
)
def test_what_they_have_not_is_refused(words: str, reason: str, updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    done = updown("upsample", *words.split(), "a.png")
    assert (done.code, done.stderr[: len(reason) + 8]) == (2, f"updown: {reason}")


def test_code_is_the_call(updown: Updown) -> None:
    words = ("--like", "jax", "--mode", "cubic", "--size", "3x5", "--no-antialias")
    done = updown("explain", "upsample", *words, "--input", "4x6", "--code")
    assert done.code == 0
    assert 'done = jax.image.resize(plane, (3, 5), "cubic", antialias=False)' in done.stdout
    layer = ("--like", "keras", "--scale-factor", "2", "--mode", "bilinear")
    done = updown("explain", "upsample", *layer, "--input", "4x6", "--code")
    assert "keras.layers.UpSampling2D(" in done.stdout
