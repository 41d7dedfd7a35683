"""Learned blocks against NumPy written down from the papers, and against torch's layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.conftest import Updown, noise, picture, pixels
from tests.ops.upblock.blocks import (
    FIVE,
    OUTS,
    ROUNDING,
    Array,
    Arrays,
    conv,
    every_block,
    every_kind_of_file,
    image,
    norm,
    relu,
    repeated,
    result,
    save_npz,
    unpooled,
    up_conv,
    weights,
    without_biases,
)
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.nn_conv import NNConv
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.up_proj import UpProj


@every_kind_of_file
@every_block
def test_matches_the_paper(
    cls: type[Block],
    settings: dict[str, Any],
    reference: Callable[..., Array],
    arrays: Arrays,
    save: Callable[[str, Arrays], str],
) -> None:
    op = cls(weights=save("net", arrays), **settings)
    expected = reference(image(), arrays)
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=ROUNDING)


@every_block
def test_biases_may_be_missing(
    cls: type[Block], settings: dict[str, Any], reference: Callable[..., Array], arrays: Arrays
) -> None:
    without = without_biases(arrays)
    assert len(without) < len(arrays)
    op = cls(weights=save_npz("net", without), **settings)
    expected = reference(image(), without)
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=ROUNDING)


@every_block
def test_biases_can_be_left_out(
    cls: type[Block], settings: dict[str, Any], reference: Callable[..., Array], arrays: Arrays
) -> None:
    without = without_biases(arrays)
    op = cls(weights=save_npz("net", arrays), biases=False, **settings)
    expected = reference(image(), without)
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=ROUNDING)


def test_batch_norm_and_relu_can_be_switched_off_and_on() -> None:
    arrays = weights(FIVE)
    path = save_npz("net", arrays)
    plain = conv(unpooled(image()), arrays, 1)
    normed = norm(plain, arrays, 1, eps=1e-4)
    for expected, settings in [
        (plain, {"relu": False}),
        (normed, {"relu": False, "batch_norm": True, "eps": 1e-4}),
        (relu(normed), {"batch_norm": True, "eps": 1e-4}),
    ]:
        ours = result(UpConv(weights=path, **settings), image())  # type: ignore[arg-type]
        np.testing.assert_allclose(ours, expected, rtol=ROUNDING, atol=ROUNDING)
    bare = result(NNConv(weights=path, relu=False, batch_norm=False), image())
    expected = repeated(conv(image(), arrays, 1))
    np.testing.assert_allclose(bare, expected, rtol=ROUNDING, atol=ROUNDING)


def test_a_convolution_can_follow() -> None:
    arrays = weights(FIVE, (2, OUTS, 3, 5), norm=False)
    first = {key: arrays[key] for key in ("conv1.weight", "conv1.bias")}
    op = UpConv(
        weights=save_npz("net", first),
        post_conv=save_npz("after", {"w": arrays["conv2.weight"]}) + "::w",
        post_conv_bias=tuple(arrays["conv2.bias"]),
    )
    expected = conv(up_conv(image(), arrays), arrays, 2)
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=ROUNDING)


def test_a_bias_means_a_part_of_white_or_a_code_value() -> None:
    arrays = {"conv1.weight": np.zeros((1, 1, 5, 5)), "conv1.bias": np.array([0.5])}
    path = save_npz("net", arrays)
    signal = Signal(torch.zeros(1, 1, 2, 2), white=255.0)
    assert UpConv(weights=path).run(signal).pixels.flatten().tolist() == [127.5] * 16
    assert (
        UpConv(weights=path, input_range="code").run(signal).pixels.flatten().tolist() == [0.5] * 16
    )


@pytest.mark.parametrize(
    ("dtype", "given", "expected"),
    [("uint8", 0, 128), ("uint16", 0, 32768), ("float32", 0, 0.5), ("int32", 0, 1)],
)
def test_white_is_that_of_the_file(updown: Updown, dtype: str, given: int, expected: float) -> None:
    np.save("black.npy", np.full((3, 4), given, dtype=dtype))
    arrays = {"conv1.weight": np.zeros((1, 1, 5, 5)), "conv1.bias": np.array([0.5])}
    path = save_npz("net", arrays)
    assert updown("upblock", "--weights", path, "black.npy", "-o", "out.npy").code == 0
    written = np.load("out.npy")
    assert written.dtype == dtype
    assert np.unique(written).tolist() == [expected]


def test_a_picture_becomes_twice_as_large(updown: Updown) -> None:
    values = noise(8, 9, 3)
    done = updown("upblock", "--init", "bilinear", picture("in.png", values), "-o", "out.png")
    assert (done.code, done.stderr) == (0, "")
    x = torch.from_numpy(values.transpose(2, 0, 1).astype(np.float32))[None]
    expected = F.interpolate(x, scale_factor=2, mode="bilinear")[0].permute(1, 2, 0)
    inside = (slice(1, -1), slice(1, -1))
    # A half may be rounded down: it is not exactly one after division by white and back.
    assert abs(pixels("out.png")[inside] - expected.numpy()[inside]).max() <= 0.5 + 1e-4


def test_the_seed_is_told(updown: Updown) -> None:
    done = updown("upblock", "--init", "random", picture("in.png", noise(4, 4)), "-o", "out.png")
    assert done.stderr == "updown: the weights are drawn with --seed 0\n"
    assert "upblock up-conv seed 0" in done.stdout


def test_colours_are_weighed_by_alpha_where_a_block_interpolates(updown: Updown) -> None:
    """Opaque red beside transparent black: red stays red as it fades."""
    values = [[[255, 0, 0, 255]] * 3 + [[0, 0, 0, 0]] * 3] * 4
    path = picture("in.png", values)
    assert updown("upblock", "--init", "bilinear", path, "-o", "out.png").code == 0
    row = pixels("out.png")[4]
    assert row[2:8, 3].tolist() == [255, 255, 255, 191, 64, 0]
    assert row[2:7, 0].tolist() == [255] * 5


def test_learned_weights_refuse_transparency(updown: Updown) -> None:
    path = picture("in.png", noise(4, 4, 4))
    command = ("upblock", "--init", "random", path, "-o", "out.png", "-q")
    done = updown(*command)
    assert done.code == 1
    assert done.stderr == (
        "updown: in.png: learned weights mix transparency with colours; use --alpha drop, or "
        "straight to take it for a colour\n"
    )
    assert updown(*command, "--alpha", "drop").code == 0
    assert pixels("out.png").shape == (8, 8, 3)
    assert updown(*command, "--alpha", "straight", "--if-exists", "overwrite").code == 0
    assert pixels("out.png").shape == (8, 8, 4)


FILE: Arrays = weights(FIVE, norm=False)


def changed(**arrays: Array) -> Arrays:
    return FILE | {key.replace("_", "."): array for key, array in arrays.items()}


@pytest.mark.parametrize(
    ("cls", "settings", "said"),
    [
        (UpConv, {}, "--weights, --init: upblock needs exactly one of these"),
        (UpConv, {"init": "icnr"}, "--init icnr goes with --mode subpixel"),
        (UpConv, {"init": "bilinear", "seed": 1}, "--seed goes with --init icnr or random"),
        (
            UpConv,
            {"init": "random", "post_conv_bias": (1.0,)},
            "--post-conv-bias goes with --post-conv",
        ),
        (NNConv, {"init": "random", "kernel_size": 4}, "--kernel-size 4: must be odd"),
        (
            NNConv,
            {"init": "random", "kernel_size": 33},
            "--kernel-size 33: must be from 1 to 31",
        ),
        (
            UpConv,
            {"weights": "w.txt"},
            "--weights w.txt: is no .npy, .npz, .safetensors or .pt file",
        ),
        (UpConv, {"weights": "w.npz"}, "--weights w.npz: no such file"),
    ],
)
def test_contradictions_are_refused(cls: type[Block], settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        cls(**settings)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("cls", "arrays", "said"),
    [
        (
            UpConv,
            {"weight": np.ones((2, 3)), "b": np.ones(4)},
            "--weights net.npz: has no array conv1.weight; it has weight 2x3, b 4",
        ),
        (
            UpConv,
            {"conv1.weight": np.ones((4, 3, 3, 3))},
            "--weights net.npz::conv1.weight: has shape 4x3x3x3, expected _x_x5x5",
        ),
        (
            UpConv,
            changed(conv1_bias=np.ones(3)),
            "--weights net.npz::conv1.bias: has shape 3, expected 4",
        ),
        (
            UpProj,
            FILE,
            "--weights net.npz: has no array conv2.weight; it has conv1.weight 4x3x5x5, "
            "conv1.bias 4",
        ),
        (
            UpProj,
            weights(FIVE, (4, 3, 3, 3), FIVE),
            "--weights net.npz::conv2.weight: has shape 4x3x3x3, expected 4x4x3x3",
        ),
        (
            NNConv,
            FILE,
            "--weights net.npz: has no array bn1.weight; it has conv1.weight 4x3x5x5, conv1.bias 4",
        ),
        (
            NNConv,
            weights(FIVE) | {"bn1.running_var": np.array([1.0, 1.0, -0.5, 1.0])},
            "--weights net.npz::bn1.running_var: must not be negative",
        ),
        (
            NNConv,
            weights(FIVE) | {"bn1.running_mean": np.ones(3)},
            "--weights net.npz::bn1.running_mean: has shape 3, expected 4",
        ),
        (
            SubPixel,
            weights((6, 3, 3, 3), norm=False),
            "--weights net.npz::conv1.weight: 6 channels cannot be divided by 4; choose another "
            "--upscale-factor",
        ),
    ],
)
def test_files_that_do_not_fit_the_block_are_refused(
    updown: Updown, cls: type[Block], arrays: Arrays, said: str
) -> None:
    path = save_npz("net", arrays)
    picture("in.png", noise(4, 4, 3))
    done = updown("upblock", "--mode", cls.mode, "--weights", path, "in.png", "-o", "out.png")
    assert (done.code, done.stderr) == (2, f"updown: {said}\n")


def test_a_missing_prefix_is_refused() -> None:
    path = save_npz("net", {"up1.conv1.weight": np.ones((1, 1, 5, 5))})
    with pytest.raises(ParameterError) as refused:
        UpConv(weights=f"{path}::up2")
    assert str(refused.value) == (
        "--weights net.npz: has no array up2.conv1.weight; it has up1.conv1.weight 1x1x5x5"
    )


@pytest.mark.parametrize(
    ("channels", "hint"), [(1, ""), (4, "; --alpha drop leaves transparency out")]
)
def test_images_of_other_channels_are_refused(channels: int, hint: str) -> None:
    op = UpConv(weights=save_npz("net", FILE))
    with pytest.raises(ShapeError) as refused:
        op.out_shape(Shape(channels, 4, 4))
    assert str(refused.value) == (
        f"--weights net.npz::conv1.weight: is for 3 channels, the image has {channels}{hint}"
    )


@pytest.mark.parametrize("shape", [Shape(3, 5), Shape(3, 4, 4, 4)])
def test_other_ranks_are_refused(shape: Shape) -> None:
    with pytest.raises(ShapeError) as refused:
        UpProj(init="bilinear").out_shape(shape)
    assert str(refused.value) == f"--mode up-proj is for 2-D data, not {shape.dims}-D"


def test_a_convolution_after_must_fit() -> None:
    np.save("even.npy", np.ones((1, 3, 2, 3)))
    np.save("flat.npy", np.ones((3, 3)))
    np.save("other.npy", np.ones((1, 4, 3, 3)))
    with pytest.raises(ParameterError) as refused:
        UpConv(init="random", post_conv="even.npy")
    assert str(refused.value) == "--post-conv even.npy: must have odd sides, not 2x3"
    with pytest.raises(ParameterError) as refused:
        UpConv(init="random", post_conv="flat.npy")
    assert str(refused.value) == "--post-conv flat.npy: has shape 3x3, expected _x_x_x_"
    with pytest.raises(ShapeError) as misfit:
        UpConv(init="random", post_conv="other.npy").out_shape(Shape(3, 4, 4))
    assert str(misfit.value) == "--post-conv other.npy: is for 4 channels, the block gives 3"
