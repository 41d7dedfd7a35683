"""Random interpolations as updown and as `F.interpolate` take them, and pictures for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.base import Op
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


def stored(values: Pixels, dtype: str, limit: float) -> tuple[Pixels, Pixels]:
    """Return numbers as a type has them, whole ones rounded half up, and where that is clear."""
    if np.dtype(dtype).kind == "f":
        return values.astype(dtype), np.ones(values.shape, bool)
    most = np.iinfo(dtype)
    clear = np.abs(values - np.floor(values) - 0.5) > 2 * limit
    return np.floor(values.astype(np.float64) + 0.5).clip(most.min, most.max).astype(dtype), clear


def _strip_height(dice: np.random.Generator, rows: int) -> int:
    """Return a height that makes a dozen strips or fewer of many rows."""
    return max(int(dice.integers(1, 9)), -(-rows // 12))


@dataclass(frozen=True)
class Outcome:
    """What was run, the limit of differences, and the largest one where rounding is clear."""

    told: str
    limit: float
    apart: float

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the limit, and a number."""
        return self.apart <= self.limit


def outcome(dice: np.random.Generator, dims: int) -> Outcome:
    """Return how far a random picture is from torch's: of any type, whole or in strips."""
    setting = draw(dice, dims)
    dtype = str(dice.choice(DTYPES))
    computed = "float32" if dtype in ("uint8", "uint16", "int16", "float32") else "float64"
    pixels = noise(dice, setting.shape, dtype, last=bool(dice.random() < 0.5))
    of_torch = setting.of_torch(np.ascontiguousarray(pixels).astype(computed))
    expected, clear = stored(of_torch, dtype, setting.limit)
    plan = Pipeline((setting.op,)).plan(setting.shape)
    height = _strip_height(dice, of_torch.shape[2]) if dice.random() < 0.4 else None
    engine = Engine(torch.device("cpu"), height=height)
    actual = engine.run(plan, pixels, Quantization(dtype)).pixels
    assert actual.shape == expected.shape
    apart = np.abs(actual[clear].astype(np.float64) - expected[clear].astype(np.float64))
    told = f"{setting} {dtype} {height}"
    return Outcome(told, setting.limit, float(apart.max(initial=0.0)))
