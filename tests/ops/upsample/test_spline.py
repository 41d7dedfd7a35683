"""Splines: against SciPy and numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from tests.conftest import SAMPLES, Updown, pixels
from tests.helpers import apply
from tests.ops.upsample.reference import FLOAT32, NODES, SIDES, Pixels, random, sampling_points
from updown_cli.errors import ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample import cubic_spline
from updown_cli.ops.upsample.spline import SplineUpsample


def scipy_spline(image: Pixels, grid: list[list[float]], boundary: str) -> Pixels:
    """Return the image with every axis through SciPy's spline, in float64."""
    image = image.astype(np.float64)
    for axis, points in enumerate(grid):
        nodes = np.arange(image.shape[axis])
        image = CubicSpline(nodes, image, axis=axis, bc_type=boundary)(points)
    return image


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


@pytest.mark.parametrize("sides", [(9,), (9, 12), (5, 6, 7)])
def test_columns_and_rows_that_are_cut_have_every_bit(
    sides: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SciPy's splines of an array, however few columns are solved together."""
    image = np.random.default_rng(len(sides)).random(sides).astype(np.float32)
    op = SplineUpsample(scale_factor=(2,))
    whole = apply(op, image, len(sides))
    monkeypatch.setattr(cubic_spline, "SOLVED_TOGETHER", 4)
    monkeypatch.setattr(cubic_spline, "ROWS", 3)
    cut = apply(op, image, len(sides))
    assert cut.tobytes() == whole.tobytes()
    expected = image.astype(np.float64)
    for axis, side in enumerate(sides):
        splines = CubicSpline(np.arange(side), expected, axis=axis)
        expected = splines(np.linspace(0, side - 1, 2 * side))
    np.testing.assert_allclose(cut, expected, rtol=1e-6, atol=1e-6)
