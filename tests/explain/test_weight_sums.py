"""Sums and shifts of weights, by hand and beside the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from updown_cli.explain.traces import Trace, trace_op
from updown_cli.explain.weight_sums import is_even, weight_shifts, weight_sums
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.upsample.linear import Linear


def trace(op: Op, *shape: int) -> Trace:
    ones: NDArray[np.float64] = np.ones((1, *shape))
    return trace_op(op.for_shape(Shape(*shape)), ones)


def test_sums_are_what_ones_become_without_a_bias() -> None:
    traced = trace(Deconv(kernel="1 2 3; 4 5 6; 7 8 9", stride=(2,), bias=(7.0,)), 1, 2, 3)
    sums = weight_sums(traced)
    assert sums is not None
    np.testing.assert_allclose(sums, traced.output - 7)


def test_what_selects_has_neither_sums_nor_shifts() -> None:
    traced = trace(MaxPool(), 1, 4, 4)
    assert (weight_sums(traced), weight_shifts(traced)) == (None, {})


def test_what_does_not_resize_has_no_shifts() -> None:
    assert weight_shifts(trace(PlainConv(kernel="1 1"), 1, 4, 4)) == {}


@pytest.mark.parametrize(
    ("op", "shift"),
    [
        (Linear(size=(8,)), [0.25, 0, 0, 0, 0, 0, 0, -0.25]),
        (Linear(size=(8,), coordinates="asymmetric"), [0.25] * 7 + [-0.25]),
        (AvgPool(kernel_size=(2,)), [0, 0]),
        (AvgPool(kernel_size=(1,), stride=(2,)), [-0.5, -0.5]),
        (Deconv(kernel="1 1", stride=(2,)), [0.25, -0.25] * 4),
        (Deconv(kernel="1 0", stride=(2,)), [0.25, np.nan] * 4),
    ],
    ids=str,
)
def test_shifts_are_those_of_the_middle_of_the_weights(op: Op, shift: list[float]) -> None:
    """Of an enlargement to twice the size pixel i lies at (i + 0.5) / 2 - 0.5."""
    found = weight_shifts(trace(op, 1, 4))
    assert list(found) == ["x"]
    np.testing.assert_allclose(found["x"].ravel(), shift, atol=1e-12)


def test_both_axes_are_told() -> None:
    found = weight_shifts(trace(AvgPool(kernel_size=(1, 2), stride=(2, 2)), 1, 4, 4))
    np.testing.assert_allclose(found["y"], -0.5)
    np.testing.assert_allclose(found["x"], 0.0)


def test_equal_sums_are_even_and_nothing_is() -> None:
    assert is_even(np.array([0.1 + 0.2, 0.3, np.nan]))
    assert is_even(np.array([np.nan]))
    assert not is_even(np.array([1.0, 1.001]))
