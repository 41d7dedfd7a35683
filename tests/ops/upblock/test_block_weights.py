"""Weights of blocks from files and from a start."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.conftest import Updown, noise, picture
from tests.helpers import run
from tests.ops.upblock.blocks import (
    FIVE,
    INS,
    ROUNDING,
    image,
    result,
    save_npz,
    up_conv,
    weights,
)
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.fast_up_conv import FastUpConv
from updown_cli.ops.upblock.fast_up_proj import FastUpProj
from updown_cli.ops.upblock.nn_conv import NNConv
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.up_proj import UpProj


def test_a_prefix_names_one_block_of_a_network() -> None:
    blocks = {"up1": weights(FIVE, norm=False), "up2": weights((2, INS, 5, 5), norm=False)}
    path = save_npz(
        "net", {f"{b}.{k}": a for b, arrays in blocks.items() for k, a in arrays.items()}
    )
    for name, arrays in blocks.items():
        ours = result(UpConv(weights=f"{path}::{name}"), image())
        expected = up_conv(image(), arrays)
        np.testing.assert_allclose(ours, expected, rtol=ROUNDING, atol=ROUNDING)


INTERPOLATING = [
    UpConv(init="bilinear"),
    FastUpConv(init="bilinear"),
    UpProj(init="bilinear"),
    FastUpProj(init="bilinear"),
    NNConv(init="bilinear", order="upsample-first"),
    NNConv(init="bilinear", order="upsample-first", kernel_size=3, batch_norm=False),
    SubPixel(init="bilinear"),
    SubPixel(init="bilinear", upscale_factor=3),
    SubPixel(init="bilinear", upscale_factor=4, kernel_size=5, channel_order="dcr"),
]


@pytest.mark.parametrize("op", INTERPOLATING, ids=str)
def test_a_bilinear_start_interpolates_but_for_the_border(op: Block) -> None:
    x = torch.from_numpy(np.random.default_rng(0).uniform(0, 1, (1, 3, 6, 7)))
    factor = getattr(op, "upscale_factor", 2)
    expected = F.interpolate(x, scale_factor=factor, mode="bilinear")
    inside = (..., slice(factor, -factor), slice(factor, -factor))
    # A new batch norm divides by the root of 1 + 1e-5, twice in a row at most.
    torch.testing.assert_close(run(op, x).pixels[inside], expected[inside], rtol=2e-5, atol=1e-12)


def test_zeros_around_the_image_darken_the_border() -> None:
    white = torch.ones(1, 1, 3, 3)
    corner = run(UpConv(init="bilinear"), white).pixels[0, 0, :2, :2]
    assert corner.tolist() == [[0.5625, 0.75], [0.75, 1.0]]


@pytest.mark.parametrize("cls", [UpConv, UpProj, NNConv, SubPixel])
def test_a_seed_gives_the_same_start_again(cls: type[Block]) -> None:
    first, again, other = (result(cls(init="random", seed=s), image()) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_random_weights_are_spread_as_torch_spreads_them() -> None:
    op = UpConv(init="random", seed=1)
    weight = op.new_weight(op.layers()[0], 30)
    bound = (30 * 25) ** -0.5
    assert abs(weight).max() <= bound
    assert abs(weight).max() > 0.999 * bound
    assert abs(weight.std() - torch.nn.Conv2d(30, 30, 5).weight.std().item()) < 0.01 * bound


def test_arrays_that_nothing_reads_are_told(updown: Updown) -> None:
    arrays = weights((1, 1, 5, 5)) | {"bn1.num_batches_tracked": np.array([3.0])}
    arrays["batchnorm1.weight"] = np.ones(1)
    path = save_npz("net", arrays)
    done = updown("upblock", "--weights", path, picture("in.png", noise(4, 4)), "-o", "out.png")
    assert done.stderr == "updown: warning: --weights net.npz: not used: batchnorm1.weight\n"
