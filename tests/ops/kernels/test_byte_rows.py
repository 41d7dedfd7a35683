"""Convolutions of bytes by rows, against torch's of floats, and SciPy's in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.ndimage import correlate

from tests.helpers import as_floats
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Clamped, Quantization
from updown_cli.engine.results import Result
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.kernels import row_kernel, row_sums
from updown_cli.pipeline.pipeline import Pipeline

HEIGHT, WIDTH = 373, 371


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let images be large that tests have time for, and be made in several bands."""
    monkeypatch.setattr(row_sums, "LEAST", 1 << 15)
    monkeypatch.setattr(row_kernel, "BAND", 100 * WIDTH)


def picture(channels: int, frames: int = 1) -> NDArray[Any]:
    """Return noise with channels side by side, a part of it at the ends of the range."""
    random = np.random.default_rng(7)
    pixels = random.integers(0, 256, (frames, HEIGHT, WIDTH, channels), np.uint8)
    pixels[:, 50:90] = np.where(pixels[:, 50:90] > 128, 255, 0)
    return pixels.transpose(0, 3, 1, 2)


def run(op: PlainConv | DepthwiseConv, pixels: NDArray[Any], **known: Any) -> Result:
    """Return what an engine makes of bytes."""
    plan = Pipeline((op,)).plan(Shape(*pixels.shape[1:]), len(pixels))
    info = ChannelInfo(**known)
    return Engine(torch.device("cpu")).run(plan, pixels, Quantization("uint8"), channel_info=info)


def stored(sums: torch.Tensor) -> tuple[NDArray[Any], Clamped | None]:
    """Return sums rounded half up as bytes, and what was cut off."""
    values = sums.numpy().astype(np.float64)
    outside = int(((values < -0.5) | (values >= 255.5)).sum())
    clamped = Clamped(outside, float(values.min()), float(values.max()))
    rounded = np.floor(np.clip(values, 0, 255) + 0.5).astype(np.uint8)
    return rounded, clamped if outside else None


KERNELS = {
    "even": "0.1 0.25; 0.3 0.35",
    "outside": "0.11 -2.3 1; 4.7 0.13 0.21; 0 0 0",
    "several": "gaussian,sobel-h",
}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"padding": "same", "input_range": "unit"},
    {"padding": (2, 1), "stride": (2, 3)},
    {"padding": (2, 3), "dilation": (2, 3)},
]


@pytest.mark.parametrize(("channels", "frames"), [(1, 1), (3, 1), (4, 1), (3, 2)])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("kernel", KERNELS)
def test_bytes_are_those_of_torch_s_sums(
    kernel: str, settings: dict[str, Any], channels: int, frames: int
) -> None:
    """Sums are cut off and counted as those of floats; if torch adds otherwise it does it all."""
    pixels, shape = picture(channels, frames), Shape(channels, HEIGHT, WIDTH)
    op = DepthwiseConv(kernel=KERNELS[kernel], **settings).for_shape(shape)
    weight, groups = op.weight(shape)
    pads = [span.pads(side) for span, side in zip(op.spans(shape), shape.size, strict=True)]
    white = 255.0 if op.input_range == "unit" else 1.0
    x = as_floats(pixels) / white
    x = F.pad(x, (*pads[1], *pads[0]))
    taps = torch.from_numpy(np.array(weight)).float()
    sums = F.conv2d(x, taps, None, op.stride, 0, op.dilation, groups) * white
    expected, clamped = stored(sums)
    result = run(op, pixels)
    np.testing.assert_array_equal(result.pixels, expected)
    assert result.clamped == clamped


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(3, 3), (5, 5), (2, 9)])
def test_a_gaussian_is_scipy_s(size: tuple[int, int], channels: int) -> None:
    """A value within a thousandth of a half may be rounded either way."""
    pixels, shape = picture(channels), Shape(channels, HEIGHT, WIDTH)
    op = PlainConv(kernel="gaussian", kernel_size=size, padding="same").for_shape(shape)
    kernel = op.weight(shape)[0][0, 0].astype(np.float64)
    origin = [-1 if side % 2 == 0 else 0 for side in size]  # the window begins at its pixel
    planes = [
        correlate(plane.astype(np.float64), kernel, mode="constant", origin=origin)
        for plane in pixels[0]
    ]
    exact = np.stack(planes)
    result = run(op, pixels).pixels[0]
    sure = abs(exact - np.floor(exact) - 0.5) > 1e-3
    np.testing.assert_array_equal(result[sure], np.floor(exact + 0.5)[sure])
    assert sure.mean() > 0.99


def test_another_white_needs_floats() -> None:
    """Pictures of few levels have their own white, by which units are divided."""
    pixels, shape = picture(1), Shape(1, HEIGHT, WIDTH)
    op = PlainConv(kernel="0.3 0.45; 0.2 0.15", input_range="unit").for_shape(shape)
    x = as_floats(pixels) / 15.0
    expected, _ = stored(F.conv2d(x, torch.tensor([[[[0.3, 0.45], [0.2, 0.15]]]])) * 15.0)
    np.testing.assert_array_equal(run(op, pixels, white=15.0).pixels, expected)


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel": "0.3 0.7", "bias": (1.0,)},
        {"kernel": "1e30 -1e30"},
        {"kernel": "0.3 0.7", "shape": Shape(5, HEIGHT, WIDTH)},
        {"kernel": "0.3 0.7", "shape": Shape(1, 40, 50)},
    ],
    ids=str,
)
def test_what_needs_floats(settings: dict[str, Any]) -> None:
    """More than sums, sums that may be infinite, many channels, and small pictures."""
    shape = settings.pop("shape", Shape(1, HEIGHT, WIDTH))
    op = PlainConv(**settings).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is None
