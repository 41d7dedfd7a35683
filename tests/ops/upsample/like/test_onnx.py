"""ONNX's Resize beside ONNX Runtime and beside the reference of ONNX: `--like onnx`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks.resizing.onnx import resize_model
from benchmarks.resizing.onnx import run as run_onnxruntime
from tests.conftest import Updown, noise, picture, pixels
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops import OPS
from updown_cli.ops.upsample.like.onnx.points import COORDINATES
from updown_cli.ops.upsample.like.onnx.tables import NEAREST_MODES
from updown_cli.pipeline.pipeline import Pipeline

pytest.importorskip("onnxruntime")

Size = tuple[int, int]
SIZES: tuple[tuple[Size, Size], ...] = (
    *(((1, 1), (3, 2)), ((5, 7), (1, 1)), ((4, 1), (9, 5)), ((8, 12), (4, 6))),
    *(((8, 12), (16, 24)), ((8, 12), (8, 7)), ((9, 5), (13, 5)), ((30, 29), (7, 39))),
    *(((3, 29), (11, 293)), ((2, 2), (2, 2)), ((37, 3), (4, 8)), ((7, 7), (6, 8))),
)
FACTORS = ((0.5, 2.0), (1.37, 0.61), (1.0, 3.3), (0.99, 1.01))
CROP = "tf-crop-and-resize"


def settings_of(mode: str) -> Iterator[dict[str, Any]]:
    """Yield settings of a mode: every word of every choice, and flags together and alone."""
    for word in COORDINATES:
        placed: dict[str, Any] = {"coordinate_transformation_mode": word}
        if word == CROP:
            placed |= {"roi": (0.1, -0.2, 0.8, 1.1), "extrapolation_value": 0.25}
        if mode == "nearest":
            yield from (placed | {"nearest_mode": how} for how in NEAREST_MODES)
            continue
        yield placed
        yield placed | {"antialias": True}
    if mode != "nearest":
        yield {"antialias": True, "exclude_outside": True}
    if mode == "cubic":
        yield {"cubic_coeff_a": -0.5, "exclude_outside": True}
        yield {"cubic_coeff_a": -0.6, "antialias": True}


def made(x: Any, mode: str, **settings: Any) -> Any:
    """Return what updown makes of N x C x H x W, of bytes as they are."""
    cls: Any = OPS["upsample"].of_mode(mode, "onnx")
    op = cls(**settings).for_shape(Shape(*x.shape[1:]))
    if x.dtype == np.uint8:
        return op.resize(x)
    return op.run(Signal(torch.from_numpy(x))).pixels.numpy()


def image(size: Size, dtype: str = "float32") -> Any:
    values = np.random.default_rng(size).random((1, 2, *size))
    return (values * 255).round().astype(dtype) if dtype == "uint8" else values.astype(dtype)


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_sizes_are_those_of_onnxruntime(mode: str) -> None:
    for number, settings in enumerate(settings_of(mode)):
        for size, to in SIZES[number % 3 :: 3]:
            x = image(size)
            expected = run_onnxruntime(resize_model(x, to, mode, settings), x)
            actual = made(x, mode, size=to, **settings)
            np.testing.assert_allclose(
                actual, expected, 0, 1e-6 * np.abs(expected).max(), err_msg=str((settings, size))
            )


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_factors_are_those_of_onnxruntime(mode: str) -> None:
    for settings in settings_of(mode):
        for factor in FACTORS[:: 1 + len(settings) % 2]:
            x = image((17, 12))
            by_factor: dict[str, Any] = settings | {"scale_factor": factor}
            expected = run_onnxruntime(resize_model(x, (0, 0), mode, by_factor), x)
            actual = made(x, mode, **by_factor)
            np.testing.assert_allclose(
                actual, expected, 0, 1e-6 * np.abs(expected).max(), err_msg=str(by_factor)
            )


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_bytes_are_those_of_onnxruntime(mode: str) -> None:
    for number, settings in enumerate(settings_of(mode)):
        if mode == "cubic" and not settings.get("antialias"):
            continue  # ONNX Runtime refuses it
        if "roi" in settings:
            settings = {**settings, "extrapolation_value": 77.0}
        for size, to in SIZES[number % 3 :: 3]:
            x = image(size, "uint8")
            expected = run_onnxruntime(resize_model(x, to, mode, settings), x)
            np.testing.assert_array_equal(made(x, mode, size=to, **settings), expected)


@pytest.mark.parametrize("opset", [11, 13, 18])
def test_earlier_releases_give_the_same(opset: int) -> None:
    x = image((9, 7))
    for mode in ("nearest", "linear", "cubic"):
        settings = {"coordinate_transformation_mode": "pytorch-half-pixel"}
        expected = run_onnxruntime(resize_model(x, (4, 12), mode, settings, opset), x)
        np.testing.assert_allclose(made(x, mode, size=(4, 12), **settings), expected, 0, 1e-6)


@pytest.mark.parametrize("policy", ["not-larger", "not-smaller"])
def test_policies_are_those_of_onnxruntime(policy: str) -> None:
    settings = {"keep_aspect_ratio_policy": policy}
    for size, to in SIZES[1:]:
        x = image(size)
        expected = run_onnxruntime(resize_model(x, to, "linear", settings), x)
        np.testing.assert_allclose(made(x, "linear", size=to, **settings), expected, 0, 1e-6)


def reference(x: Any, to: Size, mode: str, settings: dict[str, Any]) -> Any:
    """Return what the reference of ONNX gives."""
    from onnx.reference import ReferenceEvaluator

    model = resize_model(x, to, mode, settings)
    (result,) = ReferenceEvaluator(model).run(None, {"x": x})
    return result


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
def test_the_reference_gives_the_same_but_for_what_is_known(mode: str) -> None:
    for settings in settings_of(mode):
        word = settings.get("coordinate_transformation_mode")
        if word == "tf-half-pixel-for-nn" or (mode == "nearest" and word == CROP):
            continue  # the reference has not the one, and rounds the other's points in float64
        x = image((9, 8))
        for to in ((4, 6), (13, 21)):
            expected = reference(x, to, mode, settings)
            np.testing.assert_allclose(
                made(x, mode, size=to, **settings), expected, 0, 3e-6, err_msg=str(settings)
            )


def test_where_onnxruntime_is_not_the_reference() -> None:
    """It cuts bytes off, takes whole sides for corners, and leaves the same size alone."""
    stored = np.array([[[[0, 255]]]], np.uint8)
    assert made(stored, "linear", size=(1, 1)).item() == 127
    assert reference(stored, (1, 1), "linear", {}).item() == 128
    x = np.arange(4, dtype=np.float32).reshape(1, 1, 1, 4)
    corners = {"coordinate_transformation_mode": "align-corners", "scale_factor": (1.0, 0.6)}
    assert made(x, "linear", **corners).ravel() == pytest.approx([0, 3])  # 2 of 4, not 2.4
    assert reference(x, (0, 0), "linear", corners).ravel() == pytest.approx([0, 3 / 1.4])
    half = {"coordinate_transformation_mode": CROP, "roi": (0.0, 0.0, 1.0, 0.5)}
    assert made(x, "linear", size=(1, 4), **half).ravel() == pytest.approx([0, 1, 2, 3])
    assert reference(x, (1, 4), "linear", half).ravel() == pytest.approx([0, 0.5, 1, 1.5])


def test_a_millionth_from_the_middle_is_the_middle() -> None:
    """(19 + 0.5) / (39 / 30) - 0.5 is 14.5, and 14.500001 in float32."""
    x = np.arange(30, dtype=np.float32).reshape(1, 1, 1, 30)
    rows = {
        how: made(x, "nearest", size=(1, 39), nearest_mode=how)[0, 0, 0] for how in NEAREST_MODES
    }
    assert [int(rows[how][19]) for how in NEAREST_MODES] == [14, 15, 14, 15]


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        ("linear", {"antialias": True, "exclude_outside": True}),
        ("cubic", {"coordinate_transformation_mode": CROP, "roi": (-0.3, 0, 1.4, 1)}),
        ("nearest", {"coordinate_transformation_mode": CROP, "roi": (0.5, 0, 1.5, 1)}),
    ],
)
def test_strips_are_the_whole(mode: str, settings: dict[str, Any], dtype: str) -> None:
    x = image((19, 6), dtype)
    cls: Any = OPS["upsample"].of_mode(mode, "onnx")
    if "roi" in settings:
        settings = settings | {"extrapolation_value": 3.0}
    plan = Pipeline((cls(size=(31, 5), **settings),)).plan(Shape(2, 19, 6))
    info, stored = ChannelInfo(255.0 if dtype == "uint8" else 1.0), Quantization(dtype)
    whole, cut = (
        Engine(torch.device("cpu"), height=height).run(plan, x, stored, channel_info=info)
        for height in (None, 3)
    )
    np.testing.assert_array_equal(cut.pixels, whole.pixels)
    assert "roi" not in settings or (whole.pixels == 3).any()


def test_a_photograph_is_cropped(updown: Updown) -> None:
    """Of a part that begins beyond the upper edge, rows at -1.5 and 0."""
    picture("a.png", [[10, 20], [30, 40], [50, 60], [70, 80]])
    words = ("--mode", "linear", "--coordinate-transformation-mode", CROP)
    crop = ("--roi", "-0.5,0,0,1", "--extrapolation-value", "7", "--size", "2x2")
    assert updown("upsample", "--like", "onnx", *words, *crop, "a.png", "-o", "b.png").code == 0
    assert pixels("b.png").tolist() == [[7, 7], [10, 20]]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("--roi 0,0,1", "--roi: must be four numbers: top,left,bottom,right"),
        ("--roi 0,0,1,1", "--roi goes with --coordinate-transformation-mode tf-crop-and-resize"),
        (
            "--extrapolation-value 3",
            "--extrapolation-value goes with --coordinate-transformation-mode tf-crop-and-resize",
        ),
        (
            "--mode linear --exclude-outside",
            "--exclude-outside goes with --antialias in --mode linear",
        ),
        ("--nearest-mode half", "--nearest-mode half: must be one of round-prefer-floor, round-"),
        ("--mode nearest --antialias", "--antialias goes with --mode linear or cubic like onnx"),
        (
            "--coordinate-transformation-mode half_pixel",
            "--coordinate-transformation-mode half_pixel: must be one of half-pixel, "
            "half-pixel-symmetric, pytorch-half-pixel, align-corners, asymmetric and 2 more; did",
        ),
    ],
)
def test_what_means_nothing_is_refused(words: str, reason: str, updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    done = updown("upsample", "--like", "onnx", "--size", "3", *words.split(), "a.png")
    assert (done.code, done.stderr[: len(reason) + 8]) == (2, f"updown: {reason}")
    assert "--roi" not in words or done.stderr == f"updown: {reason}\n"


def test_a_policy_needs_a_size(updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    words = ("--scale-factor", "2", "--keep-aspect-ratio-policy", "not-larger")
    done = updown("upsample", "--like", "onnx", *words, "a.png")
    assert (done.code, done.stderr) == (
        2, "updown: --keep-aspect-ratio-policy goes with --size\n",
    )  # fmt: skip
