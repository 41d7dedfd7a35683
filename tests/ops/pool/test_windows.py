"""What pools by sliding windows share: padding, partial windows, limits, what is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from tests.helpers import apply, run
from tests.ops.pool.reference import (
    RAMP_3X3,
)
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.lp import LpPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.pool.windows import DilatedPool, WindowPool


def test_same_padding_is_minus_infinity_for_max() -> None:
    """Zeros would give [[-1, 0], [0, 0]] (P2)."""
    np.testing.assert_array_equal(apply(MaxPool(padding="same"), -RAMP_3X3), [[-1, -3], [-7, -9]])


def test_padding_by_number_is_minus_infinity_for_max() -> None:
    """The same image with a border of one pixel (P2)."""
    np.testing.assert_array_equal(apply(MaxPool(padding=(1,)), -RAMP_3X3), [[-1, -2], [-4, -5]])


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (
            lambda: MaxPool(kernel_size=(2,), padding=(2,)),
            "--padding 2: must be at most half of --kernel-size, 1",
        ),
        (
            lambda: MinPool(kernel_size=(5, 3), padding=(2,)),
            "--padding 2: must be at most half of --kernel-size, 1",
        ),
        (
            lambda: AvgPool(kernel_size=(3,), padding=(1, 2)),
            "--padding 1x2: must be at most half of --kernel-size, 1",
        ),
        (
            lambda: MedianPool(kernel_size=(2,), padding=(2,)),
            "--padding 2: must be at most half of --kernel-size, 1",
        ),
    ],
)
def test_padding_is_at_most_half_the_window(op: Callable[[], WindowPool], message: str) -> None:
    """As in torch (P3)."""
    with pytest.raises(ParameterError) as error:
        op()
    assert str(error.value) == message


@pytest.mark.parametrize("pool", [MaxPool, MinPool, MedianPool])
def test_gaps_do_not_widen_the_padding_limit(pool: type[DilatedPool]) -> None:
    """torch compares with kernel_size, whatever the dilation (P3)."""
    with pytest.raises(RuntimeError, match="half of kernel size"):
        torch.nn.MaxPool2d(3, 1, 2, 2)(torch.zeros(1, 1, 9, 9))
    with pytest.raises(ParameterError) as error:
        pool(kernel_size=(3,), padding=(2,), dilation=(2,))
    assert str(error.value) == "--padding 2: must be at most half of --kernel-size, 1"


@pytest.mark.parametrize(("ceil_mode", "expected"), [(False, [2, 4]), (True, [2, 4, 5])])
def test_ceil_mode_keeps_a_partial_window(ceil_mode: bool, expected: list[float]) -> None:
    """1..5, kernel 2 (P4)."""
    result = apply(MaxPool(ceil_mode=ceil_mode), [1, 2, 3, 4, 5], 1)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (MaxPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 2),
        (MinPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 1),
        (AvgPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 1),
        (MedianPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 1),
    ],
    ids=lambda value: getattr(value, "mode", str(value)),
)
def test_no_window_starts_in_the_padding_at_the_end(op: WindowPool, expected: float) -> None:
    """L=2, kernel and stride 3, padding 1: one output, not two (P4)."""
    np.testing.assert_array_equal(apply(op, [1, 2], 1), [expected])


@pytest.mark.parametrize("padding", ["same", "same-lower", "valid"])
def test_ceil_mode_needs_padding_by_number(padding: str) -> None:
    with pytest.raises(ParameterError) as error:
        MaxPool(padding=padding, ceil_mode=True)
    expected = f"--ceil-mode goes with a number as --padding, not with {padding}"
    assert str(error.value) == expected


@pytest.mark.parametrize("op", [MaxPool(), MinPool(), MedianPool()], ids=lambda op: op.mode)
def test_nan_spreads_over_its_window(op: WindowPool) -> None:
    """As in torch; TensorFlow gives [1, 4] (P14)."""
    expected = {"max": [np.nan, 4], "min": [np.nan, 3], "median": [np.nan, 3]}[op.mode]
    np.testing.assert_array_equal(apply(op, [1, np.nan, 3, 4], 1), expected)


@pytest.mark.parametrize(
    ("op", "reach"),
    [
        (MaxPool(kernel_size=(3,)), "3x3"),
        (MinPool(dilation=(2,)), "3x3"),
        (AvgPool(kernel_size=(1, 3)), "1x3"),
        (MedianPool(kernel_size=(3,), padding="valid"), "3x3"),
        (LpPool(kernel_size=(5,)), "5x5"),
    ],
    ids=lambda value: getattr(value, "mode", str(value)),
)
def test_a_window_larger_than_the_image_is_refused(op: WindowPool, reach: str) -> None:
    """torch raises RuntimeError, TensorFlow dies (P16)."""
    with pytest.raises(ShapeError) as error:
        run(op, torch.zeros(1, 1, 2, 2))
    expected = f"pool: nothing is left of a 1x2x2 image; the window is {reach}"
    assert str(error.value) == expected


def test_same_padding_takes_a_window_larger_than_the_image() -> None:
    op = MaxPool(kernel_size=(5,), stride=(2,), padding="same")
    np.testing.assert_array_equal(apply(op, RAMP_3X3), [[9, 9], [9, 9]])


@pytest.mark.parametrize(
    ("op", "unread"),
    [
        (MaxPool(), (1, 0)),
        (AvgPool(ceil_mode=True), None),
        (MinPool(padding="same"), None),
        (LpPool(stride=(3,)), (0, 1)),
        (MedianPool(dilation=(2,), stride=(1,)), None),
    ],
    ids=lambda value: getattr(value, "mode", str(value)),
)
def test_pixels_in_no_window_are_told(op: WindowPool, unread: tuple[int, int] | None) -> None:
    shape = Shape(1, 5, 6)
    expected = (
        [] if unread is None else [f"the last {unread[0]}x{unread[1]} pixels are in no window"]
    )
    assert op.for_shape(shape).notes(shape) == expected


def test_require_divisible_refuses_pixels_in_no_window() -> None:
    op = MaxPool(require_divisible=True)
    assert op.out_shape(Shape(1, 4, 6)) == Shape(1, 2, 3)
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, 5, 6))
    assert str(error.value) == (
        "the last 1x0 pixels of 5x6 fill no window; "
        "choose another --kernel-size or leave --require-divisible out"
    )


@pytest.mark.parametrize(
    ("op", "selects"),
    [
        (MaxPool(), True),
        (MinPool(), True),
        (MedianPool(), True),
        (MedianPool(median="mean"), False),
        (AvgPool(), False),
        (LpPool(), False),
    ],
    ids=repr,
)
def test_integers_stay_integers_where_values_are_selected(op: WindowPool, selects: bool) -> None:
    assert op.selects_values() is selects


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kernel_size": (0,)}, "--kernel-size 0: must be from 1 to 65535"),
        ({"stride": (0,)}, "--stride 0: must be from 1 to 65535"),
        ({"dilation": (0,)}, "--dilation 0: must be from 1 to 65535"),
        ({"padding": (-1,)}, "--padding -1: must be from 0 to 65535"),
        (
            {"padding": "sam"},
            "--padding sam: must be numbers or one of same, same-lower, valid",
        ),
        (
            {"kernel_size": (2, 2, 2, 2)},
            "--kernel-size 2x2x2x2: must be one number, or one per axis between 'x'",
        ),
    ],
    ids=str,
)
def test_parameters_have_limits(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as error:
        MaxPool(**parameters)
    assert str(error.value) == message


def test_numbers_for_another_number_of_axes_are_refused() -> None:
    with pytest.raises(ShapeError) as error:
        MaxPool(kernel_size=(2, 2, 2)).out_shape(Shape(1, 4, 4))
    assert str(error.value) == "--kernel-size 2x2x2 has 3 numbers for 2-D data"
