"""Max unpooling: against torch and pixels worked out by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray

from tests.helpers import planes, run
from tests.ops.unpool.reference import SAME, SIDES, Pixels, noise
from updown_cli.errors import InputError, ShapeError
from updown_cli.op.pool_indices import PoolIndices, renumber
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.pipeline.pipeline import Pipeline

# The batch of semantics U4: two images of two channels of 2 x 4 pixels.
BATCH = [
    [[[2, 11, 25, 21], [10, 4, 29, 16]], [[23, 6, 18, 26], [3, 30, 8, 0]]],
    [[[19, 12, 20, 13], [7, 5, 17, 14]], [[27, 22, 9, 28], [24, 1, 15, 31]]],
]

NUMBERED = {
    "torch": [[[1, 6], [5, 3]], [[0, 2], [0, 7]]],
    "tf": [[[2, 12], [11, 7]], [[0, 4], [1, 15]]],
    "tf-batch": [[[2, 12], [11, 7]], [[16, 20], [17, 31]]],
    "onnx": [[[1, 6], [13, 11]], [[16, 18], [24, 31]]],
}


def positions(indices: ArrayLike, *source: int, numbering: str = "torch") -> PoolIndices:
    """Return the switches of one plane of two sides, or of N x C planes."""
    array = np.array(indices, dtype=np.int64)
    array = array.reshape((1,) * (4 - array.ndim) + array.shape)
    return PoolIndices(array, Shape(array.shape[1], *source), numbering=numbering)


def unpooled(values: ArrayLike, pool_indices: PoolIndices, **parameters: Any) -> Any:
    """Return values placed by switches, as a list of rows."""
    op = MaxUnpool(indices="photo.npz", **parameters).with_pool_indices(pool_indices)
    return run(op, planes(values), pool_indices).pixels[0, 0].tolist()


def pooled(x: torch.Tensor, **parameters: Any) -> Signal:
    """Return what a max pool that remembers its positions makes of x."""
    return run(MaxPool(save_indices="photo.npz", **parameters), x)


def indices_of(image: ArrayLike, **parameters: Any) -> Any:
    """Return the positions of the maxima of one plane, as a list of rows."""
    return pooled(planes(image), **parameters).pool_indices[0].indices[0, 0].tolist()


def back(signal: Signal) -> torch.Tensor:
    """Return pooled pixels where they came from."""
    op = MaxUnpool(indices="photo.npz").with_pool_indices(signal.pool_indices[-1])
    return run(op, signal.pixels, *signal.pool_indices).pixels


def pads_before(length: int, kernel: int, stride: int, padding: int | str) -> int:
    """Return the padding at the start, as TensorFlow has it for `same`."""
    if not isinstance(padding, str):
        return padding
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return total // 2 if padding == "same" else total - total // 2


def maxima_in_place(
    image: Pixels,
    counts: tuple[int, ...],
    kernel: int,
    stride: int,
    padding: int | str = 0,
    dilation: int = 1,
) -> Pixels:
    """Return zeros but for the largest value of every window, one window at a time."""
    result = np.zeros_like(image)
    reach = dilation * (kernel - 1) + 1
    before = [pads_before(side, reach, stride, padding) for side in image.shape]
    for window in np.ndindex(*counts):
        axes = []
        for place, pad, side in zip(window, before, image.shape, strict=True):
            pixels = place * stride - pad + np.arange(kernel) * dilation
            axes.append(pixels[(pixels >= 0) & (pixels < side)].tolist())
        best = max(product(*axes), key=lambda pixel: float(image[pixel]))
        result[best] = image[best]
    return result


WINDOWS: list[dict[str, Any]] = [
    {"kernel": 2, "stride": 2},
    {"kernel": 3, "stride": 2},
    {"kernel": 2, "stride": 1},
    {"kernel": 2, "stride": 3},
    {"kernel": 3, "stride": 2, "padding": 1},
    {"kernel": 2, "stride": 2, "padding": "same"},
    {"kernel": 2, "stride": 2, "padding": "same-lower"},
    {"kernel": 3, "stride": 1, "padding": "same"},
    {"kernel": 2, "stride": 2, "dilation": 2},
    {"kernel": 3, "stride": 2, "padding": 1, "dilation": 2},
    {"kernel": 2, "stride": 2, "padding": "same", "dilation": 3},
]

WITH_PARTIAL_WINDOWS = [
    {**windows, "ceil_mode": True}
    for windows in WINDOWS
    if not isinstance(windows.get("padding"), str)
]


def as_parameters(kernel: int, **windows: Any) -> dict[str, Any]:
    """Return windows as parameters of a pool, whose numbers are per axis."""
    named = {"kernel_size": kernel, **windows}
    return {name: v if isinstance(v, str | bool) else (v,) for name, v in named.items()}


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("windows", WINDOWS, ids=str)
def test_unpooling_a_pool_leaves_its_maxima_where_they_were(
    windows: dict[str, Any], dims: int
) -> None:
    """Zeros elsewhere, in the size that was pooled."""
    image = noise(*SIDES[dims])
    signal = pooled(planes(image, dims), **as_parameters(**windows))
    counts = tuple(signal.pixels.shape[2:])
    expected = maxima_in_place(image, counts, **windows)
    np.testing.assert_array_equal(back(signal)[0, 0], expected)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("windows", [*WINDOWS, *WITH_PARTIAL_WINDOWS], ids=str)
def test_pooling_what_was_unpooled_gives_the_same_bits(windows: dict[str, Any], dims: int) -> None:
    """Values above 0, so that zeros win nowhere."""
    parameters = as_parameters(**windows)
    once = pooled(torch.from_numpy(noise(2, 3, *SIDES[dims])), **parameters)
    twice = pooled(back(once), **parameters)
    np.testing.assert_array_equal(twice.pixels, once.pixels)
    np.testing.assert_array_equal(twice.pool_indices[0].indices, once.pool_indices[0].indices)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 0), (3, 2, 1), (2, 1, 0), (3, 3, 1)]
)
def test_is_the_torch_layer(dims: int, kernel: int, stride: int, padding: int) -> None:
    """With the positions that torch's own pool gives."""
    x = torch.from_numpy(noise(2, 3, *SIDES[dims]))
    pool = getattr(F, f"max_pool{dims}d")
    layer = getattr(torch.nn, f"MaxUnpool{dims}d")(kernel, stride, padding)
    values, indices = pool(x, kernel, stride, padding, return_indices=True)
    expected = layer(values, indices, output_size=x.shape)
    pool_indices = PoolIndices(indices.numpy(), Shape(*x.shape[1:]))
    op = MaxUnpool(indices="photo.npz").with_pool_indices(pool_indices)
    np.testing.assert_array_equal(run(op, values, pool_indices).pixels, expected)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_a_kernel_size_gives_the_size_of_the_torch_layer(dims: int) -> None:
    """(in - 1) * stride - 2 * padding + kernel_size, whatever was pooled."""
    x = torch.from_numpy(noise(2, 3, *(8,) * dims))
    values, indices = getattr(F, f"max_pool{dims}d")(x, 4, 2, 1, return_indices=True)
    expected = getattr(torch.nn, f"MaxUnpool{dims}d")(4, 2, 1)(values, indices)
    op = MaxUnpool(indices="photo.npz", kernel_size=(4,), stride=(2,), padding=(1,))
    pool_indices = PoolIndices(indices.numpy(), Shape(3, *(9,) * dims))
    actual = run(op.with_pool_indices(pool_indices), values, pool_indices).pixels
    np.testing.assert_array_equal(actual, expected)


def test_the_seeds_example() -> None:
    """No two windows share a maximum (U1)."""
    rows = unpooled([[5, 6], [8, 9]], positions([[4, 5], [7, 8]], 3, 3))
    assert rows == [[0, 0, 0], [0, 5, 6], [0, 8, 9]]


@pytest.mark.parametrize(("duplicates", "centre"), [("error", 9), ("last", 9), ("sum", 36)])
def test_a_maximum_of_four_windows_is_placed_once_and_only_sum_adds(
    duplicates: str, centre: int
) -> None:
    """A 9 in the middle, k2 s1 (U1)."""
    image = [[1, 2, 3], [4, 9, 5], [6, 7, 8]]
    signal = pooled(planes(image), kernel_size=(2,), stride=(1,))
    (pool_indices,) = signal.pool_indices
    assert pool_indices.indices[0, 0].tolist() == [[4, 4], [4, 4]]
    rows = unpooled(signal.pixels.numpy(), pool_indices, duplicates=duplicates)
    assert rows == [[0, 0, 0], [0, centre, 0], [0, 0, 0]]


@pytest.mark.parametrize(("duplicates", "placed"), [("error", 16), ("last", 16), ("sum", 64)])
def test_a_maximum_of_four_larger_windows(duplicates: str, placed: int) -> None:
    """A 16 inside four 3x3 windows of 4x4 pixels (U1)."""
    image = np.arange(16.0).reshape(4, 4)
    image[1, 2] = 16
    signal = pooled(planes(image), kernel_size=(3,), stride=(1,))
    rows = unpooled(signal.pixels.numpy(), signal.pool_indices[0], duplicates=duplicates)
    assert rows == [[0, 0, 0, 0], [0, 0, placed, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("duplicates", "values", "expected"),
    [
        ("last", [1, 2, 3, 4], 4),
        ("sum", [1, 2, 3, 4], 10),
        ("max", [1, 2, 3, 4], 4),
        ("mean", [1, 2, 3, 4], 2.5),
        ("last", [4, 3, 2, 1], 1),
        ("max", [4, 3, 2, 1], 4),
        ("max", [-4, -3, -1, -2], -1),
        ("mean", [-4, -3, -1, -2], -2.5),
    ],
)
def test_different_values_with_one_position(
    duplicates: str, values: list[float], expected: float
) -> None:
    """The zeros of the empty image are no value (U2)."""
    where = positions([[4, 4, 4, 4]], 3, 3)
    rows = unpooled([values], where, duplicates=duplicates)
    assert rows == [[0, 0, 0], [0, expected, 0], [0, 0, 0]]


def test_different_values_with_one_position_are_refused_unless_it_is_said_how() -> None:
    """The sentence names the index and its channel (U2)."""
    values = np.ones((1, 2, 1, 3))
    values[0, 1, 0, 2] = 2
    where = positions([[[[0, 1, 2]], [[3, 4, 4]]]], 3, 3)
    with pytest.raises(InputError) as error:
        unpooled(values, where)
    expected = "several different values have index 4 in channel 1"
    assert (
        str(error.value) == f"{expected}; say what to do with --duplicates last, sum, max or mean"
    )


def test_missing_values_with_one_position_are_equal() -> None:
    """NaN is not equal to itself, but it is the same value."""
    rows = unpooled([[np.nan, np.nan]], positions([[1, 1]], 1, 3))
    np.testing.assert_array_equal(rows, [[0, np.nan, 0]])


@pytest.mark.parametrize(
    ("duplicates", "reduce"),
    [("last", lambda v: v[-1]), ("sum", sum), ("max", max), ("mean", np.mean)],
)
def test_duplicates_by_the_dozen(duplicates: str, reduce: Any) -> None:
    """Ninety values of each of six planes on twelve pixels."""
    random = np.random.default_rng(0)
    indices = random.integers(0, 12, (2, 3, 9, 10))
    values = random.random((2, 3, 9, 10), dtype=np.float32)
    pool_indices = PoolIndices(indices, Shape(3, 4, 3))
    op = MaxUnpool(indices="photo.npz", duplicates=duplicates).with_pool_indices(pool_indices)
    actual = run(op, torch.from_numpy(values), pool_indices).pixels
    expected = np.zeros((2, 3, 12))
    for n, c, index in np.ndindex(2, 3, 12):
        mine = values[n, c][indices[n, c] == index]
        expected[n, c, index] = reduce(mine) if mine.size else 0
    np.testing.assert_allclose(actual, expected.reshape(2, 3, 4, 3), rtol=SAME)


@pytest.mark.parametrize("signs", [(0.0, -0.0, 0.0, -0.0), (-0.0, -0.0, -0.0, 0.0)])
def test_the_last_of_equal_values_is_placed_with_its_sign(signs: tuple[float, ...]) -> None:
    where = positions([[2, 2], [2, 2]], 2, 2)
    op = MaxUnpool(indices="photo.npz").with_pool_indices(where)
    values = np.array(signs, np.float32).reshape(2, 2)
    placed = run(op, planes(values).float(), where).pixels.numpy().ravel()
    assert np.signbit(placed).tolist() == [False, False, bool(np.signbit(signs[-1])), False]


@pytest.mark.parametrize(
    ("duplicates", "selects"),
    [("error", True), ("last", True), ("sum", True), ("max", True), ("mean", False)],
)
def test_only_the_mean_makes_fractions_of_integers(duplicates: str, selects: bool) -> None:
    """The others select or add them."""
    assert MaxUnpool(indices="photo.npz", duplicates=duplicates).selects_values() is selects


def test_an_odd_size_is_remembered() -> None:
    """5x5, k2 s2 (U3)."""
    image = np.arange(25).reshape(5, 5)
    assert indices_of(image) == [[6, 8], [16, 18]]
    expected = np.zeros((5, 5))
    expected[1, 1], expected[1, 3], expected[3, 1], expected[3, 3] = 6, 8, 16, 18
    np.testing.assert_array_equal(back(pooled(planes(image)))[0, 0], expected)


def test_an_odd_size_that_is_not_told_is_refused() -> None:
    """The formula gives 4x4 (U3)."""
    where = positions([[0, 2], [8, 18]], 5, 5)
    with pytest.raises(InputError) as error:
        unpooled([[6, 8], [16, 18]], where, kernel_size=(2,))
    expected = "index 18 at (0,0,1,1) is outside 4x4"
    assert str(error.value) == f"{expected}; give the size before pooling as --output-size"
    assert error.value.code == "index_out_of_range"


@pytest.mark.parametrize(
    ("parameters", "rows"),
    [
        ({}, [[0, 0, 0, 8, 0], [9, 0, 0, 0, 0], [0, 0, 0, 0, 0]]),
        ({"output_size": (3, 5)}, [[0, 0, 0, 8, 0], [9, 0, 0, 0, 0], [0, 0, 0, 0, 0]]),
        (
            {"kernel_size": (2,), "output_size": (3, 5)},
            [[0, 0, 0, 8, 0], [9, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
        ),
        ({"kernel_size": (2,)}, [[0, 0, 0, 8], [0, 9, 0, 0]]),
    ],
    ids=str,
)
def test_a_width_that_is_not_told_moves_values(
    parameters: dict[str, Any], rows: list[list[float]]
) -> None:
    """The index 5 of a 9 at (1, 0) is (1, 1) in 2x4, where torch puts it (U3)."""
    image = [[0, 0, 0, 8, 0], [9, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    signal = pooled(planes(image))
    assert signal.pool_indices[0].indices[0, 0].tolist() == [[5, 3]]
    assert unpooled([[9, 8]], signal.pool_indices[0], **parameters) == rows


MOVED = "values move, as they do in torch; leave the size out to put them back"


@pytest.mark.parametrize(
    ("source", "size", "numbering", "expected"),
    [
        ((4, 6), (4, 8), "torch", "rows of 6, the result has rows of 8"),
        ((4, 6), (4, 8), "tf", "rows of 6, the result has rows of 8"),
        ((4, 6), (4, 8), "onnx", None),
        ((4, 6), (5, 6), "torch", None),
        ((8,), (9,), "torch", None),
        ((4, 4, 6), (4, 5, 6), "torch", "planes of 4x6, the result has planes of 5x6"),
    ],
)
def test_a_width_other_than_that_of_the_positions_is_told(
    source: tuple[int, ...], size: tuple[int, ...], numbering: str, expected: str | None
) -> None:
    pooled = Shape(1, *(side // 2 for side in source))
    there = positions(np.zeros((1, *pooled), int), *source, numbering=numbering)
    told = MaxUnpool(indices="a.npz", output_size=size).with_pool_indices(there)
    text = f"the positions count in {expected}: {MOVED}"
    assert told.warnings(pooled) == ([text] if expected else [])


def test_a_chain_tells_a_width_other_than_the_pooled_one() -> None:
    pool = MaxPool(kernel_size=(2,), save_indices="@a")
    unpool = MaxUnpool(indices="@a", output_size=(4, 8))
    plan = Pipeline.of(pool, unpool).plan(Shape(1, 4, 6))
    text = f"the positions count in rows of 6, the result has rows of 8: {MOVED}"
    assert [told.partition(": ")[2] for told in plan.warnings] == [text]


@pytest.mark.parametrize("numbering", list(NUMBERED))
def test_positions_are_numbered_as_each_framework_does(numbering: str) -> None:
    """A batch of two images with two channels (U4)."""
    signal = pooled(planes(BATCH))
    (pool_indices,) = signal.pool_indices
    numbers = renumber(pool_indices.indices, pool_indices.source, to=numbering)
    assert numbers[:, :, 0].tolist() == NUMBERED[numbering]


@pytest.mark.parametrize("numbering", list(NUMBERED))
def test_positions_of_each_framework_are_read(numbering: str) -> None:
    """Back to torch's, which unpool the batch (U4)."""
    given = np.array(NUMBERED[numbering])[:, :, None]
    plain = renumber(given, Shape(2, 2, 4), given=numbering)
    assert plain[:, :, 0].tolist() == NUMBERED["torch"]


def coordinates(shape: tuple[int, ...], plane: NDArray[np.int64]) -> tuple[Any, Any, list[Any]]:
    """Return n, c and the place in its plane of N x C x sides positions."""
    n, c = np.indices(plane.shape)[:2]
    return n, c, list(np.unravel_index(plane, shape[2:]))


@pytest.mark.parametrize("sides", [(7,), (3, 5), (2, 3, 4)], ids=str)
def test_numberings_are_orders_of_the_axes(sides: tuple[int, ...]) -> None:
    """Depth before height before width, in each of them (U4)."""
    shape = (2, 3, *sides)
    images, channels = shape[:2]
    plane = np.random.default_rng(0).integers(0, np.prod(sides), shape)
    source = Shape(*shape[1:])
    n, c, place = coordinates(shape, plane)
    expected = {
        "torch": np.ravel_multi_index(tuple(place), sides),
        "tf": np.ravel_multi_index((*place, c), (*sides, channels)),
        "tf-batch": np.ravel_multi_index((n, *place, c), (images, *sides, channels)),
        "onnx": np.ravel_multi_index((n, c, *place), shape),
    }
    actual = {name: renumber(plane, source, to=name) for name in expected}
    np.testing.assert_equal(actual, expected)


def test_the_seeds_positions_of_two_channels() -> None:
    """001's 4x4x2 image, numbered as TensorFlow does (U4)."""
    mask = [[[8, 9], [12, 13]], [[24, 25], [28, 29]]]
    given = np.moveaxis(np.array(mask), -1, 0)[None]
    where = positions(renumber(given, Shape(2, 4, 4), given="tf"), 4, 4)
    op = MaxUnpool(indices="photo.npz").with_pool_indices(where)
    values = planes([[[1, 1], [3, 3]], [[5, 5], [7, 7]]])
    assert run(op, values, where).pixels[0].tolist() == [
        [[0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0], [3, 0, 3, 0]],
        [[0, 0, 0, 0], [5, 0, 5, 0], [0, 0, 0, 0], [7, 0, 7, 0]],
    ]


@pytest.mark.parametrize(("numbering", "row", "column"), [("onnx", 1, 1), ("torch", 1, 0)])
def test_only_an_onnx_position_keeps_its_place_in_another_width(
    numbering: str, row: int, column: int
) -> None:
    """A 5 with index 5 of 4x4 pixels, in 5x5 (U5)."""
    where = positions([[5, 7], [13, 15]], 4, 4, numbering=numbering)
    rows = unpooled([[5, 7], [13, 15]], where, output_size=(5, 5))
    assert rows[row][column] == 5
    assert sorted(np.ravel(rows)) == [0] * 21 + [5, 7, 13, 15]


def test_an_onnx_position_outside_a_smaller_size_is_refused() -> None:
    """Index 15 is (3, 3) of 4x4 pixels, which 3x3 have not (U10)."""
    where = positions([[5, 6], [9, 15]], 4, 4, numbering="onnx")
    with pytest.raises(InputError) as error:
        unpooled([[1, 2], [3, 4]], where, output_size=(3, 3))
    expected = "index 15 at (0,0,1,1) is outside 3x3"
    assert str(error.value) == f"{expected}; give the size before pooling as --output-size"


@pytest.mark.parametrize("index", [-1, 16])
def test_an_onnx_position_outside_what_was_pooled_is_refused(index: int) -> None:
    """Whatever size is asked for (U10)."""
    where = positions([[5, index]], 4, 4, numbering="onnx")
    with pytest.raises(InputError, match=rf"^index {index} at \(0,0,0,1\) is outside 4x4; "):
        unpooled([[1, 2]], where, output_size=(5, 5))


@pytest.mark.parametrize(
    ("numbering", "size"), [({"index_format": "onnx"}, (4, 4)), ({}, (5, 5))], ids=str
)
def test_bare_onnx_positions_count_in_the_formulas_size(
    numbering: dict[str, Any], size: tuple[int, int]
) -> None:
    """Whatever output_size says (U5)."""
    op = MaxUnpool(indices="photo.npy", kernel_size=(2,), output_size=(5,), **numbering)
    shape = Shape(1, 2, 2)
    assert op.for_shape(shape).source_size(shape) == size


def test_same_padding_of_an_odd_size_goes_back() -> None:
    """3x3, k2 s2, where 001's code builds 4x4 (U6)."""
    ramp = np.arange(1, 10).reshape(3, 3)
    signal = pooled(planes(ramp), padding="same")
    assert signal.pool_indices[0].indices[0, 0].tolist() == [[4, 5], [7, 8]]
    assert back(signal)[0, 0].tolist() == [[0, 0, 0], [0, 5, 6], [0, 8, 9]]


def test_positions_with_the_batch_in_them_are_out_of_range_without() -> None:
    """Index 16 of the second image is pixel 8 of eight (U7)."""
    given = np.array(NUMBERED["tf-batch"])[:, :, None]
    where = positions(renumber(given, Shape(2, 2, 4), given="tf"), 2, 4)
    with pytest.raises(InputError, match=r"^index 8 at \(1,0,0,0\) is outside 2x4; "):
        unpooled(np.ones((2, 2, 1, 2)), where)


def test_positions_of_another_numbering_are_refused() -> None:
    """An index of TensorFlow tells its channel (U7)."""
    given = np.array(NUMBERED["torch"])[:, :, None]
    with pytest.raises(InputError) as error:
        renumber(given, Shape(2, 2, 4), given="tf")
    expected = "the indices are not numbered as tf does; choose another --index-format"
    assert str(error.value) == expected


@pytest.mark.parametrize(
    ("indices", "index", "place"),
    [
        ([[4, -1], [4, 4]], -1, "0,0,0,1"),
        ([[4, 4], [9, 4]], 9, "0,0,1,0"),
        ([[[[0, 1]], [[2, 3]]], [[[4, 5]], [[6, 99]]]], 99, "1,1,0,1"),
    ],
)
def test_a_position_outside_is_named(indices: Any, index: int, place: str) -> None:
    """Image, channel, row and column of the index (U10)."""
    where = positions(indices, 3, 3)
    with pytest.raises(InputError) as error:
        unpooled(np.ones(where.indices.shape), where)
    expected = f"index {index} at ({place}) is outside 3x3"
    assert str(error.value) == f"{expected}; give the size before pooling as --output-size"
    assert error.value.code == "index_out_of_range"


def test_positions_do_not_count_padding() -> None:
    """4x4, k3 s2 p1 (U11)."""
    ramp = np.arange(16).reshape(4, 4)
    signal = pooled(planes(ramp), kernel_size=(3,), stride=(2,), padding=(1,))
    assert signal.pool_indices[0].indices[0, 0].tolist() == [[5, 7], [13, 15]]
    rows = back(signal)[0, 0].tolist()
    assert rows == [[0, 0, 0, 0], [0, 5, 0, 7], [0, 0, 0, 0], [0, 13, 0, 15]]


def test_the_last_pool_is_undone_first() -> None:
    """Two pools and two unpools, as in a network."""
    x = torch.from_numpy(noise(1, 2, 9, 11))
    first = pooled(x)
    second = run(MaxPool(save_indices="@inner"), first.pixels, *first.pool_indices)
    assert [tuple(s.source) for s in second.pool_indices] == [(2, 9, 11), (2, 4, 5)]
    undo_inner, undo_outer = MaxUnpool(indices="@inner"), MaxUnpool(indices="photo.npz")
    inner = run(
        undo_inner.with_pool_indices(second.pool_indices[1]), second.pixels, *second.pool_indices
    )
    outer = run(
        undo_outer.with_pool_indices(inner.pool_indices[0]), inner.pixels, *inner.pool_indices
    )
    layer = torch.nn.MaxUnpool2d(2)
    _, here = F.max_pool2d(x, 2, return_indices=True)
    values, there = F.max_pool2d(first.pixels, 2, return_indices=True)
    between = layer(values, there, output_size=first.pixels.shape)
    expected = layer(between, here, output_size=x.shape)
    np.testing.assert_array_equal(outer.pixels, expected)


def test_positions_of_another_image_are_refused() -> None:
    """Both shapes are named."""
    with pytest.raises(ShapeError) as error:
        unpooled(np.ones((3, 2)), positions([[4, 4], [4, 4]], 3, 3))
    expected = "1x1x3x2 values, but the indices are for 1x1x2x2"
    assert str(error.value) == f"{expected}; take the indices that were saved with this image"


def test_a_size_that_nobody_knows_is_refused() -> None:
    """Neither a file nor an option tells it."""
    with pytest.raises(ShapeError) as error:
        MaxUnpool(indices="photo.npy").out_shape(Shape(1, 2, 2))
    expected = "the size before pooling is not known; give --output-size or --kernel-size"
    assert str(error.value) == expected


def test_nothing_is_placed_without_positions() -> None:
    """They travel beside the pixels."""
    with pytest.raises(ShapeError, match=r"^there are no positions to unpool by$"):
        MaxUnpool(indices="photo.npz").apply(planes([[1]]))
