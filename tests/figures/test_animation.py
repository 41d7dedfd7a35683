"""Moving pictures: what is lit is what is read, everything has room, files keep their colours."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import Updown
from updown_cli.errors import InputError, ParameterError
from updown_cli.explain.animation_frames import animation_of
from updown_cli.explain.animation_steps import Animation
from updown_cli.explain.cell_grid_model import AROUND, BETWEEN, VALUE
from updown_cli.explain.traces import Trace, trace_op
from updown_cli.figures import palette as looks_module
from updown_cli.figures.animation import frames_of, render_animation
from updown_cli.figures.animation_layout import (
    LEAST_CELL,
    LEFT_OUT,
    WIDTH,
    Layout,
    animation_layout,
)
from updown_cli.figures.cell_grid import TEXT, Box
from updown_cli.figures.palette import (
    INPUT,
    OUTPUT,
    READ,
    WRITTEN,
    CellStyle,
    colours,
    with_one_palette,
)
from updown_cli.figures.text_fitting import extent, font_of
from updown_cli.op.arithmetic_line import ArithmeticLine, short_number
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.adaptive_max import AdaptiveMaxPool
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.fractional_max import FractionalMaxPool
from updown_cli.ops.pool.lp import LpPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.avg import AvgUnpool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.ops.upblock.nn_conv import NNConv
from updown_cli.ops.upsample.bilinear import Bilinear

NINE = "1 2 3; 4 5 6; 7 8 9"
SOBEL = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]


def trace_of(op: Op, *shape: int, pixels: NDArray[Any] | None = None) -> Trace:
    """Return the trace of an operation on 1, 2, 3..., or on given frames."""
    if pixels is None:
        pixels = np.arange(1.0, np.prod(shape) + 1).reshape(1, *shape)
    return trace_op(op.for_shape(Shape(*pixels.shape[1:])), pixels.astype(np.float64))


def kernel_of(side: int, signs: int = 5) -> str:
    """Return a square kernel of several numbers, some of them 0 or negative."""
    numbers = np.arange(side * side) % signs - signs // 2
    return "; ".join(" ".join(map(str, row)) for row in numbers.reshape(side, side))


def values_read(scene: Animation, number: int, sides: tuple[int, int]) -> set[int]:
    """Return the flat indices in the input's planes of the values that a step lights."""
    rows, columns = np.nonzero(scene.source.kinds == VALUE)
    places = {place: i for i, place in enumerate(zip(rows.tolist(), columns.tolist(), strict=True))}
    return {
        plane * sides[0] * sides[1] + places[row, column]
        for plane, row, column in scene.steps[number].read
        if (row, column) in places
    }


GATHERED = [
    (PlainConv(kernel=NINE), (1, 4, 4)),
    (PlainConv(kernel=kernel_of(3), padding=(1,), stride=(2,)), (1, 5, 4)),
    (PlainConv(kernel="1 2; 3 4", dilation=(2, 3), stride=(1, 2), padding="same-lower"), (1, 5, 6)),
    (PlainConv(kernel="1 0 2", padding=(2,)), (2, 5)),
    (DepthwiseConv(kernel="sobel-h,sobel-v", stride=(2,)), (2, 5, 5)),
    (SeparableConv(kernel="box", pointwise="1 2; 3 0"), (2, 4, 3)),
    (MaxPool(kernel_size=(3,), stride=(2,), padding=(1,), dilation=(1, 2)), (1, 6, 7)),
    (MaxPool(kernel_size=(2,), padding="same"), (2, 3, 5)),
    (MinPool(kernel_size=(3,), stride=(1,), padding=(1,)), (1, 3, 3)),
    (AvgPool(kernel_size=(3,), stride=(2,), padding=(1,), ceil_mode=True), (1, 4, 6)),
    (AvgPool(kernel_size=(3, 2), padding="same", stride=(1,)), (1, 4, 4)),
    (MedianPool(kernel_size=(3,), padding=(1,)), (1, 4, 4)),
    (LpPool(), (1, 4, 4)),
    (AdaptiveAvgPool(output_size=(3,)), (1, 5, 4)),
    (AdaptiveMaxPool(output_size=(3, 2)), (1, 5, 4)),
    (FractionalMaxPool(output_size=(3,), seed=1), (2, 6, 6)),
    (Shuffle(upscale_factor=2, order="dcr"), (8, 2, 1)),
    (Shuffle(downscale_factor=2), (1, 4, 4)),
    (Bilinear(scale_factor=(2,)), (1, 2, 3)),
    (Deconv(kernel=NINE, stride=(2,), padding=(1,), output_padding=(1,)), (1, 3, 2)),
    (Deconv(kernel="1 2; 3 4", stride=(3, 2), dilation=(2,)), (1, 2, 3)),
    (Deconv(kernel="1", stride=(2,), padding=(1,)), (1, 3, 3)),
    (Deconv(kernel="1 2 3", stride=(2,), padding="same"), (1, 4)),
]


@pytest.mark.parametrize(("op", "shape"), GATHERED, ids=lambda value: type(value).__name__)
def test_a_step_lights_what_its_output_value_reads(op: Op, shape: tuple[int, ...]) -> None:
    trace = trace_of(op, *shape)
    scene = animation_of(trace, "gather")
    assert len(scene.steps) == trace.output.size
    sides = (1, *shape[1:])[-2:]
    for number, reads in enumerate(trace.reads):
        assert values_read(scene, number, (sides[0], sides[1])) == set(np.flatnonzero(reads))


@pytest.mark.parametrize(("side", "stride", "padding", "dilation"), [
    (3, 1, 0, 1), (3, 2, 1, 1), (2, 1, 1, 3), (1, 2, 0, 1), (5, 2, 2, 1), (3, 3, 1, 2),
])  # fmt: skip
def test_windows_lie_where_a_loop_puts_them(
    side: int, stride: int, padding: int, dilation: int
) -> None:
    op = PlainConv(kernel=kernel_of(side), stride=(stride,), padding=(padding,),
                   dilation=(dilation,))  # fmt: skip
    scene = animation_of(trace_of(op, 1, 6, 7))
    top, left = scene.source.origin
    count = iter(scene.steps)
    reach = dilation * (side - 1) + 1
    for row in range(0, 6 + 2 * padding - reach + 1, stride):
        for column in range(0, 7 + 2 * padding - reach + 1, stride):
            expected = [
                (0, top - padding + row + y * dilation, left - padding + column + x * dilation)
                for y in range(side)
                for x in range(side)
            ]
            assert list(next(count).read) == expected
    assert next(count, None) is None


def test_the_zero_stuffed_view_slides_the_rotated_kernel_by_one() -> None:
    scene = animation_of(
        trace_of(Deconv(kernel=NINE, stride=(2,), padding=(1,)), 1, 2, 2), "gather"
    )
    assert scene.source.numbers[0].tolist() == [
        [0, 0, 0, 0, 0],
        [0, 1, 0, 2, 0],
        [0, 0, 0, 0, 0],
        [0, 3, 0, 4, 0],
        [0, 0, 0, 0, 0],
    ]
    assert scene.source.kinds[1].tolist() == [AROUND, VALUE, BETWEEN, VALUE, AROUND]
    for number, step in enumerate(scene.steps):
        row, column = divmod(number, 3)
        assert step.read[0] == (0, row, column)
        assert len(step.read) == 9
        assert step.windows[0][0].tolist() == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]


def test_windows_times_kernels_are_the_output() -> None:
    weight = np.random.default_rng(0).integers(-3, 4, (4, 2, 3, 3)).astype(float)
    np.save("w.npy", weight)
    op = PlainConv(kernel="w.npy", groups=2, padding=(1,))
    scene = animation_of(trace_of(op, 4, 3, 3))
    for step in scene.steps:
        seen = [float(scene.source.numbers[cell]) for cell in step.read]
        assert step.values[0] == np.dot(seen, step.windows[0].ravel())


SCATTERED = [
    (Deconv(kernel=NINE, stride=(2,), padding=(1,), output_padding=(1,)), (1, 3, 3)),
    (Deconv(kernel="1", stride=(2,), output_padding=(1,), bias=(7.0,)), (1, 2, 2)),
    (Deconv(kernel="1 2; 3 4", stride=(3, 2), dilation=(2,), padding=(1,)), (2, 2, 3)),
    (Deconv(kernel=NINE, stride=(2,), padding="same"), (1, 3, 3)),
    (Deconv(kernel="1 2 1", stride=(2,), padding=(1,)), (1, 4)),
    (AvgUnpool(kernel_size=(3,), stride=(2,)), (1, 2, 2)),
    (ZeroUnpool(), (2, 2, 2)),
]


@pytest.mark.parametrize(("op", "shape"), SCATTERED, ids=lambda value: type(value).__name__)
def test_what_is_scattered_adds_up_to_the_output(op: Op, shape: tuple[int, ...]) -> None:
    trace = trace_of(op, *shape)
    scene = animation_of(trace)
    assert len(scene.steps) == trace.input.size
    numbers = scene.target.numbers.copy()
    for step in scene.steps:
        assert len(step.read) == 1
        for cell, value in zip(step.written, step.values, strict=True):
            numbers[cell] = value
    kept = scene.target.kinds == VALUE
    np.testing.assert_allclose(numbers[:, kept].ravel(), trace.output.ravel(), rtol=1e-12)


def test_the_cropped_border_is_part_of_the_picture() -> None:
    op = Deconv(kernel=NINE, stride=(2,), padding=(1,), output_padding=(1,))
    scene = animation_of(trace_of(op, 1, 3, 3))
    # 7 x 7 values, of which the first row and column are cut off.
    assert scene.target.sides == (7, 7)
    assert (scene.target.kinds[0] == AROUND).all()
    assert (scene.target.kinds[:, 0] == AROUND).all()
    assert (scene.target.kinds[1:, 1:] == VALUE).all()
    assert scene.steps[4].read == ((0, 1, 1),)
    assert scene.steps[4].written[0] == (0, 2, 2)
    assert scene.steps[4].windows[1][0].tolist() == [[5, 10, 15], [20, 25, 30], [35, 40, 45]]


def test_an_unpooled_value_appears_where_the_maximum_was() -> None:
    pixels = np.array([[1.0, 5, 3, 2], [0, 4, 8, 1], [9, 2, 1, 1], [3, 4, 7, 6]])[None, None]
    pool = MaxPool(save_indices="@a").for_shape(Shape(1, 4, 4))
    pooled = pool.run(Signal(torch.from_numpy(pixels)))
    op = MaxUnpool(indices="@a", output_size=(4, 4)).for_shape(Shape(1, 2, 2))
    scene = animation_of(trace_op(op, pooled.pixels.numpy(), pooled.pool_indices))
    assert [(step.written, step.values) for step in scene.steps] == [
        (((0, 0, 1),), (5.0,)),
        (((0, 1, 2),), (8.0,)),
        (((0, 2, 0),), (9.0,)),
        (((0, 3, 2),), (7.0,)),
    ]
    assert scene.steps[2].line == ArithmeticLine("9 goes to output ", ("(2, 0)",), ", ")


def whole(line: ArithmeticLine) -> str:
    return line.fitted(lambda text: True)


@pytest.mark.parametrize(
    ("op", "shape", "number", "expected"),
    [
        (PlainConv(kernel="1 2; 0 -1"), (1, 2, 2), 0, "1*1 + 2*2 + 3*0 + 4*(-1) = 1"),
        (PlainConv(kernel="2", bias=(0.5,)), (1, 1, 1), 0, "1*2 + 0.5 = 2.5"),
        (PlainConv(kernel="2", bias=(-3.0,)), (1, 1, 1), 0, "1*2 - 3 = -1"),
        (AvgPool(), (1, 2, 2), 0, "(1 + 2 + 3 + 4) / 4 = 2.5"),
        (AvgPool(divisor_override=1), (1, 2, 2), 0, "1 + 2 + 3 + 4 = 10"),
        (AvgPool(divisor_override=-2), (1, 2, 2), 0, "(1 + 2 + 3 + 4) / (-2) = -5"),
        (PlainConv(kernel="-1 -1"), (1, 1, 2), 0, "1*(-1) + 2*(-1) = -3"),
        (MaxPool(), (1, 2, 2), 0, "max(1, 2, 3, 4) = 4"),
        (MinPool(), (1, 2, 2), 0, "min(1, 2, 3, 4) = 1"),
        (MedianPool(median="mean"), (1, 2, 2), 0, "median(1, 2, 3, 4) = 2.5"),
        (LpPool(kernel_size=(1, 2)), (1, 1, 2), 0, "(1^2 + 2^2)^(1/2) = 2.24"),
        (NNConv(init="bilinear"), (1, 1, 1), 0, "from 1: 1"),
        (Bilinear(scale_factor=(2,)), (1, 1, 2), 1, "1*0.75 + 2*0.25 = 1.25"),
        (Shuffle(upscale_factor=2), (4, 1, 1), 2, "3, from input channel 2 (0, 0)"),
        (Deconv(kernel="1", stride=(2,)), (1, 1, 2), 1, "nothing is read: 0"),
        (AdaptiveMaxPool(output_size=(1,)), (1, 1, 2), 0, "max(1, 2) = 2"),
    ],
    ids=str,
)
def test_arithmetic_is_written_out(
    op: Op, shape: tuple[int, ...], number: int, expected: str
) -> None:
    step = animation_of(trace_of(op, *shape), "gather").steps[number]
    assert whole(step.line) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "((-3)^2 + 4^2)^(1/2) = 5"),
        ({"norm_type": 1.5}, "((-3)^1.5 + 4^1.5)^(1/1.5) = nan"),
        ({"norm_type": 3.0, "convention": "onnx"}, "(3^3 + 4^3)^(1/3) = 4.5"),
    ],
)
def test_powers_are_of_what_the_convention_takes(settings: Any, expected: str) -> None:
    op = LpPool(kernel_size=(1, 2), **settings)
    scene = animation_of(trace_of(op, pixels=np.array([[[[-3.0, 4.0]]]])))
    assert whole(scene.steps[0].line) == expected


def test_the_first_maximum_is_marked() -> None:
    pixels = -np.arange(1.0, 26).reshape(1, 1, 5, 5)
    op = MaxPool(kernel_size=(3,), stride=(2,), padding=(1,))
    scene = animation_of(trace_of(op, pixels=pixels))
    assert scene.source.numbers[0, 0].tolist() == [float("-inf")] * 7
    assert (scene.steps[0].chosen, scene.steps[0].winner) == ((0, 1, 1), (0, 1, 1))
    assert (scene.steps[4].chosen, scene.steps[4].winner) == ((0, 2, 2), (0, 0, 0))


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (MaxPool(kernel_size=(2,), padding="same"), float("-inf")),
        (MinPool(kernel_size=(2,), padding="same"), float("inf")),
        (AvgPool(kernel_size=(2,), padding="same"), float("nan")),
        (AvgPool(kernel_size=(2,), padding=(1,), count_include_pad=False), float("nan")),
        (AvgPool(kernel_size=(2,), padding=(1,)), 0.0),
        (PlainConv(kernel="1 1; 1 1", padding="same"), 0.0),
    ],
    ids=str,
)
def test_padding_is_drawn_as_what_it_is_read_as(op: Op, expected: float) -> None:
    board = animation_of(trace_of(op, 1, 3, 3)).source
    around = board.numbers[0][board.kinds == AROUND]
    assert around.size > 0
    np.testing.assert_array_equal(around, expected)


def test_a_window_that_ceil_mode_adds_ends_in_cells_that_are_nothing() -> None:
    # 4 values, padding 1 on each side, and one cell more that the last window would need.
    op = AvgPool(kernel_size=(3,), stride=(2,), padding=(1,), ceil_mode=True)
    board = animation_of(trace_of(op, 1, 4)).source
    np.testing.assert_array_equal(board.numbers[0, 0], [0, 1, 2, 3, 4, 0, np.nan])


@pytest.mark.parametrize(
    ("op", "shape", "number", "title", "expected"),
    [
        (AdaptiveMaxPool(output_size=(2,)), (2, 3, 3), 7, "window", [[14, 15], [17, 18]]),
        (
            Bilinear(scale_factor=(2,)),
            (1, 2, 2),
            6,
            "weights",
            [[0.1875, 0.5625], [0.0625, 0.1875]],
        ),
        (Shuffle(upscale_factor=2), (4, 2, 2), 1, "value", [[5]]),
        (DepthwiseConv(kernel="box,sobel-h"), (1, 3, 3), 1, "kernel", SOBEL),
    ],
    ids=str,
)
def test_the_window_is_drawn_in_its_own_order(
    op: Op, shape: tuple[int, ...], number: int, title: str, expected: list[list[float]]
) -> None:
    scene = animation_of(trace_of(op, *shape))
    assert scene.window_titles == (title,)
    assert scene.steps[number].windows[0].tolist() == [expected]
    assert (scene.steps[number].chosen is not None) == isinstance(op, AdaptiveMaxPool)


def test_blurred_edges_are_mirrored() -> None:
    scene = animation_of(trace_of(BlurPool(kernel_size=(3,), stride=(1,)), 1, 1, 3))
    middle = scene.source.numbers[0, 1]
    assert middle.tolist() == [2, 1, 2, 3, 2]
    assert scene.steps[0].windows[0][0, 1].tolist() == [0.125, 0.25, 0.125]


@pytest.mark.parametrize("op", [MaxPool(), LpPool()], ids=str)
def test_only_sums_are_scattered(op: Op) -> None:
    with pytest.raises(ParameterError, match=r"^--view scatter: its values are no weighted sums$"):
        animation_of(trace_of(op, 1, 4, 4), "scatter")


def separate(boxes: list[Box]) -> bool:
    return all(
        a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1] for a, b in combinations(boxes, 2)
    )


def text_box(at: tuple[int, int], text: str, anchor: str) -> Box:
    left, top, right, bottom = font_of(TEXT).getbbox(text, anchor=anchor)
    return (at[0] + int(left), at[1] + int(top), at[0] + round(right), at[1] + round(bottom))


def check_room(layout: Layout) -> None:
    """Fail if anything overlaps, is outside, or does not fit."""
    width, height = layout.size
    lines = [
        text_box(layout.line_at(0), "output channel 3 (12, 15)", "lm"),
        text_box(layout.line_at(1), "(1 + 2) / 2", "lm"),
        text_box(layout.line_at(2), "dashed: padding, white: zeros put between", "lm"),
        text_box(layout.title_at, "conv", "lm"),
    ]
    boxes = [*(panel.box for panel in layout.panels), *lines]
    arrows = [(min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in layout.arrows]
    assert separate([*boxes, *arrows])
    assert all(0 <= b[0] < b[2] < width and 0 <= b[1] < b[3] < height for b in boxes)
    for panel in layout.panels:
        left, top, right, bottom = panel.box
        rows, columns = panel.form.sides
        corners = [
            panel.cell_box((plane, row, column))
            for plane in range(panel.form.planes)
            for row, column in ((0, 0), (rows - 1, columns - 1))
        ]
        assert all(b[0] >= left and b[1] >= top + TEXT for b in corners)
        assert all(b[2] <= right and b[3] <= bottom for b in corners)
        assert extent(panel.form.title, TEXT)[0] <= right - left


def check_numbers(scene: Animation, layout: Layout) -> None:
    """Fail if a number is larger than its cell."""
    windows = [[step.windows[n] for step in scene.steps] for n in range(len(scene.window_titles))]
    written = [np.array(step.values) for step in scene.steps]
    shown = [[scene.source.numbers], *windows, [*written, scene.target.numbers]]
    for panel, arrays in zip(layout.panels, shown, strict=True):
        numbers = np.unique(np.concatenate([array.ravel() for array in arrays]))
        assert panel.form.number_size >= 10 or layout.note.endswith(LEFT_OUT)
        for number in numbers.tolist() if panel.form.number_size else ():
            text = short_number(number, panel.form.digits)
            assert max(extent(text, panel.form.number_size)) < panel.form.cell


@pytest.mark.parametrize("side", range(1, 8))
@pytest.mark.parametrize("kind", ["conv", "scatter", "gather"])
def test_everything_has_room_at_kernels_from_1x1_to_7x7(side: int, kind: str) -> None:
    op: Op = PlainConv(kernel=kernel_of(side), padding=(side // 2,))
    if kind != "conv":
        op = Deconv(kernel=kernel_of(side), stride=(2,), padding=(side // 2,))
    scene = animation_of(trace_of(op, 1, 5, 5), "scatter" if kind == "scatter" else "gather")
    layout = animation_layout(scene, "conv")
    check_room(layout)
    check_numbers(scene, layout)
    assert layout.forms[0].cell >= 20


@pytest.mark.parametrize(
    ("op", "shape"),
    [
        (PlainConv(kernel=kernel_of(7), padding=(3,)), (1, 16, 16)),
        (PlainConv(kernel="0.111 -0.2534 1e-5; 123.4 -99999 3; 0.5 0.2 1e9"), (1, 5, 5)),
        (Shuffle(upscale_factor=3), (9, 2, 2)),
        (Shuffle(downscale_factor=2), (3, 4, 4)),
        (PlainConv(kernel="1 2 1", padding=(1,)), (2, 8)),
        (Deconv(kernel="1 -2 1", stride=(2,), padding=(1,)), (1, 5)),
        (MaxPool(), (20, 2, 2)),
    ],
    ids=str,
)
def test_everything_has_room_in_other_forms(op: Op, shape: tuple[int, ...]) -> None:
    scene = animation_of(trace_of(op, *shape))
    layout = animation_layout(scene, "conv")
    check_room(layout)
    check_numbers(scene, layout)
    assert layout.size[0] <= WIDTH
    assert layout.forms[0].cell >= LEAST_CELL


def test_more_planes_than_have_room_are_counted_in_the_title() -> None:
    scene = animation_of(trace_of(MaxPool(), 20, 2, 2))
    assert scene.titles == ("input 2x2, 16 of 20 channels", "output 1x1, 16 of 20 channels")
    assert len(scene.steps) == 16
    assert [step.written for step in scene.steps] == [((plane, 0, 0),) for plane in range(16)]


def frames_in(data: bytes) -> list[tuple[Image.Image, float]]:
    """Return the frames of a file with their durations."""
    frames = []
    with Image.open(io.BytesIO(data)) as file:
        for number in range(getattr(file, "n_frames", 1)):
            file.seek(number)
            file.load()
            frames.append((file.convert("RGB"), float(file.info["duration"])))
    return frames


@pytest.mark.parametrize("ending", [".gif", ".png", ".webp"])
def test_files_keep_frames_times_and_colours(ending: str) -> None:
    trace = trace_of(PlainConv(kernel=NINE), 1, 4, 4)
    data = render_animation(trace, ending, title="conv")
    assert data == render_animation(trace, ending, title="conv")
    with Image.open(io.BytesIO(data)) as file:
        assert file.info["loop"] == 0
    frames = frames_in(data)
    assert [time for _, time in frames] == [600, 600, 600, 600, 2000]
    scene = animation_of(trace)
    source, _, target = animation_layout(scene, "conv").panels

    def colour(image: Image.Image, box: Box) -> Any:
        return image.getpixel((box[0] + 2, box[1] + 2))

    for number, (image, _) in enumerate(frames):
        lit = set(scene.steps[number].read) if number < 4 else set()
        for row, column in np.ndindex(4, 4):
            cell = (0, row, column)
            expected = READ.fill if cell in lit else INPUT.fill
            assert colour(image, source.cell_box(cell)) == expected
        for index, cell in enumerate(np.ndindex(1, 2, 2)):
            done = OUTPUT.fill if index < number else (255, 255, 255)
            expected = WRITTEN.fill if index == number else done
            assert colour(image, target.cell_box((cell[0], cell[1], cell[2]))) == expected
        assert image.getpixel((0, 0)) == image.getpixel((image.width - 1, 2)) == (255, 255, 255)


def test_numbers_below_ten_pixels_are_left_out_with_a_word() -> None:
    scene = animation_of(trace_of(PlainConv(kernel="1234.5"), 1, 12, 12))
    layout = animation_layout(scene, "conv", 16)
    first, window, last = layout.forms
    assert (first.number_size, window.number_size, last.number_size) == (0, 0, 0)
    assert layout.note == "numbers that have no room are left out"
    check_room(layout)
    small = animation_of(trace_of(PlainConv(kernel="1"), 1, 3, 3))
    assert animation_layout(small, "conv").note == ""


@pytest.mark.parametrize("cell", [5, 24, 100])
def test_cells_are_as_large_as_asked_for(cell: int) -> None:
    scene = animation_of(trace_of(PlainConv(kernel="1"), 1, 2, 2))
    layout = animation_layout(scene, cell=cell)
    assert {form.cell for form in layout.forms} == {cell}
    check_numbers(scene, layout)


def test_cells_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError) as refusal:
        frames_of(trace_of(PlainConv(kernel="1"), 1, 8, 8), cell=100)
    assert str(refusal.value) == (
        "input 8x8 and output 8x8 have more cells of 100 pixels than 900 x 760 pixels can show; "
        "give a smaller --cell"
    )


@pytest.mark.parametrize(("delay", "last"), [(40, 2000), (3000, 3000)])
def test_a_step_lasts_as_long_as_asked_for(delay: int, last: int) -> None:
    data = render_animation(trace_of(PlainConv(kernel="1"), 1, 1, 2), ".gif", delay=delay)
    assert [time for _, time in frames_in(data)] == [delay, delay, last]


@pytest.mark.parametrize("option", ["--delay", "--cell", "--view"])
def test_options_of_moving_pictures_need_one(updown: Updown, option: str) -> None:
    value = "gather" if option == "--view" else 40
    done = updown("explain", "pool", option, value)
    assert (done.code, done.stderr) == (2, f"updown: {option}: goes with --animate\n")


def test_the_command_takes_time_and_cells(updown: Updown) -> None:
    assert updown("explain", "pool", "--animate", "a.gif", "--delay", 50, "--cell", 20).code == 0
    assert [time for _, time in frames_in(Path("a.gif").read_bytes())] == [50] * 4 + [2000]


@pytest.mark.parametrize("ending", [".gif", ".png"])
def test_all_frames_share_a_palette(ending: str) -> None:
    data = render_animation(trace_of(PlainConv(kernel=NINE, padding=(1,)), 1, 3, 3), ending)
    for image, _ in frames_in(data):
        found = image.getcolors(256)
        assert found is not None
        assert {colour for _, colour in found} <= set(colours())


def test_the_palette_has_every_colour_of_a_cell() -> None:
    looks = [look for look in vars(looks_module).values() if isinstance(look, CellStyle)]
    assert len(looks) == 12
    pixels = np.array([[look.fill, look.border] for look in looks], np.uint8)
    (quantized,) = with_one_palette([Image.fromarray(pixels)])
    assert (np.array(quantized.convert("RGB")) == pixels).all()
    assert len(colours()) <= 256


def test_the_first_step_of_a_file_is_the_first_frame() -> None:
    trace = trace_of(Deconv(kernel=NINE, stride=(2,)), 1, 2, 2)
    written = [image for image, _ in frames_in(render_animation(trace, ".webp"))]
    drawn = frames_of(trace)
    assert len(written) == len(drawn) == 5
    for a, b in zip(written, drawn, strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            lambda: trace_of(PlainConv(kernel="1"), 1, 21, 20),
            "420 output values are more than the 400 steps of a moving picture; "
            "give a smaller --input, such as 8x8",
        ),
        (
            lambda: trace_of(PlainConv(kernel="1", stride=(9,)), 1, 70),
            "input 70 and output 8 have more cells than 900 x 760 pixels can show; "
            "give a smaller --input, such as 8x8",
        ),
        (
            lambda: trace_of(MaxPool(), 1, 2, 2, 4),
            "a moving picture shows one or two sides, not 2x2x4; give an --input such as 4x4",
        ),
    ],
    ids=["steps", "cells", "sides"],
)
def test_what_is_too_large_is_refused(make: Callable[[], Trace], expected: str) -> None:
    with pytest.raises(InputError) as refusal:
        frames_of(make())
    assert str(refusal.value) == expected
