"""Tables against loops, and the modes that are computed from tables."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tests.conftest import Updown
from tests.helpers import apply, planes, run
from updown_cli.errors import ParameterError
from updown_cli.op.resampling import Table, apply_table, sampling_points
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample import UPSAMPLE
from updown_cli.ops.upsample.aligned import Aligned
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.trilinear import Trilinear
from updown_cli.ops.upsample.upsample import Upsample

Pixels = NDArray[Any]

# float32 arithmetic on values below 1, with weights of a cubic up to 1.
FLOAT32 = 1e-6

SIDES = {1: (7,), 2: (5, 8), 3: (3, 4, 5)}


def random(*shape: int) -> Pixels:
    """Return random numbers from 0 to 1 as float32 has them."""
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def keys(distance: float, a: float = -0.75) -> float:
    """Return the weight of a pixel at this distance (Keys, 1981)."""
    d = abs(distance)
    if d < 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0


def tensorflow_1(line: Pixels, out: int, step: float, *, is_cubic: bool) -> Pixels:
    """Return a line resized as TensorFlow 1 does: pixel i at i * step, the edge replicated."""
    last = len(line) - 1
    result = np.zeros((out, *line.shape[1:]))
    for i in range(out):
        before = int(i * step)
        part = i * step - before
        if is_cubic:
            for tap in range(-1, 3):
                result[i] += keys(part - tap) * line[min(max(before + tap, 0), last)]
        else:
            low, high = line[min(before, last)], line[min(before + 1, last)]
            result[i] = low + (high - low) * part
    return result


def each_axis(image: Pixels, sizes: tuple[int, ...], steps: list[float], **how: Any) -> Pixels:
    """Return an image with every axis resized as a line is."""
    image = image.astype(np.float64)
    for axis, (out, step) in enumerate(zip(sizes, steps, strict=True)):
        lines = np.moveaxis(image, axis, 0)
        image = np.moveaxis(tensorflow_1(lines, out, step, **how), 0, axis)
    return image


def exact_coverage(line: Pixels, out: int) -> Pixels:
    """Return the means over exact parts of pixels, in fractions."""
    width = Fraction(len(line), out)
    rows = np.zeros((out, len(line)))
    for i, j in np.ndindex(*rows.shape):
        start, end = max(i * width, Fraction(j)), min((i + 1) * width, Fraction(j + 1))
        rows[i, j] = max(end - start, Fraction(0)) / width
    return np.tensordot(rows, line, 1)


@pytest.mark.parametrize(
    ("coordinates", "expected"),
    [
        ("asymmetric", [0, 5, 10, 10]),
        ("half-pixel", [0, 2.5, 7.5, 10]),
        ("align-corners", [0, 3.333, 6.667, 10]),
        (None, [0, 2.5, 7.5, 10]),
    ],
)
def test_two_pixels_become_four(coordinates: str | None, expected: list[float]) -> None:
    """TensorFlow 1, TensorFlow 2 and torch, aligned corners (S12)."""
    actual = apply(Linear(size=(4,), coordinates=coordinates), [0, 10], dims=1)
    np.testing.assert_allclose(actual, expected, atol=5e-4)  # three decimals are given


@pytest.mark.parametrize("factors", [(2.2, 1.7, 1.4), (0.6, 0.5, 0.4), (1, 3, 0.34)])
@pytest.mark.parametrize(
    ("mode", "dims"), [(Linear, 1), (Linear, 2), (Bilinear, 2), (Bicubic, 2), (Trilinear, 3)]
)
def test_asymmetric_coordinates_are_those_of_tensorflow_1(
    mode: type[Aligned], dims: int, factors: tuple[float, ...]
) -> None:
    """By size, and by scale factor as typed and recomputed."""
    image, scale = random(*SIDES[dims]), factors[:dims]
    size = tuple(int(side * f) for side, f in zip(SIDES[dims], scale, strict=True))
    by_size = [side / out for side, out in zip(image.shape, size, strict=True)]
    cubic = mode is Bicubic
    at: Any = {"coordinates": "asymmetric"}
    for op, steps in [
        (mode(size=size, **at), by_size),
        (mode(scale_factor=scale, recompute_scale_factor=True, **at), by_size),
        (mode(scale_factor=scale, **at), [1 / factor for factor in scale]),
    ]:
        expected = each_axis(image, size, steps, is_cubic=cubic)
        np.testing.assert_allclose(apply(op, image, dims), expected, atol=FLOAT32)


@pytest.mark.parametrize("coordinates", ["half-pixel", "align-corners"])
@pytest.mark.parametrize("mode", ["linear", "bilinear", "bicubic"])
def test_the_other_coordinates_are_torchs(mode: str, coordinates: str) -> None:
    x = torch.from_numpy(random(2, 3, 5, 8))
    cls: Any = UPSAMPLE.of_mode(mode)
    actual = run(cls(size=(9, 6), coordinates=coordinates), x).pixels
    torch_mode, align = mode if mode != "linear" else "bilinear", coordinates == "align-corners"
    expected = F.interpolate(x, (9, 6), mode=torch_mode, align_corners=align)
    assert torch.equal(actual, expected)


@pytest.mark.parametrize(
    ("coordinates", "expected"),
    [
        ("asymmetric", [0, 0, 1, 1, 2]),
        ("half-pixel", [0, 0, 1, 2, 2]),
        ("align-corners", [0, 1, 1, 2, 2]),
    ],
)
def test_nearest_has_three_coordinates(coordinates: str, expected: list[int]) -> None:
    """3 pixels to 5: floor(0.6 i), floor(0.6 (i + 0.5)), and round(i / 2) with halves up (S1)."""
    op = Nearest(size=(5,), coordinates=coordinates)
    assert apply(op, [0, 1, 2], dims=1).tolist() == expected


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_nearest_with_aligned_corners_rounds(dims: int) -> None:
    """In exact fractions, halves up; one pixel is the first."""
    image, sizes = random(*SIDES[dims]), (11, 4, 1)[:dims]
    expected = image
    for axis, out in enumerate(sizes):
        last = image.shape[axis] - 1
        at = [Fraction(i * last, max(out - 1, 1)) + Fraction(1, 2) for i in range(out)]
        expected = expected.take([int(point) for point in at], axis)
    actual = apply(Nearest(size=sizes, coordinates="align-corners"), image, dims)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(
    ("length", "out", "expected"), [(5, 3, [1.4, 3, 4.6]), (3, 5, [1, 1.333, 2, 2.667, 3])]
)
def test_area_exact_counts_parts_of_pixels(length: int, out: int, expected: list[float]) -> None:
    """torch's area gives 1.5, 3, 4.5 (S9)."""
    actual = apply(AreaExact(size=(out,)), np.arange(1, length + 1), dims=1)
    np.testing.assert_allclose(actual, expected, atol=5e-4)  # three decimals are given


@pytest.mark.parametrize("out", [1, 2, 3, 6, 7, 8, 14, 23])
def test_area_exact_is_the_overlap_of_intervals(out: int) -> None:
    line = random(7)
    actual = apply(AreaExact(size=(out,)), line, dims=1)
    np.testing.assert_allclose(actual, exact_coverage(line, out), atol=FLOAT32)


@pytest.mark.parametrize("dims", [2, 3])
def test_area_exact_takes_each_axis_by_itself(dims: int) -> None:
    """Shrunk, enlarged and kept; the scale is that of the sizes."""
    image, scale = random(*SIDES[dims]), (0.7, 1.3, 1)[:dims]
    op = AreaExact(scale_factor=scale)
    size = tuple(int(side * f) for side, f in zip(image.shape, scale, strict=True))
    expected: Pixels = image
    for axis, out in enumerate(size):
        lines = np.moveaxis(expected, axis, 0)
        expected = np.moveaxis(exact_coverage(lines, out), 0, axis)
    np.testing.assert_allclose(apply(op, image, dims), expected, atol=FLOAT32)


def test_what_has_no_weight_is_not_read() -> None:
    """0 times infinity would be no number."""
    line = planes([1, np.inf, 3, 4], dims=1)
    actual = run(Linear(scale_factor=(2,), coordinates="asymmetric"), line).pixels
    assert actual.flatten().tolist() == [1, np.inf, np.inf, np.inf, 3, 3.5, 4, 4]
    means = run(AreaExact(size=(2,)), line).pixels
    assert means.flatten().tolist() == [np.inf, 3.5]


def test_a_table_is_a_matrix() -> None:
    """Applied to the middle of three axes."""
    table = Table(np.array([[0, 1, 2], [1, 1, 0]]), np.array([[0.5, 1, -2], [0.25, 0, 3]]))
    matrix = np.array([[0.5, 0.25, 0], [0, 1, 0], [3, 0, -2]])
    x = random(2, 3, 4)
    expected = np.einsum("oi,aib->aob", matrix, x)
    actual = apply_table(torch.from_numpy(x), 1, table)
    np.testing.assert_allclose(actual, expected, atol=FLOAT32)


@pytest.mark.parametrize(("length", "out"), [(3, 7), (7, 3), (1, 4), (49, 343)])
def test_points_that_are_whole_come_out_whole(length: int, out: int) -> None:
    """The floor of 2.9999 would be the wrong pixel."""
    for i, point in enumerate(sampling_points("asymmetric", length, out, (length, out))):
        assert int(np.floor(point)) == i * length // out
    for i, point in enumerate(sampling_points("align-corners", length, out, (1, 1))):
        assert int(np.floor(point)) == i * (length - 1) // (out - 1)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"align_corners": True, "coordinates": "half-pixel"},
            "--align-corners contradicts --coordinates half-pixel",
        ),
        (
            {"align_corners": True, "coordinates": "asymmetric"},
            "--align-corners contradicts --coordinates asymmetric",
        ),
        (
            {"antialias": True, "coordinates": "asymmetric"},
            "--antialias contradicts --coordinates asymmetric",
        ),
        (
            {"coordinates": "half_pixel"},
            "--coordinates half_pixel: must be one of half-pixel, align-corners, asymmetric; "
            "did you mean half-pixel?",
        ),
    ],
    ids=str,
)
def test_contradictions_are_refused(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ParameterError) as error:
        Bilinear(size=(4,), **parameters)
    assert str(error.value) == sentence


def test_corners_may_be_aligned_in_two_ways_at_once() -> None:
    op: Upsample = Bilinear(size=(3,), align_corners=True, coordinates="align-corners")
    assert apply(op, [[1, 3], [5, 11]]).tolist() == [[1, 2, 3], [3, 5, 7], [5, 8, 11]]


def test_shrinking_with_asymmetric_coordinates_is_warned_of() -> None:
    shape = Shape(3, 8, 8)
    told = Bilinear(size=(4, 9), coordinates="asymmetric").for_shape(shape).warnings(shape)
    assert told == ["shrinking with asymmetric coordinates reads only some of the pixels"]


def test_a_command_resizes_as_tensorflow_1(updown: Updown) -> None:
    np.save("line.npy", np.array([0, 10], np.float32))
    done = updown(
        "upsample", "--mode", "linear", "--coordinates", "asymmetric", "--size", "4",
        "--dims", "1", "--layout", "L", "line.npy", "-o", "four.npy",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert np.load("four.npy").tolist() == [0, 5, 10, 10]
