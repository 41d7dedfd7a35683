"""Step interpolation: against SciPy, and of data of any rank."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.interpolate import interp1d

from tests.helpers import apply
from tests.ops.upsample.reference import NODES, SIDES, Pixels, random, sampling_points
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.step import StepUpsample
from updown_cli.pipeline.pipeline import Pipeline


def scipy_step(image: Pixels, grid: list[list[float]], step: str) -> Pixels:
    """Return the image with every axis through SciPy's staircase."""
    for axis, points in enumerate(grid):
        nodes = np.arange(image.shape[axis])
        image = interp1d(nodes, image, kind=step, axis=axis)(points)
    return image


@pytest.mark.parametrize(
    ("step", "expected"),
    [("previous", [0, 0, 1, 1, 0, 0, 2, 2, 0]), ("next", [0, 1, 1, 0, 0, 2, 2, 0, 0])],
)
def test_a_step_holds_the_pixel_before_or_after(step: str, expected: list[int]) -> None:
    """Points at 0, 0.5, 1 ... (S13)."""
    op = StepUpsample(size=(9,), step=step)
    assert apply(op, NODES, dims=1).tolist() == expected


@pytest.mark.parametrize("coordinates", ["align-corners", "half-pixel", "asymmetric"])
@pytest.mark.parametrize("step", ["previous", "next"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_a_staircase_is_scipys(dims: int, step: str, coordinates: str) -> None:
    """A side enlarged, one shrunk, one of a single pixel."""
    image, size = random(*SIDES[dims]), (13, 5, 1)[:dims]
    sides = zip(image.shape, size, strict=True)
    grid = [sampling_points(coordinates, length, out, None) for length, out in sides]
    op = StepUpsample(size=size, step=step, coordinates=coordinates)
    np.testing.assert_array_equal(apply(op, image, dims), scipy_step(image, grid, step))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_data_of_any_rank_and_type_is_picked_from(dims: int, dtype: str) -> None:
    """Three pixels a side to five: points at 0, 0.5, 1, 1.5 and 2."""
    shape = Shape(2, *(3,) * dims)
    pixels = np.arange(np.prod(shape)).reshape(1, *shape).astype(dtype)
    plan = Pipeline((StepUpsample(size=(5,)),)).plan(shape)
    actual = Engine(torch.device("cpu")).run(plan, pixels, Quantization(dtype)).pixels
    expected = pixels[np.ix_([0], [0, 1], *[[0, 0, 1, 1, 2]] * dims)]
    np.testing.assert_array_equal(actual, expected)
