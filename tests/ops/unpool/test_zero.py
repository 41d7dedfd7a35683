"""Bed of nails: against pixels worked out by hand and a transposed convolution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.helpers import apply, run
from tests.ops.unpool.reference import SIDES, noise
from updown_cli.ops.unpool.avg import AvgUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool


def test_the_nail_is_at_the_top_left() -> None:
    """Not at the centre, not at the bottom right (U9)."""
    rows = apply(ZeroUnpool(kernel_size=(2,)), [[1, 2], [3, 4]]).tolist()
    assert rows == [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("parameters", "row"),
    [
        ({"kernel_size": (3,), "stride": (2,)}, [1, 0, 2, 0, 3, 0]),
        ({"kernel_size": (3,), "stride": (2,), "padding": "valid"}, [1, 0, 2, 0, 3, 0, 0]),
        ({"kernel_size": (1,), "stride": (2,), "padding": "valid"}, [1, 0, 2, 0, 3]),
    ],
    ids=str,
)
def test_the_three_sizes_of_zero_insertion(parameters: dict[str, Any], row: list[int]) -> None:
    """in * stride, (in - 1) * stride + kernel_size and (in - 1) * stride + 1."""
    assert apply(ZeroUnpool(**parameters), [1, 2, 3], dims=1).tolist() == row


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (2, 2), (3, 2), (1, 3), (2, 3), (5, 2)])
def test_zero_insertion_is_a_transposed_convolution_with_one_weight(
    kernel: int, stride: int, dims: int
) -> None:
    """Valid as it is, same cut or filled up to in * stride."""
    x = torch.from_numpy(noise(2, 3, *SIDES[dims]))
    nail = torch.zeros(3, 1, *(kernel,) * dims)
    nail.view(3, -1)[:, 0] = 1
    valid = getattr(F, f"conv_transpose{dims}d")(x, nail, stride=stride, groups=3)
    windows: dict[str, Any] = {"kernel_size": (kernel,), "stride": (stride,)}
    np.testing.assert_array_equal(run(ZeroUnpool(**windows, padding="valid"), x).pixels, valid)
    same = np.zeros((2, 3, *(side * stride for side in SIDES[dims])), np.float32)
    same[:, :, *(slice(None, None, stride),) * dims] = x
    np.testing.assert_array_equal(run(ZeroUnpool(**windows), x).pixels, same)


@pytest.mark.parametrize("dims", [2, 3])
def test_every_axis_has_its_own_block(dims: int) -> None:
    """Height first: each axis by another factor."""
    x = noise(*SIDES[dims])
    factors = (4, 3, 2)[-dims:]
    nails = np.kron(x, np.eye(1, int(np.prod(factors))).reshape(factors))
    np.testing.assert_array_equal(apply(ZeroUnpool(kernel_size=factors), x, dims), nails)
    blocks = np.kron(x, np.ones(factors))
    np.testing.assert_array_equal(apply(AvgUnpool(kernel_size=factors), x, dims), blocks)
