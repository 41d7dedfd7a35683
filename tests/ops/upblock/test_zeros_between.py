"""Blocks with zeros between pixels, and their fast forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.helpers import run
from tests.ops.upblock.blocks import (
    FIVE,
    INS,
    PROJECTION,
    ROUNDING,
    conv,
    image,
    save_npz,
    unpooled,
    weights,
)
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.fast_up_conv import FastUpConv
from updown_cli.ops.upblock.fast_up_proj import FastUpProj
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.up_proj import UpProj


@pytest.mark.parametrize(("plain", "fast"), [(UpConv, FastUpConv), (UpProj, FastUpProj)])
@pytest.mark.parametrize("sides", [(1, 1), (1, 4), (5, 2), (7, 6)])
def test_fast_equals_plain_exactly(
    plain: type[Block], fast: type[Block], sides: tuple[int, int]
) -> None:
    """Whole numbers small enough that float32 holds every sum of the convolutions."""
    rng = np.random.default_rng(3)
    shapes = PROJECTION if issubclass(plain, UpProj) else (FIVE,)
    arrays = {
        key: rng.integers(-3, 4, array.shape).astype(np.float32)
        for key, array in weights(*shapes, norm=False).items()
    }
    path = save_npz("net", arrays)
    x = torch.from_numpy(rng.integers(-3, 4, (2, INS, *sides)).astype(np.float32))
    settings: dict[str, Any] = {"weights": path, "batch_norm": False, "relu": False}
    both = [run(cls(**settings), x).pixels for cls in (plain, fast)]
    assert torch.equal(*both)
    assert both[0].abs().max() > 0


def test_padding_before_would_give_odd_rows_one_pixel_late() -> None:
    """What the authors' code does; the paper's fast form is the plain one."""
    arrays = weights(FIVE, bias=False, norm=False)
    odd_rows = torch.from_numpy(arrays["conv1.weight"][:, :, 1::2, ::2])
    late = F.conv2d(F.pad(torch.from_numpy(image()), (1, 1, 1, 0)), odd_rows).numpy()
    plain = conv(unpooled(image()), arrays, 1)[:, :, 1::2, ::2]
    np.testing.assert_allclose(late[:, :, 1:], plain[:, :, :-1], rtol=ROUNDING, atol=ROUNDING)
    assert abs(late - plain).max() > 10


def test_up_convolution_is_a_transposed_convolution() -> None:
    arrays = weights(FIVE, norm=False)
    x = torch.from_numpy(image())
    flipped = torch.from_numpy(arrays["conv1.weight"]).flip(2, 3).transpose(0, 1)
    bias = torch.from_numpy(arrays["conv1.bias"])
    expected = F.conv_transpose2d(x, flipped, bias, stride=2, padding=2, output_padding=1)
    ours = run(UpConv(weights=save_npz("net", arrays), relu=False), x).pixels
    torch.testing.assert_close(ours, expected, rtol=ROUNDING, atol=ROUNDING)
