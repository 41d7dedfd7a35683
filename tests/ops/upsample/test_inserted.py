"""Means and medians between pixels: against loops and numbers worked out by hand."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from tests.conftest import Updown, noise, picture, pixels
from tests.helpers import apply, run
from tests.ops.upsample.reference import FLOAT32, SIDES, Pixels, random
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import ParameterError
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.mean import MeanUpsample
from updown_cli.ops.upsample.median import MedianUpsample
from updown_cli.pipeline.pipeline import Pipeline


def neighbours(i: int, factor: int) -> set[int]:
    """Return the old pixels nearest to new pixel i on either side."""
    before, beyond = divmod(i, factor)
    return {before} if beyond == 0 else {before, before + 1}


def middles(image: Pixels, factors: tuple[int, ...], middle: Any) -> Pixels:
    """Return every new pixel from its neighbours, one at a time."""
    shape = tuple((side - 1) * f + 1 for side, f in zip(image.shape, factors, strict=True))
    result = np.empty(shape)
    for place in np.ndindex(shape):
        near = [neighbours(i, factor) for i, factor in zip(place, factors, strict=True)]
        result[place] = middle([image[old] for old in itertools.product(*near)])
    return result


def lower(values: list[float]) -> float:
    """Return the lower median."""
    return sorted(values)[(len(values) - 1) // 2]


@pytest.mark.parametrize(
    ("op", "centre"),
    [
        (MeanUpsample(scale_factor=(2,)), 5),
        (MedianUpsample(scale_factor=(2,), median="mean"), 4),
        (MedianUpsample(scale_factor=(2,)), 3),
    ],
    ids=str,
)
def test_the_middle_of_four_pixels(op: MeanUpsample | MedianUpsample, centre: float) -> None:
    """Of 1, 3, 5 and 11 (S17)."""
    actual = apply(op, [[1, 3], [5, 11]])
    assert actual.shape == (3, 3)
    assert actual[1, 1] == centre
    assert actual[::2, ::2].tolist() == [[1, 3], [5, 11]]


def test_means_by_two_are_bilinear_with_aligned_corners() -> None:
    """1, 2, 3 / 3, 5, 7 / 5, 8, 11 (S17)."""
    actual = apply(MeanUpsample(scale_factor=(2,)), [[1, 3], [5, 11]])
    assert actual.tolist() == [[1, 2, 3], [3, 5, 7], [5, 8, 11]]
    x = torch.from_numpy(random(2, 3, 4, 6))
    layer = torch.nn.Upsample(size=(7, 11), mode="bilinear", align_corners=True)
    means = run(MeanUpsample(scale_factor=(2,)), x).pixels
    np.testing.assert_allclose(means, layer(x), atol=FLOAT32)


@pytest.mark.parametrize("factors", [(2, 2, 2), (3, 1, 2), (1, 4, 3)])
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("op", "middle"),
    [
        (MeanUpsample, np.mean),
        (lambda **p: MedianUpsample(median="mean", **p), np.median),
        (MedianUpsample, lower),
    ],
)
def test_new_pixels_are_the_middle_of_their_neighbours(
    op: Any, middle: Any, dims: int, factors: tuple[int, ...]
) -> None:
    """Two, four or eight, and one where a side keeps its pixels."""
    image, factors = random(*SIDES[dims]), factors[:dims]
    actual = apply(op(scale_factor=factors), image, dims)
    np.testing.assert_allclose(actual, middles(image, factors, middle), atol=FLOAT32)


@pytest.mark.parametrize("height", [None, 4])
@pytest.mark.parametrize("factors", [(2, 2), (3, 1), (1, 4)])
@pytest.mark.parametrize("dtype", ["uint8", "int16"])
def test_medians_of_integers_need_no_floats(
    dtype: str, factors: tuple[int, ...], height: int | None
) -> None:
    """In strips as well, and with channels side by side."""
    rows = (random(9, 7, 3) * 100).astype(dtype)
    image, shape = rows.transpose(2, 0, 1), Shape(3, 9, 7)
    op = MedianUpsample(scale_factor=factors).for_shape(shape)
    assert op.integer_way(shape, rows.dtype) is not None
    plan, engine = Pipeline((op,)).plan(shape), Engine(torch.device("cpu"), height=height)
    actual = engine.run(plan, image[None], Quantization(dtype)).pixels[0]
    for channel, made in zip(image, actual, strict=True):
        np.testing.assert_array_equal(made, middles(channel, factors, lower))


def test_medians_that_are_means_of_two_need_floats() -> None:
    op = MedianUpsample(scale_factor=(2, 2), median="mean")
    assert op.integer_way(Shape(1, 9, 7), np.dtype("uint8")) is None


def test_medians_come_a_few_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same result."""
    image, op = random(9, 7), MedianUpsample(scale_factor=(3,))
    whole = apply(op, image)
    monkeypatch.setattr("updown_cli.ops.upsample.median.GATHERED_VALUES", 200)
    np.testing.assert_array_equal(apply(op, image), whole)


@pytest.mark.parametrize("op", [MeanUpsample(scale_factor=(2,)), MedianUpsample(scale_factor=(2,))])
def test_a_missing_value_spoils_its_neighbours_only(op: MeanUpsample | MedianUpsample) -> None:
    """As a mean and torch.median do."""
    actual = apply(op, [1, 1, np.nan, 1], dims=1)
    assert np.isnan(actual).tolist() == [False, False, False, True, True, True, False]


@pytest.mark.parametrize(
    ("factors", "sentence"),
    [
        (None, "--scale-factor: is needed"),
        ((1.5,), "--scale-factor 1.5: must be whole numbers from 1 to 1024 with --mode mean"),
        ((2, 0.5), "--scale-factor 2x0.5: must be whole numbers from 1 to 1024 with --mode mean"),
        ((1025,), "--scale-factor 1025: must be whole numbers from 1 to 1024 with --mode mean"),
    ],
    ids=str,
)
def test_only_whole_numbers_of_pixels_are_inserted(factors: Any, sentence: str) -> None:
    with pytest.raises(ParameterError) as error:
        MeanUpsample(scale_factor=factors)
    assert str(error.value) == sentence


def test_a_colour_picture_has_medians_between_its_pixels(updown: Updown) -> None:
    source = noise(4, 5, 3)
    picture("small.png", source)
    done = updown("upsample", "--mode", "median", "--scale-factor", "2", "small.png", "-o", "m.png")
    assert done.code == 0, done.stderr
    expected = [middles(source[..., c], (2, 2), lower) for c in range(3)]
    np.testing.assert_array_equal(pixels("m.png"), np.stack(expected, axis=-1))


def test_a_size_does_not_go_with_middles(updown: Updown) -> None:
    picture("small.png", noise(4, 5))
    refused = updown("upsample", "--mode", "mean", "--size", "7", "small.png")
    assert refused.code == 2
    assert refused.stderr.startswith("updown: --size goes with --mode nearest or")
