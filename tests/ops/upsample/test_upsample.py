"""Sizes, scales and points of interpolations: against loops, torch and fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from tests.helpers import apply, run
from tests.ops.upsample.reference_layers import FLOAT32_POINTS, SAME, noise, reference
from updown_cli.cli.steps import parse_steps
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample import UPSAMPLE
from updown_cli.ops.upsample.aligned import Aligned
from updown_cli.ops.upsample.area import Area
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.trilinear import Trilinear
from updown_cli.ops.upsample.upsample import Upsample

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


def plain(mode: str) -> str:
    """Return the mode's name without its rank."""
    return "linear" if mode in ("bilinear", "trilinear") else mode


def torch_name(mode: type[Upsample], dims: int) -> str:
    """Return torch's name of a mode for this rank."""
    return {1: "linear", 2: "bilinear", 3: "trilinear"}[dims] if mode is Linear else mode.mode


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
        ("size", "2.5", "must be a whole number or HxW"),
        ("size", "", "must be a whole number or HxW"),
        ("scale_factor", "1/0", "must not divide by zero"),
        ("scale_factor", "-5%", "must be a number before '%'"),
        ("scale_factor", "twice", "must be a number or HxW"),
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


@pytest.mark.parametrize("mode", [cls.mode for cls in UPSAMPLE.modes_like(None)])
def test_only_modes_that_pick_pixels_keep_integers(mode: str) -> None:
    """The others mix pixels, and colours with their alpha."""
    cls: Any = UPSAMPLE.of_mode(mode)
    op = cls(scale_factor=(3,))
    picks = mode in ("nearest", "nearest-exact", "step", "median")
    assert (op.selects_values(), op.linear) == (picks, not picks)


@pytest.mark.parametrize(
    ("shape", "size", "is_told"),
    [
        ((3, 30, 45), "40x20", True),
        ((3, 45, 30), "20x40", True),
        ((3, 30, 45), "20x40", False),
        ((3, 30, 45), "40", False),
        ((3, 30, 45), "50x_", False),
        ((3, 30, 30), "40x20", False),
        ((3, 4, 30, 45), "4x40x20", False),
    ],
)
def test_a_size_that_turns_a_picture_is_told(
    shape: tuple[int, ...], size: str, is_told: bool
) -> None:
    (op,) = parse_steps(f"upsample --mode nearest --size {size}").ops
    shape_of_input = Shape(*shape)
    height, width = (size.split("x") * 2)[:2]
    told = (
        f"--size {height}x{width} is {height} high and {width} wide, of an input {shape[-2]} high "
        f"and {shape[-1]} wide: sizes are HxW"
    )
    assert op.for_shape(shape_of_input).warnings(shape_of_input) == [told] * is_told
