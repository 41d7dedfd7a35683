"""Interpolation of bytes by tables, in strips, against torch's own on the whole picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import noise
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.banded_matmul import ByteTables, interpolate_bytes
from updown_cli.engine.dense_blocks import BLOCK, dense_blocks
from updown_cli.engine.engine import Engine
from updown_cli.engine.picked_pixels import PixelPicks, pick_pixels
from updown_cli.engine.quantize import Clamped, Quantization
from updown_cli.engine.results import Result
from updown_cli.engine.rows import ArraySource, ArrayTarget
from updown_cli.engine.table_whole import interpolate_rows, interpolate_whole
from updown_cli.op.base import Op
from updown_cli.op.kept import Kept
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.ops.crop.box import Box
from updown_cli.ops.crop.crop import Crop
from updown_cli.ops.upsample.aligned import Smoothed
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.spline import SplineUpsample
from updown_cli.ops.upsample.tables import Recomputed
from updown_cli.pipeline.pipeline import Pipeline

BYTES = Quantization("uint8")


def matrix(table: Table, length: int) -> NDArray[Any]:
    """Return a table as an out x in matrix."""
    result = np.zeros((table.sources.shape[1], length))
    for sources, weights in zip(table.sources, table.weights, strict=True):
        np.add.at(result, (np.arange(len(sources)), sources), weights)
    return result


def draw(seed: int) -> tuple[Recomputed, Shape]:
    """Return an interpolation with random settings, and the shape of an image for it."""
    dice = np.random.default_rng(seed)
    cls = [Nearest, NearestExact, Linear, Bilinear, Bicubic, Lanczos][seed % 6]
    settings: dict[str, Any] = {}
    if dice.random() < 0.5:
        settings["size"] = tuple(int(side) for side in dice.integers(2, 90, 2))
    else:
        settings["scale_factor"] = tuple(float(factor) for factor in dice.uniform(0.2, 3, 2))
        settings["recompute_scale_factor"] = bool(dice.random() < 0.3)
    if issubclass(cls, Smoothed):
        choices: list[dict[str, Any]] = [
            {},
            {"antialias": True},
            {"align_corners": True},
            {"coordinates": "asymmetric"},
        ]
        settings |= choices[int(dice.integers(4))]
    shape = Shape(3, *(int(side) for side in dice.integers(11, 60, 2)))
    op = cls(**settings)
    return op.for_shape(shape), shape


@pytest.mark.parametrize("seed", range(60))
def test_tables_hold_the_weights_of_torch(seed: int) -> None:
    """Single precision on 0..255, with the weights of two sides multiplied: 2e-3."""
    op, shape = draw(seed)
    tables = op.tables(shape)
    assert tables is not None
    image = np.random.default_rng(seed).uniform(0, 255, shape.size)
    vertical, horizontal = (matrix(t, side) for t, side in zip(tables, shape.size, strict=True))
    actual = op.apply(torch.from_numpy(image)[None, None].float())[0, 0].numpy()
    np.testing.assert_allclose(vertical @ image @ horizontal.T, actual, atol=2e-3)


@pytest.mark.parametrize("seed", range(60))
def test_bytes_are_those_of_the_whole_picture_in_floats(seed: int) -> None:
    """They may differ by one where single precision decides between two levels."""
    op, shape = draw(seed)
    image = noise(*shape.size, 3, seed=seed).transpose(2, 0, 1)[None]
    plan = Pipeline((op,)).plan(shape)
    result = interpolate_whole(plan, image, BYTES, ChannelInfo())
    assert isinstance(result, Result)
    exact = op.apply(torch.from_numpy(image.copy()).float()).double().clamp(0, 255).numpy()
    clear = np.abs(exact - np.floor(exact) - 0.5) > 1e-3
    np.testing.assert_array_equal(result.pixels[clear], np.floor(exact + 0.5)[clear])
    np.testing.assert_allclose(result.pixels, np.floor(exact + 0.5), atol=1)


@pytest.mark.parametrize("out", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3])
def test_blocks_put_together_are_the_table(out: int) -> None:
    (_, table) = Bicubic(size=(2, out)).for_shape(Shape(1, 9, 40)).tables(Shape(1, 9, 40)) or (
        None,
        Table(np.zeros((1, 1), np.int64), np.ones((1, 1))),
    )
    result = np.zeros((table.sources.shape[1], 40))
    for block in dense_blocks(table):
        result[block.first : block.last, block.start : block.end] = block.matrix
    np.testing.assert_allclose(result, matrix(table, 40), atol=1e-7)


def test_a_block_that_reads_nothing_is_zero() -> None:
    sources = np.zeros((1, 2 * BLOCK), np.int64)
    sources[0, BLOCK:] = 3
    weights = np.zeros((1, 2 * BLOCK))
    weights[0, BLOCK:] = 2.0
    nothing, something = dense_blocks(Table(sources, weights))
    assert (nothing.matrix == 0).all()
    assert (something.start, something.end) == (3, 4)
    assert something.matrix.tolist() == [[2.0]] * BLOCK


@pytest.mark.parametrize("size", [(700, 35), (300, 50)])
def test_a_picture_of_many_strips_has_no_seams(size: tuple[int, int]) -> None:
    rows = noise(520, 40, 4)
    op, shape = Bilinear(size=size), Shape(4, 520, 40)
    tables = op.for_shape(shape).tables(shape)
    assert tables is not None
    source = ArraySource(np.moveaxis(rows, -1, 0)[None])
    target = ArrayTarget((1, 4, *size), "uint8", channels_last=True)
    interpolate_bytes(source, target, ByteTables.of(tables, 4, shrinks=size[0] < 520))
    actual = np.moveaxis(target.pixels[0], 0, -1)
    exact = matrix(tables[0], 520) @ np.moveaxis(rows, -1, 0) @ matrix(tables[1], 40).T
    expected = np.moveaxis(exact, 0, -1)
    clear = np.abs(expected - np.floor(expected) - 0.5) > 1e-3
    np.testing.assert_array_equal(actual[clear], np.floor(expected + 0.5)[clear])


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_picked_pixels_are_whole(dtype: str) -> None:
    rows = np.random.default_rng(0).integers(0, 255, (3, 4, 3)).astype(dtype)
    tables = Nearest(size=(6, 2)).for_shape(Shape(3, 3, 4)).tables(Shape(3, 3, 4))
    assert tables is not None
    told: list[int] = []
    picked = pick_pixels(rows, PixelPicks.of(tables), told.append)
    np.testing.assert_array_equal(picked, rows[[0, 0, 1, 1, 2, 2]][:, [0, 2]])
    assert told == [6]


@pytest.mark.parametrize("op", [Bilinear(size=(300, 20)), Nearest(size=(300, 20))], ids=str)
def test_the_rows_of_all_frames_are_told(op: Op) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (3, 2, 30, 20), np.uint8)
    told: list[tuple[int, int]] = []
    plan = Pipeline((op,)).plan(Shape(2, 30, 20), 3)
    interpolate_whole(plan, frames, BYTES, ChannelInfo(), tell=lambda *rows: told.append(rows))
    assert told == [(last, 900) for last in (256, 300, 556, 600, 856, 900)]


def test_what_is_clamped_is_told() -> None:
    """Bicubic overshoots: 0 0 255 255 doubled has -26.89 and 281.89 (S6)."""
    image = np.array([[0, 0, 255, 255]] * 3, np.uint8)[None, None]
    plan = Pipeline((Bicubic(size=(3, 8)),)).plan(Shape(1, 3, 4))
    result = interpolate_whole(plan, image, BYTES, ChannelInfo())
    assert result is not None
    assert result.pixels[0, 0].tolist() == [[0, 0, 0, 58, 197, 255, 255, 255]] * 3
    assert isinstance(result.clamped, Clamped)
    assert result.clamped.values == 12
    np.testing.assert_allclose(
        (result.clamped.min, result.clamped.max), (-26.89, 281.89), atol=0.01
    )


@pytest.mark.parametrize(
    ("quantization", "channel_info", "dtype"),
    [
        (Quantization("uint8", "floor"), ChannelInfo(), "uint8"),
        (Quantization("uint8", range="abs"), ChannelInfo(), "uint8"),
        (Quantization("float32"), ChannelInfo(), "uint8"),
        (Quantization("uint16"), ChannelInfo(), "uint16"),
        (BYTES, ChannelInfo(linear_light=True), "uint8"),
        (BYTES, ChannelInfo(alpha=True, weighs=True), "uint8"),
    ],
    ids=str,
)
def test_what_tables_cannot_do_is_left_to_torch(
    quantization: Quantization, channel_info: ChannelInfo, dtype: str
) -> None:
    image = noise(6, 8, 4).transpose(2, 0, 1)[None].astype(dtype)
    plan = Pipeline((Bilinear(size=(3, 4)),)).plan(Shape(4, 6, 8))
    assert interpolate_whole(plan, image, quantization, channel_info) is None


@pytest.mark.parametrize(
    "op",
    [
        Bilinear(size=(40, 50), antialias=True),
        Bicubic(size=(150, 200)),  # the crop is lower than the picture, which was made higher
        Nearest(size=(130, 77)),
        SplineUpsample(size=(150, 200)),
    ],
    ids=str,
)
def test_what_a_crop_takes_away_is_not_computed(op: Op) -> None:
    """The rest has the very bytes of the whole result, and clamped values are counted in it."""
    image = noise(90, 120, 3).transpose(2, 0, 1)[None]
    shape, kept = Shape(3, 90, 120), (slice(None), slice(None), slice(9, 34), slice(18, 43))
    crops = Crop(box=Box((7, 8), (30, 40))), Crop(box=Box((2, 10), (25, 25)))
    whole = interpolate_whole(Pipeline((op,)).plan(shape), image, BYTES, ChannelInfo())
    plan = Pipeline((op, *crops)).plan(shape)
    part = interpolate_whole(plan, image, BYTES, ChannelInfo())
    assert whole is not None
    assert part is not None
    np.testing.assert_array_equal(part.pixels, whole.pixels[kept])
    assert len(part.seconds) == 3
    if part.clamped is not None:
        assert whole.clamped is not None
        assert 0 < part.clamped.values < whole.clamped.values
    else:
        assert whole.clamped is None
    target = ArrayTarget((1, 3, 25, 25), "uint8", channels_last=True)
    rows = interpolate_rows(plan, ArraySource(image), target, BYTES, ChannelInfo(), Kept(1 << 20))
    assert (rows is None) == op.selects_values()
    if rows is not None:
        np.testing.assert_array_equal(target.pixels, part.pixels)


@pytest.mark.parametrize(
    "last",
    [Crop(box=Box((-1, 0), (9, 9))), Bilinear(size=(4, 4)), Crop(size=(3, 3), kept_as="@a")],
    ids=["zeros around", "another", "kept"],
)
def test_what_does_more_than_leave_out_is_computed_step_by_step(last: Op) -> None:
    image = noise(20, 20).transpose()[None, None]
    plan = Pipeline((Bilinear(size=(10, 10)), last)).plan(Shape(1, 20, 20))
    assert interpolate_whole(plan, image, BYTES, ChannelInfo()) is None


def test_a_step_before_a_crop_that_is_kept_is_whole() -> None:
    image = noise(20, 20).transpose()[None, None]
    plan = Pipeline((Nearest(size=(10, 10)), Crop(size=(4, 4)))).plan(Shape(1, 20, 20))
    result = Engine(torch.device("cpu")).run(plan, image, BYTES, keep={1: BYTES})
    assert result.steps[1].shape == (1, 1, 10, 10)
    np.testing.assert_array_equal(result.pixels, result.steps[1][:, :, 3:7, 3:7])


def test_a_column_of_pixels_is_left_to_torch() -> None:
    """torch antialiases a column that is enlarged in a way of its own."""
    op = Bilinear(size=(20, 1), antialias=True)
    assert op.for_shape(Shape(1, 9, 1)).tables(Shape(1, 9, 1)) is None


def test_the_engine_takes_the_table() -> None:
    plan = Pipeline((Nearest(scale_factor=(2,)),)).plan(Shape(1, 2, 2))
    image = np.array([[[[1, 2], [3, 4]]]], np.uint16)
    result = Engine(torch.device("cpu")).run(plan, image, Quantization("uint16"))
    assert result.pixels.dtype == np.uint16
    assert result.pixels[0, 0, 1].tolist() == [1, 1, 2, 2]


@pytest.mark.parametrize("size", [(30, 9000), (300, 4100), (150, 20000)])
def test_a_very_wide_picture_has_no_seams(size: tuple[int, int]) -> None:
    """Its columns are shrunk in parts, and fewer rows at a time."""
    rows = noise(200, 10000, 3)
    op, shape = Bilinear(size=size, antialias=True), Shape(3, 200, 10000)
    tables = op.for_shape(shape).tables(shape)
    assert tables is not None
    target = ArrayTarget((1, 3, *size), "uint8", channels_last=True)
    source = ArraySource(np.moveaxis(rows, -1, 0)[None])
    interpolate_bytes(source, target, ByteTables.of(tables, 3, shrinks=size[0] < 200))
    high = matrix(tables[0], 200) @ np.moveaxis(rows, -1, 0)
    taps = zip(tables[1].sources, tables[1].weights, strict=True)
    exact = sum((high[..., sources] * weights for sources, weights in taps), np.zeros(1))
    clear = np.abs(exact - np.floor(exact) - 0.5) > 1e-3
    np.testing.assert_array_equal(target.pixels[0][clear], np.floor(exact + 0.5)[clear])
