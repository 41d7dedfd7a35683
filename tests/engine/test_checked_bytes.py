"""Bytes by tables of double precision: those of the same layer in floats, whatever they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import noise
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.checked_tables import BLOCK, BLOCKS, CheckedTables
from updown_cli.engine.quantize import Quantization, quantize
from updown_cli.engine.results import Result
from updown_cli.engine.table_whole import interpolate_whole
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample import cubic_spline
from updown_cli.ops.upsample.spline import SplineUpsample
from updown_cli.pipeline.pipeline import Pipeline

BYTES = Quantization("uint8")


def stripes(height: int, width: int) -> NDArray[Any]:
    """Return black and white columns, between which half of the sums are near to a half."""
    return np.broadcast_to(np.arange(width)[:, None] % 2 * 255, (height, width, 1)).astype("uint8")


def ramp(height: int, width: int) -> NDArray[Any]:
    """Return rows that grow by one, whose middles are halves."""
    return np.broadcast_to(np.arange(height)[:, None, None] % 256, (height, width, 1)).astype("u1")


PICTURES = {
    "colours": noise(60, 71, 3),
    "grey": noise(9, 300, 1),
    "with alpha": noise(33, 17, 4),
    "higher than a strip": noise(BLOCK * BLOCKS, 24, 1),
    "wider than a tile": noise(8, 4500, 1),
    "a single row": noise(1, 40, 3),
    "a single pixel": noise(1, 1, 3),
    "stripes": stripes(40, 50),
    "ramp": ramp(120, 20),
    "white": np.full((30, 30, 3), 255, np.uint8),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize(
    "settings",
    [
        {"scale_factor": (2,)},
        {"scale_factor": (1.7,), "coordinates": "half-pixel", "boundary": "clamped"},
        {"size": (41, 13), "coordinates": "asymmetric"},
    ],
)
def test_every_byte_and_what_was_clamped_is_that_of_floats(
    picture: NDArray[Any], settings: dict[str, Any]
) -> None:
    """The layer solves for slopes instead, and the engine rounds as it does all floats."""
    if min(picture.shape[:2]) < cubic_spline.FEWEST["not-a-knot"]:
        settings = settings | {"boundary": "natural"}
    planes = picture.transpose(2, 0, 1)[None]
    shape = Shape(*planes.shape[1:])
    op = SplineUpsample(**settings).for_shape(shape)
    result = interpolate_whole(Pipeline((op,)).plan(shape), planes, BYTES, ChannelInfo())
    assert isinstance(result, Result)
    floats = op.apply(torch.from_numpy(planes.copy()).float())
    expected, clamped = quantize(floats, BYTES)
    np.testing.assert_array_equal(result.pixels, expected)
    assert result.clamped == (clamped if clamped and clamped.values else None)


def test_what_single_precision_cannot_tell_is_summed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a picture of halves some are on the wrong side if the error is thought to be nothing."""
    picture = np.random.default_rng(0).integers(0, 256, (1, 1, 200, 300), dtype=np.uint8)
    shape = Shape(1, 200, 300)
    op = SplineUpsample(size=(399, 599)).for_shape(shape)
    expected, _ = quantize(op.apply(torch.from_numpy(picture).float()), BYTES)

    def wrong() -> int:
        plan = Pipeline((op,)).plan(shape)
        result = interpolate_whole(plan, picture, BYTES, ChannelInfo())
        assert isinstance(result, Result)
        return int((result.pixels != expected).sum())

    assert wrong() == 0
    real = CheckedTables.of

    def of(*known: Any) -> CheckedTables:
        tables = real(*known)
        object.__setattr__(tables, "error", -1e-3)
        return tables

    monkeypatch.setattr(CheckedTables, "of", of)
    assert wrong() > 0


@pytest.mark.parametrize("boundary", cubic_spline.BOUNDARIES)
@pytest.mark.parametrize("length", [4, 30, 2 * cubic_spline.REACH + 1, 500])
def test_a_table_holds_the_weights_of_the_spline(boundary: str, length: int) -> None:
    """Those of each node are the spline through it and zeros; what is left out is below 1e-14."""
    at = np.linspace(0, length - 1, 3 * length // 2)
    table = cubic_spline.spline_table(at, length, boundary)
    matrix = np.zeros((len(at), length))
    np.add.at(matrix, (np.arange(len(at)), table.sources), table.weights)
    nodes = torch.eye(length, dtype=torch.float64)[None, None]
    expected = cubic_spline.interpolate_spline(nodes, [at, np.arange(float(length))], boundary)
    np.testing.assert_allclose(matrix, expected[0, 0].numpy(), atol=1e-14)
    np.testing.assert_allclose(table.weights.sum(0), 1, atol=1e-14)
