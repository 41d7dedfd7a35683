"""Blocks on bytes, against torch's code on floats, and loops in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.helpers import as_floats
from tests.ops.upblock.blocks import conv as convolved
from tests.ops.upblock.blocks import relu, save_npz, sub_pixel, unpooled
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.engine.results import Result
from updown_cli.explain.equal_code import torch_code
from updown_cli.op.shape import Shape
from updown_cli.ops.kernels import row_kernel, row_sums
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.fast_up_conv import FastUpConv
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.pipeline.pipeline import Pipeline

HEIGHT, WIDTH = 231, 243


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let images be large that tests have time for, and be made in several bands."""
    monkeypatch.setattr(row_sums, "LEAST", 1 << 14)
    monkeypatch.setattr(row_kernel, "BAND", 100 * WIDTH)


def picture(channels: int, height: int = HEIGHT, width: int = WIDTH) -> NDArray[Any]:
    """Return a frame of noise with channels side by side, a part of it black and white."""
    pixels = np.random.default_rng(7).integers(0, 256, (1, height, width, channels), np.uint8)
    pixels[:, 5:20] = np.where(pixels[:, 5:20] > 128, 255, 0)
    return pixels.transpose(0, 3, 1, 2)


def run(op: Block, pixels: NDArray[Any]) -> Result:
    """Return what an engine makes of bytes."""
    plan = Pipeline((op,)).plan(Shape(*pixels.shape[1:]))
    return Engine(torch.device("cpu")).run(plan, pixels, Quantization("uint8"))


def by_torch(op: Block, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return what the printed code makes of bytes, before rounding."""
    white = 255.0 if op.input_range == "unit" else 1.0
    x = as_floats(pixels) / white
    names: dict[str, Any] = {"x": x}
    exec(torch_code(op, Shape(*pixels.shape[1:])), names)
    result: NDArray[Any] = (names["y"] * white).numpy()
    return result


def weights(*shape: int) -> str:
    """Return a file of a convolution without a bias."""
    drawn = np.random.default_rng(5).standard_normal(shape).astype(np.float32)
    return save_npz("net", {"conv1.weight": drawn / 4})


BLOCKS: dict[str, tuple[type[Block], dict[str, Any]]] = {
    "subpixel": (SubPixel, {"init": "bilinear"}),
    "subpixel, three": (SubPixel, {"init": "bilinear", "upscale_factor": 3}),
    "subpixel, dcr": (SubPixel, {"init": "bilinear", "channel_order": "dcr"}),
    "subpixel, code values": (SubPixel, {"init": "bilinear", "input_range": "code"}),
    "up-conv": (UpConv, {"init": "bilinear"}),
    "up-conv, signed": (UpConv, {"init": "bilinear", "relu": False}),
    "fast-up-conv": (FastUpConv, {"init": "bilinear"}),
}
FILES: dict[str, tuple[type[Block], tuple[int, ...], dict[str, Any]]] = {
    "subpixel of each channel": (SubPixel, (4, 1, 3, 3), {}),
    "subpixel, two of each": (SubPixel, (8, 1, 5, 5), {"kernel_size": 5, "channel_order": "dcr"}),
    "up-conv of all": (UpConv, (3, 3, 5, 5), {}),
    "up-conv of each": (UpConv, (2, 1, 5, 5), {"relu": False}),
    "fast-up-conv of all": (FastUpConv, (3, 3, 5, 5), {}),
}


def check(op: Block, pixels: NDArray[Any]) -> None:
    """Compare bytes, and what was cut off, with torch's code."""
    exact = by_torch(op, pixels)
    result = run(op, pixels)
    expected = np.floor(np.clip(exact, 0, 255).astype(np.float64) + 0.5)
    np.testing.assert_array_equal(result.pixels, expected)
    outside = int(((exact < -0.5) | (exact >= 255.5)).sum())
    if outside == 0:
        assert result.clamped is None
        return
    assert result.clamped is not None
    extremes = result.clamped.min, result.clamped.max
    assert (result.clamped.values, *extremes) == (outside, exact.min(), exact.max())


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", BLOCKS)
def test_new_blocks_give_torch_s_bytes(name: str, channels: int) -> None:
    cls, settings = BLOCKS[name]
    check(cls(**settings).for_shape(Shape(channels, HEIGHT, WIDTH)), picture(channels))


@pytest.mark.parametrize("name", FILES)
def test_blocks_of_files_give_torch_s_bytes(name: str) -> None:
    """Values are cut off; weights for one channel work on each of three by itself."""
    cls, sizes, settings = FILES[name]
    op = cls(weights=weights(*sizes), **settings).for_shape(Shape(3, HEIGHT, WIDTH))
    check(op, picture(3))


@pytest.mark.parametrize("name", ["subpixel", "up-conv"])
def test_bytes_are_those_of_loops(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value within a thousandth of a half may be rounded either way."""
    monkeypatch.setattr(row_sums, "LEAST", 1)
    pixels, random = picture(1, 21, 26), np.random.default_rng(5)
    sizes = (9, 1, 3, 3) if name == "subpixel" else (1, 1, 5, 5)
    arrays = {"conv1.weight": random.standard_normal(sizes).astype(np.float32) / 4}
    path, x = save_npz("net", arrays), pixels / 255.0
    op: Block
    if name == "subpixel":
        op, exact = SubPixel(weights=path, upscale_factor=3), sub_pixel(x, arrays)
    else:
        op, exact = UpConv(weights=path), relu(convolved(unpooled(x), arrays, 1))
    exact = exact * 255.0
    sure = abs(exact - np.floor(exact) - 0.5) > 1e-3
    expected = np.floor(np.clip(exact, 0, 255) + 0.5)
    np.testing.assert_array_equal(run(op, pixels).pixels[sure], expected[sure])
    assert sure.mean() > 0.99


@pytest.mark.parametrize(
    ("cls", "settings"),
    [
        (SubPixel, {"init": "bilinear", "edges": "replicate"}),
        (SubPixel, {"weights": "photo"}),
        (SubPixel, {"init": "random"}),
        (UpConv, {"init": "bilinear", "show_steps": "steps"}),
    ],
    ids=str,
)
def test_blocks_that_need_floats(cls: type[Block], settings: dict[str, Any]) -> None:
    """Other edges, corrections, many results that mix channels, and stages that are saved."""
    shape = Shape(3, HEIGHT, WIDTH)
    op = cls(**settings).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is None
