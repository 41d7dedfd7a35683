"""Pooling by sliding windows, against a NumPy loop, SciPy, Pillow, torch and tables by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import torch
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from tests.helpers import apply, planes, run
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op import windows
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.lp import LpPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.min import MinPool
from updown_cli.ops.pool.windows import DilatedPool, WindowPool
from updown_cli.pipeline.pipeline import Pipeline

Values = NDArray[Any]
Reduce = Callable[[Values, int], float]

# float32 sums of a few positive numbers, against float64.
RTOL = 1e-6

RAMP_3X3 = np.arange(1.0, 10).reshape(3, 3)
SIDES = {1: (13,), 2: (9, 11), 3: (7, 6, 5)}


@dataclass(frozen=True)
class Axis:
    """The windows along one axis of the reference."""

    kernel: int
    stride: int
    padding: int | str = 0
    dilation: int = 1
    ceil_mode: bool = False

    def starts(self, length: int) -> list[int]:
        """Return where each window starts; before 0 in the padding."""
        reach = self.dilation * (self.kernel - 1) + 1
        if isinstance(self.padding, str) and self.padding.startswith("same"):
            count = math.ceil(length / self.stride)
            total = max((count - 1) * self.stride + reach - length, 0)
            before = total // 2 if self.padding == "same" else total - total // 2
            return [i * self.stride - before for i in range(count)]
        padding = self.padding if isinstance(self.padding, int) else 0
        end, starts = length + padding, [-padding]
        while starts[-1] + reach < end:
            starts.append(starts[-1] + self.stride)
        return [s for s in starts if (s < length if self.ceil_mode else s + reach <= end)]

    def windows(self, length: int) -> list[tuple[list[int], int]]:
        """Return what is inside of every window, and how many positions the mean counts."""
        border = self.padding if isinstance(self.padding, int) else 0
        windows = []
        for start in self.starts(length):
            taps = [start + self.dilation * i for i in range(self.kernel)]
            inside = [tap for tap in taps if 0 <= tap < length]
            windows.append((inside, sum(-border <= tap < length + border for tap in taps)))
        return windows


def reference(image: Values, axes: list[Axis], reduce: Reduce) -> Values:
    """Return `reduce(values inside, positions counted)` of one window at a time."""
    per_axis = [axis.windows(side) for axis, side in zip(axes, image.shape, strict=True)]
    results = [
        reduce(
            image[np.ix_(*(inside for inside, _ in window))].ravel(),
            math.prod(counted for _, counted in window),
        )
        for window in product(*per_axis)
    ]
    return np.reshape(results, [len(windows) for windows in per_axis])


def maximum(values: Values, _: int) -> float:
    return float(values.max())


def minimum(values: Values, _: int) -> float:
    return float(values.min())


def mean_with_padding(values: Values, counted: int) -> float:
    return float(values.sum(dtype=np.float64)) / counted


def mean(values: Values, _: int) -> float:
    return float(values.mean(dtype=np.float64))


def lower_median(values: Values, _: int) -> float:
    return float(np.sort(values)[(values.size - 1) // 2])


def mean_median(values: Values, _: int) -> float:
    return float(np.median(values.astype(np.float64)))


def norm(p: float) -> Reduce:
    def of(values: Values, _: int) -> float:
        return float(np.linalg.norm(values.astype(np.float64), p))

    return of


def random_image(dims: int, *, signed: bool = False) -> Values:
    random = np.random.default_rng(dims)
    values = random.normal(size=SIDES[dims]) if signed else random.random(SIDES[dims])
    return values.astype(np.float32)


def few_values(dims: int) -> Values:
    """Return an image with many ties."""
    return np.random.default_rng(dims).integers(0, 4, SIDES[dims]).astype(np.float32)


def positions(op: MaxPool, values: ArrayLike, dims: int = 2) -> Values:
    """Return the saved positions of the maxima, N x C x sides."""
    return run(op, planes(values, dims)).pool_indices[-1].indices


DIMS = pytest.mark.parametrize("dims", [1, 2, 3])

AXES = pytest.mark.parametrize(
    "axis",
    [
        Axis(2, 2),
        Axis(3, 1, 1),
        Axis(3, 2, 1, ceil_mode=True),
        Axis(2, 3, ceil_mode=True),
        Axis(5, 3, 2, ceil_mode=True),
        Axis(1, 2),
        Axis(4, 1, "valid"),
        Axis(2, 2, "same"),
        Axis(3, 2, "same"),
        Axis(2, 2, "same-lower"),
        Axis(4, 3, "same-lower"),
        Axis(1, 3, "same"),
    ],
    ids=str,
)

DILATED = pytest.mark.parametrize(
    "axis",
    [
        Axis(3, 1, 0, 2),
        Axis(3, 2, 1, 2, ceil_mode=True),
        Axis(2, 2, 1, 3),
        Axis(3, 2, "same", 2),
        Axis(2, 1, "same-lower", 3),
    ],
    ids=str,
)

# What torch's layers take: no padding by name.
NUMBERED = pytest.mark.parametrize(
    "axis",
    [
        Axis(2, 2),
        Axis(3, 1, 1),
        Axis(3, 2, 1, ceil_mode=True),
        Axis(2, 3, ceil_mode=True),
        Axis(5, 3, 2, ceil_mode=True),
    ],
    ids=str,
)


def window(axis: Axis) -> dict[str, Any]:
    """Return the parameters of every pool by windows."""
    return {
        "kernel_size": (axis.kernel,),
        "stride": (axis.stride,),
        "ceil_mode": axis.ceil_mode,
    }


def padded_window(axis: Axis) -> dict[str, Any]:
    padding = axis.padding if isinstance(axis.padding, str) else (axis.padding,)
    return {**window(axis), "padding": padding}


def dilated_window(axis: Axis) -> dict[str, Any]:
    return {**padded_window(axis), "dilation": (axis.dilation,)}


def layer(name: str, dims: int, *args: Any, **options: Any) -> Any:
    """Return torch's layer for this many sides."""
    return getattr(torch.nn, f"{name}{dims}d")(*args, **options)


def through_torch(layer: Any, image: Values) -> Values:
    result: Values = layer(torch.from_numpy(image)[None, None])[0, 0].numpy()
    return result


# --- max


@DIMS
@AXES
def test_max_is_the_largest_value_of_each_window(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, maximum)
    np.testing.assert_array_equal(apply(MaxPool(**padded_window(axis)), image, dims), expected)


@DIMS
@DILATED
def test_max_of_windows_with_gaps(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, maximum)
    np.testing.assert_array_equal(apply(MaxPool(**dilated_window(axis)), image, dims), expected)


@DIMS
@NUMBERED
@pytest.mark.parametrize("dilation", [1, 2])
def test_max_and_its_positions_are_those_of_torch(axis: Axis, dilation: int, dims: int) -> None:
    x = torch.from_numpy(few_values(dims) - 9)[None, None].repeat(2, 3, *[1] * dims)
    x[1, 2] += 5
    arguments = (axis.kernel, axis.stride, axis.padding, dilation, True, axis.ceil_mode)
    values, indices = layer("MaxPool", dims, *arguments)(x)
    op = MaxPool(**padded_window(axis), dilation=(dilation,), save_indices="positions.npz")
    signal = run(op, x)
    np.testing.assert_allclose(signal.pixels, values, rtol=RTOL)
    np.testing.assert_array_equal(signal.pool_indices[0].indices, indices)


def test_each_axis_has_its_own_numbers() -> None:
    axes = [Axis(2, 3, 1, 1), Axis(3, 1, 0, 2)]
    op = MaxPool(kernel_size=(2, 3), stride=(3, 1), padding=(1, 0), dilation=(1, 2))
    image = random_image(2, signed=True)
    np.testing.assert_array_equal(apply(op, image), reference(image, axes, maximum))
    torch_layer = torch.nn.MaxPool2d((2, 3), (3, 1), (1, 0), (1, 2))
    np.testing.assert_array_equal(apply(op, image), through_torch(torch_layer, image))


@pytest.mark.parametrize(("padding", "origin"), [("same", -1), ("same-lower", 0)])
def test_same_padding_puts_the_odd_pixel_after_and_same_lower_before(
    padding: str, origin: int
) -> None:
    op = MaxPool(kernel_size=(2,), stride=(1,), padding=padding)
    image = random_image(2, signed=True)
    expected = scipy.ndimage.maximum_filter(image, 2, mode="constant", cval=-np.inf, origin=origin)
    np.testing.assert_array_equal(apply(op, image), expected)


def test_stride_is_the_kernel_size_if_not_given() -> None:
    """The seeds' example needs stride 1 (P1)."""
    np.testing.assert_array_equal(apply(MaxPool(), RAMP_3X3), [[5]])
    np.testing.assert_array_equal(apply(MaxPool(stride=(1,)), RAMP_3X3), [[5, 6], [8, 9]])


def test_same_padding_is_minus_infinity_for_max() -> None:
    """Zeros would give [[-1, 0], [0, 0]] (P2)."""
    np.testing.assert_array_equal(apply(MaxPool(padding="same"), -RAMP_3X3), [[-1, -3], [-7, -9]])


def test_padding_by_number_is_minus_infinity_for_max() -> None:
    """The same image with a border of one pixel (P2)."""
    np.testing.assert_array_equal(apply(MaxPool(padding=(1,)), -RAMP_3X3), [[-1, -2], [-4, -5]])


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (
            lambda: MaxPool(kernel_size=(2,), padding=(2,)),
            "--padding 2: must be at most half of --kernel-size, 1",
        ),
        (
            lambda: MinPool(kernel_size=(5, 3), padding=(2,)),
            "--padding 2: must be at most half of --kernel-size, 1",
        ),
        (
            lambda: AvgPool(kernel_size=(3,), padding=(1, 2)),
            "--padding 1x2: must be at most half of --kernel-size, 1",
        ),
        (
            lambda: MedianPool(kernel_size=(2,), padding=(2,)),
            "--padding 2: must be at most half of --kernel-size, 1",
        ),
    ],
)
def test_padding_is_at_most_half_the_window(op: Callable[[], WindowPool], message: str) -> None:
    """As in torch (P3)."""
    with pytest.raises(ParameterError) as error:
        op()
    assert str(error.value) == message


@pytest.mark.parametrize("pool", [MaxPool, MinPool, MedianPool])
def test_gaps_do_not_widen_the_padding_limit(pool: type[DilatedPool]) -> None:
    """torch compares with kernel_size, whatever the dilation (P3)."""
    with pytest.raises(RuntimeError, match="half of kernel size"):
        torch.nn.MaxPool2d(3, 1, 2, 2)(torch.zeros(1, 1, 9, 9))
    with pytest.raises(ParameterError) as error:
        pool(kernel_size=(3,), padding=(2,), dilation=(2,))
    assert str(error.value) == "--padding 2: must be at most half of --kernel-size, 1"


@pytest.mark.parametrize(("ceil_mode", "expected"), [(False, [2, 4]), (True, [2, 4, 5])])
def test_ceil_mode_keeps_a_partial_window(ceil_mode: bool, expected: list[float]) -> None:
    """1..5, kernel 2 (P4)."""
    result = apply(MaxPool(ceil_mode=ceil_mode), [1, 2, 3, 4, 5], 1)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (MaxPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 2),
        (MinPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 1),
        (AvgPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 1),
        (MedianPool(kernel_size=(3,), padding=(1,), ceil_mode=True), 1),
    ],
    ids=lambda value: getattr(value, "mode", str(value)),
)
def test_no_window_starts_in_the_padding_at_the_end(op: WindowPool, expected: float) -> None:
    """L=2, kernel and stride 3, padding 1: one output, not two (P4)."""
    np.testing.assert_array_equal(apply(op, [1, 2], 1), [expected])


@pytest.mark.parametrize("padding", ["same", "same-lower", "valid"])
def test_ceil_mode_needs_padding_by_number(padding: str) -> None:
    with pytest.raises(ParameterError) as error:
        MaxPool(padding=padding, ceil_mode=True)
    expected = f"--ceil-mode goes with a number as --padding, not with {padding}"
    assert str(error.value) == expected


@pytest.mark.parametrize("op", [MaxPool(), MinPool(), MedianPool()], ids=lambda op: op.mode)
def test_nan_spreads_over_its_window(op: WindowPool) -> None:
    """As in torch; TensorFlow gives [1, 4] (P14)."""
    expected = {"max": [np.nan, 4], "min": [np.nan, 3], "median": [np.nan, 3]}[op.mode]
    np.testing.assert_array_equal(apply(op, [1, np.nan, 3, 4], 1), expected)


def test_the_first_of_equal_maxima_in_row_major_order_is_saved() -> None:
    """(P15)."""
    image = [[1, 1, 2, 2], [1, 1, 2, 2], [5, 5, 5, 5], [5, 5, 5, 5]]
    saved = positions(MaxPool(save_indices="positions.npz"), image)
    np.testing.assert_array_equal(saved, [[[[0, 2], [8, 10]]]])


@DIMS
@AXES
def test_saved_positions_are_those_of_the_first_maximum(axis: Axis, dims: int) -> None:
    """Counted in the image, not in the padded image (P15, U11)."""
    image = few_values(dims) - 9
    op = MaxPool(**padded_window(axis), save_indices="positions.npz")
    flat = image.ravel()

    def first(places: Values, _: int) -> float:
        return float(places[flat[places].argmax()])

    places = np.arange(image.size).reshape(image.shape)
    expected = reference(places, [axis] * dims, first)
    np.testing.assert_array_equal(positions(op, image, dims)[0, 0], expected)


def test_saved_positions_ignore_padding() -> None:
    """4x4 ramp, kernel 3, stride 2, padding 1 (U11)."""
    op = MaxPool(kernel_size=(3,), stride=(2,), padding=(1,), save_indices="positions.npz")
    saved = positions(op, np.arange(16).reshape(4, 4))
    np.testing.assert_array_equal(saved, [[[[5, 7], [13, 15]]]])


@pytest.mark.parametrize("padding", ["same", "same-lower", (1,)], ids=str)
def test_saved_positions_are_inside_an_image_of_minus_infinity(
    padding: str | tuple[int, ...],
) -> None:
    """Padding is no position, even where it is as large as the image (U11)."""
    op = MaxPool(kernel_size=(3,), stride=(1,), padding=padding, save_indices="positions.npz")
    saved = positions(op, np.full(4, -np.inf), 1)
    np.testing.assert_array_equal(saved, [[[0, 0, 1, 2]]])


def test_positions_of_minus_infinity_are_in_their_window_with_gaps() -> None:
    """The pixel nearest to the padding, 5, is in the second window only (U11)."""
    op = MaxPool(stride=(1,), dilation=(3,), padding="same", save_indices="positions.npz")
    saved = positions(op, [5, -np.inf, -np.inf, -np.inf], 1)
    np.testing.assert_array_equal(saved, [[[2, 0, 1, 2]]])


def test_same_padding_saves_positions_on_odd_sizes() -> None:
    """TensorFlow's argmax of the 3x3 ramp (U6)."""
    saved = positions(MaxPool(padding="same", save_indices="positions.npz"), RAMP_3X3)
    np.testing.assert_array_equal(saved, [[[[4, 5], [7, 8]]]])


def test_saved_positions_remember_the_pool() -> None:
    op = MaxPool(padding="same", stride=(1,), save_indices="positions.npz")
    pool_indices = run(op, torch.zeros(2, 3, 5, 7)).pool_indices[0]
    assert pool_indices.source == Shape(3, 5, 7)
    assert pool_indices.kernel_size == (2, 2)
    assert pool_indices.stride == (1, 1)
    assert pool_indices.padding == "same"
    assert pool_indices.numbering == "torch"


def test_positions_are_kept_only_if_asked_for() -> None:
    assert run(MaxPool(), planes(RAMP_3X3)).pool_indices == ()


@pytest.mark.parametrize(
    ("op", "reach"),
    [
        (MaxPool(kernel_size=(3,)), "3x3"),
        (MinPool(dilation=(2,)), "3x3"),
        (AvgPool(kernel_size=(1, 3)), "1x3"),
        (MedianPool(kernel_size=(3,), padding="valid"), "3x3"),
        (LpPool(kernel_size=(5,)), "5x5"),
    ],
    ids=lambda value: getattr(value, "mode", str(value)),
)
def test_a_window_larger_than_the_image_is_refused(op: WindowPool, reach: str) -> None:
    """torch raises RuntimeError, TensorFlow dies (P16)."""
    with pytest.raises(ShapeError) as error:
        run(op, torch.zeros(1, 1, 2, 2))
    expected = f"pool: nothing is left of a 1x2x2 image; the window is {reach}"
    assert str(error.value) == expected


def test_same_padding_takes_a_window_larger_than_the_image() -> None:
    op = MaxPool(kernel_size=(5,), stride=(2,), padding="same")
    np.testing.assert_array_equal(apply(op, RAMP_3X3), [[9, 9], [9, 9]])


@pytest.mark.parametrize(
    ("op", "unread"),
    [
        (MaxPool(), (1, 0)),
        (AvgPool(ceil_mode=True), None),
        (MinPool(padding="same"), None),
        (LpPool(stride=(3,)), (0, 1)),
        (MedianPool(dilation=(2,), stride=(1,)), None),
    ],
    ids=lambda value: getattr(value, "mode", str(value)),
)
def test_pixels_in_no_window_are_told(op: WindowPool, unread: tuple[int, int] | None) -> None:
    shape = Shape(1, 5, 6)
    expected = (
        [] if unread is None else [f"the last {unread[0]}x{unread[1]} pixels are in no window"]
    )
    assert op.for_shape(shape).notes(shape) == expected


def test_require_divisible_refuses_pixels_in_no_window() -> None:
    op = MaxPool(require_divisible=True)
    assert op.out_shape(Shape(1, 4, 6)) == Shape(1, 2, 3)
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, 5, 6))
    assert str(error.value) == (
        "the last 1x0 pixels of 5x6 fill no window; "
        "choose another --kernel-size or leave --require-divisible out"
    )


# --- min


@DIMS
@AXES
def test_min_is_the_smallest_value_of_each_window(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, minimum)
    np.testing.assert_array_equal(apply(MinPool(**padded_window(axis)), image, dims), expected)


@DIMS
@DILATED
def test_min_of_windows_with_gaps(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, minimum)
    np.testing.assert_array_equal(apply(MinPool(**dilated_window(axis)), image, dims), expected)


@DIMS
@NUMBERED
def test_min_is_minus_torchs_max_of_minus_x(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    torch_layer = layer(
        "MaxPool", dims, axis.kernel, axis.stride, axis.padding, ceil_mode=axis.ceil_mode
    )
    expected = -through_torch(torch_layer, -image)
    np.testing.assert_allclose(
        apply(MinPool(**padded_window(axis)), image, dims), expected, rtol=RTOL
    )


def test_min_agrees_with_scipy() -> None:
    op = MinPool(kernel_size=(3,), stride=(1,), padding="same")
    image = random_image(2, signed=True)
    expected = scipy.ndimage.minimum_filter(image, 3, mode="constant", cval=np.inf)
    np.testing.assert_array_equal(apply(op, image), expected)


def test_same_padding_is_plus_infinity_for_min() -> None:
    """Zeros would give [[1, 0], [0, 0]] (P2)."""
    np.testing.assert_array_equal(apply(MinPool(padding="same"), RAMP_3X3), [[1, 3], [7, 9]])


def test_min_of_bytes_does_not_wrap() -> None:
    """-max(-x) of unsigned numbers would be 1 (P11)."""
    image = np.array([[[[0, 1], [2, 3]]]], np.uint8)
    plan = Pipeline((MinPool(),)).plan(Shape(1, 2, 2))
    result = Engine(torch.device("cpu")).run(plan, image, Quantization("uint8"))
    assert result.pixels.tolist() == [[[[0]]]]


# --- avg


THIN = [
    ((1, 5, 5), Axis(3, 1, 1)),
    ((2, 5, 4), Axis(3, 2, 1, ceil_mode=True)),
    ((1, 6, 6), Axis(3, 2, "same")),
    ((2, 3, 7), Axis(5, 1, 2)),
]


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize(("size", "axis"), THIN, ids=str)
def test_avg_of_volumes_thinner_than_the_window(
    size: tuple[int, ...], axis: Axis, count_include_pad: bool
) -> None:
    """torch refuses them."""
    image = np.random.default_rng(3).random(size)
    op = AvgPool(**padded_window(axis), count_include_pad=count_include_pad)
    mean_of = mean_with_padding if count_include_pad and axis.padding != "same" else mean
    np.testing.assert_allclose(
        apply(op, image, 3), reference(image, [axis] * 3, mean_of), rtol=RTOL
    )


def test_lp_of_a_volume_thinner_than_the_window_is_refused_as_torch_does() -> None:
    op = LpPool(kernel_size=(3,), stride=(2,), ceil_mode=True)
    with pytest.raises(ShapeError) as refused:
        op.out_shape(Shape(1, 2, 5, 5))
    assert str(refused.value) == ("torch pools no volume of 2x5x5 by 3x3x3; --convention onnx does")


@DIMS
@AXES
@pytest.mark.parametrize("count_include_pad", [True, False])
def test_avg_is_the_mean_of_each_window(axis: Axis, count_include_pad: bool, dims: int) -> None:
    counts_padding = count_include_pad and not isinstance(axis.padding, str)
    image = random_image(dims)
    expected = reference(image, [axis] * dims, mean_with_padding if counts_padding else mean)
    op = AvgPool(**padded_window(axis), count_include_pad=count_include_pad)
    np.testing.assert_allclose(apply(op, image, dims), expected, rtol=RTOL)


@DIMS
@NUMBERED
@pytest.mark.parametrize("count_include_pad", [True, False])
def test_avg_is_that_of_torch(axis: Axis, count_include_pad: bool, dims: int) -> None:
    image = random_image(dims)
    torch_layer = layer(
        "AvgPool",
        dims,
        axis.kernel,
        axis.stride,
        axis.padding,
        axis.ceil_mode,
        count_include_pad,
    )
    op = AvgPool(**padded_window(axis), count_include_pad=count_include_pad)
    np.testing.assert_allclose(apply(op, image, dims), through_torch(torch_layer, image), rtol=RTOL)


def test_avg_with_ceil_mode_is_pillows_reduce() -> None:
    image = random_image(2)
    expected = np.asarray(Image.fromarray(image).reduce((2, 4)))
    op = AvgPool(kernel_size=(4, 2), ceil_mode=True)
    np.testing.assert_allclose(apply(op, image), expected, rtol=RTOL)


def test_same_padding_is_never_counted_by_avg() -> None:
    """The 3x3 ramp; kernel 3 at the corner gives 3, not 1.33 (P2)."""
    np.testing.assert_array_equal(apply(AvgPool(padding="same"), RAMP_3X3), [[3, 4.5], [7.5, 9]])
    op = AvgPool(kernel_size=(3,), stride=(1,), padding="same", count_include_pad=True)
    assert apply(op, RAMP_3X3)[0, 0] == 3


@pytest.mark.parametrize(
    ("op", "values", "expected"),
    [
        (AvgPool(ceil_mode=True), [1, 2, 3, 4, 5], [1.5, 3.5, 5]),
        (
            AvgPool(kernel_size=(3,), stride=(2,), padding=(1,), ceil_mode=True),
            [1, 2, 3, 4],
            [1, 3, 2],
        ),
    ],
    ids=["without padding", "with padding"],
)
def test_avg_with_ceil_mode_does_not_count_beyond_the_padding(
    op: AvgPool, values: list[float], expected: list[float]
) -> None:
    """The last windows divide by 1, not 2, and by 2, not 3 (P4)."""
    np.testing.assert_array_equal(apply(op, values, 1), expected)


@pytest.mark.parametrize(
    ("count_include_pad", "expected"), [(True, [1, 2, 3, 7 / 3]), (False, [1.5, 2, 3, 3.5])]
)
def test_avg_counts_padding_unless_told_not_to(
    count_include_pad: bool, expected: list[float]
) -> None:
    """1..4, kernel 3, stride 1, padding 1 (P5)."""
    op = AvgPool(kernel_size=(3,), stride=(1,), padding=(1,), count_include_pad=count_include_pad)
    np.testing.assert_allclose(apply(op, [1, 2, 3, 4], 1), expected, rtol=RTOL)


@pytest.mark.parametrize("count_include_pad", [True, False])
def test_divisor_override_replaces_every_divisor(count_include_pad: bool) -> None:
    """Sums of ones, borders too (P6)."""
    op = AvgPool(
        stride=(1,),
        padding=(1,),
        divisor_override=1,
        count_include_pad=count_include_pad,
    )
    expected = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    np.testing.assert_array_equal(apply(op, np.ones((2, 2))), expected)


def test_divisor_override_replaces_the_divisor_of_same_padding() -> None:
    """(P6)."""
    op = AvgPool(padding="same", divisor_override=2)
    np.testing.assert_array_equal(apply(op, RAMP_3X3), [[6, 4.5], [7.5, 4.5]])


def test_divisor_override_works_in_one_dimension() -> None:
    """torch's avg_pool1d has none (P6)."""
    np.testing.assert_array_equal(
        apply(AvgPool(divisor_override=4), [1, 2, 3, 4, 5], 1), [0.75, 1.75]
    )


def test_divisor_override_of_zero_is_refused() -> None:
    """(P6)."""
    with pytest.raises(ParameterError, match=r"^--divisor-override 0: must be from 1 to "):
        AvgPool(divisor_override=0)


# --- median


@DIMS
@AXES
@pytest.mark.parametrize(
    ("median", "reduce"), [("lower", lower_median), ("mean", mean_median)], ids=["lower", "mean"]
)
def test_median_is_that_of_the_pixels_inside(
    axis: Axis, median: str, reduce: Reduce, dims: int
) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, reduce)
    op = MedianPool(**padded_window(axis), median=median)
    # The mean of two float32 is rounded once.
    np.testing.assert_allclose(apply(op, image, dims), expected, rtol=1e-6, atol=1e-7)


@DIMS
@DILATED
def test_median_of_windows_with_gaps(axis: Axis, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, lower_median)
    np.testing.assert_array_equal(apply(MedianPool(**dilated_window(axis)), image, dims), expected)


@pytest.mark.parametrize("kernel", [2, 3])
def test_median_is_torchs_median_of_the_unfolded_image(kernel: int) -> None:
    image = random_image(2, signed=True)
    unfolded = torch.from_numpy(image).unfold(0, kernel, 2).unfold(1, kernel, 2)
    expected = unfolded.flatten(-2).median(-1).values
    op = MedianPool(kernel_size=(kernel,), stride=(2,))
    np.testing.assert_array_equal(apply(op, image), expected)


def test_median_agrees_with_scipy_inside() -> None:
    image = random_image(2, signed=True)
    expected = scipy.ndimage.median_filter(image, 3)[1:-1, 1:-1]
    np.testing.assert_array_equal(apply(MedianPool(kernel_size=(3,), stride=(1,)), image), expected)


@pytest.mark.parametrize(("median", "expected"), [("lower", 2), ("mean", 2.5)])
def test_median_of_an_even_number_is_the_lower_or_the_mean(median: str, expected: float) -> None:
    """torch.median gives the lower one, NumPy the mean (P12)."""
    op = MedianPool(kernel_size=(4,), median=median)
    np.testing.assert_array_equal(apply(op, [1, 2, 3, 4], 1), [expected])


def test_median_gathered_a_row_at_a_time_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    op = MedianPool(kernel_size=(3,), stride=(2,), padding=(1,), ceil_mode=True)
    image = random_image(2, signed=True)
    at_once = apply(op, image)
    monkeypatch.setattr(windows, "GATHERED_VALUES", 1)
    np.testing.assert_array_equal(apply(op, image), at_once)


# --- lp


@DIMS
@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 3.0, math.inf])
@pytest.mark.parametrize(
    "axis",
    [Axis(2, 2), Axis(3, 2), Axis(2, 3, ceil_mode=True), Axis(3, 2, ceil_mode=True)],
    ids=str,
)
def test_onnx_convention_is_the_norm_of_what_is_inside(axis: Axis, p: float, dims: int) -> None:
    image = random_image(dims, signed=True)
    expected = reference(image, [axis] * dims, norm(p))
    op = LpPool(**window(axis), norm_type=p, convention="onnx")
    # Two powers in float32: a few last places more than a sum.
    np.testing.assert_allclose(apply(op, image, dims), expected, rtol=4e-6)


@DIMS
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
@pytest.mark.parametrize("axis", [Axis(2, 2), Axis(3, 2), Axis(2, 3, ceil_mode=True)], ids=str)
def test_lp_is_that_of_torch(axis: Axis, p: float, dims: int) -> None:
    image = random_image(dims)
    torch_layer = layer("LPPool", dims, p, axis.kernel, axis.stride, axis.ceil_mode)
    actual = apply(LpPool(**window(axis), norm_type=p), image, dims)
    np.testing.assert_allclose(actual, through_torch(torch_layer, image), rtol=RTOL)


@pytest.mark.parametrize("convention", ["torch", "onnx"])
def test_lp_is_a_sum_not_a_mean(convention: str) -> None:
    """3 and 4 give 5 (P7)."""
    op = LpPool(kernel_size=(1, 2), convention=convention)
    np.testing.assert_allclose(apply(op, [[3, 4]]), [[5]], rtol=RTOL)


@pytest.mark.parametrize("convention", ["torch", "onnx"])
@pytest.mark.parametrize(
    ("p", "values", "by_torch", "by_onnx"),
    [
        (3, [-1, 2], 7 ** (1 / 3), 9 ** (1 / 3)),
        (3, [-1, -2], np.nan, 9 ** (1 / 3)),
        (1, [-1, -2], -3, 3),
        (1.5, [-1, 2], np.nan, (1 + 2**1.5) ** (1 / 1.5)),
    ],
)
def test_torch_takes_powers_of_negative_values_as_they_are(
    p: float, values: list[float], by_torch: float, by_onnx: float, convention: str
) -> None:
    """onnx takes |x| (P7)."""
    expected = {"torch": by_torch, "onnx": by_onnx}[convention]
    op = LpPool(kernel_size=(1, 2), norm_type=p, convention=convention)
    np.testing.assert_allclose(apply(op, [values]), [[expected]], rtol=RTOL)


@pytest.mark.parametrize("convention", ["torch", "onnx"])
def test_infinite_p_gives_the_largest_magnitude(convention: str) -> None:
    """(P7)."""
    op = LpPool(kernel_size=(1, 2), norm_type=math.inf, convention=convention)
    np.testing.assert_array_equal(apply(op, [[3, -4]]), [[4]])


@pytest.mark.parametrize("p", [0, -1])
def test_p_is_positive(p: float) -> None:
    """(P7)."""
    with pytest.raises(ParameterError) as error:
        LpPool(norm_type=p)
    assert str(error.value) == f"--norm-type {p}: must be more than 0"


def test_onnx_convention_does_not_overflow() -> None:
    """255^64 is beyond float32, which torch's result tells (P7)."""
    image = [[255, 255]]
    op = LpPool(kernel_size=(1, 2), norm_type=64, convention="onnx")
    np.testing.assert_allclose(apply(op, image), [[255 * 2 ** (1 / 64)]], rtol=RTOL)
    op = LpPool(kernel_size=(1, 2), norm_type=64)
    np.testing.assert_array_equal(apply(op, image), [[np.inf]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0], 0),
        ([np.inf, 1], np.inf),
        ([-np.inf, np.inf], np.inf),
        ([np.nan, 1], np.nan),
        ([3e-35, 4e-35], 5e-35),
    ],
    ids=["zeros", "inf", "both infinities", "nan", "tiny"],
)
def test_onnx_convention_takes_every_magnitude(values: list[float], expected: float) -> None:
    """The largest magnitude is taken out before powers are formed (P7)."""
    op = LpPool(kernel_size=(1, 2), convention="onnx")
    np.testing.assert_allclose(apply(op, [values]), [[expected]], rtol=RTOL)


@pytest.mark.parametrize(
    ("convention", "expected"), [("torch", [5, math.sqrt(50)]), ("onnx", [5, 5])]
)
def test_torch_multiplies_a_partial_window_by_its_full_size(
    convention: str, expected: list[float]
) -> None:
    """3, 4, 5 with kernel 2 and ceil_mode (P7)."""
    op = LpPool(kernel_size=(1, 2), ceil_mode=True, convention=convention)
    np.testing.assert_allclose(apply(op, [[3, 4, 5]]), [expected], rtol=RTOL)


@pytest.mark.parametrize(
    ("convention", "side", "expected"),
    [
        (
            "torch",
            5,
            [
                "torch multiplies the mean of a partial window by the full window's size; "
                "--convention onnx sums what is inside"
            ],
        ),
        ("torch", 6, []),
        ("onnx", 5, []),
    ],
)
def test_partial_windows_in_torchs_convention_are_told(
    convention: str, side: int, expected: list[str]
) -> None:
    """(P7)."""
    shape = Shape(1, 4, side)
    op = LpPool(ceil_mode=True, convention=convention).for_shape(shape)
    assert op.warnings(shape) == expected


# --- all


@pytest.mark.parametrize(
    ("op", "selects"),
    [
        (MaxPool(), True),
        (MinPool(), True),
        (MedianPool(), True),
        (MedianPool(median="mean"), False),
        (AvgPool(), False),
        (LpPool(), False),
    ],
    ids=repr,
)
def test_integers_stay_integers_where_values_are_selected(op: WindowPool, selects: bool) -> None:
    assert op.selects_values() is selects


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kernel_size": (0,)}, "--kernel-size 0: must be from 1 to 65535"),
        ({"stride": (0,)}, "--stride 0: must be from 1 to 65535"),
        ({"dilation": (0,)}, "--dilation 0: must be from 1 to 65535"),
        ({"padding": (-1,)}, "--padding -1: must be from 0 to 65535"),
        (
            {"padding": "sam"},
            "--padding sam: must be numbers or one of same, same-lower, valid",
        ),
        (
            {"kernel_size": (2, 2, 2, 2)},
            "--kernel-size 2x2x2x2: must be one number, or one per axis between 'x'",
        ),
    ],
    ids=str,
)
def test_parameters_have_limits(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as error:
        MaxPool(**parameters)
    assert str(error.value) == message


def test_numbers_for_another_number_of_axes_are_refused() -> None:
    with pytest.raises(ShapeError) as error:
        MaxPool(kernel_size=(2, 2, 2)).out_shape(Shape(1, 4, 4))
    assert str(error.value) == "--kernel-size 2x2x2 has 3 numbers for 2-D data"
