"""Interpolation against weights worked out in NumPy, against Pillow and against torch's layers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

from tests.helpers import apply, run
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample import UPSAMPLE
from updown_cli.ops.upsample.area import Area
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.sampling import Upsample
from updown_cli.ops.upsample.smooth import Aligned, Smoothed
from updown_cli.ops.upsample.trilinear import Trilinear

Pixels = NDArray[Any]

# float32 has 24 bits: a sampling point below 16 is off by 2e-6 at most, twice or thrice along
# the axes, and a cubic's weights change by up to 2 per pixel; the values are below 1.
FLOAT32_POINTS = 1e-5

# The same float32 arithmetic on both sides.
SAME = 1e-6

# Pillow's weights are float64 and torch's float32; values up to 255.
PILLOW = 2e-3

RANKS: list[tuple[type[Upsample], int]] = [
    (Nearest, 1),
    (Nearest, 2),
    (Nearest, 3),
    (NearestExact, 1),
    (NearestExact, 2),
    (NearestExact, 3),
    (Linear, 1),
    (Linear, 2),
    (Linear, 3),
    (Bilinear, 2),
    (Bicubic, 2),
    (Trilinear, 3),
    (Area, 1),
    (Area, 2),
    (Area, 3),
]
ALIGNED: list[tuple[type[Aligned], int]] = [
    (Linear, 1),
    (Linear, 2),
    (Linear, 3),
    (Bilinear, 2),
    (Bicubic, 2),
    (Trilinear, 3),
]
SIDES = {1: (7,), 2: (5, 8), 3: (3, 4, 5)}


def weights(
    mode: str, length: int, out: int, scale: float | None = None, *, align: bool = False
) -> Pixels:
    """Return the weight of every input pixel (columns) in every output pixel (rows)."""
    rows = np.zeros((out, length))
    for i in range(out):
        for source, weight in taps(mode, i, length, out, scale, align=align):
            rows[i, min(max(source, 0), length - 1)] += weight  # the edge is replicated
    return rows


def taps(
    mode: str, i: int, length: int, out: int, scale: float | None, *, align: bool
) -> list[tuple[int, float]]:
    """Return the input pixels that output pixel i reads, each with its weight."""
    if mode == "area":
        first, end = i * length // out, -(-(i + 1) * length // out)
        return [(source, 1 / (end - first)) for source in range(first, end)]
    step = 1 / scale if scale else length / out
    if mode.startswith("nearest"):
        half = np.float32(0.5 if mode == "nearest-exact" else 0)
        return [(int((np.float32(i) + half) * np.float32(step)), 1.0)]
    point = (i + 0.5) * step - 0.5
    if align:
        point = i * (length - 1) / (out - 1) if out > 1 else 0.0
    before = int(np.floor(point))
    reach = 2 if mode == "bicubic" else 1
    filtered = cubic if mode == "bicubic" else triangle
    return [(s, filtered(abs(point - s))) for s in range(before - reach + 1, before + reach + 1)]


def triangle(distance: float) -> float:
    """Return the weight of a pixel at this distance."""
    return max(1 - distance, 0.0)


def cubic(distance: float, a: float = -0.75) -> float:
    """Return the weight of a pixel at this distance (Keys, 1981)."""
    d = distance
    if d < 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * (d**3 - 5 * d**2 + 8 * d - 4) if d < 2 else 0.0


def reference(
    mode: str,
    image: Pixels,
    size: tuple[int, ...],
    scale: tuple[float, ...] | None = None,
    *,
    align: bool = False,
) -> Pixels:
    """Return an image with every axis interpolated by its weights, in float64."""
    for axis, out in enumerate(size):
        factor = scale[axis] if scale else None
        rows = weights(mode, image.shape[axis], out, factor, align=align)
        image = np.moveaxis(np.tensordot(rows, image, (1, axis)), 0, axis)
    return image


def noise(*shape: int) -> Pixels:
    """Return random numbers from 0 to 1 as float32 has them."""
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def plain(mode: str) -> str:
    """Return the mode's name without its rank."""
    return "linear" if mode in ("bilinear", "trilinear") else mode


def torch_name(mode: type[Upsample], dims: int) -> str:
    """Return torch's name of a mode for this rank."""
    return {1: "linear", 2: "bilinear", 3: "trilinear"}[dims] if mode is Linear else mode.mode


def picked(op: Upsample, length: int) -> list[int]:
    """Return which pixel of a row each output pixel is."""
    return [int(value) for value in apply(op, np.arange(length), dims=1)]


def parsed(option: str, text: str) -> Any:
    """Return what the user typed for an option of `upsample`."""
    return next(p for p in Upsample.parameters() if p.name == option).kind.parse(text)


@pytest.mark.parametrize("factors", [(2.2, 1.7, 1.4), (0.6, 0.5, 0.4), (1, 3, 0.34), (0.2, 1, 1)])
@pytest.mark.parametrize(("mode", "dims"), RANKS)
def test_a_size_gives_the_reference(
    mode: type[Upsample], dims: int, factors: tuple[float, ...]
) -> None:
    """Enlarged, shrunk, mixed, and a side of one pixel."""
    image = noise(*SIDES[dims])
    size = tuple(max(int(s * f), 1) for s, f in zip(SIDES[dims], factors, strict=False))
    expected = reference(plain(mode.mode), image, size)
    actual = apply(mode(size=size), image, dims)
    np.testing.assert_allclose(actual, expected, atol=FLOAT32_POINTS)


@pytest.mark.parametrize("factors", [(1.5, 1.3, 2.3), (0.6, 0.7, 0.45), (1.4, 0.7, 3)])
@pytest.mark.parametrize(("mode", "dims"), RANKS)
def test_a_scale_factor_samples_at_its_own_points(
    mode: type[Upsample], dims: int, factors: tuple[float, ...]
) -> None:
    """Except for area, which has whole pixels only."""
    image, scale = noise(*SIDES[dims]), factors[:dims]
    size = tuple(int(s * f) for s, f in zip(SIDES[dims], scale, strict=True))
    expected = reference(plain(mode.mode), image, size, scale)
    actual = apply(mode(scale_factor=scale), image, dims)
    np.testing.assert_allclose(actual, expected, atol=FLOAT32_POINTS)


@pytest.mark.parametrize("factors", [(2.2, 1.7, 1.4), (0.6, 0.5, 0.7), (0.15, 3, 0.34)])
@pytest.mark.parametrize(("mode", "dims"), ALIGNED)
def test_align_corners_gives_the_reference(
    mode: type[Aligned], dims: int, factors: tuple[float, ...]
) -> None:
    """Enlarged, shrunk, and a side of one pixel."""
    image, scale = noise(*SIDES[dims]), factors[:dims]
    size = tuple(max(int(s * f), 1) for s, f in zip(SIDES[dims], scale, strict=True))
    expected = reference(plain(mode.mode), image, size, align=True)
    actual = apply(mode(size=size, align_corners=True), image, dims)
    np.testing.assert_allclose(actual, expected, atol=FLOAT32_POINTS)


@pytest.mark.parametrize("scale", [(2.0,), (1.5,), (0.7,)])
@pytest.mark.parametrize(("mode", "dims"), RANKS)
def test_is_the_torch_layer(mode: type[Upsample], dims: int, scale: tuple[float]) -> None:
    """Two images of three channels."""
    x = torch.from_numpy(noise(2, 3, *SIDES[dims]))
    layer = torch.nn.Upsample(scale_factor=scale * dims, mode=torch_name(mode, dims))
    actual = run(mode(scale_factor=scale), x).pixels
    np.testing.assert_allclose(actual, layer(x), rtol=SAME)


@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize(("mode", "dims"), ALIGNED)
def test_align_corners_and_recompute_are_those_of_the_torch_layer(
    mode: type[Aligned], dims: int, recompute: bool, align: bool
) -> None:
    """Each alone, both at once, and neither."""
    x = torch.from_numpy(noise(2, 3, *SIDES[dims]))
    options: dict[str, Any] = {"align_corners": align, "recompute_scale_factor": recompute}
    layer = torch.nn.Upsample(scale_factor=(1.7,) * dims, mode=torch_name(mode, dims), **options)
    actual = run(mode(scale_factor=(1.7,), **options), x).pixels
    np.testing.assert_allclose(actual, layer(x), rtol=SAME)


@pytest.mark.parametrize("scale", [(2.0,), (1.5, 0.7), (0.4,)])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
def test_antialias_is_that_of_torch(mode: str, scale: tuple[float, ...]) -> None:
    """By scale factor, from odd sides."""
    x = torch.from_numpy(noise(2, 3, 7, 9))
    factors = scale * (2 // len(scale))
    expected = F.interpolate(x, scale_factor=factors, mode=mode, antialias=True)
    op: Upsample = antialiased(mode, scale_factor=scale)
    np.testing.assert_allclose(run(op, x).pixels, expected, rtol=SAME)


def antialiased(mode: str, **parameters: Any) -> Upsample:
    """Return the operation of an antialiased mode."""
    cls: Any = UPSAMPLE.of_mode(mode)
    op: Upsample = cls(antialias=True, **parameters)
    return op


def pillow(image: Pixels, size: tuple[int, int], filtered: Resampling) -> Pixels:
    """Return what Pillow makes of a float image; size is H x W."""
    return np.asarray(Image.fromarray(image.astype(np.float32)).resize(size[::-1], filtered))


@pytest.mark.parametrize("size", [(6, 6), (7, 20), (25, 5), (26, 34), (40, 17), (1, 1), (13, 17)])
@pytest.mark.parametrize(
    ("mode", "filtered"),
    [
        ("linear", Resampling.BILINEAR),
        ("bilinear", Resampling.BILINEAR),
        ("bicubic", Resampling.BICUBIC),
        ("lanczos", Resampling.LANCZOS),
    ],
)
def test_antialias_is_that_of_pillow(
    mode: str, filtered: Resampling, size: tuple[int, int]
) -> None:
    """Shrunk, enlarged, mixed and left alone (S8)."""
    image = noise(13, 17) * 255
    expected = pillow(image, size, filtered)
    np.testing.assert_allclose(apply(antialiased(mode, size=size), image), expected, atol=PILLOW)


@pytest.mark.parametrize("size", [(6, 6), (7, 20), (25, 5), (26, 34), (1, 1), (13, 17)])
def test_nearest_exact_is_pillows_nearest(size: tuple[int, int]) -> None:
    """Bit by bit, from odd sides (S1)."""
    image = noise(13, 17)
    expected = pillow(image, size, Resampling.NEAREST)
    np.testing.assert_array_equal(apply(NearestExact(size=size), image), expected)


@pytest.mark.parametrize("size", [(5, 7), (3, 3), (15, 21), (1, 1)])
def test_area_by_a_whole_factor_is_pillows_box(size: tuple[int, int]) -> None:
    """Means of 1, 3 x 5, 3 x 7 and all pixels (S9)."""
    image = noise(15, 21) * 255
    expected = pillow(image, size, Resampling.BOX)
    np.testing.assert_allclose(apply(Area(size=size), image), expected, atol=PILLOW)


@pytest.mark.parametrize(
    ("length", "out", "nearest", "exact"),
    [
        (5, 3, [0, 1, 3], [0, 2, 4]),
        (3, 5, [0, 0, 1, 1, 2], [0, 0, 1, 2, 2]),
        (4, 2, [0, 2], [1, 3]),
        (2, 3, [0, 0, 1], [0, 1, 1]),
        (8, 3, [0, 2, 5], [1, 4, 6]),
    ],
)
def test_nearest_reads_the_start_of_a_pixel_and_nearest_exact_its_middle(
    length: int, out: int, nearest: list[int], exact: list[int]
) -> None:
    """floor(i * in / out) and floor((i + 0.5) * in / out) (S1)."""
    assert picked(Nearest(size=(out,)), length) == nearest
    assert picked(NearestExact(size=(out,)), length) == exact


def test_nearest_exact_breaks_ties_upwards() -> None:
    """ONNX's default gives 0,0,0,0,1,1,1 (S1)."""
    assert picked(NearestExact(size=(7,)), 2) == [0, 0, 0, 1, 1, 1, 1]


def test_nearest_takes_the_scale_as_typed_unless_it_is_recomputed() -> None:
    """Steps of 1 / 0.35 or of 10 / 3."""
    assert picked(Nearest(scale_factor=(0.35,)), 10) == [0, 2, 5]
    assert picked(Nearest(scale_factor=(0.35,), recompute_scale_factor=True), 10) == [0, 3, 6]


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_linear_copies_an_axis_that_keeps_its_size(dims: int) -> None:
    """torch takes floor(3 * 1.2) = 3 for a scale of 1; its bicubic does not."""
    op = Linear(scale_factor=(1.2,))
    image = noise(*(3,) * dims)
    np.testing.assert_array_equal(apply(op, image, dims), image)


def test_bicubic_moves_the_points_of_an_axis_that_keeps_its_size() -> None:
    """floor(3 * 1.2) = 3, at steps of 1 / 1.2."""
    image = noise(3, 3)
    expected = reference("bicubic", image, (3, 3), (1.2, 1.2))
    actual = apply(Bicubic(scale_factor=(1.2,)), image)
    np.testing.assert_allclose(actual, expected, atol=FLOAT32_POINTS)


def test_nearest_indices_are_float32_products() -> None:
    """41 * 2 / 82 is 1, but pixel 41 is pixel 0 (S21)."""
    indices = picked(Nearest(size=(82,)), 2)
    assert indices[40:43] == [0, 0, 1]
    np.testing.assert_array_equal(indices, weights("nearest", 2, 82)[:, 1])


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"scale_factor": (1.5,)}, [0, 5, 11.667, 18.333]),
        ({"scale_factor": (1.5,), "recompute_scale_factor": True}, [0, 6.25, 13.75, 20]),
        ({"size": (4,)}, [0, 6.25, 13.75, 20]),
        ({"scale_factor": (1.5,), "align_corners": True}, [0, 6.667, 13.333, 20]),
        ({"size": (4,), "align_corners": True}, [0, 6.667, 13.333, 20]),
    ],
)
def test_a_scale_as_typed_and_a_recomputed_one_differ(
    parameters: dict[str, Any], expected: list[float]
) -> None:
    """align_corners takes neither (S2)."""
    # Three decimals are given.
    np.testing.assert_allclose(
        apply(Linear(**parameters), [0, 10, 20], dims=1), expected, atol=5e-4
    )


def test_area_always_recomputes_its_scale() -> None:
    """0,10,20 by 1.5: bins [0,1) [0,2) [1,3) [2,3) (S2)."""
    by_scale, by_size = Area(scale_factor=(1.5,)), Area(size=(4,))
    assert apply(by_scale, [0, 10, 20], dims=1).tolist() == [0, 5, 15, 20]
    assert apply(by_size, [0, 10, 20], dims=1).tolist() == [0, 5, 15, 20]


@pytest.mark.parametrize(
    ("text", "pixels"),
    [
        ("0.29", 28),
        ("29/100", 29),
        ("29%", 29),
        ("0.57", 56),
        ("57/100", 57),
        ("1.15", 114),
        ("115%", 115),
        ("4.35", 434),
        ("435/100", 435),
    ],
)
@pytest.mark.parametrize("mode", ["nearest", "linear", "area"])
def test_only_a_fraction_scales_100_pixels_exactly(mode: str, text: str, pixels: int) -> None:
    """100 * 0.29 is 28.999..., and torch takes the floor (S3)."""
    cls: Any = UPSAMPLE.of_mode(mode)
    op = cls(scale_factor=parsed("scale_factor", text))
    assert apply(op, noise(100), dims=1).shape == (pixels,)


@pytest.mark.parametrize("mode", [Nearest, NearestExact, Bilinear, Bicubic, Area])
def test_an_exact_fraction_samples_as_its_size_does(mode: type[Upsample]) -> None:
    """29 of 100 and 57 of 100 pixels (S3)."""
    image = noise(100, 100)
    fractions = (Fraction(29, 100), Fraction(57, 100))
    actual = apply(mode(scale_factor=fractions), image)
    # Sampling points up to 100 are off by 8e-6 in float32, times two for a cubic.
    np.testing.assert_allclose(actual, apply(mode(size=(29, 57)), image), atol=1e-4)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (Linear(size=(1,), align_corners=True), 1),
        (Linear(size=(1,)), 2.5),
        (Nearest(size=(1,)), 1),
        (NearestExact(size=(1,)), 3),
    ],
    ids=str,
)
def test_one_pixel_of_four(op: Upsample, expected: float) -> None:
    """The first pixel with align_corners, the middle without (S4)."""
    assert apply(op, [1, 2, 3, 4], dims=1).tolist() == [expected]


@pytest.mark.parametrize("mode", [Nearest, NearestExact, Area, Lanczos])
def test_modes_without_corners_have_no_such_option(mode: type[Upsample]) -> None:
    """torch refuses it even when it is False (S4)."""
    assert "align_corners" not in {parameter.name for parameter in mode.parameters()}


def test_shrinking_aliases_without_antialias() -> None:
    """Alternating columns become a slope (S5)."""
    row, size = [0, 255] * 4, (None, 3)
    # Two decimals are given.
    plainly = apply(Bilinear(size=size), row)
    np.testing.assert_allclose(plainly, [[212.5, 127.5, 42.5]], atol=5e-3)
    smoothly = apply(Bilinear(size=size, antialias=True), row)
    np.testing.assert_allclose(smoothly, [[120.79, 127.5, 134.21]], atol=5e-3)


def test_shrinking_without_antialias_can_lose_the_picture() -> None:
    """Both white columns are between the points (S5)."""
    row = [255, 0, 0, 0, 0, 0, 0, 255]
    assert apply(Bilinear(size=(None, 2)), row).tolist() == [[0, 0]]


@pytest.mark.parametrize("mode", [Linear, Bilinear, Bicubic])
def test_shrinking_without_antialias_is_warned_of(mode: type[Smoothed]) -> None:
    """One shorter side is enough (S5)."""
    shape = Shape(3, 8, 8)
    told = mode(size=(9, 7)).for_shape(shape).warnings(shape)
    assert told == ["shrinking without --antialias reads only some of the pixels, as torch does"]


@pytest.mark.parametrize(
    ("op", "size"),
    [
        (Bilinear(size=(7,), antialias=True), (8, 8)),
        (Bilinear(size=(8,)), (8, 8)),
        (Bicubic(scale_factor=(2,)), (8, 8)),
        (Linear(size=(7,)), (8,)),
        (Linear(size=(7,)), (8, 8, 8)),
        (Nearest(size=(7,)), (8, 8)),
        (Lanczos(size=(7,)), (8, 8)),
    ],
    ids=str,
)
def test_no_warning_where_antialias_would_not_help(op: Upsample, size: tuple[int, ...]) -> None:
    """Given already, nothing shrunk, or not there."""
    shape = Shape(3, *size)
    assert op.for_shape(shape).warnings(shape) == []


def test_bicubic_overshoots() -> None:
    """An edge by 2; bytes are for whoever saves it (S6)."""
    edge = apply(Bicubic(scale_factor=(1, 2)), [0, 0, 255, 255])
    expected = [[0, -8.96, -26.89, 57.77, 197.23, 281.89, 263.96, 255]]
    # Two decimals are given.
    np.testing.assert_allclose(edge, expected, atol=5e-3)
    rounded = np.floor(edge.clip(0, 255) + 0.5)
    assert rounded.tolist() == [[0, 0, 0, 58, 197, 255, 255, 255]]


def test_bicubic_with_antialias_enlarges_with_another_cubic() -> None:
    """A = -0.5, as Pillow has it (S6)."""
    edge = apply(Bicubic(scale_factor=(1, 2), antialias=True), [0, 0, 255, 255])
    expected = [[0, -5.58, -17.52, 51.80, 203.20, 272.52, 260.58, 255]]
    # The numbers are TensorFlow's, whose table of weights is good for 0.1.
    np.testing.assert_allclose(edge, expected, atol=0.1)
    rounded = np.floor(edge.clip(0, 255) + 0.5)
    assert rounded.tolist() == [[0, 0, 0, 52, 203, 255, 255, 255]]


@pytest.mark.parametrize(
    ("length", "out", "expected"), [(5, 3, [1.5, 3, 4.5]), (3, 5, [1, 1.5, 2, 2.5, 3])]
)
def test_area_is_the_mean_of_whole_pixels(length: int, out: int, expected: list[float]) -> None:
    """Exact coverage gives 1.4, 3, 4.6 (S9)."""
    ramp = np.arange(1, length + 1)
    assert apply(Area(size=(out,)), ramp, dims=1).tolist() == expected


@pytest.mark.parametrize(
    ("op", "dims", "sentence"),
    [
        (Bilinear(size=(4,)), 1, "--mode bilinear is for 2-D data, not 1-D"),
        (Bilinear(size=(4,)), 3, "--mode bilinear is for 2-D data, not 3-D"),
        (Bicubic(size=(4,)), 1, "--mode bicubic is for 2-D data, not 1-D"),
        (Bicubic(size=(4,)), 3, "--mode bicubic is for 2-D data, not 3-D"),
        (Lanczos(size=(4,)), 1, "--mode lanczos is for 2-D data, not 1-D"),
        (Lanczos(size=(4,)), 3, "--mode lanczos is for 2-D data, not 3-D"),
        (Trilinear(size=(4,)), 1, "--mode trilinear is for 3-D data, not 1-D"),
        (Trilinear(size=(4,)), 2, "--mode trilinear is for 3-D data, not 2-D"),
    ],
    ids=str,
)
def test_a_mode_of_another_rank_is_refused(op: Upsample, dims: int, sentence: str) -> None:
    """`linear` is the one that fits all (S10)."""
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, *(3,) * dims))
    assert str(error.value) == f"{sentence}; --mode linear picks by rank"


def test_three_factors_do_not_fit_two_sides() -> None:
    """They are for volumes (S10)."""
    with pytest.raises(ShapeError, match=r"^--scale-factor 3x4x5 has 3 numbers for 2-D data$"):
        Bilinear(scale_factor=(3, 4, 5)).out_shape(Shape(1, 2, 2))


@pytest.mark.parametrize("mode", [Trilinear, Linear])
def test_three_factors_enlarge_a_volume(mode: type[Upsample]) -> None:
    """2x2x2 by 3x4x5 (S10)."""
    assert apply(mode(scale_factor=(3, 4, 5)), noise(2, 2, 2), dims=3).shape == (6, 8, 10)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"size": (2,), "scale_factor": (2,)},
            "--size, --scale-factor: upsample needs exactly one of these",
        ),
        ({}, "--size, --scale-factor: upsample needs exactly one of these"),
        (
            {"size": (2,), "recompute_scale_factor": True},
            "--recompute-scale-factor goes with --scale-factor",
        ),
        ({"size": (0,)}, "--size 0: must be from 1 to 1048576"),
        ({"size": (3, -1)}, "--size 3x-1: must be from 1 to 1048576"),
        ({"scale_factor": (-1,)}, "--scale-factor -1: must be more than 0"),
        ({"scale_factor": (0,)}, "--scale-factor 0: must be more than 0"),
        ({"scale_factor": (float("nan"),)}, "--scale-factor nan: must be more than 0"),
        ({"scale_factor": (float("inf"),)}, "--scale-factor inf: must be finite"),
        ({"scale_factor": (65536,)}, "--scale-factor 65536: must be at most 65535"),
    ],
    ids=str,
)
def test_parameters_that_torch_refuses_are_refused(
    parameters: dict[str, Any], sentence: str
) -> None:
    """In one sentence each (S11)."""
    with pytest.raises(ParameterError) as error:
        Bilinear(**parameters)
    assert str(error.value) == sentence


def test_a_scale_that_leaves_nothing_is_refused() -> None:
    """floor(3 * 0.1) is 0 (S11)."""
    op = Nearest(scale_factor=(0.1, 1))
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, 3, 3))
    expected = "upsample: nothing is left of a 1x3x3 image; --scale-factor is too small for"
    assert str(error.value) == f"{expected} it"


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("size", "2.5", "must be a whole number"),
        ("size", "", "must be a whole number"),
        ("scale_factor", "1/0", "must not divide by zero"),
        ("scale_factor", "-5%", "must be a number before '%'"),
        ("scale_factor", "twice", "must be a number"),
    ],
)
def test_text_that_is_no_size_or_scale_is_refused(option: str, text: str, sentence: str) -> None:
    """A size in float among them (S11)."""
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        parsed(option, text)


def test_an_underscore_keeps_a_side() -> None:
    """`4x_` of 3x5 pixels is 4x5."""
    op = Area(size=parsed("size", "4x_"))
    assert op.out_shape(Shape(3, 3, 5)) == Shape(3, 4, 5)


@pytest.mark.parametrize("dims", [1, 3])
def test_linear_has_no_antialias_but_in_two_dimensions(dims: int) -> None:
    """As torch."""
    with pytest.raises(ShapeError, match=f"^--antialias is for 2-D data, not {dims}-D$"):
        Linear(size=(4,), antialias=True).out_shape(Shape(1, *(3,) * dims))


def test_lanczos_without_antialias_is_refused() -> None:
    """torch has only the one."""
    with pytest.raises(ParameterError, match=r"^--no-antialias: torch has no lanczos without it$"):
        Lanczos(size=(4,), antialias=False)


# What torch raises on a device without lanczos, and what it raised before it had lanczos.
@pytest.mark.parametrize("refusal", [NotImplementedError, ValueError])
def test_lanczos_names_the_torch_that_has_it(
    refusal: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an older torch, or one on another device, says."""

    def interpolate(*_: Any, **__: Any) -> torch.Tensor:
        raise refusal("Anti-alias option is restricted to bilinear and bicubic modes")

    monkeypatch.setattr(F, "interpolate", interpolate)
    with pytest.raises(ParameterError) as error:
        apply(Lanczos(size=(4,)), noise(3, 3))
    expected = "--mode lanczos: this torch cannot do it; torch 2.13 can, on the CPU"
    assert str(error.value) == expected


@pytest.mark.parametrize("mode", UPSAMPLE.mode_names)
def test_only_modes_that_pick_pixels_keep_integers(mode: str) -> None:
    """The others mix pixels, and colours with their alpha."""
    cls: Any = UPSAMPLE.of_mode(mode)
    op = cls(scale_factor=(3,))
    picks = mode in ("nearest", "nearest-exact", "step", "median")
    assert (op.selects_values(), op.linear) == (picks, not picks)
