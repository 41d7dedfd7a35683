"""How many taps reach each pixel of a transposed convolution, as it is reported."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import Updown, noise, picture
from tests.helpers import apply
from updown_cli.op.shape import Shape
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.deconv.overlap import adds_up_evenly, count_taps, is_even

SETTINGS = [
    (kernel, stride, padding, dilation)
    for kernel in (1, 2, 3, 4, 6)
    for stride in (1, 2, 3)
    for padding in ("0", "1", "same", "valid")
    for dilation in (1, 2, 3)
]


def ones(kernel: int, stride: int, padding: str, dilation: int) -> Deconv:
    return Deconv(
        kernel=" ".join(["1"] * kernel),
        stride=(stride,),
        padding=(int(padding),) if padding.isdigit() else padding,
        dilation=(dilation,),
    )


@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation"), SETTINGS)
def test_taps_are_counted_as_a_kernel_of_ones_adds_them_up(
    kernel: int, stride: int, padding: str, dilation: int
) -> None:
    op = ones(kernel, stride, padding, dilation)
    (crop,) = op.for_shape(Shape(1, 9)).crops(Shape(1, 9))
    assert count_taps(crop).tolist() == apply(op, np.ones(9), dims=1).tolist()


@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation"), SETTINGS)
def test_even_means_one_count_away_from_the_borders(
    kernel: int, stride: int, padding: str, dilation: int
) -> None:
    op = ones(kernel, stride, padding, dilation)
    (crop,) = op.for_shape(Shape(1, 80)).crops(Shape(1, 80))
    inside = apply(op, np.ones(80), dims=1)[25:-25]
    assert is_even(crop) == (inside.min() == inside.max() > 0)
    if dilation == 1:
        assert is_even(crop) == (kernel % stride == 0)


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"),
    [
        ("1 2 1; 2 4 2; 1 2 1", 2, 1),
        ("1 2 3 2 1", 3, 1),
        ("1 2 3 2 1", 2, 1),
        ("1 2; 3 4", 2, 1),
        ("1 1 1 1; 2 2 2 2", 2, 1),
        ("1 3 2 0", 2, 1),
        ("1 -1 2 -2; 0 0 0 0", 2, 1),
        ("1 0.5 0.5 1", 2, 3),
        ("bilinear", 2, 1),
        ("bilinear", 3, 1),
        ("gaussian", 2, 1),
        ("identity", 2, 1),
        ("sobel-h", 2, 1),
        ("1 2 3", 1, 2),
    ],
)
def test_weights_add_up_evenly_where_a_flat_picture_stays_flat(
    kernel: str, stride: int, dilation: int
) -> None:
    dims = 1 if kernel[0].isdigit() and ";" not in kernel else 2
    shape = Shape(1, *(40,) * dims)
    op = Deconv(kernel=kernel, stride=(stride,), dilation=(dilation,)).for_shape(shape)
    result = apply(op, np.ones(shape.size), dims=dims)
    inside = result[(slice(20, -20),) * dims]
    evenly = adds_up_evenly(op.weight(shape)[0], op.crops(shape))
    assert evenly == (np.ptp(inside) < 1e-6)


def test_each_pair_of_channels_adds_up_by_itself() -> None:
    """Two kernels whose sum is flat, of which neither is."""
    crops = Deconv(kernel="1 1 1", stride=(2,)).for_shape(Shape(1, 9)).crops(Shape(1, 9))
    halves = np.array([[[1.0, 0, 0]], [[0, 1, 0]]])
    assert not adds_up_evenly(halves, crops)
    assert adds_up_evenly(halves.sum(0, keepdims=True), crops)


def test_a_stride_of_audio_with_as_many_taps_is_told_at_once() -> None:
    op = Deconv(kernel="bilinear", stride=(65535,)).for_shape(Shape(1, 2))
    assert adds_up_evenly(op.weight(Shape(1, 2))[0], op.crops(Shape(1, 2)))
    sparse = Deconv(kernel="1; 0", stride=(65535,)).for_shape(Shape(1, 2, 2))
    assert not adds_up_evenly(sparse.weight(Shape(1, 2, 2))[0], sparse.crops(Shape(1, 2, 2)))


def test_the_checkerboard_of_kernel_3_at_stride_2() -> None:
    """Rows 1 2 1 2 and 2 4 2 4 (D9)."""
    settings = {"stride": (2,), "padding": (1,), "output_padding": (1,)}
    op = Deconv(kernel="1 1 1; 1 1 1; 1 1 1", report_overlap=True, **settings)  # type: ignore[arg-type]
    result = apply(op, np.ones((3, 3)))
    assert result[:2, :4].tolist() == [[1, 2, 1, 2], [2, 4, 2, 4]]
    assert op.for_shape(Shape(1, 3, 3)).answers(Shape(1, 3, 3)) == [
        "overlap: 1 to 4 taps reach an output pixel, unevenly, in a checkerboard",
        "overlap in height: 1 to 2 taps, uneven (kernel 3, stride 2)",
        "overlap in width: 1 to 2 taps, uneven (kernel 3, stride 2)",
    ]


@pytest.mark.parametrize(
    ("op", "shape", "expected"),
    [
        (
            Deconv(kernel="box", kernel_size=(4,), stride=(2,), padding=(1,), report_overlap=True),
            Shape(1, 5, 5),
            [
                "overlap: 1 to 4 taps reach an output pixel, evenly away from the borders",
                "overlap in height: 1 to 2 taps, even (kernel 4, stride 2)",
                "overlap in width: 1 to 2 taps, even (kernel 4, stride 2)",
            ],
        ),
        (
            Deconv(kernel="1 1", stride=(3,), dilation=(2,), report_overlap=True),
            Shape(1, 5),
            [
                "overlap: 0 to 1 tap reach an output pixel, unevenly, in a checkerboard",
                "overlap in length: 0 to 1 tap, uneven (kernel 2, stride 3, dilation 2)",
            ],
        ),
        (
            Deconv(kernel="bilinear", kernel_size=(3,), stride=(2,), report_overlap=True),
            Shape(1, 5, 5),
            [
                "overlap: 1 to 4 taps reach an output pixel, unevenly, but the weights add up "
                "evenly: no checkerboard",
                "overlap in height: 1 to 2 taps, uneven (kernel 3, stride 2)",
                "overlap in width: 1 to 2 taps, uneven (kernel 3, stride 2)",
            ],
        ),
        (
            Deconv(kernel="1 2", stride=(2,), report_overlap=True),
            Shape(1, 5),
            [
                "overlap: 1 tap reaches every output pixel, but the weights do not add up "
                "evenly: a checkerboard",
                "overlap in length: 1 tap, even (kernel 2, stride 2)",
            ],
        ),
    ],
)
def test_the_report_tells_the_range_and_the_settings(
    op: Deconv, shape: Shape, expected: list[str]
) -> None:
    assert op.for_shape(shape).answers(shape) == expected


def test_the_report_is_printed_and_part_of_the_json(updown: Updown) -> None:
    picture("in.png", noise(4, 4))
    command = ["deconv", "--kernel", "box", "-k", "2", "-s", "2", "--report-overlap", "in.png"]
    lines = [
        "overlap: 1 tap reaches every output pixel",
        "overlap in height: 1 tap, even (kernel 2, stride 2)",
        "overlap in width: 1 tap, even (kernel 2, stride 2)",
    ]
    done = updown(*command, "--json", "-o", "out.png")
    assert done.code == 0
    assert done.stderr.splitlines() == [f"updown: {line}" for line in lines]
    assert done.records[0]["answers"] == lines
    assert updown(*command, "--dry-run", "-o", "b.png").stderr.splitlines() == [
        f"updown: {line}" for line in lines
    ]


def test_nothing_is_said_without_the_question(updown: Updown) -> None:
    picture("in.png", noise(4, 4))
    assert updown("deconv", "--kernel", "box", "in.png", "-o", "out.png").stderr == ""
