"""Learned blocks against NumPy written down from the papers, and against torch's layers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.numpy import save_file

from tests.conftest import Updown, noise, picture, pixels
from tests.helpers import run
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.fast_up_conv import FastUpConv
from updown_cli.ops.upblock.fast_up_proj import FastUpProj
from updown_cli.ops.upblock.nn_conv import NNConv
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.up_proj import UpProj

Array = NDArray[Any]
Arrays = dict[str, Array]

INS, OUTS, SIDES = 3, 4, (5, 6)
# Inputs and weights are float64; the sums are added up in different orders.
ROUNDING = 1e-12
# A batch norm whose numbers are all its own.
NORM_LOWS = {"weight": 0.5, "bias": -1.0, "running_mean": -1.0, "running_var": 0.1}


def save_npz(name: str, arrays: Arrays) -> str:
    np.savez(f"{name}.npz", **arrays)  # type: ignore[arg-type]
    return f"{name}.npz"


def save_safetensors(name: str, arrays: Arrays) -> str:
    save_file(arrays, f"{name}.safetensors")
    return f"{name}.safetensors"


def save_torch(name: str, arrays: Arrays) -> str:
    torch.save({key: torch.from_numpy(array) for key, array in arrays.items()}, f"{name}.pt")
    return f"{name}.pt"


SAVERS: dict[str, Callable[[str, Arrays], str]] = {
    "npz": save_npz,
    "safetensors": save_safetensors,
    "pt": save_torch,
}
every_kind_of_file = pytest.mark.parametrize("save", SAVERS.values(), ids=list(SAVERS))


def weights(*shapes: tuple[int, ...], bias: bool = True, norm: bool = True) -> Arrays:
    """Return random convolutions of these shapes by number, with what goes with them."""
    rng = np.random.default_rng(5)
    arrays = {}
    for number, shape in enumerate(shapes, 1):
        arrays[f"conv{number}.weight"] = rng.standard_normal(shape)
        if bias:
            arrays[f"conv{number}.bias"] = rng.standard_normal(shape[0])
        for part, low in NORM_LOWS.items() if norm else ():
            arrays[f"bn{number}.{part}"] = rng.uniform(low, 2.0, shape[0])
    return arrays


def without_biases(arrays: Arrays) -> Arrays:
    """Return all but the biases of convolutions."""
    gone = {f"conv{number}.bias" for number in (1, 2, 3)}
    return {key: array for key, array in arrays.items() if key not in gone}


def image(channels: int = INS, sides: tuple[int, int] = SIDES) -> Array:
    return np.random.default_rng(1).standard_normal((2, channels, *sides))


def result(op: Op, x: Array) -> Array:
    numbers: Array = run(op, torch.from_numpy(x)).pixels.numpy()
    return numbers


def conv(x: Array, arrays: Arrays, number: int) -> Array:
    """Return a convolution that keeps the size, one output pixel at a time."""
    weight = arrays[f"conv{number}.weight"]
    height, width = weight.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0), (height // 2,) * 2, (width // 2,) * 2])
    out = np.empty((len(x), len(weight), *x.shape[2:]))
    for row, column in np.ndindex(*x.shape[2:]):
        window = padded[:, None, :, row : row + height, column : column + width]
        out[:, :, row, column] = (window * weight).sum((2, 3, 4))
    return out + arrays.get(f"conv{number}.bias", np.zeros(len(weight)))[:, None, None]


def norm(x: Array, arrays: Arrays, number: int, eps: float = 1e-5) -> Array:
    """Return a batch norm in use: with the statistics of training."""
    scale, shift, mean, variance = (
        arrays[f"bn{number}.{part}"][:, None, None] for part in NORM_LOWS
    )
    return (x - mean) / np.sqrt(variance + eps) * scale + shift


def relu(x: Array) -> Array:
    return np.where(x > 0, x, 0)


def unpooled(x: Array) -> Array:
    """Return every pixel at the top left of 2x2."""
    out = np.zeros((*x.shape[:2], 2 * x.shape[2], 2 * x.shape[3]))
    for row, column in np.ndindex(*x.shape[2:]):
        out[:, :, 2 * row, 2 * column] = x[:, :, row, column]
    return out


def repeated(x: Array) -> Array:
    """Return every pixel as 2x2."""
    return np.kron(x, np.ones((2, 2)))


def up_conv(x: Array, arrays: Arrays) -> Array:
    return relu(conv(unpooled(x), arrays, 1))


def up_proj(x: Array, arrays: Arrays) -> Array:
    larger = unpooled(x)
    first = relu(norm(conv(larger, arrays, 1), arrays, 1))
    branch = norm(conv(first, arrays, 2), arrays, 2)
    return relu(branch + norm(conv(larger, arrays, 3), arrays, 3))


def nn_conv(x: Array, arrays: Arrays) -> Array:
    return repeated(relu(norm(conv(x, arrays, 1), arrays, 1)))


def nn_conv_after(x: Array, arrays: Arrays) -> Array:
    return relu(norm(conv(repeated(x), arrays, 1), arrays, 1))


def sub_pixel(x: Array, arrays: Arrays) -> Array:
    """Return channel c * 9 + 3 * p + q at row offset p and column offset q."""
    maps = conv(x, arrays, 1)
    out = np.empty((len(x), maps.shape[1] // 9, 3 * x.shape[2], 3 * x.shape[3]))
    for c, p, q in product(range(out.shape[1]), range(3), range(3)):
        out[:, c, p::3, q::3] = maps[:, c * 9 + 3 * p + q]
    return out


FIVE, THREE = (OUTS, INS, 5, 5), (OUTS, OUTS, 3, 3)
PROJECTION = (FIVE, THREE, FIVE)
BLOCKS: dict[str, tuple[type[Block], dict[str, Any], Callable[..., Array], Arrays]] = {
    "up-conv": (UpConv, {}, up_conv, weights(FIVE, norm=False)),
    "fast-up-conv": (FastUpConv, {}, up_conv, weights(FIVE, norm=False)),
    "up-proj": (UpProj, {}, up_proj, weights(*PROJECTION)),
    "fast-up-proj": (FastUpProj, {}, up_proj, weights(*PROJECTION)),
    "nnconv": (NNConv, {}, nn_conv, weights(FIVE)),
    "nnconv-3": (NNConv, {"kernel_size": 3}, nn_conv, weights((OUTS, INS, 3, 3))),
    "nnconv-7": (NNConv, {"kernel_size": 7}, nn_conv, weights((OUTS, INS, 7, 7))),
    "nnconv-9": (NNConv, {"kernel_size": 9}, nn_conv, weights((OUTS, INS, 9, 9))),
    "nnconv-after": (NNConv, {"order": "upsample-first"}, nn_conv_after, weights(FIVE)),
    "subpixel": (
        SubPixel,
        {"upscale_factor": 3},
        sub_pixel,
        weights((2 * 9, INS, 3, 3), norm=False),
    ),
}
every_block = pytest.mark.parametrize(
    ("cls", "settings", "reference", "arrays"), BLOCKS.values(), ids=list(BLOCKS)
)


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


@pytest.mark.parametrize(("plain", "fast"), [(UpConv, FastUpConv), (UpProj, FastUpProj)])
@pytest.mark.parametrize("sides", [(1, 1), (1, 4), (5, 2), (7, 6)])
def test_fast_equals_plain_exactly(
    plain: type[Block], fast: type[Block], sides: tuple[int, int]
) -> None:
    """Whole numbers small enough that float32 holds every sum of the convolutions."""
    rng = np.random.default_rng(3)
    shapes = PROJECTION if issubclass(plain, UpProj) else (FIVE,)
    arrays = {
        key: rng.integers(-3, 4, array.shape).astype(np.float32)
        for key, array in weights(*shapes, norm=False).items()
    }
    path = save_npz("net", arrays)
    x = torch.from_numpy(rng.integers(-3, 4, (2, INS, *sides)).astype(np.float32))
    settings: dict[str, Any] = {"weights": path, "batch_norm": False, "relu": False}
    both = [run(cls(**settings), x).pixels for cls in (plain, fast)]
    assert torch.equal(*both)
    assert both[0].abs().max() > 0


def test_padding_before_would_give_odd_rows_one_pixel_late() -> None:
    """What the authors' code does; the paper's fast form is the plain one."""
    arrays = weights(FIVE, bias=False, norm=False)
    odd_rows = torch.from_numpy(arrays["conv1.weight"][:, :, 1::2, ::2])
    late = F.conv2d(F.pad(torch.from_numpy(image()), (1, 1, 1, 0)), odd_rows).numpy()
    plain = conv(unpooled(image()), arrays, 1)[:, :, 1::2, ::2]
    np.testing.assert_allclose(late[:, :, 1:], plain[:, :, :-1], rtol=ROUNDING, atol=ROUNDING)
    assert abs(late - plain).max() > 10


def test_up_convolution_is_a_transposed_convolution() -> None:
    arrays = weights(FIVE, norm=False)
    x = torch.from_numpy(image())
    flipped = torch.from_numpy(arrays["conv1.weight"]).flip(2, 3).transpose(0, 1)
    bias = torch.from_numpy(arrays["conv1.bias"])
    expected = F.conv_transpose2d(x, flipped, bias, stride=2, padding=2, output_padding=1)
    ours = run(UpConv(weights=save_npz("net", arrays), relu=False), x).pixels
    torch.testing.assert_close(ours, expected, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize(("factor", "side"), [(2, 3), (3, 3), (4, 5), (2, 1)])
def test_subpixel_convolution_is_a_transposed_convolution(factor: int, side: int) -> None:
    """W'[c_in, c, (k-1-a)r+p, (k-1-b)r+q] = W[c*r*r+p*r+q, c_in, a, b]."""
    arrays = weights((2 * factor**2, INS, side, side), bias=False, norm=False)
    weight = arrays["conv1.weight"]
    other = np.empty((INS, 2, side * factor, side * factor))
    for c, p, q, a, b in np.ndindex(2, factor, factor, side, side):
        row, column = (side - 1 - a) * factor + p, (side - 1 - b) * factor + q
        other[:, c, row, column] = weight[c * factor**2 + p * factor + q, :, a, b]
    x = torch.from_numpy(image())
    expected = F.conv_transpose2d(
        x, torch.from_numpy(other), stride=factor, padding=factor * (side - 1) // 2
    )
    op = SubPixel(weights=save_npz("net", arrays), upscale_factor=factor, kernel_size=side)
    torch.testing.assert_close(run(op, x).pixels, expected, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize("order", ["crd", "dcr"])
@pytest.mark.parametrize("factor", [2, 3])
def test_icnr_is_nearest_of_one_convolution(order: str, factor: int) -> None:
    op = SubPixel(init="icnr", seed=4, upscale_factor=factor, channel_order=order)
    ours = result(op, image())
    nearest = np.kron(ours[:, :, ::factor, ::factor], np.ones((factor, factor)))
    np.testing.assert_allclose(ours, nearest, rtol=ROUNDING, atol=ROUNDING)
    one = op.new_weight(op.layers()[0], INS)[:: factor**2 if order == "crd" else 1][:INS]
    first = conv(image(), {"conv1.weight": one}, 1)
    np.testing.assert_allclose(ours[:, :, ::factor, ::factor], first, rtol=ROUNDING, atol=ROUNDING)


def test_subpixel_in_tensorflow_s_order_gathers_channels_by_phase() -> None:
    """Of 8 channels r2, X1: 0, 2, 4, 6 and 1, 3, 5, 7, not 0 to 3 and 4 to 7."""
    arrays = {"conv1.weight": np.zeros((8, 1, 1, 1)), "conv1.bias": np.arange(8.0)}
    path = save_npz("net", arrays)
    x = torch.zeros(1, 1, 1, 1)
    torch_s = run(SubPixel(weights=path, kernel_size=1), x).pixels
    tensorflow_s = run(SubPixel(weights=path, kernel_size=1, channel_order="dcr"), x).pixels
    assert torch_s[0].tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    assert tensorflow_s[0].tolist() == [[[0, 2], [4, 6]], [[1, 3], [5, 7]]]


def test_convolution_and_repeating_do_not_commute() -> None:
    path = save_npz("net", weights(FIVE))
    both = [
        result(NNConv(weights=path, order=o), image()) for o in ("conv-first", "upsample-first")
    ]
    assert abs(both[0] - both[1]).max() > 1


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


def test_a_prefix_names_one_block_of_a_network() -> None:
    blocks = {"up1": weights(FIVE, norm=False), "up2": weights((2, INS, 5, 5), norm=False)}
    path = save_npz(
        "net", {f"{b}.{k}": a for b, arrays in blocks.items() for k, a in arrays.items()}
    )
    for name, arrays in blocks.items():
        ours = result(UpConv(weights=f"{path}::{name}"), image())
        expected = up_conv(image(), arrays)
        np.testing.assert_allclose(ours, expected, rtol=ROUNDING, atol=ROUNDING)


INTERPOLATING = [
    UpConv(init="bilinear"),
    FastUpConv(init="bilinear"),
    UpProj(init="bilinear"),
    FastUpProj(init="bilinear"),
    NNConv(init="bilinear", order="upsample-first"),
    NNConv(init="bilinear", order="upsample-first", kernel_size=3, batch_norm=False),
    SubPixel(init="bilinear"),
    SubPixel(init="bilinear", upscale_factor=3),
    SubPixel(init="bilinear", upscale_factor=4, kernel_size=5, channel_order="dcr"),
]


@pytest.mark.parametrize("op", INTERPOLATING, ids=str)
def test_a_bilinear_start_interpolates_but_for_the_border(op: Block) -> None:
    x = torch.from_numpy(np.random.default_rng(0).uniform(0, 1, (1, 3, 6, 7)))
    factor = getattr(op, "upscale_factor", 2)
    expected = F.interpolate(x, scale_factor=factor, mode="bilinear")
    inside = (..., slice(factor, -factor), slice(factor, -factor))
    # A new batch norm divides by the root of 1 + 1e-5, twice in a row at most.
    torch.testing.assert_close(run(op, x).pixels[inside], expected[inside], rtol=2e-5, atol=1e-12)


def test_zeros_around_the_image_darken_the_border() -> None:
    white = torch.ones(1, 1, 3, 3)
    corner = run(UpConv(init="bilinear"), white).pixels[0, 0, :2, :2]
    assert corner.tolist() == [[0.5625, 0.75], [0.75, 1.0]]


@pytest.mark.parametrize("side", [1, 3, 5, 9])
def test_convolution_first_starts_as_repeated_pixels(side: int) -> None:
    op = NNConv(init="bilinear", kernel_size=side, batch_norm=False, relu=False)
    assert np.array_equal(result(op, image()), repeated(image()))


@pytest.mark.parametrize("cls", [UpConv, UpProj, NNConv, SubPixel])
def test_a_seed_gives_the_same_start_again(cls: type[Block]) -> None:
    first, again, other = (result(cls(init="random", seed=s), image()) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_random_weights_are_spread_as_torch_spreads_them() -> None:
    op = UpConv(init="random", seed=1)
    weight = op.new_weight(op.layers()[0], 30)
    bound = (30 * 25) ** -0.5
    assert abs(weight).max() <= bound
    assert abs(weight).max() > 0.999 * bound
    assert abs(weight.std() - torch.nn.Conv2d(30, 30, 5).weight.std().item()) < 0.01 * bound


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


def test_arrays_that_nothing_reads_are_told(updown: Updown) -> None:
    arrays = weights((1, 1, 5, 5)) | {"bn1.num_batches_tracked": np.array([3.0])}
    arrays["batchnorm1.weight"] = np.ones(1)
    path = save_npz("net", arrays)
    done = updown("upblock", "--weights", path, picture("in.png", noise(4, 4)), "-o", "out.png")
    assert done.stderr == "updown: warning: --weights net.npz: not used: batchnorm1.weight\n"


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
