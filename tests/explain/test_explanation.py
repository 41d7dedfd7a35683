"""`updown explain`: sizes, what is read, weights and matrices, told of small inputs."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.conftest import SAMPLES as PICTURES
from tests.conftest import Updown
from tests.samples import SAMPLES, dims_of
from updown_cli.batch.explain_input import explain_operation
from updown_cli.explain.examples import example_size
from updown_cli.explain.input_reads import output_terms, reads_by_axis
from updown_cli.explain.size_formula import formulas
from updown_cli.explain.traces import Trace, trace_op
from updown_cli.files.reading import Reading
from updown_cli.op.base import Op
from updown_cli.op.explainable import SUM
from updown_cli.op.join import Join
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.dilated import DilatedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.fractional_tensorflow import TensorFlowFractionalPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.scatter import IndexedUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.pipeline.pipeline import Pipeline

WITHOUT_FILES = [op for op in SAMPLES if not isinstance(op, (IndexedUnpool, Join))]


def ramp(*shape: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.arange(1.0, math.prod(shape) + 1).reshape(shape)


def trace_of(op: Op, *shape: int) -> Trace:
    """Return the trace of an operation on 1, 2, 3... of channels and sides."""
    return trace_op(op.for_shape(Shape(*shape)), ramp(1, *shape))


@pytest.mark.parametrize("op", SAMPLES, ids=repr)
def test_formulas_give_the_sizes_that_come_out(op: Op) -> None:
    by_sequences = isinstance(op, TensorFlowFractionalPool)  # which end at the sides
    shape = Shape(1, 6, 8) if by_sequences else example_size(Pipeline((op,)), dims_of(op))[0]
    filled = op.for_shape(shape)
    known = {"floor": math.floor, "ceil": math.ceil, "max": max}
    found = formulas(filled, shape)
    assert [eval(formula.filled_in, known) for formula in found] == list(filled.out_size(shape))


@pytest.mark.parametrize("op", WITHOUT_FILES, ids=repr)
def test_every_operation_is_explained(op: Op) -> None:
    found = explain_operation(op, None, Reading(dims=dims_of(op)))
    trace = found.trace
    assert trace is not None
    assert op.told_as != SUM or trace.weights is not None
    if trace.weights is not None:
        sums = trace.weights @ trace.input.ravel() + trace.offset
        # Sums in float64 of at most 300 products; other libraries round to float32 on the way.
        near = 1e-6 if op.like else 1e-9
        np.testing.assert_allclose(sums, trace.output.ravel(), rtol=near, atol=near)
    else:
        assert trace.reads.any(1).all() or op.command == "deconvnet"
    json.dumps(found.to_json())


def windows(
    length: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> list[list[int]]:
    """Return the pixels inside of every window of one axis, by counting."""
    found = []
    start = -padding
    while start + dilation * (kernel - 1) < length + padding:
        inside = [start + dilation * tap for tap in range(kernel)]
        found.append([pixel for pixel in inside if 0 <= pixel < length])
        start += stride
    return found


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (PlainConv(kernel="box"), windows(7, 3)),
        (PlainConv(kernel="sobel-h", padding=(1,), stride=(2,)), windows(7, 3, 2, 1)),
        (DilatedConv(kernel="laplacian", padding=(2,)), windows(7, 3, 1, 2, 2)),
        (PlainConv(kernel="1", stride=(3,)), windows(7, 1, 3)),
        (MaxPool(kernel_size=(3,), stride=(2,), padding=(1,)), windows(7, 3, 2, 1)),
        (MaxPool(kernel_size=(2,), stride=(1,), dilation=(3,)), windows(7, 2, 1, 0, 3)),
    ],
)
def test_windows_are_read_with_zero_taps_and_without_padding(
    op: Op, expected: list[list[int]]
) -> None:
    axes = reads_by_axis(trace_of(op, 1, 7, 7))
    assert axes is not None
    for axis in axes:
        assert [list(pixels) for pixels in axis.pixels] == expected


def test_a_quantized_convolution_reads_its_windows_whatever_it_rounds() -> None:
    axes = reads_by_axis(trace_of(QuantizedConv(kernel="sobel-v", y_scale=1000.0), 1, 4, 4))
    assert axes is not None
    assert [axis.pixels for axis in axes] == [((0, 1, 2), (1, 2, 3))] * 2


def test_the_matrix_of_a_convolution_and_its_transpose() -> None:
    rows = "1 2 3; 4 5 6; 7 8 9"
    c = trace_of(PlainConv(kernel=rows), 1, 4, 4).weights
    d = trace_of(Deconv(kernel=rows), 1, 2, 2)
    assert c is not None
    assert d.weights is not None
    assert c.shape == (4, 16)
    assert c[0].tolist() == [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0]
    assert (c != 0).sum(1).tolist() == [9] * 4
    assert (d.weights == c.T).all()
    assert d.output[0, 0].tolist() == [
        [1, 4, 7, 6],
        [7, 23, 33, 24],
        [19, 53, 63, 42],
        [21, 52, 59, 36],
    ]


def test_cubic_weights_of_an_axis() -> None:
    axes = reads_by_axis(trace_of(Bicubic(scale_factor=(2,)), 1, 4, 4))
    assert axes is not None
    assert axes[0] == axes[1]
    assert axes[0].pixels[3] == (0, 1, 2, 3)
    # Keys' cubic with A = -0.75 at 1.25, 0.25, 0.75 and 1.75 pixels.
    assert axes[0].weights is not None
    assert axes[0].weights[3] == pytest.approx((-0.10546875, 0.87890625, 0.26171875, -0.03515625))


def test_bins_of_adaptive_pooling_overlap() -> None:
    axes = reads_by_axis(trace_of(AdaptiveAvgPool(output_size=(3,)), 1, 5, 5))
    assert axes is not None
    assert axes[0].pixels == ((0, 1), (1, 2, 3), (3, 4))
    assert axes[0].weights is not None
    assert sum(axes[0].weights, ()) == pytest.approx((0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 0.5, 0.5))


def test_nails_are_read_once_and_zeros_read_nothing() -> None:
    trace = trace_of(ZeroUnpool(), 1, 2, 2)
    assert trace.chosen is not None
    assert trace.chosen.reshape(4, 4).tolist() == [
        [0, -1, 1, -1],
        [-1, -1, -1, -1],
        [2, -1, 3, -1],
        [-1, -1, -1, -1],
    ]


def test_shuffled_values_are_told_one_by_one() -> None:
    trace = trace_of(Shuffle(upscale_factor=2), 4, 2, 2)
    assert reads_by_axis(trace) is None
    (term,) = output_terms(trace, (0, 0, 1, 2))
    assert (term.place, term.value, term.weight) == ((0, 2, 0, 1), 10.0, 1.0)


def test_a_median_is_no_sum_and_a_mean_of_one_channel_of_two_is() -> None:
    assert trace_of(MedianPool(kernel_size=(3,)), 1, 3, 3).weights is None
    mixed = trace_of(SeparableConv(kernel="1", pointwise="0.25 0.75"), 2, 2, 2)
    assert mixed.weights is not None
    assert mixed.weights[0].tolist() == [0.25, 0, 0, 0, 0.75, 0, 0, 0]


def test_a_bias_is_the_offset() -> None:
    trace = trace_of(Deconv(kernel="2", bias=(7.0,)), 1, 1, 1)
    assert trace.weights is not None
    assert (trace.weights.tolist(), trace.offset.tolist()) == ([[2.0]], [7.0])


@pytest.mark.parametrize(
    ("op", "shape", "frames"),
    [
        (MaxPool(), (1, 4, 4), 1),
        (PlainConv(kernel="gaussian", kernel_size=(7,)), (1, 7, 7), 1),
        (Shuffle(upscale_factor=3), (9, 4, 4), 1),
        (Shuffle(upscale_factor=2, arrange="frames"), (1, 4, 4), 4),
        (Deconv(kernel="sobel-h,sobel-v"), (2, 4, 4), 1),
        (Shuffle(downscale_factor=5), (1, 5, 5), 1),
    ],
)
def test_an_example_is_the_smallest_that_fits(op: Op, shape: tuple[int, ...], frames: int) -> None:
    assert example_size(Pipeline((op,)), 2) == (shape, frames)


CONV = """\
conv: mode plain, kernel 1 2; 3 4, stride 1x1, dilation 1x1, weight_layout oihw, padding 0x0, groups 1, input_range code
1x3x3 -> 1x2x2

size
  out = floor((in + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1
  height and width: floor((3 + 2 * 0 - 1 * (2 - 1) - 1) / 1) + 1 = 2

reads
  y and x
  0: 0 1
  1: 1 2

  output[0, 1, 0]: 4*1 + 5*2 + 7*3 + 8*4 = 67

kernel
  weight 1x1x2x2
  1  2
  3  4

input
  channel 0
  y\\x  0  1  2
    0  1  2  3
    1  4  5  6
    2  7  8  9

output
  channel 0
  y\\x   0   1
    0  37  47
    1  67  77

matrix C, 4x9, 16 not zero: output = C @ input
  1  2  .  3  4  .  .  .  .
  .  1  2  .  3  4  .  .  .
  .  .  .  1  2  .  3  4  .
  .  .  .  .  1  2  .  3  4

torch
"""  # noqa: E501 (as it is printed)


def test_a_convolution_in_words_and_numbers(updown: Updown) -> None:
    done = updown("explain", "conv", "--kernel", "1 2; 3 4", "--input", "3", "--at", "0,-1,0")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith(CONV)


def test_a_pool_tells_where_its_maxima_were(updown: Updown) -> None:
    np.save("x.npy", np.array([[1.0, 9.0], [8.0, 9.0]]))
    done = updown("explain", "pool", "--input", "x.npy")
    assert "output[0, 0, 0]: max(1, 9, 8, 9) = 9\n" in done.stdout
    assert "indices, y * width + x, of the first channel\n  1\n" in done.stdout


def test_an_unpool_has_a_pool_before_it(updown: Updown) -> None:
    found = json.loads(updown("explain", "unpool", "--input", "2", "--json").stdout)
    source, output = np.array(found["source"]), np.array(found["output"])
    assert source.shape == output.shape == (1, 1, 4, 4)
    maxima = source.reshape(2, 2, 2, 2).max((1, 3))
    assert (np.array(found["input"]) == maxima).all()
    assert (output == np.where(np.isin(source, maxima), source, 0)).all()


def test_an_unpool_takes_positions_of_a_file(updown: Updown) -> None:
    np.save("x.npy", np.array([[1.0, 2.0], [3.0, 0.0]]))
    updown("pool", "x.npy", "--save-indices", "p.npz", "-o", "y.npy")
    done = updown("explain", "unpool", "--indices", "p.npz", "--input", "y.npy")
    assert "output[0, 1, 0]: 3, from input (0, 0)\n" in done.stdout


def test_a_value_that_several_windows_found_is_read_from_the_last(updown: Updown) -> None:
    np.save("x.npy", np.array([[1.0, 2, 3], [4, 9, 5], [6, 7, 8]]))
    updown("pool", "-k", "2", "-s", "1", "x.npy", "--save-indices", "p.npz", "-o", "y.npy")
    done = updown("explain", "unpool", "--indices", "p.npz", "--input", "y.npy")
    assert (done.code, done.stderr) == (0, "")
    assert "output[0, 1, 1]: 9, from input (1, 1)\n" in done.stdout


def test_checkerboards_are_counted(updown: Updown) -> None:
    arguments = ("--kernel", "box", "--stride", "2", "-p", "1", "--output-padding", "1")
    done = updown("explain", "deconv", *arguments, "--input", "2")
    counts = "  1  2  1  1\n  2  4  2  2\n  1  2  1  1\n  1  2  1  1\n"
    assert f"taps that reach an output value\n{counts}" in done.stdout
    assert "overlap: 1 to 4 taps reach an output pixel, unevenly, in a checkerboard" in done.stdout


def test_the_one_by_one_experiments_of_the_tutorials(updown: Updown) -> None:
    rows = "; ".join(["1 2 3 4 5"] * 5)
    np.save("x.npy", np.array([[float(n) for n in row.split()] for row in rows.split(";")]))
    arguments = ("--kernel", "1", "--stride", "2", "--padding", "1", "--input", "x.npy")
    found = json.loads(updown("explain", "deconv", *arguments, "--json").stdout)
    zeros, values = [0.0] * 7, [0.0, 2.0, 0.0, 3.0, 0.0, 4.0, 0.0]
    assert found["output"][0][0] == [zeros, values, zeros, values, zeros, values, zeros]


def test_the_matrix_is_saved_and_plain_torch_multiplies_by_it(updown: Updown) -> None:
    kernel = ("--kernel", "1 2 3; 4 5 6; 7 8 9")
    done = updown("explain", "deconv", *kernel, "--input", "2", "--save-matrix", "D.npy")
    assert done.code == 0
    d = np.load("D.npy")
    np.save("x.npy", np.arange(1.0, 5).reshape(2, 2))
    updown("deconv", *kernel, "x.npy", "-o", "y.npy")
    assert (d @ np.arange(1.0, 5) == np.load("y.npy").ravel()).all()


def test_a_large_picture_is_explained_without_its_numbers(updown: Updown) -> None:
    done = updown("explain", "pool", "--input", PICTURES / "photo.png")
    assert "3x300x451 -> 3x150x225\n" in done.stdout
    assert "height: floor((300 + 2 * 0 - 1 * (2 - 1) - 1) / 2) + 1 = 150\n" in done.stdout
    assert "too large to look at each value; give a smaller --input\n" in done.stdout


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("upsample --mode nearest --scale-factor 2", "output[0, 0, 0, 0]: 1, from input (0, 0, 0)"),
        (
            "upsample --mode nearest --scale-factor 2 --input 2x2x2x2 --at 1,0,1,2",
            "output[1, 0, 1, 2]: 10, from input channel 1 (0, 0, 1)",
        ),
        ("unpool --mode avg -k 2", "output[0, 0, 0, 0]: 1, from input (0, 0, 0)"),
    ],
)
def test_a_value_of_a_volume_may_have_one_source(updown: Updown, line: str, expected: str) -> None:
    done = updown("explain", *line.split(), "--dims", "3")
    assert (done.code, done.stderr) == (0, "")
    assert f"  {expected}\n" in done.stdout


STRANGE = [
    [math.nan, math.nan, 3, 4],
    [math.inf, 2, 3, math.nan],
    [math.inf, math.inf, -math.inf, -math.inf],
    [1, math.inf, -math.inf, -math.inf],
]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pool -k 2", "max(nan, nan, inf, 2) = nan"),
        ("pool --mode lp -k 2", "(nan^2 + nan^2 + inf^2 + 2^2)^(1/2) = nan"),
        ("pool --mode avg -k 2", "(nan + nan + inf + 2) / 4 = nan"),
        ("upsample --scale-factor 2", "nan, from input (0, 0)"),
        ("deconv --kernel box -s 2", "nan*0.444 + nan*0.444 + inf*0.444 + 2*0.444 = nan"),
    ],
)
def test_numbers_that_are_none_are_told_without_a_warning(
    updown: Updown, line: str, expected: str
) -> None:
    np.save("a.npy", np.array(STRANGE))
    done = updown("explain", *line.split(), "--input", "a.npy", "--animate", "a.gif")
    assert (done.code, done.stderr) == (0, "")
    assert f": {expected}\n" in done.stdout
    refused: list[str] = []
    told = updown("explain", *line.split(), "--input", "a.npy", "--json")
    data = json.loads(told.stdout, parse_constant=refused.append)
    assert (told.code, told.stderr, refused) == (0, "", [])
    assert data["input"][0][0][1] == ["inf", 2, 3, "nan"]


def test_of_several_nans_the_last_is_chosen_as_torch_chooses() -> None:
    pixels = np.array(STRANGE)[None, None]
    trace = trace_op(MaxPool().for_shape(Shape(1, 4, 4)), pixels)
    _, expected = F.max_pool2d(torch.from_numpy(pixels), 2, return_indices=True)
    assert trace.chosen is not None
    assert trace.chosen.tolist() == expected.ravel().tolist() == [1, 7, 8, 10]


def test_an_unpool_of_a_file_needs_positions(updown: Updown) -> None:
    np.save("a.npy", np.array(STRANGE))
    done = updown("explain", "unpool", "--input", "a.npy")
    assert (done.code, done.stderr) == (
        2,
        "updown: --indices: is needed to put the values of a file back; "
        "pool --save-indices writes it\n",
    )


REFUSED = {
    "--input 0x4": "--input 0x4: must be up to three sides, or channels before them, from 1",
    "--input 2x3x4x5": "--input: has 4 numbers, 3 is the most for 2-D data; say --dims 3 for "
    "volumes",
    "--input missing.png": "missing.png: no such file",
    "--input -": "--input -: takes sides or the name of a file",
    "--input 1x1": "pool: nothing is left of a 1x1x1 image; the window is 2x2",
    "--at 0,9,0": "--at: y must be from -2 to 1",
    "--save-matrix m.npy": "--save-matrix m.npy: pool --mode max is no matrix, its "
    "results are no weighted sums; --animate OUT and -o PAGE.html show what it reads",
    "--save-matrix m.png": "--save-matrix m.png: must end in .npy",
    "--animate m.jpg": "--animate m.jpg: must end in .gif, .png, .webp",
    "--view gather": "--view: goes with --animate",
    "--norm-type 2": "--norm-type goes with --mode lp",
    "--mode avg --save-matrix m.npy --input 100x100": "more than 4096 values, or 4194304 pairs, "
    "are not looked at; give a smaller --input",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_explained_is_refused_in_a_line(updown: Updown, line: str) -> None:
    done = updown("explain", "pool", *line.split())
    assert done.code in (1, 2)
    assert done.stderr == f"updown: {REFUSED[line]}\n"
    assert done.stdout == ""
    assert not list(Path().iterdir())


def test_a_layer_that_is_none_is_refused_with_the_nearest(updown: Updown) -> None:
    done = updown("explain", "pol")
    assert (done.code, done.stderr) == (2, "updown: no command 'pol'; did you mean pool?\n")
    done = updown("explain", "xyzzy")
    assert done.stderr == "updown: no command 'xyzzy'; see updown explain --help\n"


def test_a_saved_matrix_is_not_overwritten(updown: Updown) -> None:
    Path("m.npy").write_text("mine")
    line = ("explain", "pool", "--mode", "avg", "--save-matrix", "m.npy")
    done = updown(*line)
    assert (done.code, Path("m.npy").read_text()) == (2, "mine")
    assert updown(*line, "--if-exists", "overwrite").code == 0
    assert np.load("m.npy").shape == (4, 16)


@pytest.mark.parametrize("command", ["conv", "deconv"])
def test_a_kernel_of_a_number_too_small_to_divide_by_is_told(updown: Updown, command: str) -> None:
    done = updown("explain", command, "--kernel", "1e-320")
    assert (done.code, done.stderr) == (0, "")


def test_each_step_of_a_chain_is_told_on_what_the_step_before_gives(updown: Updown) -> None:
    """Maxima of a quarter each, weighed 2; each repeated; and beside the maxima, which it keeps."""
    np.save("x.npy", ramp(1, 4, 4))
    steps = "pool -k 2 @e | conv --kernel 2 | upsample --scale-factor 2 | pool -k 2 | concat @e"
    done = updown("explain", "chain", steps, "--input", "x.npy", "--json")
    pool, conv, upsample, _, concat = json.loads(done.stdout)["explanations"]
    assert pool["input"] == ramp(1, 1, 4, 4).tolist()
    assert pool["output"] == conv["input"] == [[[[6, 8], [14, 16]]]]
    assert pool["reads"][0] == [0, 1, 4, 5]
    assert conv["matrix"] == (2 * np.eye(4)).tolist()
    assert conv["output"] == upsample["input"] == [[[[12, 16], [28, 32]]]]
    assert upsample["output"][0][0][0] == [12, 12, 16, 16]
    assert upsample["sizes"][0]["out"] == 4
    assert concat["output"] == [[[[12, 16], [28, 32]], [[6, 8], [14, 16]]]]
    assert (concat["kept"]["name"], concat["kept"]["step"]) == ("@e", 1)
    assert concat["kept"]["reads"] == [[], [], [], [], [0], [1], [2], [3]]


@pytest.mark.parametrize(
    ("steps", "given"),
    [
        ("pool -k 2 | upsample --scale-factor 2", "3x400x400"),
        ("unpool --indices where.npz -k 2 | pool -k 2", "pooled.npy"),
    ],
)
def test_a_chain_is_told_without_numbers_that_are_not_looked_at(
    updown: Updown, steps: str, given: str
) -> None:
    np.save("x.npy", ramp(1, 4, 4))
    words = ("pool", "-k", 2, "--save-indices", "where.npz", "x.npy", "-o", "pooled.npy")
    assert updown(*words).code == 0
    done = updown("explain", "chain", steps, "--input", given, "--json")
    assert done.code == 0
    for told in json.loads(done.stdout)["explanations"]:
        assert told["sizes"]
        assert "output" not in told
