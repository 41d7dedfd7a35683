"""Thousands of random interpolations against `F.interpolate` on the picture's own shape."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.ops.upsample.random_settings import Pixels, draw, interpolation, outcome
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline


def as_matrix(table: Table, length: int) -> Pixels:
    """Return a table as an out x in matrix."""
    result = np.zeros((table.sources.shape[1], length))
    for sources, weights in zip(table.sources, table.weights, strict=True):
        np.add.at(result, (np.arange(len(sources)), sources), weights)
    return result


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_pictures_are_those_of_torch(seed: int, dims: int) -> None:
    """Of any type and memory order, whole or in strips."""
    dice = np.random.default_rng((seed, dims))
    for _ in range(250):
        found = outcome(dice, dims)
        assert found.agrees, found


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
