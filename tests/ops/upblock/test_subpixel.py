"""Sub-pixel convolution: what it is equal to, its orders and its start."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.helpers import run
from tests.ops.upblock.blocks import (
    INS,
    ROUNDING,
    conv,
    image,
    result,
    save_npz,
    weights,
)
from updown_cli.ops.upblock.subpixel import SubPixel


@pytest.mark.parametrize(("factor", "side"), [(2, 3), (3, 3), (4, 5), (2, 1)])
def test_subpixel_convolution_is_a_transposed_convolution(factor: int, side: int) -> None:
    """W'[c_in, c, (k-1-a)r+p, (k-1-b)r+q] = W[c*r*r+p*r+q, c_in, a, b]."""
    arrays = weights((2 * factor**2, INS, side, side), bias=False, norm=False)
    weight = arrays["conv1.weight"]
    other = np.empty((INS, 2, side * factor, side * factor))
    for c, p, q, a, b in np.ndindex(2, factor, factor, side, side):
        row, column = (side - 1 - a) * factor + p, (side - 1 - b) * factor + q
        other[:, c, row, column] = weight[c * factor**2 + p * factor + q, :, a, b]
    x = torch.from_numpy(image())
    expected = F.conv_transpose2d(
        x, torch.from_numpy(other), stride=factor, padding=factor * (side - 1) // 2
    )
    op = SubPixel(weights=save_npz("net", arrays), upscale_factor=factor, kernel_size=side)
    torch.testing.assert_close(run(op, x).pixels, expected, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize("order", ["crd", "dcr"])
@pytest.mark.parametrize("factor", [2, 3])
def test_icnr_is_nearest_of_one_convolution(order: str, factor: int) -> None:
    op = SubPixel(init="icnr", seed=4, upscale_factor=factor, channel_order=order)
    ours = result(op, image())
    nearest = np.kron(ours[:, :, ::factor, ::factor], np.ones((factor, factor)))
    np.testing.assert_allclose(ours, nearest, rtol=ROUNDING, atol=ROUNDING)
    one = op.new_weight(op.layers()[0], INS)[:: factor**2 if order == "crd" else 1][:INS]
    first = conv(image(), {"conv1.weight": one}, 1)
    np.testing.assert_allclose(ours[:, :, ::factor, ::factor], first, rtol=ROUNDING, atol=ROUNDING)


def test_subpixel_in_tensorflow_s_order_gathers_channels_by_phase() -> None:
    """Of 8 channels r2, X1: 0, 2, 4, 6 and 1, 3, 5, 7, not 0 to 3 and 4 to 7."""
    arrays = {"conv1.weight": np.zeros((8, 1, 1, 1)), "conv1.bias": np.arange(8.0)}
    path = save_npz("net", arrays)
    x = torch.zeros(1, 1, 1, 1)
    torch_s = run(SubPixel(weights=path, kernel_size=1), x).pixels
    tensorflow_s = run(SubPixel(weights=path, kernel_size=1, channel_order="dcr"), x).pixels
    assert torch_s[0].tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    assert tensorflow_s[0].tolist() == [[[0, 2], [4, 6]], [[1, 3], [5, 7]]]
