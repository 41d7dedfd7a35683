"""The numberings of positions, against tables by hand and indices of NumPy's arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike, NDArray

from tests.helpers import planes, run
from updown_cli.errors import InputError, ShapeError
from updown_cli.op.pool_indices import NUMBERINGS, PoolIndices, renumber
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.max import MaxPool

Indices = NDArray[Any]

NUMBERING = pytest.mark.parametrize("numbering", NUMBERINGS)

# Two images of two channels, 2x4.
TABLE_IMAGE = [
    [[[2, 11, 25, 21], [10, 4, 29, 16]], [[23, 6, 18, 26], [3, 30, 8, 0]]],
    [[[19, 12, 20, 13], [7, 5, 17, 14]], [[27, 22, 9, 28], [24, 1, 15, 31]]],
]
TABLE_SOURCE = Shape(2, 2, 4)
# Two windows of each image and channel; tf is include_batch_in_index=False, tf-batch True.
TABLE = {
    "torch": [[[1, 6], [5, 3]], [[0, 2], [0, 7]]],
    "tf": [[[2, 12], [11, 7]], [[0, 4], [1, 15]]],
    "tf-batch": [[[2, 12], [11, 7]], [[16, 20], [17, 31]]],
    "onnx": [[[1, 6], [13, 11]], [[16, 18], [24, 31]]],
}


def table(numbering: str) -> Indices:
    """Return a row of the table, N x C x 1 x 2."""
    return np.array(TABLE[numbering]).reshape(2, 2, 1, 2)


def of(indices: ArrayLike, *size: int, numbering: str = "torch") -> PoolIndices:
    """Return the positions of one plane in an image of this size."""
    array = np.array(indices, dtype=np.int64)
    source = Shape(1, *size)
    return PoolIndices(array.reshape(1, 1, *array.shape), source, numbering=numbering)


def pooled(image: torch.Tensor, **parameters: Any) -> PoolIndices:
    return run(MaxPool(save_indices="positions.npz", **parameters), image).pool_indices[0]


@NUMBERING
def test_each_framework_numbers_the_same_maxima(numbering: str) -> None:
    """(U4)."""
    pool_indices = pooled(torch.tensor(TABLE_IMAGE).float())
    assert pool_indices.source == TABLE_SOURCE
    actual = renumber(pool_indices.indices, pool_indices.source, to=numbering)
    np.testing.assert_array_equal(actual, table(numbering))


@NUMBERING
@pytest.mark.parametrize("given", NUMBERINGS)
def test_every_numbering_turns_into_every_other(given: str, numbering: str) -> None:
    """(U4)."""
    actual = renumber(table(given), TABLE_SOURCE, given=given, to=numbering)
    np.testing.assert_array_equal(actual, table(numbering))


@pytest.mark.parametrize("size", [(7,), (5, 3), (2, 3, 5)], ids=str)
@pytest.mark.parametrize(
    ("numbering", "per_image", "channels_last"),
    [("torch", True, False), ("tf", True, True), ("tf-batch", False, True), ("onnx", False, False)],
)
def test_a_position_is_the_flat_index_of_an_array(
    size: tuple[int, ...], numbering: str, per_image: bool, channels_last: bool
) -> None:
    """One pixel each of 2 images with 3 channels; z comes before y (U4)."""
    images, channels = 2, 3
    places = np.random.default_rng(0).integers(0, math.prod(size), (images, channels, 4))
    tail = (1,) * (len(size) - 1)
    plane = places.reshape(images, channels, 4, *tail)
    n, c = np.indices((images, channels))
    where = np.unravel_index(places, size)
    n, c = (np.broadcast_to(a[..., None], places.shape) for a in (n, c))
    if numbering == "torch":
        expected = np.ravel_multi_index(where, size)
    elif channels_last:
        expected = np.ravel_multi_index((*where, c), (*size, channels))
    else:
        expected = np.ravel_multi_index((c, *where), (channels, *size))
    if not per_image:
        expected = expected + n * channels * math.prod(size)
    actual = renumber(plane, Shape(channels, *size), to=numbering)
    np.testing.assert_array_equal(actual.reshape(places.shape), expected)
    back = renumber(actual, Shape(channels, *size), given=numbering)
    np.testing.assert_array_equal(back, plane)


@pytest.mark.parametrize("batched", ["tf", "tf-batch"])
def test_the_mask_of_the_tutorials_image(batched: str) -> None:
    """Rows of equal values in two channels, as TensorFlow numbers them (U4)."""
    rows = np.arange(8.0).reshape(2, 4, 1)
    pool_indices = pooled(planes(np.tile(rows, (1, 1, 4))))
    mask = renumber(pool_indices.indices, pool_indices.source, to=batched)[0].transpose(1, 2, 0)
    assert mask.tolist() == [[[8, 9], [12, 13]], [[24, 25], [28, 29]]]


def test_same_padding_is_numbered_in_the_image_without_padding() -> None:
    """The 3x3 ramp, SAME, as TensorFlow's argmax (U6)."""
    pool_indices = pooled(planes(np.arange(1.0, 10).reshape(3, 3)), padding="same")
    tf = renumber(pool_indices.indices, pool_indices.source, to="tf")
    assert tf.ravel().tolist() == [4, 5, 7, 8]


@NUMBERING
def test_padding_is_not_numbered(numbering: str) -> None:
    """4x4 ramp, kernel 3, stride 2, padding 1: one plane, so all agree (U11)."""
    ramp = planes(np.arange(16.0).reshape(4, 4))
    pool_indices = pooled(ramp, kernel_size=(3,), stride=(2,), padding=(1,))
    actual = renumber(pool_indices.indices, pool_indices.source, to=numbering)
    assert actual.ravel().tolist() == [5, 7, 13, 15]


def test_numbers_with_the_image_in_them_are_outside_a_plane() -> None:
    """TensorFlow's include_batch_in_index=True read as False (U4, U7)."""
    plane = renumber(table("tf-batch"), TABLE_SOURCE, given="tf")
    with pytest.raises(InputError) as error:
        PoolIndices(plane, TABLE_SOURCE).indices_in((2, 4))
    assert str(error.value) == (
        "index 8 at (1,0,0,0) is outside 2x4; give the size before pooling as --output-size"
    )


@pytest.mark.parametrize(("given", "to"), [("torch", "tf"), ("onnx", "tf-batch")])
def test_numbers_of_another_channel_are_refused(given: str, to: str) -> None:
    """(U4)."""
    with pytest.raises(InputError) as error:
        renumber(table(given), TABLE_SOURCE, given=to)
    assert str(error.value) == (
        f"the indices are not numbered as {to} does; choose another --index-format"
    )


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([[0, 1], [16, 3]], "index 16 at (0,0,1,0) is outside 4x4"),
        ([[0, -1], [2, 3]], "index -1 at (0,0,0,1) is outside 4x4"),
    ],
    ids=["too large", "negative"],
)
def test_an_index_outside_the_image_is_named(indices: list[list[int]], message: str) -> None:
    """(U10)."""
    with pytest.raises(InputError) as error:
        of(indices, 4, 4).indices_in((4, 4))
    assert str(error.value) == f"{message}; give the size before pooling as --output-size"
    assert error.value.code == "index_out_of_range"


def test_the_last_pixel_is_inside() -> None:
    assert of([[0, 15]], 4, 4).indices_in((4, 4)).ravel().tolist() == [0, 15]


def test_positions_of_another_pool_are_refused() -> None:
    pool_indices = of([[5, 7], [13, 15]], 4, 4)
    pool_indices.check_fits((1, 1, 2, 2))
    with pytest.raises(ShapeError) as error:
        pool_indices.check_fits((1, 3, 2, 2))
    assert str(error.value) == (
        "1x3x2x2 values, but the indices are for 1x1x2x2; "
        "take the indices that were saved with this image"
    )


@pytest.mark.parametrize(
    ("numbering", "expected"),
    [
        ("torch", [[5, 7], [13, 15]]),
        ("tf", [[5, 7], [13, 15]]),
        ("onnx", [[6, 8], [16, 18]]),
    ],
)
def test_an_onnx_index_keeps_its_place_in_a_wider_image(
    numbering: str, expected: list[list[int]]
) -> None:
    """4x4 to 5x5: torch puts index 5 at (1,0), ONNX at (1,1) (U5)."""
    indices = of([[5, 7], [13, 15]], 4, 4, numbering=numbering).indices_in((5, 5))
    assert indices[0, 0].tolist() == expected


@NUMBERING
def test_an_index_keeps_its_number_in_its_own_image(numbering: str) -> None:
    indices = of([[5, 7], [13, 15]], 4, 4, numbering=numbering).indices_in((4, 4))
    assert indices[0, 0].tolist() == [[5, 7], [13, 15]]


@NUMBERING
def test_no_index_moves_into_a_smaller_image(numbering: str) -> None:
    """A place outside is an error, not the nearest edge (U10)."""
    with pytest.raises(InputError, match=r"^index 1[35] at \(0,0,1,[01]\) is outside 3x3"):
        of([[0, 2], [13, 15]], 4, 4, numbering=numbering).indices_in((3, 3))
