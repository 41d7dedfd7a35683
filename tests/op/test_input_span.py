"""Which input pixels output pixels need: what an operation says against what it does."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from tests.samples import SAMPLES, dims_of
from tests.test_every_op import input_for
from updown_cli.op.base import Op
from updown_cli.op.input_span import InputSpan
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.conv.dilated import DilatedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.grad import GradUnpool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.linear import Linear
from updown_cli.ops.upsample.mean import MeanUpsample
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.nearest_exact import NearestExact
from updown_cli.ops.upsample.spline import SplineUpsample

MORE: tuple[Op, ...] = (
    PlainConv(kernel="box", padding="same", stride=(3,), dilation=(2,)),
    Deconv(kernel="box", padding="valid", stride=(5,)),
    Deconv(kernel="box", padding=(2,), stride=(3,), output_padding=(1,)),
    MaxPool(kernel_size=(3,), stride=(5,), padding=(1,), ceil_mode=True),
    AvgPool(kernel_size=(4,), padding="same", stride=(3,)),
    BlurPool(kernel_size=(4,), stride=(1,)),
    BlurPool(kernel_size=(7,), stride=(5,)),
    GradUnpool(source="a.png", output_size=(12, 16), kernel_size=(4,), stride=(3,), padding="same"),
    Nearest(scale_factor=(0.3,)),
    Nearest(scale_factor=(2.3,), coordinates="half-pixel"),
    NearestExact(scale_factor=(0.7,)),
    Linear(size=(9, 11), align_corners=True),
    Bilinear(size=(3, 3), antialias=True, align_corners=True),
    Bicubic(scale_factor=(0.4,), antialias=True),
    Bicubic(scale_factor=(2.5,)),
    Lanczos(scale_factor=(1.6,)),
    Shuffle(downscale_factor=2, arrange="frames"),
)

every_op = pytest.mark.parametrize("op", [*SAMPLES, *MORE], ids=str)

# Weights of 0 at the ends of a filter and a pixel for rounding: Lanczos has three on either side.
SLACK_OF_FILTERS = 3


def slack(op: Op, *, rounded: bool) -> int:
    """Return by how many rows a span may be wider than what changes a row."""
    gaps = max(getattr(op, "dilation", (1,))) - 1
    zeros = 1 if "sobel" in str(getattr(op, "kernel", "")) else 0
    if isinstance(op, QuantizedConv):
        zeros += 1  # its results are clamped, so that little changes do not show
    return SLACK_OF_FILTERS if rounded else gaps + zeros


def needed(op: Op, axis: int) -> tuple[Op, Shape, list[set[int]]]:
    """Return for each output row of an axis which input rows, changed alone, change it."""
    x, beside = input_for(op)
    if isinstance(op, GradUnpool):
        x, source = x[..., :4, :6], torch.rand(2, 4, 12, 16)
        beside = op.pool().for_shape(Shape(4, 12, 16)).run(Signal(source)).pool_indices
    shape = Shape(*x.shape[1:])
    filled_in = op.for_shape(shape)
    before = filled_in.run(Signal(x, beside)).pixels
    changing: list[set[int]] = [set() for _ in range(before.shape[2 + axis])]
    others = [dim for dim in range(before.dim()) if dim != 2 + axis]
    for row in range(x.shape[2 + axis]):
        for value in (0.0, 255.0, 100.0):
            changed = x.clone()
            changed.select(2 + axis, row).fill_(value)
            after = filled_in.run(Signal(changed, beside)).pixels
            differs = (after != before).sum(others) > 0
            for out in differs.nonzero().flatten().tolist():
                changing[out].add(row)
    return filled_in, shape, changing


@every_op
@pytest.mark.parametrize("axis", [0, 1])
def test_no_other_rows_change_a_row(op: Op, axis: int) -> None:
    filled_in, shape, changing = needed(op, axis)
    reach = filled_in.input_spans(shape)[axis]
    for out, rows in enumerate(changing):
        first, last = reach.span(out, out + 1)
        assert rows <= set(range(first, last)), f"row {out}"


@every_op
@pytest.mark.parametrize("axis", [0, 1])
def test_the_first_and_last_row_of_a_span_change_it(op: Op, axis: int) -> None:
    filled_in, shape, changing = needed(op, axis)
    reach = filled_in.input_spans(shape)[axis]
    if reach.needs_all or isinstance(op, GradUnpool):  # whose source says which row of its span
        return
    most = slack(op, rounded=reach.rounded)
    for out, rows in enumerate(changing):
        first, last = reach.span(out, out + 1)
        if rows:
            assert min(rows) - first <= most, f"row {out}"
            assert last - 1 - max(rows) <= most, f"row {out}"
        else:
            assert last - first <= most


@every_op
def test_a_strip_needs_what_its_rows_need(op: Op) -> None:
    x, _ = input_for(op)
    shape = Shape(*x.shape[1:])
    filled_in = op.for_shape(shape)
    sides = zip(filled_in.input_spans(shape), filled_in.out_size(shape), strict=True)
    for reach, out in sides:
        assert reach.length in shape.size
        for start in range(out - 1):
            rows = [span for row in (start, start + 1) if (span := reach.span(row, row + 1))]
            first, last = reach.span(start, start + 2)
            full = [(low, high) for low, high in rows if low < high]
            assert all(first <= low and high <= last for low, high in full)
            if len(full) == 2:
                assert (first, last) == (
                    min(low for low, _ in full),
                    max(high for _, high in full),
                )


@pytest.mark.parametrize(
    ("op", "spans"),
    [
        (MaxPool(), [(0, 2), (2, 4), (4, 6), (6, 8)]),
        (PlainConv(kernel="box", padding=(1,), stride=(3,)), [(0, 2), (2, 5), (5, 8)]),
        (AdaptiveAvgPool(output_size=(3,)), [(0, 3), (2, 6), (5, 8)]),
        (ZeroUnpool(kernel_size=(2,)), [(0, 1), (1, 1), (1, 2), (2, 2)]),
        (Shuffle(downscale_factor=4, arrange="frames"), [(0, 4), (4, 8)]),
        (MeanUpsample(scale_factor=(2,)), [(0, 1), (0, 2), (1, 2), (1, 3)]),
        # of 0.75, 2.25 two pixels before the point's own and two after it, less what is outside
        (Bicubic(size=(4,)), [(0, 3), (1, 5), (3, 7), (5, 8)]),
        (BlurPool(kernel_size=(4,), stride=(2,)), [(0, 3), (1, 5), (3, 7), (5, 8)]),
        (SplineUpsample(size=(2,)), [(0, 8), (0, 8)]),
    ],
    ids=str,
)
def test_spans_by_hand_of_eight_pixels(op: Op, spans: list[tuple[int, int]]) -> None:
    shape = Shape(1, 8, 8)
    reach = op.for_shape(shape).input_spans(shape)[0]
    assert [reach.span(row, row + 1) for row in range(len(spans))] == spans


@pytest.mark.parametrize(
    ("op", "step", "centre"),
    [
        (MaxPool(), "2", "1/2"),
        (MaxPool(kernel_size=(3,), stride=(2,), padding=(1,)), "2", "0"),
        (Bilinear(scale_factor=(2,)), "1/2", "-1/4"),
        (Nearest(scale_factor=(2,)), "1/2", "0"),
        (NearestExact(scale_factor=(2,)), "1/2", "-1/4"),
        (Linear(size=(15, 15), align_corners=True), "1/2", "0"),
        (Deconv(kernel="bilinear", stride=(2,), padding=(1,)), "1/2", "-1/4"),
        (Shuffle(upscale_factor=2), "1/2", "-1/4"),
        (AdaptiveAvgPool(output_size=(3,)), "8/3", "5/6"),
    ],
    ids=str,
)
def test_where_output_pixels_lie(op: Op, step: str, centre: str) -> None:
    shape = Shape(4, 8, 8)
    reach = op.for_shape(shape).input_spans(shape)[0]
    assert (reach.step, reach.centre) == (Fraction(step), Fraction(centre))


@pytest.mark.parametrize(
    ("op", "operations"),
    [
        (MaxPool(), 4 * 4 * 4 * 4),
        (DilatedConv(kernel="box", padding="same"), 4 * 8 * 8 * 9),
        (SeparableConv(kernel="box", pointwise="1 2 3 4; 4 3 2 1"), 4 * 36 * 9 + 2 * 4 * 36),
        (Deconv(kernel="bilinear", stride=(2,), padding=(1,)), 4 * 8 * 8 * 16),
        (Bilinear(scale_factor=(2,)), 4 * 16 * 16 * 4),
        (Nearest(scale_factor=(2,)), 0),
        (Shuffle(upscale_factor=2), 0),
        (ZeroUnpool(kernel_size=(2,)), 0),
        (AdaptiveAvgPool(output_size=(1,)), 4 * 64),
    ],
    ids=str,
)
def test_operations_by_hand_of_four_channels_of_eight(op: Op, operations: int) -> None:
    shape = Shape(4, 8, 8)
    assert op.for_shape(shape).operations(shape) == operations


def test_samples_of_three_axes_tell_all_of_them() -> None:
    for op in SAMPLES:
        dims = dims_of(op)
        shape = Shape(4, *(8, 12, 16)[:dims])
        if not isinstance(op, (MaxUnpool, GradUnpool)):
            assert len(op.for_shape(shape).input_spans(shape)) == dims


def test_a_place_that_float32_cannot_tell_from_the_next_pixel_is_in_the_span() -> None:
    op = Nearest(size=(82,))
    shape = Shape(1, 2, 2)
    reach = op.for_shape(shape).input_spans(shape)[0]
    picked = op.for_shape(shape).apply(torch.tensor([[[[0.0, 1.0]] * 2]]))[0, 0, 0]
    assert picked[41] == 0  # exactly it would be pixel 1
    assert reach.span(41, 42) == (0, 2)


@pytest.mark.parametrize(
    ("last", "rounded", "reflected", "expected"),
    [
        ("-1/1073741824", True, False, (0, 1)),
        ("-1/1073741824", False, False, (0, 0)),
        ("-1/1048576", True, False, (0, 0)),
        ("0", True, True, (0, 2)),
        ("0", False, True, (0, 1)),
    ],
)
def test_a_place_near_zero_is_rounded_as_far_as_one_near_one(
    last: str, rounded: bool, reflected: bool, expected: tuple[int, int]
) -> None:
    """What is 2^-30 below pixel 0 may be it; mirrored, what is as much above may be pixel 1."""
    reach = InputSpan(
        length=9,
        step=Fraction(1),
        first=Fraction(last),
        last=Fraction(last),
        centre=Fraction(0),
        taps=Fraction(1),
        rounded=rounded,
        reflected=reflected,
    )
    assert reach.span(0, 1) == expected
