"""Channels to pixels and back against a NumPy loop over the channel formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tests.helpers import apply, planes, run
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.shuffle.shuffle import Shuffle

Array = NDArray[Any]

ORDERS = ["crd", "dcr", "phase-shift"]
SIZES = {1: (5,), 2: (3, 5), 3: (2, 3, 1)}

every_order = pytest.mark.parametrize("order", ORDERS)
every_rank = pytest.mark.parametrize("dims", [1, 2, 3])
every_arrangement = pytest.mark.parametrize("arrange", ["channels", "grid", "frames"])


def phase_number(offsets: tuple[int, ...], r: int) -> int:
    """Return p * r + q for (p, q), and the like for one and three offsets."""
    number = 0
    for offset in offsets:
        number = number * r + offset
    return number


def source_channel(order: str, c: int, offsets: tuple[int, ...], r: int, channels: int) -> int:
    """Return which of channels * r^dims channels holds the pixel at these offsets in channel c."""
    if order == "dcr":
        return phase_number(offsets, r) * channels + c
    if order == "phase-shift":
        offsets = offsets[::-1]
    return int(c * r ** len(offsets)) + phase_number(offsets, r)


def channels_to_pixels(x: Array, r: int, order: str) -> Array:
    """Return C r^dims x sides as C x sides * r, pixel by pixel."""
    dims = x.ndim - 1
    channels = x.shape[0] // r**dims
    result = np.full((channels, *(side * r for side in x.shape[1:])), np.nan)
    for c, *pixel in np.ndindex(result.shape):
        offsets = tuple(i % r for i in pixel)
        channel = source_channel(order, c, offsets, r, channels)
        result[c, *pixel] = x[channel, *(i // r for i in pixel)]
    return result


def counting(*shape: int) -> Array:
    """Return different numbers, so that no two arrangements are alike."""
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@every_order
@every_rank
@pytest.mark.parametrize("r", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_up_matches_the_channel_formula(channels: int, r: int, dims: int, order: str) -> None:
    x = counting(channels * r**dims, *SIZES[dims])
    result = run(Shuffle(upscale_factor=r, order=order), planes(x, dims)).pixels[0]
    np.testing.assert_array_equal(result, channels_to_pixels(x, r, order))


@every_order
@every_rank
@pytest.mark.parametrize("r", [1, 2, 3])
def test_down_gives_the_channels_that_the_formula_takes_up_again(
    r: int, dims: int, order: str
) -> None:
    x = counting(2, *(side * r for side in SIZES[dims]))
    result = run(Shuffle(downscale_factor=r, order=order), planes(x, dims)).pixels[0]
    np.testing.assert_array_equal(channels_to_pixels(result.numpy(), r, order), x)


@pytest.mark.parametrize("r", [1, 2, 3, 5])
def test_crd_matches_the_torch_layers(r: int) -> None:
    x = planes(counting(2, 3 * r**2, 3, 5))
    up = run(Shuffle(upscale_factor=r), x).pixels
    assert torch.equal(up, torch.nn.PixelShuffle(r)(x))
    assert torch.equal(run(Shuffle(downscale_factor=r), up).pixels, torch.nn.PixelUnshuffle(r)(up))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("crd", [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]),
        ("dcr", [[[0, 2], [4, 6]], [[1, 3], [5, 7]]]),
    ],
)
def test_eight_channels_differ_between_torch_and_tensorflow(order: str, expected: Any) -> None:
    """Channels 0 to 7 of one pixel (X1)."""
    x = np.arange(8).reshape(8, 1, 1)
    assert apply(Shuffle(upscale_factor=2, order=order), x).tolist() == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [("crd", [[0, 1], [2, 3]]), ("dcr", [[0, 1], [2, 3]]), ("phase-shift", [[0, 2], [1, 3]])],
)
def test_four_channels_differ_in_phase_shift_only(order: str, expected: Any) -> None:
    """Phase shift goes down the columns first (X1)."""
    x = np.arange(4).reshape(4, 1, 1)
    assert apply(Shuffle(upscale_factor=2, order=order), x).tolist() == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("crd", [[0, 2, 1, 3], [4, 6, 5, 7]]),
        ("dcr", [[0, 4, 1, 5], [2, 6, 3, 7]]),
        ("phase-shift", [[0, 2, 1, 3], [4, 6, 5, 7]]),
    ],
)
def test_one_dimension_differs_between_torch_and_tensorflow(order: str, expected: Any) -> None:
    """Channel c * r + k, or k * (C / r) + c (X2)."""
    x = [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert apply(Shuffle(upscale_factor=2, order=order), x, dims=1).tolist() == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("crd", [[4, 5], [6, 7]]),
        ("dcr", [[1, 3], [5, 7]]),
        ("phase-shift", [[4, 6], [5, 7]]),
    ],
)
def test_second_channel_has_its_own_phases(order: str, expected: Any) -> None:
    """None is 0 4 / 2 6, which a wrong channel index gives (X3)."""
    x = np.arange(8).reshape(8, 1, 1)
    assert apply(Shuffle(upscale_factor=2, order=order), x)[1].tolist() == expected


@pytest.mark.parametrize("r", [3, 4])
def test_phase_shift_is_transposed_blocks_for_larger_factors(r: int) -> None:
    """Factor 4 has 16 channels, not 8 (X3)."""
    x = np.arange(r * r).reshape(r * r, 1, 1)
    result = apply(Shuffle(upscale_factor=r, order="phase-shift"), x)
    np.testing.assert_array_equal(result, np.arange(r * r).reshape(r, r).T)


@pytest.mark.parametrize(("kernel", "r"), [(1, 2), (3, 2), (3, 3), (5, 2)])
def test_sub_pixel_convolution_is_a_transposed_convolution(kernel: int, r: int) -> None:
    """Its kernel is r times as large, with the taps of the channels side by side (X6)."""
    rng = np.random.default_rng(0)
    ins, outs, half = 3, 2, (kernel - 1) // 2
    x = torch.from_numpy(rng.random((1, ins, 5, 4)))
    weight = rng.standard_normal((outs * r * r, ins, kernel, kernel))
    large = np.zeros((ins, outs, kernel * r, kernel * r))
    for c, p, q in np.ndindex(outs, r, r):
        taps = weight[c * r * r + p * r + q, :, ::-1, ::-1]  # tap a lands at (k - 1 - a) r + p
        large[:, c, p::r, q::r] = taps
    features = F.conv2d(x, torch.from_numpy(weight), padding=half)
    sub_pixel = run(Shuffle(upscale_factor=r), features).pixels
    transposed = F.conv_transpose2d(x, torch.from_numpy(large), stride=r, padding=r * half)
    # Sums of float64 products in another order.
    np.testing.assert_allclose(sub_pixel, transposed, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("order", ["crd", "dcr"])
def test_grid_has_the_phases_as_tiles_in_reading_order(order: str) -> None:
    x = counting(2, 4, 6)
    result = apply(Shuffle(downscale_factor=2, arrange="grid", order=order), x)
    tiles = [[x[:, 0::2, 0::2], x[:, 0::2, 1::2]], [x[:, 1::2, 0::2], x[:, 1::2, 1::2]]]
    np.testing.assert_array_equal(result, np.block(tiles))


def test_grid_in_phase_shift_order_goes_down_the_columns_first() -> None:
    x = counting(4, 6)
    result = apply(Shuffle(downscale_factor=2, arrange="grid", order="phase-shift"), x)
    tiles = [[x[0::2, 0::2], x[1::2, 0::2]], [x[0::2, 1::2], x[1::2, 1::2]]]
    np.testing.assert_array_equal(result, np.block(tiles))


@pytest.mark.parametrize("order", ["crd", "dcr"])
def test_frames_are_the_phases_of_one_frame_after_the_other(order: str) -> None:
    x = counting(2, 3, 4, 6)
    result = run(Shuffle(downscale_factor=2, arrange="frames", order=order), planes(x)).pixels
    phases = [frame[:, p::2, q::2] for frame in x for p in (0, 1) for q in (0, 1)]
    np.testing.assert_array_equal(result, np.stack(phases))


def test_frames_in_phase_shift_order_go_down_the_columns_first() -> None:
    x = counting(1, 1, 2, 2)
    result = run(Shuffle(downscale_factor=2, arrange="frames", order="phase-shift"), planes(x))
    assert result.pixels.ravel().tolist() == [1, 3, 2, 4]


@every_arrangement
@every_order
@every_rank
@pytest.mark.parametrize("r", [1, 2, 3])
def test_down_and_up_changes_no_bit(r: int, dims: int, order: str, arrange: str) -> None:
    shape = (2, 3, *(side * r for side in SIZES[dims]))
    # Any bits: not-a-number, infinite, negative zero and subnormal values are among them.
    bits = np.random.default_rng(0).integers(0, 1 << 32, shape, dtype=np.uint32)
    bits.flat[:4] = [0x80000000, 0x7F800000, 0x7FC00001, 0x00000001]
    x = torch.from_numpy(bits.view(np.float32))
    small = run(Shuffle(downscale_factor=r, order=order, arrange=arrange), x)
    again = run(Shuffle(upscale_factor=r, order=order, arrange=arrange), small.pixels)
    assert torch.equal(_bits(again.pixels), _bits(x))


def _bits(x: torch.Tensor) -> torch.Tensor:
    return x.contiguous().view(torch.int32)


@every_arrangement
def test_whole_numbers_stay_whole_numbers(arrange: str) -> None:
    x = torch.arange(24, dtype=torch.uint8).reshape(1, 1, 4, 6)
    op = Shuffle(downscale_factor=2, arrange=arrange)
    assert op.selects_values()
    assert run(op, x).pixels.dtype == torch.uint8


@every_arrangement
@every_order
@every_rank
def test_integers_go_where_floats_go(dims: int, order: str, arrange: str) -> None:
    """Down and up, of arrays that torch does not see."""
    shape = (2, 3, *(side * 2 for side in SIZES[dims]))
    numbers = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    for op in (
        Shuffle(downscale_factor=2, order=order, arrange=arrange),
        Shuffle(upscale_factor=2, order=order, arrange=arrange),
    ):
        way = op.integer_way(Shape(*numbers.shape[1:]), numbers.dtype)
        assert way is not None
        moved = run(op, torch.from_numpy(numbers.astype("float32"))).pixels.numpy()
        numbers = way.run(numbers)
        assert numbers.dtype == np.uint16
        np.testing.assert_array_equal(numbers, moved)
    assert numbers.shape == shape


@pytest.mark.parametrize(
    ("arrange", "shape", "frames"),
    [
        ("channels", Shape(12, 2, 3), 5),
        ("grid", Shape(3, 4, 6), 5),
        ("frames", Shape(3, 2, 3), 20),
    ],
)
def test_phases_go_where_the_arrangement_says(arrange: str, shape: Shape, frames: int) -> None:
    source = Shape(3, 4, 6)
    down = Shuffle(downscale_factor=2, arrange=arrange)
    up = Shuffle(upscale_factor=2, arrange=arrange)
    assert (down.out_shape(source), down.out_frames(5, source)) == (shape, frames)
    assert (up.out_shape(shape), up.out_frames(frames, shape)) == (source, 5)


@pytest.mark.parametrize(
    ("r", "shape", "message"),
    [
        (2, Shape(3, 4, 4), "3 channels cannot be divided by 4"),
        (3, Shape(4, 4), "4 channels cannot be divided by 3"),
        (2, Shape(4, 2, 2, 2), "4 channels cannot be divided by 8"),
    ],
)
def test_channels_must_be_divisible(r: int, shape: Shape, message: str) -> None:
    with pytest.raises(ShapeError) as error:
        Shuffle(upscale_factor=r).out_shape(shape)
    assert str(error.value) == f"shuffle: {message}; choose another factor"


@pytest.mark.parametrize(
    ("op", "shape", "side"),
    [
        (Shuffle(downscale_factor=2), Shape(1, 5, 4), 5),
        (Shuffle(downscale_factor=2, arrange="frames"), Shape(1, 6, 3), 3),
        (Shuffle(downscale_factor=2, arrange="grid"), Shape(1, 4, 3), 3),
        (Shuffle(upscale_factor=2, arrange="grid"), Shape(1, 7, 4), 7),
    ],
    ids=str,
)
def test_sides_must_be_divisible(op: Shuffle, shape: Shape, side: int) -> None:
    with pytest.raises(ShapeError) as error:
        op.out_shape(shape)
    assert str(error.value) == (
        f"shuffle: a side of {side} pixels cannot be divided by 2; choose another factor"
    )


@pytest.mark.parametrize(("shape", "by"), [(Shape(1, 4), 2), (Shape(1, 4, 4), 4)])
def test_frames_must_be_divisible(shape: Shape, by: int) -> None:
    op = Shuffle(upscale_factor=2, arrange="frames")
    with pytest.raises(ShapeError) as error:
        op.out_frames(3, shape)
    assert str(error.value) == (
        f"shuffle: 3 frames cannot be divided by {by}; choose another factor"
    )


@pytest.mark.parametrize("r", [None, 2])
def test_exactly_one_factor_is_needed(r: int | None) -> None:
    with pytest.raises(ParameterError) as error:
        Shuffle(upscale_factor=r, downscale_factor=r)
    message = "--upscale-factor, --downscale-factor: shuffle needs exactly one of these"
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"upscale_factor": 0}, "--upscale-factor 0: must be from 1 to 65535"),
        ({"downscale_factor": 65536}, "--downscale-factor 65536: must be from 1 to 65535"),
        ({"upscale_factor": 2, "order": "drc"}, "--order drc: must be one of crd, dcr, "
         "phase-shift; did you mean dcr?"),
        ({"upscale_factor": 2, "arrange": "rows"}, "--arrange rows: must be one of channels, "
         "grid, frames"),
    ],
)  # fmt: skip
def test_parameters_outside_their_limits_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as error:
        Shuffle(**changed)
    assert str(error.value) == message


def test_a_signal_takes_factors_as_torch_takes_them() -> None:
    x = torch.arange(8192.0)[None, None]
    phases = run(Shuffle(downscale_factor=4096), x).pixels
    assert phases.shape == (1, 4096, 2)
    assert torch.equal(run(Shuffle(upscale_factor=4096), phases).pixels, x)
