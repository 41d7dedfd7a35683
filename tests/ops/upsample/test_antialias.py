"""Filters that widen: against torch and Pillow, and what is lost without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL.Image import Resampling

from tests.conftest import Updown
from tests.helpers import apply, run
from tests.ops.upsample.reference_layers import PILLOW, SAME, noise, pillow
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample import UPSAMPLE
from updown_cli.ops.upsample.aligned import Smoothed
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.upsample import Upsample


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


FAULT = "every row is the first one: torch's antialias fails where the result is 1 pixel wide"

SIZES = [
    ((7, 1), (13, 1)),
    ((7, 1), (3, 1)),
    ((7, 5), (13, 1)),
    ((7, 1), (7, 1)),
    ((7, 5), (7, 1)),
    ((7, 1), (1, 1)),
    ((7, 1), (13, 3)),
    ((1, 7), (1, 13)),
    ((1, 7), (3, 5)),
]


@pytest.mark.parametrize("make", [Bilinear, Bicubic, Lanczos])
@pytest.mark.parametrize(("size", "out"), SIZES)
def test_rows_that_torch_repeats_are_told_and_no_others(
    make: type[Op], size: tuple[int, int], out: tuple[int, int]
) -> None:
    options = {} if make is Lanczos else {"antialias": True}
    shape = Shape(1, *size)
    op = make(size=out, **options).for_shape(shape)  # type: ignore[call-arg, arg-type]
    result = apply(op, np.add.outer(np.arange(size[0]) ** 2.0, np.arange(size[1])))
    repeated = len(result) > 1 and bool((result == result[0]).all()) and size[0] > 1
    assert op.warnings(shape) == ([FAULT] if repeated else [])
    assert (op.tensorflow_code(shape) is None) == repeated


def test_a_column_is_warned_of(updown: Updown) -> None:
    np.save("a.npy", np.arange(7, dtype=np.float32)[None, :, None])
    done = updown("upsample", "--mode", "bilinear", "--antialias", "--size", "13x1", "a.npy")
    assert (done.code, done.stderr) == (0, f"updown: warning: {FAULT}\n")
    told = updown(
        "explain",
        "upsample",
        *["--mode", "bilinear", "--antialias", "--size", "13x1"],
        "--input",
        "7x1",
    )
    assert "tensorflow" not in told.stdout
