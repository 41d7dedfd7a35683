"""Thousands of random interpolations against `F.interpolate` on the picture's own shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.base import Op
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample import UPSAMPLE
from updown_cli.pipeline.pipeline import Pipeline

Pixels = NDArray[Any]

# Of 0 to 255 in single precision, weights of two sides multiplied; torch's float32 points may be
# 2^-24 of a side of thousands of pixels away, where neighbours differ by up to 255.
LEVELS = 2e-3

BY_RANK = {
    1: ("nearest", "nearest-exact", "linear", "area"),
    2: ("nearest", "nearest-exact", "linear", "bilinear", "bicubic", "lanczos", "area"),
    3: ("nearest", "nearest-exact", "linear", "trilinear", "area"),
}
OF_TORCH = {1: "linear", 2: "bilinear", 3: "trilinear"}
DTYPES = ("uint8", "uint16", "int16", "int32", "float32", "float64")


@dataclass(frozen=True)
class Setting:
    """An interpolation as updown and as torch take it, and a shape for it."""

    op: Op
    shape: Shape
    arguments: dict[str, Any]

    def of_torch(self, x: Pixels) -> Pixels:
        """Return what torch makes of N x C x sides."""
        result: Pixels = F.interpolate(torch.from_numpy(x), **self.arguments).numpy()
        return result

    @property
    def limit(self) -> float:
        """How far from torch's a number of 0 to 255 may be."""
        if self.op.selects_values():
            return 0.0
        return LEVELS * max(1.0, max(self.shape.size) / 200)


def draw(dice: np.random.Generator, dims: int) -> Setting:
    """Return a random setting that gives at least one pixel."""
    size, new = _sides(dice, dims)
    mode = str(dice.choice(BY_RANK[dims]))
    own, given = _scale(dice, mode, size, new)
    options: dict[str, Any] = {}
    of_torch = {"mode": OF_TORCH[dims] if mode == "linear" else mode}
    if mode in ("linear", "bilinear", "bicubic", "trilinear"):
        options["align_corners"] = bool(dice.random() < 0.4)
        if dims == 2:
            options["antialias"] = bool(dice.random() < 0.5)
    if mode == "lanczos":
        of_torch["antialias"] = True  # type: ignore[assignment]
    shape = Shape(int(dice.integers(1, 7)), *size)
    op = interpolation(mode, **own, **options).for_shape(shape)
    return Setting(op, shape, {**given, **of_torch, **options})


def _sides(dice: np.random.Generator, dims: int) -> tuple[list[int], list[int]]:
    """Return the sides of a picture, and about those of the result: near, or many times larger."""
    most = {1: 400, 2: 90, 3: 12}[dims]
    size = [int(side) for side in dice.integers(2, most, dims)]
    new = [int(side) for side in dice.integers(2, most, dims)]
    if dice.random() < 0.25:  # one side changes much, and the others are short
        axis, long = int(dice.integers(dims)), int(dice.integers(500, 3000))
        few, sides = int(dice.integers(1, 12)), (size, new)
        for side in (*range(axis), *range(axis + 1, dims)):
            size[side], new[side] = min(size[side], 4), min(new[side], 4)
        first = int(dice.integers(2))
        sides[first][axis], sides[1 - first][axis] = long, few
    return size, new


def _scale(
    dice: np.random.Generator, mode: str, size: list[int], new: list[int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a size or factors for updown and for torch; often of about the same or double."""
    if dice.random() < 0.4:
        return {"size": tuple(new)}, {"size": tuple(new)}
    factors = [out / side * 1.0001 for side, out in zip(size, new, strict=True)]
    if dice.random() < 0.4:
        factors = [float(dice.choice([1, 2]) + dice.random() / side) for side in size]
    factors = [f if int(side * f) else 1.0 for side, f in zip(size, factors, strict=True)]
    recomputed = {"recompute_scale_factor": True} if dice.random() < 0.3 and mode != "area" else {}
    return (
        {"scale_factor": tuple(factors), **recomputed},
        {"scale_factor": factors, **recomputed},
    )


def interpolation(mode: str, **settings: Any) -> Op:
    """Return the interpolation of a mode."""
    return UPSAMPLE.of_mode(mode)(**settings)


def noise(dice: np.random.Generator, shape: Shape, dtype: str, *, last: bool) -> Pixels:
    """Return one image of whole numbers from 0 to 255, channels first or last in memory."""
    image = dice.integers(0, 256, (1, *shape)).astype(dtype)
    if not last:
        return image
    return np.ascontiguousarray(np.moveaxis(image, 1, -1)).transpose(
        0, image.ndim - 1, *range(1, image.ndim - 1)
    )


def as_matrix(table: Table, length: int) -> Pixels:
    """Return a table as an out x in matrix."""
    result = np.zeros((table.sources.shape[1], length))
    for sources, weights in zip(table.sources, table.weights, strict=True):
        np.add.at(result, (np.arange(len(sources)), sources), weights)
    return result


def stored(values: Pixels, dtype: str, limit: float) -> tuple[Pixels, Pixels]:
    """Return numbers as a type has them, whole ones rounded half up, and where that is clear."""
    if np.dtype(dtype).kind == "f":
        return values.astype(dtype), np.ones(values.shape, bool)
    most = np.iinfo(dtype)
    clear = np.abs(values - np.floor(values) - 0.5) > 2 * limit
    return np.floor(values.astype(np.float64) + 0.5).clip(most.min, most.max).astype(dtype), clear


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_pictures_are_those_of_torch(seed: int, dims: int) -> None:
    """Of any type and memory order, whole or in strips."""
    dice = np.random.default_rng((seed, dims))
    for _ in range(250):
        setting = draw(dice, dims)
        dtype = str(dice.choice(DTYPES))
        computed = "float32" if dtype in ("uint8", "uint16", "int16", "float32") else "float64"
        pixels = noise(dice, setting.shape, dtype, last=bool(dice.random() < 0.5))
        of_torch = setting.of_torch(np.ascontiguousarray(pixels).astype(computed))
        expected, clear = stored(of_torch, dtype, setting.limit)
        height = int(dice.integers(1, 9)) if dice.random() < 0.4 else None
        engine = Engine(torch.device("cpu"), height=height)
        plan = Pipeline((setting.op,)).plan(setting.shape)
        actual = engine.run(plan, pixels, Quantization(dtype)).pixels
        told = f"{setting} {dtype} {height}"
        np.testing.assert_allclose(
            actual[clear], expected[clear], atol=setting.limit, err_msg=told, rtol=0
        )


@pytest.mark.parametrize("seed", range(6))
def test_the_tables_are_the_layer(seed: int) -> None:
    dice = np.random.default_rng((seed, 9))
    for _ in range(250):
        setting = draw(dice, 2)
        if (tables := setting.op.tables(setting.shape)) is None:
            continue
        image = dice.integers(0, 256, setting.shape.size).astype(np.float32)
        expected = setting.of_torch(image[None, None])[0, 0]
        sides = zip(tables, setting.shape.size, strict=True)
        vertical, horizontal = (as_matrix(*side) for side in sides)
        actual = vertical @ image @ horizontal.T
        np.testing.assert_allclose(
            actual, expected, atol=setting.limit, rtol=0, err_msg=str(setting)
        )


@pytest.mark.parametrize("height", [None, 5])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@pytest.mark.parametrize(
    ("mode", "length", "out"), [("nearest", 84, 40), ("nearest-exact", 126, 11)]
)
def test_pixels_are_picked_by_points_of_the_type_that_is_computed(
    mode: str, length: int, out: int, dtype: str, height: int | None
) -> None:
    """Points that are whole in one precision are a little less in another."""
    shape = Shape(1, 200, length)
    pixels = np.broadcast_to(np.arange(length, dtype=dtype), (1, *shape)).copy()
    computed = pixels.astype("float32" if dtype == "float32" else "float64")
    expected = F.interpolate(torch.from_numpy(computed), (200, out), mode=mode).numpy()
    plan = Pipeline((interpolation(mode, size=(200, out)),)).plan(shape)
    engine = Engine(torch.device("cpu"), height=height)
    actual = engine.run(plan, pixels, Quantization(dtype)).pixels
    np.testing.assert_array_equal(actual, expected.astype(dtype))


@pytest.mark.parametrize(("mode", "taps"), [("bilinear", 2), ("bicubic", 4), ("lanczos", 6)])
def test_a_table_of_a_long_side_is_no_larger_than_the_side(mode: str, taps: int) -> None:
    """Each pixel is in the windows of `taps` results at most."""
    op = interpolation(mode, size=(2, 7), antialias=True).for_shape(Shape(3, 2, 65535))
    tables = op.tables(Shape(3, 2, 65535))
    assert tables is not None
    assert tables[1].weights.size < taps * 65535 * 1.001


@pytest.mark.parametrize(("mode", "side"), [("bilinear", 1), ("bicubic", 2)])
def test_a_widened_filter_sits_half_a_step_in_for_aligned_corners_too(mode: str, side: int) -> None:
    """31 pixels to 4 are steps of 10: the first filter reaches as far to both sides of 4.5."""
    shape = Shape(1, 31, 31)
    op = interpolation(mode, size=(4,), antialias=True, align_corners=True).for_shape(shape)
    span = op.input_spans(shape)[0]
    places = [float(place) for place in (span.step, span.centre, span.first, span.last)]
    assert places == [10, 4.5, 5.5 - 10 * side, 4.5 + 10 * side]
