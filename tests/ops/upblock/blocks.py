"""Weights of blocks, and the stages of the papers that they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from tests.helpers import run
from updown_cli.op.base import Op
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.fast_up_conv import FastUpConv
from updown_cli.ops.upblock.fast_up_proj import FastUpProj
from updown_cli.ops.upblock.nn_conv import NNConv
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.up_proj import UpProj

Array = NDArray[Any]
Arrays = dict[str, Array]

INS, OUTS, SIDES = 3, 4, (5, 6)
# Inputs and weights are float64; the sums are added up in different orders.
ROUNDING = 1e-12
# A batch norm whose numbers are all its own.
NORM_LOWS = {"weight": 0.5, "bias": -1.0, "running_mean": -1.0, "running_var": 0.1}


def save_npz(name: str, arrays: Arrays) -> str:
    np.savez(f"{name}.npz", **arrays)  # type: ignore[arg-type]
    return f"{name}.npz"


def save_safetensors(name: str, arrays: Arrays) -> str:
    save_file(arrays, f"{name}.safetensors")
    return f"{name}.safetensors"


def save_torch(name: str, arrays: Arrays) -> str:
    torch.save({key: torch.from_numpy(array) for key, array in arrays.items()}, f"{name}.pt")
    return f"{name}.pt"


SAVERS: dict[str, Callable[[str, Arrays], str]] = {
    "npz": save_npz,
    "safetensors": save_safetensors,
    "pt": save_torch,
}
every_kind_of_file = pytest.mark.parametrize("save", SAVERS.values(), ids=list(SAVERS))


def weights(*shapes: tuple[int, ...], bias: bool = True, norm: bool = True) -> Arrays:
    """Return random convolutions of these shapes by number, with what goes with them."""
    rng = np.random.default_rng(5)
    arrays = {}
    for number, shape in enumerate(shapes, 1):
        arrays[f"conv{number}.weight"] = rng.standard_normal(shape)
        if bias:
            arrays[f"conv{number}.bias"] = rng.standard_normal(shape[0])
        for part, low in NORM_LOWS.items() if norm else ():
            arrays[f"bn{number}.{part}"] = rng.uniform(low, 2.0, shape[0])
    return arrays


def without_biases(arrays: Arrays) -> Arrays:
    """Return all but the biases of convolutions."""
    gone = {f"conv{number}.bias" for number in (1, 2, 3)}
    return {key: array for key, array in arrays.items() if key not in gone}


def image(channels: int = INS, sides: tuple[int, int] = SIDES) -> Array:
    return np.random.default_rng(1).standard_normal((2, channels, *sides))


def result(op: Op, x: Array) -> Array:
    numbers: Array = run(op, torch.from_numpy(x)).pixels.numpy()
    return numbers


def conv(x: Array, arrays: Arrays, number: int) -> Array:
    """Return a convolution that keeps the size, one output pixel at a time."""
    weight = arrays[f"conv{number}.weight"]
    height, width = weight.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (height // 2,) * 2, (width // 2,) * 2])
    out = np.empty((len(x), len(weight), *x.shape[2:]))
    for row, column in np.ndindex(*x.shape[2:]):
        window = padded[:, None, :, row : row + height, column : column + width]
        out[:, :, row, column] = (window * weight).sum((2, 3, 4))
    return out + arrays.get(f"conv{number}.bias", np.zeros(len(weight)))[:, None, None]


def norm(x: Array, arrays: Arrays, number: int, eps: float = 1e-5) -> Array:
    """Return a batch norm in use: with the statistics of training."""
    scale, shift, mean, variance = (
        arrays[f"bn{number}.{part}"][:, None, None] for part in NORM_LOWS
    )
    return (x - mean) / np.sqrt(variance + eps) * scale + shift


def relu(x: Array) -> Array:
    return np.where(x > 0, x, 0)


def unpooled(x: Array) -> Array:
    """Return every pixel at the top left of 2x2."""
    out = np.zeros((*x.shape[:2], 2 * x.shape[2], 2 * x.shape[3]))
    for row, column in np.ndindex(*x.shape[2:]):
        out[:, :, 2 * row, 2 * column] = x[:, :, row, column]
    return out


def repeated(x: Array) -> Array:
    """Return every pixel as 2x2."""
    return np.kron(x, np.ones((2, 2)))


def up_conv(x: Array, arrays: Arrays) -> Array:
    return relu(conv(unpooled(x), arrays, 1))


def up_proj(x: Array, arrays: Arrays) -> Array:
    larger = unpooled(x)
    first = relu(norm(conv(larger, arrays, 1), arrays, 1))
    branch = norm(conv(first, arrays, 2), arrays, 2)
    return relu(branch + norm(conv(larger, arrays, 3), arrays, 3))


def nn_conv(x: Array, arrays: Arrays) -> Array:
    return repeated(relu(norm(conv(x, arrays, 1), arrays, 1)))


def nn_conv_after(x: Array, arrays: Arrays) -> Array:
    return relu(norm(conv(repeated(x), arrays, 1), arrays, 1))


def sub_pixel(x: Array, arrays: Arrays) -> Array:
    """Return channel c * 9 + 3 * p + q at row offset p and column offset q."""
    maps = conv(x, arrays, 1)
    out = np.empty((len(x), maps.shape[1] // 9, 3 * x.shape[2], 3 * x.shape[3]))
    for c, p, q in product(range(out.shape[1]), range(3), range(3)):
        out[:, c, p::3, q::3] = maps[:, c * 9 + 3 * p + q]
    return out


FIVE, THREE = (OUTS, INS, 5, 5), (OUTS, OUTS, 3, 3)
PROJECTION = (FIVE, THREE, FIVE)
BLOCKS: dict[str, tuple[type[Block], dict[str, Any], Callable[..., Array], Arrays]] = {
    "up-conv": (UpConv, {}, up_conv, weights(FIVE, norm=False)),
    "fast-up-conv": (FastUpConv, {}, up_conv, weights(FIVE, norm=False)),
    "up-proj": (UpProj, {}, up_proj, weights(*PROJECTION)),
    "fast-up-proj": (FastUpProj, {}, up_proj, weights(*PROJECTION)),
    "nnconv": (NNConv, {}, nn_conv, weights(FIVE)),
    "nnconv-3": (NNConv, {"kernel_size": 3}, nn_conv, weights((OUTS, INS, 3, 3))),
    "nnconv-7": (NNConv, {"kernel_size": 7}, nn_conv, weights((OUTS, INS, 7, 7))),
    "nnconv-9": (NNConv, {"kernel_size": 9}, nn_conv, weights((OUTS, INS, 9, 9))),
    "nnconv-after": (NNConv, {"order": "upsample-first"}, nn_conv_after, weights(FIVE)),
    "subpixel": (
        SubPixel,
        {"upscale_factor": 3},
        sub_pixel,
        weights((2 * 9, INS, 3, 3), norm=False),
    ),
}
every_block = pytest.mark.parametrize(
    ("cls", "settings", "reference", "arrays"), BLOCKS.values(), ids=list(BLOCKS)
)
