"""`flip`: the same values in other places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Updown, noise, picture, pixels

TRANSPOSED = Image.Transpose


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ((), TRANSPOSED.FLIP_LEFT_RIGHT),
        (("--mode", "vertical"), TRANSPOSED.FLIP_TOP_BOTTOM),
        (("--mode", "turn"), TRANSPOSED.ROTATE_270),  # Pillow counts the other way round
        (("--mode", "turn", "--times", "2"), TRANSPOSED.ROTATE_180),
        (("--mode", "turn", "--times", "3"), TRANSPOSED.ROTATE_90),
    ],
)
def test_pictures_are_those_of_pillow(
    words: tuple[str, ...], way: Image.Transpose, updown: Updown
) -> None:
    values = noise(5, 8, 4)
    picture("a.png", values)
    assert updown("flip", *words, "a.png", "-o", "b.png").code == 0
    assert (pixels("b.png") == np.asarray(Image.fromarray(values).transpose(way))).all()


def test_colours_are_told_backwards_and_transparency_stays(updown: Updown) -> None:
    values = noise(4, 3, 4)
    picture("a.png", values)
    assert updown("flip", "--mode", "channels", "a.png", "-o", "b.png").code == 0
    assert (pixels("b.png") == values[..., [2, 1, 0, 3]]).all()


@pytest.mark.parametrize(
    ("size", "like", "turned"),
    [
        ((4, 6), "9x5", True),
        ((4, 6), "5x9", False),
        ((6, 4), "5x9", True),
        ((6, 4), "9x5", False),
        ((5, 5), "9x5", False),
    ],
)
def test_it_turns_only_towards_a_size(
    size: tuple[int, int], like: str, turned: bool, updown: Updown
) -> None:
    values = noise(*size)
    picture("a.png", values)
    done = updown("flip", "--mode", "turn", "--like-size", like, "a.png", "-o", "b.png", "-q")
    assert done.code == 0
    expected = np.rot90(values, 3) if turned else values
    assert np.array_equal(pixels("b.png"), expected)


@pytest.mark.parametrize("flip", ["", "--mode vertical", "--mode turn", "--mode turn --times 3"])
def test_padding_is_undone_where_it_has_gone(flip: str, updown: Updown) -> None:
    values = noise(5, 7)
    picture("a.png", values)
    steps = f"pad --padding 1,2,3,5 | flip {flip} | crop --undo"
    assert updown("chain", steps, "a.png", "-o", "b.png", "-q").code == 0
    assert updown(*f"flip {flip}".split(), "a.png", "-o", "c.png", "-q").code == 0
    assert np.array_equal(pixels("b.png"), pixels("c.png"))


def test_signals_and_volumes(updown: Updown) -> None:
    line, volume = np.arange(5.0)[None], noise(2, 3, 4, 5)
    np.save("line.npy", line)
    np.save("volume.npy", volume)
    assert updown("flip", "--dims", "1", "line.npy", "-o", "x.npy").code == 0
    assert (np.load("x.npy") == line[:, ::-1]).all()
    done = updown("flip", "--mode", "turn", "--dims", "3", "volume.npy", "-o", "y.npy")
    assert done.code == 0
    assert (np.load("y.npy") == np.rot90(volume, 3, (-2, -1))).all()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--mode", "vertical", "--dims", "1", "a.npy"), 1,
         "a.npy: flip: 1-D data has no rows; --mode horizontal"),
        (("--mode", "turn", "--dims", "1", "a.npy"), 1,
         "a.npy: flip: a signal cannot be turned; --mode horizontal"),
        (("--mode", "channels", "a.npy"), 1,
         "a.npy: flip: 1 channel for three colours; --colour rgb makes three of one"),
        (("--mode", "turn", "--like-size", "4", "a.npy"), 2,
         "--like-size 4: must be HxW with a longer side"),
        (("--mode", "turn", "--times", "4", "a.npy"), 2, "--times 4: must be from 0 to 3"),
        (("--times", "1", "a.npy"), 2, "--times goes with --mode turn"),
    ],
)  # fmt: skip
def test_refusals(words: tuple[str, ...], code: int, message: str, updown: Updown) -> None:
    np.save("a.npy", np.zeros((1, 4), np.float32))
    done = updown("flip", *words, "-o", "b.npy", "-q")
    assert (done.code, done.stderr) == (code, f"updown: {message}\n")
    assert not Path("b.npy").exists()
