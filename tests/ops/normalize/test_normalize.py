"""Normalizing against arithmetic by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conftest import SAMPLES, Updown
from tests.helpers import apply, run
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.normalize.normalize import Normalize

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def test_bytes_as_networks_see_them() -> None:
    x = torch.tensor([0.0, 255.0]).reshape(1, 1, 1, 2).expand(1, 3, 1, 2)
    y = Normalize(mean=MEAN, std=STD).run(Signal(x, white=255.0)).pixels
    black = [-2.1179039301, -2.0357142857, -1.8044444444]  # -mean / std
    white = [2.2489082969, 2.4285714286, 2.6400000000]  # (1 - mean) / std
    np.testing.assert_allclose(y[0, :, 0].T, [black, white], rtol=1e-6)


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_the_inverse_gives_code_values_back(white: float) -> None:
    x = torch.arange(12.0).reshape(1, 3, 2, 2) * white / 12
    there = Normalize(mean=MEAN, std=STD).run(Signal(x, white=white))
    back = Normalize(mean=MEAN, std=STD, inverse=True).run(there).pixels
    torch.testing.assert_close(back, x, rtol=1e-5, atol=1e-5 * white)


def test_code_values() -> None:
    found = apply(Normalize(mean=(10.0,), std=(4.0,), input_range="code"), [[10, 14], [2, 0]])
    np.testing.assert_array_equal(found, [[0, 1], [-2, -2.5]])


def test_numbers_of_other_channels() -> None:
    with pytest.raises(ShapeError) as refused:
        run(Normalize(mean=MEAN), torch.zeros(1, 4, 1, 1))
    assert str(refused.value) == (
        "--mean has 3 numbers for 4 channels; --alpha drop leaves transparency out"
    )
    with pytest.raises(ShapeError) as refused:
        Normalize(std=STD).out_shape(Shape(1, 2, 2))
    assert str(refused.value) == (
        "--std has 3 numbers for 1 channels; --colour rgb makes three of one"
    )


def test_nothing_is_hinted_at_where_nothing_helps() -> None:
    with pytest.raises(ShapeError) as refused:
        Normalize(mean=(1.0, 2.0)).out_shape(Shape(3, 2, 2))
    assert str(refused.value) == "--mean has 2 numbers for 3 channels"


def test_no_division_by_zero() -> None:
    with pytest.raises(ParameterError) as refused:
        Normalize(std=(1.0, 0.0))
    assert str(refused.value) == "--std 1,0: must not be 0"


def test_a_photograph_comes_back_from_what_a_network_sees(updown: Updown, tmp_path: Path) -> None:
    numbers = ("--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225")
    photo, seen, back = SAMPLES / "photo.png", tmp_path / "seen.npy", tmp_path / "back.png"
    assert updown("normalize", *numbers, photo, "-o", seen).code == 0
    assert np.load(seen).min() < -1
    assert updown("normalize", *numbers, "--inverse", seen, "-o", back).code == 0
    with Image.open(photo) as expected, Image.open(back) as found:
        np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


def test_a_scale_is_multiplied_in_double_precision() -> None:
    """0.1 as float32 would give 25.5 + 3.8e-7, and 0 after the mean of that."""
    found = apply(Normalize(scale=0.1, mean=(25.5,)), [[255, 5]])
    np.testing.assert_array_equal(found, np.array([[0, -25]], np.float32))
    third = apply(Normalize(scale=1 / 3), [[7]])
    assert third.item() == np.float32(7 * (1 / 3))


def test_a_scale_goes_one_way() -> None:
    with pytest.raises(ParameterError) as refused:
        Normalize(scale=2.0, inverse=True)
    assert str(refused.value) == "--scale: goes without --inverse"
