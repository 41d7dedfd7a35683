"""Blur pooling against NumPy's padding, SciPy's filter and torch's convolution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import SAMPLES, Updown, pixels
from tests.helpers import apply, run
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import ParameterError
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.pipeline.pipeline import Pipeline

Values = NDArray[Any]

# float32 sums of seven positive numbers below 1.
FLOAT32 = 1e-6

# The rows of Pascal's triangle that the paper uses.
FILTERS = {
    1: [1],
    2: [1, 1],
    3: [1, 2, 1],
    4: [1, 3, 3, 1],
    5: [1, 4, 6, 4, 1],
    6: [1, 5, 10, 10, 5, 1],
    7: [1, 6, 15, 20, 15, 6, 1],
}
SIDES = {1: (13,), 2: (9, 12), 3: (7, 6, 5)}

TAPS = pytest.mark.parametrize("taps", FILTERS)
DIMS = pytest.mark.parametrize("dims", [1, 2, 3])


def random(*shape: int) -> Values:
    """Return random numbers from 0 to 1 as float32 has them."""
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def blurred(image: Values, taps: int, stride: int) -> Values:
    """Return every axis padded, weighed and summed, one output pixel at a time."""
    weights = np.array(FILTERS[taps]) / sum(FILTERS[taps])
    before, after = (taps - 1) // 2, taps // 2
    for axis in range(image.ndim):
        lines = np.moveaxis(image.astype(np.float64), axis, 0)
        pads = [(before, after), *[(0, 0)] * (image.ndim - 1)]
        wide = np.pad(lines, pads, mode="reflect")
        rows = [
            np.tensordot(weights, wide[start : start + taps], 1)
            for start in range(0, len(lines), stride)
        ]
        image = np.moveaxis(np.stack(rows), 0, axis)
    return image


@DIMS
@TAPS
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_window_is_weighed_by_a_row_of_pascals_triangle(
    stride: int, taps: int, dims: int
) -> None:
    image = random(*SIDES[dims])
    actual = apply(BlurPool(kernel_size=(taps,), stride=(stride,)), image, dims)
    np.testing.assert_allclose(actual, blurred(image, taps, stride), atol=FLOAT32)


@TAPS
def test_a_blur_is_a_padded_convolution_of_every_channel(taps: int) -> None:
    """In the paper's form: reflected, then conv2d with as many groups as channels."""
    x = torch.from_numpy(random(2, 3, 10, 11))
    line = torch.tensor(FILTERS[taps], dtype=torch.float32)
    kernel = torch.outer(line, line)
    weight = (kernel / kernel.sum()).expand(3, 1, taps, taps)
    before, after = (taps - 1) // 2, taps // 2
    wide = F.pad(x, (before, after, before, after), mode="reflect")
    expected = F.conv2d(wide, weight, stride=2, groups=3)
    actual = run(BlurPool(kernel_size=(taps,)), x).pixels
    np.testing.assert_allclose(actual, expected, atol=FLOAT32)


@pytest.mark.parametrize("taps", [3, 5, 7])
def test_odd_blurs_agree_with_scipy(taps: int) -> None:
    """Whose `mirror` is NumPy's `reflect`."""
    image = random(9, 12)
    weights = np.array(FILTERS[taps]) / sum(FILTERS[taps])
    for axis in range(2):
        image = scipy.ndimage.correlate1d(image, weights, axis, mode="mirror")
    actual = apply(BlurPool(kernel_size=(taps,), stride=(2,)), random(9, 12))
    np.testing.assert_allclose(actual, image[::2, ::2], atol=FLOAT32)


@pytest.mark.parametrize("length", [12, 13])
@pytest.mark.parametrize(("taps", "shift"), [(1, 0), (2, 0.5), (3, 0), (4, 0.5), (6, 0.5), (7, 0)])
def test_windows_do_not_drift(taps: int, shift: float, length: int) -> None:
    """On a ramp, inside, every mean is where its window is centred, for even and odd lengths."""
    actual = apply(BlurPool(kernel_size=(taps,), stride=(2,)), np.arange(length), dims=1)
    inside = slice(2, 4)
    assert actual[inside].tolist() == [4 + shift, 6 + shift]


def test_four_taps_two_apart_by_hand() -> None:
    """0, 8, 16, 24 with 8 before and 16, 8 after: 1, 3, 3, 1 eighths of 8 0 8 16 and 8 16 24 16."""
    assert apply(BlurPool(), [0, 8, 16, 24], dims=1).tolist() == [6, 18]


@pytest.mark.parametrize("length", [1, 2, 3])
@TAPS
def test_a_short_side_is_reflected_as_often_as_it_takes(taps: int, length: int) -> None:
    """As NumPy does."""
    line = random(length)
    actual = apply(BlurPool(kernel_size=(taps,), stride=(1,)), line, dims=1)
    np.testing.assert_allclose(actual, blurred(line, taps, 1), atol=FLOAT32)


def test_a_flat_image_keeps_its_level() -> None:
    assert apply(BlurPool(kernel_size=(5,)), np.full((6, 7), 200)).tolist() == [[200] * 4] * 3


def test_each_axis_has_its_own_numbers() -> None:
    """ceil(9 / 2) x ceil(12 / 5)."""
    op = BlurPool(kernel_size=(1, 3), stride=(2, 5))
    assert op.out_shape(Shape(3, 9, 12)) == Shape(3, 5, 3)
    image = random(9, 12)
    rows = [blurred(row, 3, 5) for row in image[::2]]
    np.testing.assert_allclose(apply(op, image), rows, atol=FLOAT32)


@pytest.mark.parametrize("taps", [0, 8])
def test_there_are_one_to_seven_taps(taps: int) -> None:
    with pytest.raises(ParameterError, match=f"^--kernel-size {taps}: must be from 1 to 7$"):
        BlurPool(kernel_size=(taps,))


def test_a_picture_is_blurred_before_it_is_halved(updown: Updown) -> None:
    source = SAMPLES / "gray.png"
    done = updown("pool", "--mode", "blur", "-k", "5", "-s", "3", source, "-o", "blurred.png")
    assert done.code == 0, done.stderr
    expected = np.floor(blurred(pixels(source), 5, 3) + 0.5)
    difference = np.abs(pixels("blurred.png") - expected)
    assert difference.max() <= 1  # where float32 and float64 are on two sides of a half
    assert (difference > 0).mean() < 1e-2


def test_a_window_of_more_than_seven_pixels_is_refused_before_anything_is_read(
    updown: Updown,
) -> None:
    refused = updown("pool", "--mode", "blur", "-k", "9", "missing.png")
    assert (refused.code, refused.stdout) == (2, "")
    assert refused.stderr == "updown: --kernel-size 9: must be from 1 to 7\n"


@pytest.mark.parametrize("height", [None, 4])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("taps", FILTERS)
def test_bytes_are_rounded_means(taps: int, stride: int, channels: int, height: int | None) -> None:
    """Their sums are exact, so that halves go up; edges are reflected in strips as well."""
    planes = np.random.default_rng(2).integers(0, 256, (channels, 19, 26), np.uint8)
    shape = Shape(channels, 19, 26)
    op = BlurPool(kernel_size=(taps,), stride=(stride,)).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is not None
    engine = Engine(torch.device("cpu"), height=height)
    image = np.ascontiguousarray(planes.transpose(1, 2, 0)).transpose(2, 0, 1)
    result = engine.run(Pipeline((op,)).plan(shape), image[None], Quantization("uint8"))
    exact = np.stack([blurred(plane, taps, stride) for plane in planes])
    np.testing.assert_array_equal(result.pixels[0], np.floor(exact + 0.5))
    assert result.clamped is None


@pytest.mark.parametrize("taps", [1, 2, 7])
@pytest.mark.parametrize("stride", [1, 5])
@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 3), (4, 9)])
def test_bytes_of_thin_pictures_are_reflected_again_and_again(
    size: tuple[int, int], stride: int, taps: int
) -> None:
    """One window may be all there is, and see one pixel."""
    pixels = np.random.default_rng(2).integers(0, 256, (1, 1, *size), np.uint8)
    op = BlurPool(kernel_size=(taps,), stride=(stride,)).for_shape(Shape(1, *size))
    way = op.integer_way(Shape(1, *size), np.dtype("uint8"))
    assert way is not None
    floats = op.apply(torch.from_numpy(pixels).double()).numpy()
    np.testing.assert_array_equal(way.run(pixels), np.floor(floats + 0.5))


def test_an_opaque_picture_is_blurred_as_one_without_transparency(updown: Updown) -> None:
    with Image.open(SAMPLES / "photo.png") as image:
        colours = image.convert("RGB")
    colours.save("colours.png")
    colours.putalpha(255)
    colours.save("beside.png")
    for name in ("colours", "beside"):
        done = updown("pool", "--mode", "blur", f"{name}.png", "-o", f"{name}-blurred.png")
        assert done.code == 0, done.stderr
    beside = pixels("beside-blurred.png")
    assert (beside[..., 3] == 255).all()
    np.testing.assert_array_equal(beside[..., :3], pixels("colours-blurred.png"))
