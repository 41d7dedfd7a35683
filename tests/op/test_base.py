"""Signals longer than any picture: limits are for what is typed, not for what follows from it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import Updown

LENGTH = 100_001
SIGNAL = np.random.default_rng(0).random(LENGTH).astype("float32")


@pytest.fixture(autouse=True)
def _signal() -> None:
    np.save("a.npy", SIGNAL)


def pairs() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return SIGNAL[: LENGTH - 1].reshape(-1, 2)


def test_maxima_go_back_to_their_places(updown: Updown) -> None:
    done = updown("chain", "pool -k 2 | unpool", "--dims", "1", "a.npy", "-o", "b.npy")
    assert done.code == 0
    result = np.load("b.npy").ravel()
    assert result.shape == (LENGTH,)
    chosen = pairs().max(1)
    np.testing.assert_array_equal(result[result != 0], chosen)
    np.testing.assert_array_equal(result[: LENGTH - 1].reshape(-1, 2).max(1), chosen)


def test_saved_positions_are_taken(updown: Updown) -> None:
    pool = ("pool", "-k", "2", "--dims", "1", "--save-indices", "i.npz", "a.npy", "-o", "p.npy")
    assert updown(*pool).code == 0
    assert updown("unpool", "--indices", "i.npz", "--dims", "1", "p.npy", "-o", "b.npy").code == 0
    assert np.load("b.npy").size == LENGTH


def test_a_gradient_goes_to_the_source(updown: Updown) -> None:
    assert updown("pool", "-k", "2", "--dims", "1", "a.npy", "-o", "p.npy").code == 0
    options = ("--mode", "grad", "--source", "a.npy", "-k", "2", "--dims", "1")
    assert updown("unpool", *options, "p.npy", "-o", "b.npy").code == 0
    assert np.load("b.npy").size == LENGTH


@pytest.mark.parametrize("mode", ["adaptive-max", "adaptive-avg"])
def test_a_kept_side_stays(updown: Updown, mode: str) -> None:
    options = ("--mode", mode, "--output-size", "_", "--dims", "1")
    assert updown("pool", *options, "a.npy", "-o", "b.npy").code == 0
    np.testing.assert_array_equal(np.load("b.npy").ravel(), SIGNAL)


@pytest.mark.parametrize("mode", ["linear", "area", "nearest"])
def test_a_kept_size_stays(updown: Updown, mode: str) -> None:
    options = ("--mode", mode, "--size", "_", "--dims", "1")
    assert updown("upsample", *options, "a.npy", "-o", "b.npy").code == 0
    np.testing.assert_array_equal(np.load("b.npy").ravel(), SIGNAL)


def test_area_halves(updown: Updown) -> None:
    options = ("--mode", "area", "--scale-factor", "0.5", "--dims", "1")
    assert updown("upsample", *options, "a.npy", "-o", "b.npy").code == 0
    assert np.load("b.npy").size == LENGTH // 2
