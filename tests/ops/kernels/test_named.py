"""Kernels by name, as rows of numbers and from files, told apart by what they do to one pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.signal import windows

from tests.helpers import apply, run
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.deconv.deconv import Deconv

ONE_PIXEL = [[1]]


def gaussian(size: int) -> NDArray[Any]:
    """Return a Gaussian with the sigma that OpenCV derives from a size."""
    axis: NDArray[Any] = windows.gaussian(size, 0.3 * ((size - 1) * 0.5 - 1) + 0.8)
    return axis


def one_in_the_middle(size: int) -> NDArray[Any]:
    """Return 1 between zeros."""
    axis: NDArray[Any] = np.eye(size)[size // 2]
    return axis


AXES = {
    "box": np.ones,
    "bilinear": windows.triang,
    "gaussian": gaussian,
    "identity": one_in_the_middle,
}

smooth = pytest.mark.parametrize("name", list(AXES))


@smooth
@pytest.mark.parametrize("sides", [(1,), (2,), (3,), (4,), (5,), (3, 4), (1, 7)])
def test_smooth_kernel_is_the_product_of_its_axes_and_sums_to_one(
    name: str, sides: tuple[int, ...]
) -> None:
    height, width = sides * 2 if len(sides) == 1 else sides
    taps = np.outer(AXES[name](height), AXES[name](width))
    actual = apply(Deconv(kernel=name, kernel_size=sides), ONE_PIXEL)
    # Single precision against double.
    np.testing.assert_allclose(actual, taps / taps.sum(), rtol=1e-6)


@pytest.mark.parametrize("dims", [1, 2, 3])
@smooth
def test_smooth_kernels_sum_to_the_pixels_between_two_inputs(name: str, dims: int) -> None:
    strides = (2, 3, 4)[:dims]
    actual = apply(Deconv(kernel=name, stride=strides), np.ones((1,) * dims), dims=dims)
    assert actual.sum() == pytest.approx(np.prod(strides), rel=1e-6)  # single precision


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(
    ("name", "kernel_size", "stride"),
    [
        ("box", 3, 1),
        ("box", 2, 2),
        ("box", 4, 2),
        ("box", 3, 3),
        ("bilinear", None, 1),
        ("bilinear", None, 2),
        ("bilinear", None, 3),
        ("bilinear", 3, 2),
        ("gaussian", 5, 1),
        ("gaussian", 4, 1),
        ("identity", 3, 1),
    ],
)
def test_smooth_kernels_keep_a_flat_image_s_level_away_from_borders(
    name: str, kernel_size: int | None, stride: int, dims: int
) -> None:
    size = None if kernel_size is None else (kernel_size,)
    op = Deconv(kernel=name, kernel_size=size, stride=(stride,))
    result = apply(op, np.full((9,) * dims, 100), dims=dims)
    inside = result[(slice(6, -6),) * dims] if stride > 1 else result[(slice(4, -4),) * dims]
    assert inside.size
    np.testing.assert_allclose(inside, 100, rtol=1e-6)  # single precision


@smooth
@pytest.mark.parametrize(("size", "stride"), [(3, 2), (5, 3), (2, 3)])
def test_smooth_kernels_keep_the_mean_level_of_any_stride(
    name: str, size: int, stride: int
) -> None:
    """A stride that does not divide the kernel leaves a pattern, whose mean is the level."""
    op = Deconv(kernel=name, kernel_size=(size,), stride=(stride,))
    result = apply(op, np.full((9, 9), 100))
    period = result[2 * stride + size : 5 * stride + size, 2 * stride + size : 5 * stride + size]
    assert period.mean() == pytest.approx(100, rel=1e-6)  # single precision


@pytest.mark.parametrize(
    ("name", "stride", "side"),
    [
        ("box", 2, 3),
        ("gaussian", 4, 3),
        ("identity", 1, 3),
        ("bilinear", 1, 1),
        ("bilinear", 2, 4),
        ("bilinear", 3, 5),
        ("bilinear", 4, 8),
    ],
)
def test_size_of_a_named_kernel_is_3_but_bilinear_follows_the_stride(
    name: str, stride: int, side: int
) -> None:
    op = Deconv(kernel=name, stride=(stride,))
    assert op.out_shape(Shape(1, 1, 1)) == Shape(1, side, side)


def test_bilinear_follows_the_stride_of_each_axis() -> None:
    op = Deconv(kernel="bilinear", stride=(2, 3))
    assert op.out_shape(Shape(1, 1, 1)) == Shape(1, 4, 5)


def test_identity_changes_nothing() -> None:
    values = np.random.default_rng(0).random((3, 5, 4), dtype=np.float32)
    np.testing.assert_array_equal(apply(Deconv(kernel="identity", padding=(1,)), values), values)


@pytest.mark.parametrize(
    ("text", "taps"),
    [
        ("sobel-h", [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
        ("sobel-v", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("1 2 1; 0 0 0; -1 -2 -1", [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
        ("1,2;3,4", [[1, 2], [3, 4]]),
        ("1, 2 ;  3 ,4 ", [[1, 2], [3, 4]]),
        ("1 2 3", [[1, 2, 3]]),
        ("1;2", [[1], [2]]),
        ("-0.5 25e-2", [[-0.5, 0.25]]),
        ("7", [[7]]),
    ],
)
def test_fixed_names_and_rows_are_used_as_they_stand(text: str, taps: list[list[float]]) -> None:
    # The stride does not scale them: the numbers are the point.
    assert apply(Deconv(kernel=text, stride=(2,)), ONE_PIXEL).tolist() == taps


def test_one_row_is_a_kernel_for_one_dimension() -> None:
    assert apply(Deconv(kernel="1 2 3"), [1, 10], dims=1).tolist() == [1, 12, 23, 30]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sobel", "is no name, no file and no rows of numbers; did you mean sobel-v?"),
        (
            "biliner",
            "is no name, no file and no rows of numbers; did you mean bilinear?",
        ),
        (
            "1 2 x",
            "is no name, no file and no rows of numbers; names are box, bilinear, gaussian, "
            "identity, sobel-h, sobel-v, laplacian, sharpen",
        ),
        ("1 2; 3", "its rows differ in length"),
        ("1 2;", "its rows differ in length"),
    ],
)
def test_text_that_is_no_kernel_is_refused(text: str, message: str) -> None:
    with pytest.raises(ParameterError) as error:
        Deconv(kernel=text)
    assert str(error.value) == f"--kernel {text}: {message}"


@pytest.mark.parametrize("name", ["sobel-h", "1 2; 3 4"])
def test_size_of_a_fixed_kernel_is_refused(name: str) -> None:
    message = r"^--kernel-size goes with --kernel box, bilinear, gaussian or identity$"
    with pytest.raises(ParameterError, match=message):
        Deconv(kernel=name, kernel_size=(5,))


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_file_of_the_image_s_rank_is_used_on_each_channel(dims: int, tmp_path: Path) -> None:
    taps = np.random.default_rng(0).random((2, 3, 4)[:dims])
    np.save(tmp_path / "taps.npy", taps)
    channels = np.array([1.0, 10, 100]).reshape(3, *[1] * dims)
    x = torch.from_numpy(channels[None])
    result = run(Deconv(kernel=str(tmp_path / "taps.npy")), x).pixels[0].numpy()
    # One product of float64 numbers per value.
    np.testing.assert_allclose(result, channels * taps, rtol=1e-15)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_file_of_two_more_axes_mixes_channels(dims: int, tmp_path: Path) -> None:
    weight = np.random.default_rng(0).random((2, 3, *(2, 3, 4)[:dims]))
    np.save(tmp_path / "weight.npy", weight)
    x = torch.tensor([1.0, 10], dtype=torch.float64).reshape(1, 2, *[1] * dims)
    result = run(Deconv(kernel=str(tmp_path / "weight.npy")), x).pixels[0].numpy()
    # Two products of float64 numbers per value.
    np.testing.assert_allclose(result, weight[0] + 10 * weight[1], rtol=1e-15)


@pytest.mark.parametrize(
    ("rank", "dims"), [(1, 2), (3, 2), (5, 2), (4, 1), (5, 1), (1, 3), (2, 3), (4, 3)]
)
def test_file_of_another_rank_is_refused(rank: int, dims: int, tmp_path: Path) -> None:
    np.save(tmp_path / "kernel.npy", np.ones((2,) * rank))
    op = Deconv(kernel=str(tmp_path / "kernel.npy"))
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(2, *(4,) * dims))
    assert str(error.value) == (
        f"--kernel: a kernel of rank {rank} for {dims}-D data; "
        f"give rank {dims}, or {dims + 2} for (in, out / groups, ...)"
    )


def test_several_rows_do_not_fit_one_dimension() -> None:
    with pytest.raises(ShapeError) as error:
        Deconv(kernel="sobel-h").out_shape(Shape(1, 9))
    assert str(error.value) == (
        "--kernel: a kernel of rank 2 for 1-D data; give rank 1, or 3 for (in, out / groups, ...)"
    )


@pytest.mark.parametrize("rank", [0, 6])
def test_file_of_a_rank_for_no_image_is_refused_at_once(rank: int, tmp_path: Path) -> None:
    path = tmp_path / "kernel.npy"
    np.save(path, np.ones((1,) * rank))
    with pytest.raises(ParameterError) as error:
        Deconv(kernel=str(path))
    assert str(error.value) == f"--kernel {path}: has rank {rank}"


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", ">f4", ">i2", "f2", "f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_files_of_any_number_type_are_read(dtype: str, order: Any, tmp_path: Path) -> None:
    taps = np.array([[1, 0, 1], [0, 0, 1]], dtype=dtype, order=order)
    np.save(tmp_path / "taps.npy", taps)
    result = apply(Deconv(kernel=str(tmp_path / "taps.npy")), ONE_PIXEL)
    assert result.tolist() == [[1, 0, 1], [0, 0, 1]]


def test_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing.npy"
    with pytest.raises(ParameterError) as error:
        Deconv(kernel=str(path))
    assert str(error.value) == f"--kernel {path}: no such file"


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.ones((2, 2), complex), "complex128 values are not supported"),
        (np.array([[None]]), "contains pickled objects, refused"),
        (np.ones((0, 3)), "array without values"),
    ],
    ids=["complex", "objects", "empty"],
)
def test_file_without_usable_numbers_is_refused(
    array: NDArray[Any], reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "kernel.npy"
    np.save(path, array)
    with pytest.raises(ParameterError) as error:
        Deconv(kernel=str(path))
    assert str(error.value) == f"--kernel {path}: {reason}"
