"""Channels beside channels, against slices of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from updown_cli.errors import ShapeError
from updown_cli.op.join import Join, JoinSizesError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import KeptResult, Signal
from updown_cli.ops.add.add import Add
from updown_cli.ops.concat.concat import Concat

Array = NDArray[Any]


def joined(op: Join, x: Array, kept: Array) -> Signal:
    """Return what a join gives, told the kept shape as a pipeline tells it."""
    told = op.joining(Shape(*kept.shape[1:])).for_shape(Shape(*x.shape[1:]))
    result = KeptResult(torch.from_numpy(kept), name="@e1")
    signal = told.run(Signal(torch.from_numpy(x), (result,)))
    assert tuple(signal.pixels.shape[1:]) == tuple(told.out_shape(Shape(*x.shape[1:])))
    return signal


def numbers(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("sides", [(5,), (5, 6), (3, 4, 5)])
def test_the_channels_of_the_image_come_first_unless_asked(sides: tuple[int, ...]) -> None:
    x, kept = numbers(2, 3, *sides), numbers(2, 4, *sides)
    behind = joined(Concat(other="@e1"), x, kept).pixels.numpy()
    assert (behind[:, :3] == x).all()
    assert (behind[:, 3:] == kept).all()
    before = joined(Concat(other="@e1", kept_first=True), x, kept).pixels.numpy()
    assert (before[:, :4] == kept).all()
    assert (before[:, 4:] == x).all()


@pytest.mark.parametrize(("side", "first"), [(4, 0), (5, 0), (6, 1), (7, 2), (8, 2), (9, 2)])
def test_the_middle_of_what_is_kept_is_that_of_center_crop(side: int, first: int) -> None:
    """The first row is round((side - 4) / 2), half to even."""
    x, kept = numbers(1, 2, 4, 4), numbers(1, 3, side, 5)
    result = joined(Concat(other="@e1", fit="crop"), x, kept).pixels.numpy()
    assert (result[:, 2:] == kept[:, :, first : first + 4, 0:4]).all()


@pytest.mark.parametrize(("side", "first"), [(4, 0), (5, 0), (6, 1), (7, 1), (8, 2)])
def test_zeros_come_around_the_image_as_in_unets(side: int, first: int) -> None:
    """There are (side - 4) // 2 rows before it: F.pad(x, [d // 2, d - d // 2])."""
    x, kept = numbers(1, 2, 4, 4), numbers(1, 3, side, 5)
    result = joined(Concat(other="@e1", fit="pad"), x, kept).pixels.numpy()
    expected = np.zeros((1, 2, side, 5), np.float32)
    expected[:, :, first : first + 4, 0:4] = x
    assert (result[:, :2] == expected).all()
    assert (result[:, 2:] == kept).all()


@pytest.mark.parametrize(
    ("fit", "size", "sentence"),
    [
        ("refuse", (3, 4), "2x3x4 does not fit @e1, 3x5x5; --fit crop or pad would"),
        ("refuse", (5, 6), "2x5x6 does not fit @e1, 3x5x5"),
        ("crop", (6, 4), "2x6x4 does not fit @e1, 3x5x5"),
        ("pad", (4, 6), "2x4x6 does not fit @e1, 3x5x5"),
    ],
)
def test_other_sides_are_refused(fit: str, size: tuple[int, int], sentence: str) -> None:
    op = Concat(other="@e1", fit=fit).joining(Shape(3, 5, 5))
    with pytest.raises(JoinSizesError) as refused:
        op.out_shape(Shape(2, *size))
    assert str(refused.value) == sentence


def test_what_is_kept_is_let_go_of_by_the_last_alone() -> None:
    x = numbers(1, 2, 3, 3)
    assert len(joined(Concat(other="@e1"), x, x).artifacts) == 1
    assert joined(Concat(other="@e1").derived(is_last=True), x, x).artifacts == ()


def test_a_sum_of_other_channels_is_refused() -> None:
    with pytest.raises(ShapeError) as refused:
        Add(other="@e1").joining(Shape(8, 5, 5)).out_shape(Shape(3, 5, 5))
    expected = "3 channels cannot be added to the 8 of @e1; concat takes any"
    assert str(refused.value) == expected


@pytest.mark.parametrize("fit", ["crop", "pad"])
@pytest.mark.parametrize("op", [Concat, Add])
@pytest.mark.parametrize("sides", [(6,), (6, 9), (6, 5, 9)])
def test_the_code_gives_the_same(op: type[Join], fit: str, sides: tuple[int, ...]) -> None:
    x, kept = numbers(2, 3, *(side - 1 for side in sides)), numbers(2, 3, *sides)
    told = op(other="@e1", fit=fit).joining(Shape(*kept.shape[1:]))
    names: dict[str, Any] = {
        "x": torch.from_numpy(x),
        "kept_e1": torch.from_numpy(kept),
        "torch": torch,
        "F": torch.nn.functional,
    }
    exec("\n".join(told.torch_code(Shape(*x.shape[1:]), 2)), names)
    assert torch.equal(names["y"], joined(op(other="@e1", fit=fit), x, kept).pixels)
