"""Quantized convolution against the formula in exact integers, and torch's own kernels."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import SAMPLES, Updown, noise, picture, pixels
from tests.helpers import apply, planes, run
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import InputError
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.pipeline.pipeline import Pipeline

Array = NDArray[Any]


def stored(seed: int, shape: tuple[int, ...], least: int, most: int) -> Array:
    return np.random.default_rng(seed).integers(least, most + 1, shape)


def formula(x: Array, w: Array, op: QuantizedConv, stride: int, padding: int) -> Array:
    """Return one image's result in exact fractions; padding is the zero point."""
    sides = ((0, 0), *[(padding, padding)] * (x.ndim - 1))
    padded = np.pad(x, sides, constant_values=op.x_zero_point)
    outs = tuple(
        (side - k) // stride + 1 for side, k in zip(padded.shape[1:], w.shape[2:], strict=True)
    )
    result = np.zeros((len(w), *outs))
    for channel, *place in np.ndindex(len(w), *outs):
        window = (
            slice(p * stride, p * stride + k) for p, k in zip(place, w.shape[2:], strict=True)
        )
        zero = op.w_zero_point[channel % len(op.w_zero_point)]
        scale = op.w_scale[channel % len(op.w_scale)]
        total = int(((padded[:, *window] - op.x_zero_point) * (w[channel] - zero)).sum())
        real = total * Fraction(op.x_scale) * Fraction(scale) / Fraction(op.y_scale)
        result[channel, *place] = min(max(round(real) + op.y_zero_point, 0), 255)
    return result


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (1, 2)])
def test_matches_the_formula_exactly(dims: int, stride: int, padding: int) -> None:
    x = stored(0, (2, 2, *(7, 6, 5)[:dims]), 0, 255)
    w = stored(1, (3, 2, *(3, 2, 3)[:dims]), -128, 127)
    np.save("w.npy", w)
    op = QuantizedConv(
        kernel="w.npy",
        stride=(stride,),
        padding=(padding,),
        x_scale=0.5,
        x_zero_point=120,
        w_scale=(0.25, 0.125, 0.0625),
        w_zero_point=(0, 3, -5),
        y_scale=8.0,
        y_zero_point=100,
    )
    actual = run(op, torch.from_numpy(x).float()).pixels.numpy()
    expected = [formula(image, w, op, stride, padding) for image in x]
    np.testing.assert_array_equal(actual, expected)
    assert 0 < np.mean(actual == 0) + np.mean(actual == 255) < 0.7  # both clamped and free values


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (1, 2)])
@pytest.mark.parametrize("mixed", [False, True])
def test_bytes_match_the_formula_exactly(stride: int, padding: int, *, mixed: bool) -> None:
    """By rows, in two strips: halves go to even, and what is clamped is the layer's own affair."""
    x, w = stored(0, (1, 2, 14, 13), 0, 255), stored(1, (3, 2, 3, 2), -128, 127)
    w[2] = 0
    w[2, :, 1, 0] = 2  # halves
    if not mixed:  # three results of each channel
        w = np.concatenate([w[:, :1], w[:, 1:]])
    np.save("w.npy", w)
    scales = (0.25, 0.125, 0.0625) if mixed else (0.0625,)
    op = QuantizedConv(
        kernel="w.npy",
        groups=1 if mixed else 2,
        stride=(stride,),
        padding=(padding,),
        x_scale=0.5,
        w_scale=scales,
        w_zero_point=(0, 3, 0) if mixed else (0,),
        y_scale=8.0 if mixed else 0.125,
        y_zero_point=100,
    )
    shape = Shape(2, 14, 13)
    whole = w if mixed else np.zeros((6, 2, 3, 2), np.int64)
    if not mixed:
        whole[:3, :1], whole[3:, 1:] = w[:3], w[3:]
    way = op.for_shape(shape).integer_way(shape, np.dtype("uint8"))
    assert way is not None
    expected = formula(x[0], whole, op, stride, padding)
    pixels = x.astype(np.uint8)
    np.testing.assert_array_equal(way.run(pixels)[0], expected)
    engine = Engine(torch.device("cpu"), height=4)
    result = engine.run(Pipeline((op,)).plan(shape), pixels, Quantization("uint8"))
    np.testing.assert_array_equal(result.pixels[0], expected)
    assert result.clamped is None


@pytest.mark.parametrize("zero", [0, 7])
def test_only_small_sums_of_values_from_zero_go_by_rows(zero: int) -> None:
    """Padding is the zero point; single precision holds no larger sums."""
    shape, kernel = Shape(1, 9, 9), "1 2; 3 4" if zero else "; ".join(["127 " * 24] * 24)
    op = QuantizedConv(kernel=kernel, x_zero_point=zero, padding=(12,)).for_shape(shape)
    assert op.integer_way(shape, np.dtype("uint8")) is None


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("per_channel", [False, True])
def test_is_within_one_level_of_torch_s_own_kernel(dims: int, per_channel: bool) -> None:
    """Which multiplies in float32, so that a tie can fall to the other side (V5)."""
    rng = np.random.default_rng(2)
    x = stored(3, (1, 4, *(12, 11, 10)[:dims]), 0, 255).astype(np.uint8)
    # Seven bits: processors without VNNI add pairs of products up in sixteen.
    w = stored(4, (6, 4, *(3,) * dims), -64, 63).astype(np.int8)
    bias = rng.standard_normal(6).astype(np.float32)
    scales = rng.uniform(0.01, 0.05, 6) if per_channel else np.full(6, 0.02)
    np.save("w.npy", w)
    y_scale = 0.02 * 2.5 * float(np.sqrt(4 * 3**dims))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that quantized tensors will move
        quantized_x = torch._make_per_tensor_quantized_tensor(torch.from_numpy(x), 0.04, 117)
        if per_channel:
            quantized_w = torch._make_per_channel_quantized_tensor(
                torch.from_numpy(w), torch.from_numpy(scales), torch.zeros(6, dtype=torch.int64), 0
            )
        else:
            quantized_w = torch._make_per_tensor_quantized_tensor(torch.from_numpy(w), 0.02, 0)
        function = getattr(torch.ao.nn.quantized.functional, f"conv{dims}d")
        expected = function(
            quantized_x,
            quantized_w,
            torch.from_numpy(bias),
            padding=1,
            scale=y_scale,
            zero_point=90,
        ).int_repr()
    op = QuantizedConv(
        kernel="w.npy",
        padding=(1,),
        bias=tuple(bias.tolist()),
        x_scale=0.04,
        x_zero_point=117,
        w_scale=tuple(scales.tolist()) if per_channel else (0.02,),
        y_scale=y_scale,
        y_zero_point=90,
    )
    actual = run(op, torch.from_numpy(x).float()).pixels
    difference = (actual - expected).abs()
    assert difference.max() <= 1
    assert (difference > 0).float().mean() < 0.01
    assert expected.unique().numel() > 50  # the scale leaves something to compare


@pytest.mark.parametrize(("value", "expected"), [(1, 0), (3, 2), (5, 2), (7, 4), (9, 4)], ids=str)
def test_halves_are_rounded_to_even(value: int, expected: int) -> None:
    """0.5, 1.5, 2.5, 3.5 and 4.5 (V5)."""
    assert apply(QuantizedConv(kernel="1", y_scale=2.0), [[value]]).item() == expected


def test_the_zero_point_is_added_after_rounding() -> None:
    """2.5 rounds to 2, and 2 + 1 is 3; 2.5 + 1 would round to 4."""
    assert apply(QuantizedConv(kernel="1", y_scale=2.0, y_zero_point=1), [[5]]).item() == 3


def test_padding_is_the_zero_point() -> None:
    """So that a flat image of real zeros stays zero up to its border (V5)."""
    flat = np.full((3, 3), 7)
    settings: dict[str, Any] = {"kernel": "1 1; 1 1", "padding": "same"}
    zero = apply(QuantizedConv(**settings, x_zero_point=7, y_zero_point=50), flat)
    assert zero.tolist() == [[50] * 3] * 3
    assert apply(QuantizedConv(**settings), flat).tolist() == [[28, 28, 14]] * 2 + [[14, 14, 7]]


def test_a_zero_point_per_channel_can_silence_a_channel() -> None:
    """As in ONNX's ConvInteger example, whose second channel is all zeros (V5)."""
    np.save("w.npy", np.ones((2, 1, 2, 2)))
    ramp = [[2, 3, 4], [5, 6, 7], [8, 9, 10]]
    op = QuantizedConv(kernel="w.npy", padding=(1,), x_zero_point=1, w_zero_point=(0, 1))
    actual = apply(op, ramp)
    assert actual[0].tolist() == [[1, 3, 5, 3], [5, 12, 16, 9], [11, 24, 28, 15], [7, 15, 17, 9]]
    assert not actual[1].any()


def test_results_are_clamped_to_eight_bits() -> None:
    assert apply(QuantizedConv(kernel="2"), [[200, 0]]).tolist() == [[255, 0]]
    assert apply(QuantizedConv(kernel="-2", y_zero_point=9), [[3, 9]]).tolist() == [[3, 0]]


@pytest.mark.parametrize("value", [-1, 256, 0.5, np.nan, np.inf])
def test_values_that_are_not_stored_in_eight_bits_are_refused(value: float) -> None:
    with pytest.raises(InputError) as refused:
        run(QuantizedConv(kernel="1"), planes([[value]]))
    message = "quantized needs whole numbers from 0 to 255; store the image in 8 bits"
    assert str(refused.value) == message


def test_a_photograph_is_quantized_as_it_is_stored(updown: Updown) -> None:
    done = updown(
        "conv", "--mode", "quantized", "--kernel", "1 2 1", "--y-scale", "4", "-p", "0",
        SAMPLES / "photo.png", "-o", "out.png",
    )  # fmt: skip
    assert done.code == 0
    x = pixels(SAMPLES / "photo.png").astype(float)
    np.testing.assert_array_equal(
        pixels("out.png"), np.rint((x[:, :-2] + 2 * x[:, 1:-1] + x[:, 2:]) / 4)
    )


def test_an_array_of_fractions_is_refused(updown: Updown) -> None:
    np.save("x.npy", np.full((3, 3), 0.5))
    done = updown("conv", "--mode", "quantized", "--kernel", "1", "x.npy", "-o", "y.npy")
    message = "quantized needs whole numbers from 0 to 255; store the image in 8 bits"
    assert (done.code, done.stderr) == (1, f"updown: x.npy: {message}\n")


def test_alpha_is_a_channel_like_the_others(updown: Updown) -> None:
    picture("in.png", noise(4, 4, 4))
    done = updown("conv", "--mode", "quantized", "--kernel", "1", "in.png", "-o", "out.png")
    assert done.code == 0
    np.testing.assert_array_equal(pixels("out.png"), noise(4, 4, 4))
