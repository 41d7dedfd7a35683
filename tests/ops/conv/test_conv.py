"""Convolution against a NumPy loop, SciPy, torch's layers and TensorFlow's published rules."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.ndimage import correlate
from scipy.signal import correlate2d

from tests.conftest import SAMPLES, Updown, noise, picture, pixels
from tests.helpers import apply, run
from tests.ops.conv.cases import (
    CASES,
    NAMED,
    RAMP,
    ROUNDING,
    Axes,
    Case,
    loop,
    numbered,
    result,
    saved,
)
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.dilated import DilatedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.deconv.deconv import Deconv


@pytest.mark.parametrize("case", [*CASES.values(), *NAMED.values()], ids=[*CASES, *NAMED])
def test_matches_the_loop_over_windows(case: Case) -> None:
    x, weight = case.data()
    op = PlainConv(kernel=saved(weight), **case.settings())
    np.testing.assert_allclose(result(op, x), loop(case, x, weight), ROUNDING, ROUNDING)


@numbered
def test_is_the_torch_layer_to_the_last_bit(case: Case) -> None:
    x, weight = (numbers.astype(np.float32) for numbers in case.data())
    layer_class = getattr(torch.nn, f"Conv{len(case.size)}d")
    layer = layer_class(case.ins, case.outs, case.kernel, **case.settings())
    layer.weight.data = torch.from_numpy(weight)
    bias = tuple(layer.bias.tolist())
    op = PlainConv(kernel=saved(weight), bias=bias, **case.settings())
    expected = layer(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_array_equal(result(op, x), expected)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_is_torch_s_same_at_stride_1(dims: int, kernel: int, dilation: int) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.random((1, 2, *range(5, 5 + dims))), rng.random((2, 2, *(kernel,) * dims))
    op = PlainConv(kernel=saved(weight), padding="same", dilation=(dilation,))
    function = getattr(F, f"conv{dims}d")
    arguments = torch.from_numpy(x), torch.from_numpy(weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that even kernels need a copy
        expected = function(*arguments, padding="same", dilation=dilation)
    np.testing.assert_allclose(result(op, x), expected, ROUNDING)


# The traps of correlation, of even kernels, and of signs.


def test_the_kernel_is_not_rotated() -> None:
    """Correlation, as networks and tf.nn have it, not a mathematician's convolution (V1)."""
    values = noise(6, 7)
    kernel = [[1, 2, 0], [0, 0, -1], [5, 0, 3]]
    actual = apply(PlainConv(kernel="1 2 0; 0 0 -1; 5 0 3"), values)
    assert actual.tolist() == correlate2d(values.astype(float), kernel, "valid").tolist()


def test_a_kernel_on_one_pixel_comes_out_rotated() -> None:
    dot = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    actual = apply(PlainConv(kernel="1 2 3; 4 5 6; 7 8 9", padding=(1,)), dot)
    assert actual.tolist() == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        ("same", [[12, 16, 9], [24, 28, 15], [15, 17, 9]]),
        ("same-lower", [[1, 3, 5], [5, 12, 16], [11, 24, 28]]),
        ("valid", [[12, 16], [24, 28]]),
    ],
)
def test_the_odd_zero_of_an_even_kernel(padding: str, expected: list[list[int]]) -> None:
    """After the image with same, as in torch and TensorFlow (V2)."""
    assert apply(PlainConv(kernel="1 1; 1 1", padding=padding), RAMP).tolist() == expected


def test_same_works_at_any_stride() -> None:
    """Where torch refuses it: ceil(L / s) windows (V2)."""
    actual = apply(PlainConv(kernel="1 1; 1 1", padding="same", stride=(2,)), RAMP)
    assert actual.tolist() == [[12, 9], [15, 9]]
    with pytest.raises(RuntimeError, match="padding='same' is not supported"):
        F.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2), stride=2, padding="same")


def test_sobel_on_a_ramp_is_minus_24_and_8_whose_signs_cancel_in_a_sum() -> None:
    """Tutorial 003's pair (V6)."""
    both = apply(PlainConv(kernel="sobel-h,sobel-v"), RAMP)
    assert both.tolist() == [[[-24]], [[8]]]
    assert both.sum() == -16


def test_sobel_on_8_bits_reaches_1020() -> None:
    """A step from black to white (V6)."""
    step = np.repeat([0, 255], 3)[None].repeat(5, 0)
    assert apply(PlainConv(kernel="sobel-v"), step).max() == 1020
    assert apply(PlainConv(kernel="sobel-v"), 255 - step).min() == -1020


@pytest.mark.parametrize(
    ("kernel", "expected"), [("laplacian", [[0, 0], [0, 0]]), ("sharpen", [[6, 7], [10, 11]])]
)
def test_fixed_kernels_on_a_ramp(kernel: str, expected: list[list[int]]) -> None:
    ramp = np.arange(1.0, 17).reshape(4, 4)
    assert apply(PlainConv(kernel=kernel), ramp).tolist() == expected


@pytest.mark.parametrize("name", ["box", "gaussian", "identity", "bilinear"])
def test_smooth_kernels_keep_the_level_at_any_stride(name: str) -> None:
    flat = np.full((9, 9), 100.0)
    actual = apply(PlainConv(kernel=name, kernel_size=(4, 3), stride=(2, 3)), flat)
    np.testing.assert_allclose(actual, 100, rtol=1e-6)  # single precision


def test_strides_and_gaps_are_as_large_as_torch_s() -> None:
    x = torch.arange(3000.0)[None, None]
    op = PlainConv(kernel="1 2", stride=(1000,), dilation=(999,))
    assert run(op, x).pixels.flatten().tolist() == [2 * 999.0, 1000 + 2 * 1999.0, 2000 + 2 * 2999.0]


def test_dilated_is_plain_with_a_dilation_of_2() -> None:
    values = noise(9, 9)
    gaps = np.zeros((5, 5))
    gaps[::2, ::2] = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
    expected = correlate2d(values.astype(float), gaps, "valid").tolist()
    assert apply(DilatedConv(kernel="sobel-h"), values).tolist() == expected
    assert apply(PlainConv(kernel="sobel-h", dilation=(2,)), values).tolist() == expected


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_a_kernel_of_the_image_s_rank_works_on_each_channel(dims: int) -> None:
    rng = np.random.default_rng(0)
    x, taps = rng.random((1, 3, *(6, 5, 4)[:dims])), rng.random((3,) * dims)
    actual = result(PlainConv(kernel=saved(taps), padding="same"), x)
    expected = [[correlate(plane, taps, mode="constant") for plane in x[0]]]
    np.testing.assert_allclose(actual, expected, ROUNDING)


def test_several_kernels_give_each_channel_several_results() -> None:
    values = noise(2, 5, 5)
    actual = apply(PlainConv(kernel="sobel-h,sobel-v"), values)
    kernels = ([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    expected = [correlate2d(v.astype(float), k, "valid") for v in values for k in kernels]
    assert actual.tolist() == np.array(expected).tolist()


def test_deconvolving_with_several_kernels_is_the_transpose_of_convolving() -> None:
    """<conv x, y> = <x, deconv y> for any x and y, three channels of two kernels each."""
    rng = np.random.default_rng(0)
    x, y = rng.random((1, 3, 7, 9)), rng.random((1, 6, 3, 4))
    settings: dict[str, Any] = {"kernel": "sobel-h,sobel-v", "stride": (2,)}
    forward = result(PlainConv(**settings), x)
    back = run(Deconv(**settings), torch.from_numpy(y)).pixels.numpy()
    assert (forward * y).sum() == pytest.approx((x * back).sum(), rel=ROUNDING)


# Weights and biases from files.


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("op", "first", "last"), [(PlainConv, "oihw", "hwio"), (Deconv, "iohw", "hwoi")]
)
def test_tensorflow_s_weights_have_the_taps_first(
    dims: int, op: Any, first: str, last: str
) -> None:
    rng = np.random.default_rng(0)
    ins = 3 if op is PlainConv else 2  # the weight is (2, 3, taps)
    x, weight = rng.random((1, ins, *(4, 5, 6)[:dims])), rng.random((2, 3, *(2, 3, 1)[:dims]))
    torchs = op(kernel=saved(weight), weight_layout=first)
    moved = weight.transpose(*range(2, dims + 2), 1, 0)
    tensorflows = op(kernel=saved(moved, "tf.npy"), weight_layout=last)
    np.testing.assert_array_equal(result(tensorflows, x), result(torchs, x))


def test_weight_and_bias_come_from_one_file() -> None:
    layer = torch.nn.Conv2d(3, 4, 3)
    torch.save({"features": {"0": layer.state_dict()}}, "net.pt")
    x = torch.rand(1, 3, 6, 7)
    op = PlainConv(kernel="net.pt::features.0.weight", bias="net.pt::features.0.bias")
    assert torch.equal(run(op, x).pixels, layer(x))


def test_one_bias_number_is_for_all_channels() -> None:
    assert apply(PlainConv(kernel="1,2", bias=(3.0,)), [[[1, 1]], [[2, 2]]]).ravel().tolist() == [
        6,
        9,
    ]


# What does not fit.

WEIGHT = np.ones((4, 3, 3, 3))
REFUSED: list[tuple[type[Any], dict[str, Any], Axes, str]] = [
    (PlainConv, {"kernel": WEIGHT}, (1, 5, 5),
     "--kernel kernel.npy: the kernel is for 3 channels in 1 groups, the image has 1"),
    (PlainConv, {"kernel": WEIGHT, "groups": 2}, (3, 5, 5),
     "--kernel kernel.npy: the kernel is for 6 channels in 2 groups, the image has 3"),
    (PlainConv, {"kernel": WEIGHT, "groups": 3}, (9, 5, 5),
     "--kernel kernel.npy: 4 results do not divide into 3 groups"),
    (PlainConv, {"kernel": "sobel-h", "groups": 3}, (3, 5, 5),
     "--groups goes with a kernel of rank 4"),
    (PlainConv, {"kernel": WEIGHT}, (3, 5),
     "--kernel: a kernel of rank 4 for 1-D data; give rank 1, or 3 for (out, in / groups, ...)"),
    (PlainConv, {"kernel": "box,sobel-h", "kernel_size": (5,)}, (1, 9, 9),
     "--kernel box,sobel-h: differ in size, 5x5, 3x3"),
    (PlainConv, {"kernel": WEIGHT, "bias": (1.0, 2.0, 3.0)}, (3, 5, 5),
     "--bias: 3 numbers for 4 channels"),
    (PlainConv, {"kernel": "box", "bias": "kernel.npy"}, (3, 5, 5),
     "--bias: 4x3x3x3 numbers for 3 channels"),
    (PlainConv, {"kernel": "box"}, (3, 5, 2),
     "conv: nothing is left of a 3x5x2 image; the kernel with its gaps is larger; "
     "use --padding same"),
    (DepthwiseConv, {"kernel": WEIGHT}, (3, 5, 5),
     "--kernel kernel.npy: has shape 4x3x3x3, expected 3x1x3x3 for 3 channels times 1"),
    (DepthwiseConv, {"kernel": WEIGHT[:, :1], "multiplier": 2}, (4, 5, 5),
     "--kernel kernel.npy: has shape 4x1x3x3, expected 8x1x3x3 for 4 channels times 2"),
    (DepthwiseConv, {"kernel": "sobel-h,sobel-v", "multiplier": 3}, (1, 5, 5),
     "--kernel sobel-h,sobel-v: 2 kernels for --multiplier 3"),
    (SeparableConv, {"kernel": "box", "pointwise": "1 2; 3 4"}, (3, 5, 5),
     "--pointwise 1 2; 3 4: has shape 2x2, expected OUTx3; the depthwise part gives 3 channels"),
    (SeparableConv, {"kernel": "box", "pointwise": "kernel.npy"}, (3, 5, 5),
     "--pointwise kernel.npy: has shape 4x3x3x3, expected OUTx3; "
     "the depthwise part gives 3 channels"),
    (QuantizedConv, {"kernel": "box"}, (3, 5, 5),
     "--kernel box: must hold whole numbers from -128 to 255"),
    (QuantizedConv, {"kernel": "256"}, (3, 5, 5),
     "--kernel 256: must hold whole numbers from -128 to 255"),
    (QuantizedConv, {"kernel": "1", "w_scale": (1.0, 2.0)}, (3, 5, 5),
     "--w-scale: 2 numbers for 3 channels"),
    (QuantizedConv, {"kernel": "1", "w_zero_point": (1, 2)}, (3, 5, 5),
     "--w-zero-point: 2 numbers for 3 channels"),
    (Deconv, {"kernel": "sobel-h,sobel-v"}, (3, 5, 5),
     "--kernel sobel-h,sobel-v: 2 kernels, the image has 3 channels"),
]  # fmt: skip


@pytest.mark.parametrize(("cls", "settings", "shape", "message"), REFUSED)
def test_what_does_not_fit_the_image_is_refused(
    cls: type[Any], settings: dict[str, Any], shape: Axes, message: str
) -> None:
    kernel = settings["kernel"]
    np.save("kernel.npy", WEIGHT if isinstance(kernel, str) else kernel)
    given = settings | {"kernel": kernel if isinstance(kernel, str) else "kernel.npy"}
    with pytest.raises(ShapeError) as refused:
        cls(**given).out_shape(Shape(*shape))
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("cls", "settings", "message"),
    [
        (PlainConv, {}, "--kernel: is needed; give a name such as box, rows such as "
            "'1 2 1; 2 4 2; 1 2 1', or a file"),
        (PlainConv, {"kernel": "sobel-h,sobl-v"},
         "--kernel sobl-v: is no name, no file and no rows of numbers; did you mean sobel-v?"),
        (PlainConv, {"kernel": "box", "padding": (-1,)}, "--padding -1: must be from 0 to 65535"),
        (PlainConv, {"kernel": "box", "padding": "some"},
         "--padding some: must be numbers or one of same, same-lower, valid"),
        (PlainConv, {"kernel": "box", "stride": (0,)}, "--stride 0: must be from 1 to 65535"),
        (PlainConv, {"kernel": "none.npz::a"}, "--kernel none.npz: no such file"),
        (PlainConv, {"kernel": "net.npz::a"},
         "--kernel net.npz::a: it has no array a; name one as FILE::KEY: b 2x2"),
        (PlainConv, {"kernel": "box", "bias": "net.npz::a"},
         "--bias net.npz::a: it has no array a; name one as FILE::KEY: b 2x2"),
        (PlainConv, {"kernel": "1 nan"}, "--kernel 1 nan: must hold finite numbers"),
        (PlainConv, {"kernel": "box", "weight_layout": "hwoi"},
         "--weight-layout hwoi: must be one of oihw, hwio; did you mean hwio?"),
        (SeparableConv, {"kernel": "box"}, "--pointwise: is needed"),
        (SeparableConv, {"kernel": "box", "pointwise": "a"},
         "--pointwise a: is no file and no rows of numbers"),
        (QuantizedConv, {"kernel": "1", "x_scale": 0.0}, "--x-scale 0: must be more than 0"),
        (QuantizedConv, {"kernel": "1", "w_scale": (1.0, -1.0)},
         "--w-scale 1x-1: must be more than 0"),
        (QuantizedConv, {"kernel": "1", "y_zero_point": 256},
         "--y-zero-point 256: must be from 0 to 255"),
    ],
)  # fmt: skip
def test_parameters_outside_their_limits_are_refused(
    cls: type[Any], settings: dict[str, Any], message: str
) -> None:
    np.savez("net.npz", b=np.ones((2, 2)))
    with pytest.raises(ParameterError) as refused:
        cls(**settings)
    assert str(refused.value) == message


# What a user does.


def test_edges_of_a_photograph(updown: Updown) -> None:
    done = updown(
        "conv", "--kernel", "sobel-h", SAMPLES / "photo.png", "-o", "e.png", "--range", "abs"
    )
    assert done.code == 0
    photo = pixels(SAMPLES / "photo.png").astype(float)
    sobel = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])[:, :, None]
    expected = np.abs(correlate(photo, sobel)[1:-1, 1:-1]).clip(0, 255)
    np.testing.assert_array_equal(pixels("e.png"), expected)


def test_a_sobel_pair_there_and_back(updown: Updown) -> None:
    """Tutorial 003: convolve 1 -> 2 channels, deconvolve 2 -> 1 (D6)."""
    picture("grey.png", noise(9, 8))
    pair = ("--kernel", "sobel-h,sobel-v", "-p", "1")
    assert updown("conv", *pair, "grey.png", "-o", "two.npy").code == 0
    assert updown("deconv", *pair, "two.npy", "-o", "one.npy").code == 0
    x = torch.from_numpy(noise(9, 8).astype(np.float32))[None, None]
    sobel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])
    weight = torch.stack([sobel, -sobel.T])[:, None]
    there = F.conv2d(x, weight, padding=1)
    np.testing.assert_array_equal(np.load("two.npy"), there[0])
    back = F.conv_transpose2d(there, weight, padding=1)
    np.testing.assert_array_equal(np.load("one.npy").squeeze(), back[0, 0])


@pytest.mark.parametrize(("name", "dims"), [("signal.npy", 1), ("volume.npy", 3)])
def test_signals_and_volumes_are_convolved(name: str, dims: int, updown: Updown) -> None:
    done = updown(
        "conv", "--dims", dims, "--kernel", "box", "-k", "3", SAMPLES / name, "-o", "out.npy"
    )
    assert done.code == 0
    x = np.load(SAMPLES / name).astype(np.float64)
    planes = x.reshape(-1, *x.shape[x.ndim - dims :])
    inside = (slice(1, -1),) * dims
    taps = np.ones((3,) * dims) / 3**dims
    expected = np.array([correlate(plane, taps)[inside] for plane in planes])
    if dims == 3:  # a volume of bytes, as its result is; 27ths are never halves
        expected = np.rint(expected)
    # Sums of float32 numbers, relative to the largest.
    tolerance = 1e-6 * np.abs(x).max()
    result = np.load("out.npy").reshape(expected.shape)
    np.testing.assert_allclose(result, expected, rtol=0, atol=tolerance)


def test_colours_are_weighed_by_alpha(updown: Updown) -> None:
    picture("in.png", [[[200, 0, 0, 255], [0, 0, 0, 0]]])
    assert updown("conv", "--kernel", "0.5 0.5", "in.png", "-o", "out.png").code == 0
    assert pixels("out.png").tolist() == [[[200, 0, 0, 128]]]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--kernel", "w.npz"], 2,
         "--kernel w.npz: it has several arrays; name one as FILE::KEY: a 1, b 4x1x3x3"),
        (["--kernel", "w.npz::b"], 1,
         "in.png: --kernel w.npz::b: the kernel is for 1 channels in 1 groups, the image has 3"),
        (["--kernel", "bad.pt"], 2,
         "--kernel bad.pt: not a plain tensor file; convert to .safetensors"),
        (["--mode", "depthwise", "--kernel", "box", "--groups", "3"], 2,
         "--groups goes with --mode plain or dilated or quantized"),
    ],
)  # fmt: skip
def test_refusals_are_one_line_and_nothing_is_written(
    arguments: list[str], code: int, message: str, updown: Updown
) -> None:
    np.savez("w.npz", a=np.ones(1), b=np.ones((4, 1, 3, 3)))
    Path("bad.pt").write_bytes(b"\x80\x02}q\x00.")
    picture("in.png", noise(6, 6, 3))
    done = updown("conv", *arguments, "in.png", "-o", "out.png")
    assert (done.code, done.stderr) == (code, f"updown: {message}\n")
    assert not Path("out.png").exists()


def test_results_of_every_kernel_are_saved_as_an_array(updown: Updown) -> None:
    picture("in.png", noise(6, 6, 3))
    done = updown("conv", "--kernel", "sobel-h,sobel-v", "in.png", "-o", "out.npy")
    assert done.code == 0
    assert np.load("out.npy").shape == (6, 4, 4)


@pytest.mark.parametrize(
    ("kernel", "alpha", "warns"),
    [
        ("sobel-h", "premultiply", True),
        ("sobel-h", "straight", False),
        ("sobel-h", "drop", False),
        ("sharpen", "premultiply", False),
        ("box", "premultiply", False),
    ],
)
def test_a_kernel_that_sums_to_0_warns_of_transparency(
    updown: Updown, kernel: str, alpha: str, warns: bool
) -> None:
    name = picture("in.png", noise(8, 9, 4))
    done = updown("conv", "--kernel", kernel, name, "-o", "out.png", "--alpha", alpha, "--json")
    warning = "a kernel that sums to 0 makes everything transparent; use --alpha drop or straight"
    assert done.records[0]["warnings"] == ([warning] if warns else [])


def test_channels_that_a_layer_makes_are_no_transparency(updown: Updown) -> None:
    picture("in.png", noise(8, 9))
    done = updown("conv", "--kernel", "sobel-h,sobel-v", "in.png", "-o", "out.png")
    assert (done.code, done.stderr) == (
        1,
        "updown: in.png: 2 channels are no picture; write .npy, or for shuffle use "
        "--arrange grid\n",
    )


def test_a_file_of_biases_is_not_written_over(updown: Updown) -> None:
    np.save("b.npy", np.ones(1))
    before = Path("b.npy").read_bytes()
    arguments = ["--kernel", "box", "--bias", "b.npy", picture("in.png", noise(8, 9))]
    done = updown("conv", *arguments, "-o", "b.npy", "--if-exists", "overwrite")
    assert (done.code, done.stderr) == (
        2,
        "updown: b.npy: is the input b.npy; updown never writes over its input; choose another "
        "--output\n",
    )
    assert Path("b.npy").read_bytes() == before
