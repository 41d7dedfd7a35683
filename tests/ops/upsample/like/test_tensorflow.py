"""TensorFlow's resizes: `--like tensorflow` and `--like tensorflow1`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.conftest import Updown, noise, picture, pixels

ROW = [0.0, 8, 16, 40]


def resized(updown: Updown, values: Any, *words: str) -> list[list[float]]:
    """Return what `upsample` makes of an array, H x W."""
    np.save("a.npy", np.asarray(values, np.float32))
    done = updown("upsample", *words, "a.npy", "-o", "b.npy", "--if-exists", "overwrite", "-q")
    assert (done.code, done.stderr) == (0, "")
    result: list[list[float]] = np.load("b.npy").tolist()
    return result


def like(version: str, mode: str, size: str, *words: str) -> tuple[str, ...]:
    return ("--like", version, "--mode", mode, "--size", size, *words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # Centres of two pixels lie at 0.5 and 2.5 of four, which a triangle of two pixels weighs.
        (like("tensorflow", "bilinear", "1x2"), [4, 28]),
        # Widened to four pixels: (3 * 0 + 3 * 8 + 1 * 16) / 7, (1 * 8 + 3 * 16 + 3 * 40) / 7.
        (like("tensorflow", "bilinear", "1x2", "--antialias"), [40 / 7, 176 / 7]),
        (like("tensorflow", "nearest", "1x2"), [8, 40]),
        (like("tensorflow", "area", "1x3"), [2, 12, 34]),
        # From the corner: 0 and 2; from corner to corner: 0, 1.5 and 3.
        (like("tensorflow1", "bilinear", "1x2"), [0, 16]),
        (like("tensorflow1", "bilinear", "1x3", "--align-corners"), [0, 12, 40]),
        (like("tensorflow1", "nearest", "1x2"), [0, 16]),
        (like("tensorflow1", "nearest", "1x3", "--align-corners"), [0, 16, 40]),
        (like("tensorflow1", "nearest", "1x2", "--half-pixel-centers"), [8, 40]),
        # Corner to corner 1.5 pixels from 0, 1.5 and 3, the last beyond the edge.
        (like("tensorflow1", "area", "1x3", "--align-corners"), [8 / 3, 40 / 3, 40]),
    ],
)
def test_of_a_row(words: tuple[str, ...], expected: list[float], updown: Updown) -> None:
    assert resized(updown, [ROW], *words) == [pytest.approx(expected, abs=1e-5)]


def test_bicubic_has_weights_at_1024_places(updown: Updown) -> None:
    """A third beyond a pixel is at 341 of 1024; the filter of --antialias is as it is."""
    row = [[0.0] * 3 + [1.0] + [0.0] * 5]
    words = like("tensorflow", "bicubic", "1x27")
    plain, filtered = resized(updown, row, *words), resized(updown, row, *words, "--antialias")

    def keys(x: float) -> float:
        return ((1.5 * x - 2.5) * x) * x + 1

    assert plain[0][11] == pytest.approx(keys(341 / 1024), abs=1e-7)
    assert filtered[0][11] == pytest.approx(keys(1 / 3), abs=5e-7)


def test_gaussian_blurs_a_picture_of_the_same_size(updown: Updown) -> None:
    edge = np.exp(-2.0)
    expected = [1 / (1 + 2 * edge), edge / (1 + edge)]
    result = resized(updown, [[0, 0, 1, 0]], *like("tensorflow", "gaussian", "1x4"))[0]
    assert [result[2], result[3]] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("10x20", (10, 15)),  # 4 x 6 by 2.5
        ("_x9", (4, 6)),
        ("5x100", (5, 8)),  # by 1.25, 7.5 rounded half to even
    ],
)
def test_the_proportions_are_kept(size: str, expected: tuple[int, int], updown: Updown) -> None:
    words = like("tensorflow", "bilinear", size, "--preserve-aspect-ratio")
    assert np.shape(resized(updown, np.zeros((4, 6)), *words)) == expected


def test_bytes_are_computed_as_floats_and_rounded(updown: Updown) -> None:
    picture("a.png", [[0, 1], [2, 4]])
    words = ("upsample", "--like", "tensorflow", "--size", "1", "a.png", "-o", "b.png")
    assert updown(*words).code == 0
    assert pixels("b.png").tolist() == [[2]]  # of 1.75
    assert updown(*words, "--round", "floor", "--if-exists", "overwrite").code == 0
    assert pixels("b.png").tolist() == [[1]]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ["--like", "tensorflow", "--preserve-aspect-ratio", "--scale-factor", "2"],
            "--preserve-aspect-ratio goes with --size",
        ),
        (
            ["--like", "tensorflow1", "--size", "5", "--align-corners", "--half-pixel-centers"],
            "--half-pixel-centers contradicts --align-corners",
        ),
        (
            ["--like", "tensorflow", "--mode", "lanczos", "--size", "5"],
            "--like tensorflow has --mode bilinear, nearest, bicubic, area, lanczos3, lanczos5, "
            "gaussian, mitchellcubic; did you mean lanczos5?",
        ),
        (["--mode", "gaussian", "--size", "5"], "--mode gaussian goes with --like tensorflow"),
        (
            ["--size", "5", "--preserve-aspect-ratio"],
            "--preserve-aspect-ratio goes with --like tensorflow",
        ),
        (
            ["--like", "tensorflow", "--size", "5", "--antialias", "--mode", "area"],
            "--antialias goes with --mode bilinear or bicubic or lanczos3 or lanczos5 or gaussian "
            "or mitchellcubic like tensorflow",
        ),
    ],
)
def test_what_contradicts_is_refused(words: list[str], reason: str, updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    done = updown("upsample", *words, "a.png")
    assert (done.code, done.stderr) == (2, f"updown: {reason}\n")


def test_the_code_is_the_call(updown: Updown) -> None:
    words = ("--like", "tensorflow", "--mode", "lanczos3", "--size", "3x5", "--antialias")
    done = updown("explain", "upsample", *words, "--input", "4x6")
    assert done.code == 0
    call = 'y = tf.image.resize(x, (3, 5), method="lanczos3", antialias=True)'
    assert call in done.stdout
