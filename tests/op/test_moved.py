"""Values that are only moved are moved as they are stored, and need no floats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.pipeline.pipeline import Pipeline

DTYPES = ("uint8", "uint16", "int32")


def numbers(dtype: str, channels: int) -> NDArray[Any]:
    """Return 1 x C x 4 x 6 of all magnitudes, channels side by side."""
    limits = np.iinfo(dtype)
    found = np.random.default_rng(0).integers(limits.min, limits.max, (4, 6, channels), dtype)
    found[0, 0], found[0, 1] = limits.min, limits.max
    return found.transpose(2, 0, 1)[None]


def run(op: Op, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return what the engine stores, which uses no floats."""
    shape = Shape(*pixels.shape[1:])
    assert op.for_shape(shape).integer_way(shape, pixels.dtype) is not None
    plan = Pipeline((op,)).plan(shape)
    return Engine(torch.device("cpu")).run(plan, pixels, Quantization(str(pixels.dtype))).pixels


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ["crd", "dcr", "phase-shift"])
def test_pixels_to_channels_and_back(order: str, dtype: str) -> None:
    pixels = numbers(dtype, 3)
    made = run(Shuffle(downscale_factor=2, order=order), pixels)
    assert (made.shape, str(made.dtype)) == ((1, 12, 2, 3), dtype)
    for channel in range(3):
        for down in range(2):
            for across in range(2):
                place = {
                    "crd": channel * 4 + 2 * down + across,
                    "dcr": (2 * down + across) * 3 + channel,
                    "phase-shift": channel * 4 + 2 * across + down,
                }[order]
                assert (made[0, place] == pixels[0, channel, down::2, across::2]).all()
    assert (run(Shuffle(upscale_factor=2, order=order), made) == pixels).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("arrange", ["grid", "frames"])
def test_phases_beside_and_behind_each_other(arrange: str, dtype: str) -> None:
    pixels = numbers(dtype, 1)
    made = run(Shuffle(downscale_factor=2, arrange=arrange), pixels)
    phases = [pixels[0, 0, down::2, across::2] for down in range(2) for across in range(2)]
    expected = np.block([phases[:2], phases[2:]]) if arrange == "grid" else np.stack(phases)
    assert (made.reshape(expected.shape) == expected).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_values_between_zeros(padding: str, dtype: str) -> None:
    pixels = numbers(dtype, 3)
    made = run(ZeroUnpool(kernel_size=(3, 2), stride=(2, 3), padding=padding), pixels)
    expected = np.zeros((1, 3, *{"same": (8, 18), "valid": (9, 17)}[padding]), dtype)
    for y in range(4):
        for x in range(6):
            expected[:, :, 2 * y, 3 * x] = pixels[:, :, y, x]
    assert made.dtype == dtype
    assert (made == expected).all()
