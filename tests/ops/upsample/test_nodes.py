"""Steps, splines and middles: against SciPy, NumPy loops and numbers worked out by hand."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, interp1d

from tests.conftest import SAMPLES, Updown, noise, picture, pixels
from tests.helpers import apply, run
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.mean import MeanUpsample
from updown_cli.ops.upsample.median import MedianUpsample
from updown_cli.ops.upsample.spline import SplineUpsample
from updown_cli.ops.upsample.step import StepUpsample

Pixels = NDArray[Any]

# Solved in float64 and given as float32, of values below 8.
FLOAT32 = 1e-6

NODES = [0, 1, 0, 2, 0]
SIDES = {1: (9,), 2: (5, 8), 3: (4, 5, 6)}


def random(*shape: int) -> Pixels:
    """Return random numbers from 0 to 1 as float32 has them."""
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def sampling_points(coordinates: str, length: int, out: int, factor: float | None) -> list[float]:
    """Return the points, at the nodes at the ends where they would be beyond."""
    step = 1 / factor if factor else length / out
    if coordinates == "half-pixel":
        points = [(i + 0.5) * step - 0.5 for i in range(out)]
    elif coordinates == "asymmetric":
        points = [i * step for i in range(out)]
    else:
        points = [i * (length - 1) / max(out - 1, 1) for i in range(out)]
    return [min(max(point, 0.0), length - 1.0) for point in points]


def scipy_spline(image: Pixels, grid: list[list[float]], boundary: str) -> Pixels:
    """Return the image with every axis through SciPy's spline, in float64."""
    image = image.astype(np.float64)
    for axis, points in enumerate(grid):
        nodes = np.arange(image.shape[axis])
        image = CubicSpline(nodes, image, axis=axis, bc_type=boundary)(points)
    return image


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


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ("not-a-knot", [0, 1.25, 1, 0.25, 0, 0.875, 2, 2.125, 0]),
        ("natural", [0, 0.80804, 1, 0.32589, 0, 1.01339, 2, 1.49554, 0]),
        ("clamped", [0, 0.52679, 1, 0.36607, 0, 1.13393, 2, 0.97321, 0]),
    ],
)
def test_a_spline_goes_through_its_nodes(boundary: str, expected: list[float]) -> None:
    """Points at 0, 0.5, 1 ... (S14)."""
    actual = apply(SplineUpsample(size=(9,), boundary=boundary), NODES, dims=1)
    np.testing.assert_allclose(actual, expected, atol=5e-6)  # five decimals are given
    np.testing.assert_allclose(actual[::2], NODES, atol=FLOAT32)


def test_only_not_a_knot_reproduces_a_square() -> None:
    """0.5 squared is 0.25; without curvature at the ends it is 0.33929 (S14)."""
    squares = np.arange(5) ** 2
    points = np.linspace(0, 4, 9)
    exact = apply(SplineUpsample(size=(9,)), squares, dims=1)
    np.testing.assert_allclose(exact, points**2, atol=1e-5)  # of values up to 16
    natural = apply(SplineUpsample(size=(9,), boundary="natural"), squares, dims=1)
    assert natural[1] == pytest.approx(0.33929, abs=5e-6)


@pytest.mark.parametrize("coordinates", ["align-corners", "half-pixel", "asymmetric"])
@pytest.mark.parametrize("boundary", ["not-a-knot", "natural", "clamped"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_a_spline_is_scipys(dims: int, boundary: str, coordinates: str) -> None:
    """A side enlarged, one shrunk, one of a single pixel."""
    image, size = random(*SIDES[dims]), (13, 5, 1)[:dims]
    sides = zip(image.shape, size, strict=True)
    grid = [sampling_points(coordinates, length, out, None) for length, out in sides]
    op = SplineUpsample(size=size, boundary=boundary, coordinates=coordinates)
    expected = scipy_spline(image, grid, boundary)
    np.testing.assert_allclose(apply(op, image, dims), expected, atol=FLOAT32)


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


@pytest.mark.parametrize(("recompute", "factor"), [(False, 1.7), (True, None)])
def test_a_scale_factor_spaces_the_points_unless_it_is_recomputed(
    recompute: bool, factor: float | None
) -> None:
    """9 pixels by 1.7 are 15: steps of 1 / 1.7 or of 9 / 15."""
    line = random(9)
    op = SplineUpsample(
        scale_factor=(1.7,), coordinates="half-pixel", recompute_scale_factor=recompute
    )
    grid = [sampling_points("half-pixel", 9, 15, factor)]
    expected = scipy_spline(line, grid, "not-a-knot")
    np.testing.assert_allclose(apply(op, line, dims=1), expected, atol=FLOAT32)


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("boundary", ["natural", "clamped"])
def test_few_pixels_have_a_spline_with_given_ends(boundary: str, length: int) -> None:
    """One pixel is constant; of more SciPy says what they are."""
    line = random(length)
    op = SplineUpsample(size=(5,), boundary=boundary)
    expected = (
        np.repeat(line, 5)
        if length == 1
        else CubicSpline(np.arange(length), line, bc_type=boundary)(np.linspace(0, length - 1, 5))
    )
    np.testing.assert_allclose(apply(op, line, dims=1), expected, atol=FLOAT32)


@pytest.mark.parametrize("size", [(3, 8), (8, 1)])
def test_three_pixels_do_not_determine_a_spline_without_ends(size: tuple[int, int]) -> None:
    """Four do (S14)."""
    with pytest.raises(ShapeError) as error:
        SplineUpsample(size=(9,)).out_shape(Shape(3, *size))
    assert str(error.value) == (
        f"--boundary not-a-knot needs 4 pixels on every side, not {min(size)}; "
        "natural and clamped take any number"
    )
    assert SplineUpsample(size=(9,)).out_shape(Shape(3, 4, 4)) == Shape(3, 9, 9)


def test_a_long_spline_stays_exact() -> None:
    """A cubic over 500 pixels, as not-a-knot reproduces cubics."""
    at = np.linspace(0, 1, 500)
    actual = apply(SplineUpsample(size=(999,)), at**3, dims=1)
    np.testing.assert_allclose(actual, np.linspace(0, 1, 999) ** 3, atol=FLOAT32)


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


def test_a_picture_is_splined(updown: Updown) -> None:
    """The command, on a photograph, against SciPy with results rounded half up."""
    done = updown(
        "upsample", "--mode", "spline", "--boundary", "natural", "--size", "150x_",
        SAMPLES / "gray.png", "-o", "smooth.png",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    source = pixels(SAMPLES / "gray.png")
    height, width = source.shape
    grid = [list(np.linspace(0, height - 1, 150)), list(np.arange(width, dtype=float))]
    expected = np.floor(scipy_spline(source, grid, "natural").clip(0, 255) + 0.5)
    difference = np.abs(pixels("smooth.png").astype(float) - expected)
    assert difference.max() <= 1  # where float32 and float64 are on two sides of a half
    assert (difference > 0).mean() < 1e-3


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
