"""Transposed convolution against a NumPy scatter-add, the gradient of a convolution and torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.signal import convolve2d, correlate2d

from tests.helpers import apply, run
from tests.ops.deconv.cases import (
    ONES_KERNEL,
    RAMP,
    RAMP_KERNEL,
    ROUNDING,
    SMALL,
    Case,
    cases,
    cut,
    every_method,
    result,
    saved,
    scatter_add,
)
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.deconv.deconv import Deconv


@every_method
@cases
def test_matches_the_scatter_add_loop(case: Case, method: str, kernel_file: Path) -> None:
    x, weight = case.data()
    op = Deconv(kernel=saved(kernel_file, weight), method=method, **case.settings())
    whole = scatter_add(x, weight, case.stride, case.dilation, case.groups)
    expected = cut(whole, case.padding, case.extra)
    np.testing.assert_allclose(result(op, x), expected, rtol=ROUNDING, atol=ROUNDING)


@cases
def test_matches_the_torch_layer(case: Case, kernel_file: Path) -> None:
    x, weight = case.data()
    layer_class = getattr(torch.nn, f"ConvTranspose{len(case.size)}d")
    layer = layer_class(case.ins, case.outs, case.kernel, **case.settings()).double()
    layer.weight.data = torch.from_numpy(weight)
    bias = tuple(layer.bias.tolist())
    op = Deconv(kernel=saved(kernel_file, weight), bias=bias, **case.settings())
    expected = layer(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(result(op, x), expected, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_single_precision_matches_the_torch_layer(
    dims: int, kernel: int, stride: int, padding: int, dilation: int, kernel_file: Path
) -> None:
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.random((1, 2, *range(5, 5 - dims, -1)), dtype=np.float32))
    weight = rng.random((2, 2, *(kernel,) * dims), dtype=np.float32)
    settings: dict[str, int] = {"stride": stride, "padding": padding, "dilation": dilation}
    layer = getattr(torch.nn, f"ConvTranspose{dims}d")(2, 2, kernel, bias=False, **settings)
    layer.weight.data = torch.from_numpy(weight)
    per_axis: dict[str, Any] = {name: (number,) for name, number in settings.items()}
    op = Deconv(kernel=saved(kernel_file, weight), method="zero-insert", **per_axis)
    # All terms are positive, so that rounding stays relative to the sum.
    np.testing.assert_allclose(run(op, x).pixels, layer(x).detach(), rtol=1e-6)


@every_method
def test_values_beyond_a_kernel_smaller_than_the_stride_are_zero(method: str) -> None:
    op = Deconv(kernel="5", stride=(3,), padding="valid", method=method)
    row = [5, 0, 0, 10, 0, 0]
    other = [15, 0, 0, 20, 0, 0]
    assert apply(op, SMALL).tolist() == [row, [0] * 6, [0] * 6, other, [0] * 6, [0] * 6]


@every_method
def test_one_bright_pixel_gives_the_kernel_as_it_is(method: str) -> None:
    """A convolution would give it rotated by 180 degrees (D4)."""
    assert apply(Deconv(kernel=RAMP_KERNEL, method=method), [[1]]).tolist() == RAMP


@every_method
@pytest.mark.parametrize(
    ("values", "kernel", "expected"),
    [
        (SMALL, "1 2; 3 4", [[1, 4, 4], [6, 20, 16], [9, 24, 16]]),
        ([[0, 1], [2, 3]], "0 1; 2 3", [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
    ],
)
def test_stride_1_is_the_full_convolution_not_the_correlation(
    values: list[list[int]], kernel: str, expected: list[list[int]], method: str
) -> None:
    """The kernel is not flipped (D4)."""
    result = apply(Deconv(kernel=kernel, method=method), values)
    assert result.tolist() == expected
    np.testing.assert_array_equal(result, convolve2d(values, values))
    assert not np.array_equal(result, correlate2d(values, values))


@every_method
def test_padded_result_is_that_of_the_rotated_kernel(method: str) -> None:
    """Not 5 16 10 / 26 64 36 / 15 36 20 of the kernel as it is (D5)."""
    op = Deconv(kernel=RAMP_KERNEL, stride=(2,), padding=(1,), method=method)
    assert apply(op, SMALL).tolist() == [[5, 14, 10], [14, 36, 24], [15, 34, 20]]


@every_method
def test_bias_is_added_everywhere(method: str) -> None:
    """Also where no input value reaches (D6)."""
    op = Deconv(kernel="1", stride=(2,), output_padding=(1,), bias=(7,), method=method)
    expected = [[8, 7, 9, 7], [7, 7, 7, 7], [10, 7, 11, 7], [7, 7, 7, 7]]
    assert apply(op, SMALL).tolist() == expected


@every_method
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_bias_is_added_beyond_a_kernel_smaller_than_the_stride(padding: str, method: str) -> None:
    """As in Keras (D6)."""
    op = Deconv(kernel="1", stride=(2,), padding=padding, bias=(7,), method=method)
    expected = [[8, 7, 9, 7], [7, 7, 7, 7], [10, 7, 11, 7], [7, 7, 7, 7]]
    assert apply(op, SMALL).tolist() == expected


def test_bias_may_differ_per_output_channel() -> None:
    op = Deconv(kernel="2", bias=(10, 20, 30))
    result = apply(op, [[[1]], [[2]], [[3]]])
    assert result.ravel().tolist() == [12, 24, 36]


def test_bias_for_another_number_of_channels_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"^--bias: 2 numbers for 3 channels$"):
        apply(Deconv(kernel="1", bias=(1, 2)), np.ones((3, 2, 2)))


@every_method
def test_stride_that_does_not_divide_the_kernel_gives_a_checkerboard(method: str) -> None:
    """Rows 1 2 1 2 and 2 4 2 4 for kernel 3 and stride 2 (D9)."""
    op = Deconv(kernel=ONES_KERNEL, stride=(2,), padding=(1,), output_padding=(1,), method=method)
    result = apply(op, np.ones((3, 3)))
    # The last pixel is reached by the last input value alone.
    assert result[:2].tolist() == [[1, 2, 1, 2, 1, 1], [2, 4, 2, 4, 2, 2]]


def test_stride_that_divides_the_kernel_is_even_inside() -> None:
    """Kernel 4 and stride 2 (D9)."""
    op = Deconv(kernel="1 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1", stride=(2,), padding=(1,))
    result = apply(op, np.ones((3, 3)))
    assert result.shape == (6, 6)
    assert np.unique(result[1:-1, 1:-1]).tolist() == [4]
    assert result[0].tolist() == [1, 2, 2, 2, 2, 1]


@pytest.mark.parametrize("scale", [2, 3, 4, 5])
@pytest.mark.parametrize("length", [1, 4, 7])
def test_kernel_of_twice_the_stride_multiplies_the_length(scale: int, length: int) -> None:
    """Kernel 2S, padding S // 2 + S % 2, output padding S % 2 gives L * S in 1-D (D11)."""
    op = Deconv(
        kernel=" ".join("1" * 2 * scale),
        stride=(scale,),
        padding=(scale // 2 + scale % 2,),
        output_padding=(scale % 2,),
    )
    assert apply(op, np.ones(length), dims=1).shape == (length * scale,)


@every_method
def test_rows_of_the_convolution_matrix_are_the_responses_to_single_pixels(method: str) -> None:
    """C is 4 x 16 with nine non-zeros per row (D13)."""
    pixels = np.eye(4).reshape(4, 1, 2, 2)
    rows = result(Deconv(kernel=RAMP_KERNEL, method=method), pixels).reshape(4, 16)
    assert rows[0].tolist() == [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 0, 0, 0, 0]
    assert np.count_nonzero(rows, axis=1).tolist() == [9, 9, 9, 9]
    assert (np.array([1, 2, 3, 4]) @ rows).tolist() == apply(
        Deconv(kernel=RAMP_KERNEL, method=method), SMALL
    ).ravel().tolist()


@every_method
def test_transposed_matrix_times_an_image_is_the_transposed_convolution(method: str) -> None:
    """C^T times 1 2 3 4 (D13)."""
    expected = [[1, 4, 7, 6], [7, 23, 33, 24], [19, 53, 63, 42], [21, 52, 59, 36]]
    assert apply(Deconv(kernel=RAMP_KERNEL, method=method), SMALL).tolist() == expected


@every_method
def test_weight_has_input_channels_first(method: str, kernel_file: Path) -> None:
    """The layout is (in, out / groups, ...), a convolution's with the two swapped (D14)."""
    weight = np.array([[1.0, 2, 3], [10, 20, 30]]).reshape(2, 3, 1, 1)
    op = Deconv(kernel=saved(kernel_file, weight), method=method)
    assert apply(op, [[[1]], [[2]]]).ravel().tolist() == [21, 42, 63]


def test_tensorflow_filters_fit_with_their_axes_moved(kernel_file: Path) -> None:
    """(h, w, out, in) becomes (in, out, h, w) by permuting 3 2 0 1 (D14)."""
    filters = np.zeros((1, 2, 3, 2))
    filters[0, 1, 2, 0] = 5  # the right tap, from channel 0 to channel 2
    op = Deconv(kernel=saved(kernel_file, filters.transpose(3, 2, 0, 1)))
    result = apply(op, [[[1]], [[0]]])
    assert result.tolist() == [[[0, 0]], [[0, 0]], [[0, 5]]]


def test_weight_in_a_convolution_s_layout_is_refused(kernel_file: Path) -> None:
    """(out, in, ...) with 3 and 2 channels (D14)."""
    kernel = saved(kernel_file, np.ones((3, 2, 1, 1)))
    with pytest.raises(ShapeError) as error:
        Deconv(kernel=kernel).out_shape(Shape(2, 4, 4))
    assert str(error.value) == (
        f"--kernel {kernel}: the kernel is for 3 channels in 1 groups, the image has 2"
    )


def test_groups_that_do_not_divide_the_channels_are_refused(kernel_file: Path) -> None:
    kernel = saved(kernel_file, np.ones((3, 2, 1, 1)))
    with pytest.raises(ShapeError) as error:
        Deconv(kernel=kernel, groups=2).out_shape(Shape(3, 4, 4))
    assert str(error.value) == (
        f"--kernel {kernel}: the kernel is for 3 channels in 2 groups, the image has 3"
    )


def test_channels_of_the_result_are_those_of_all_groups(kernel_file: Path) -> None:
    op = Deconv(kernel=saved(kernel_file, np.ones((6, 2, 1, 1))), groups=3)
    assert op.out_shape(Shape(6, 4, 5)) == Shape(6, 4, 5)


@every_method
def test_kernel_of_the_image_s_rank_works_on_each_channel_by_itself(method: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.random((2, 3, 4, 5))
    taps = np.array([[1.0, -2], [3, 4]])
    op = Deconv(kernel="1 -2; 3 4", method=method)
    expected = [[convolve2d(plane, taps) for plane in image] for image in x]
    np.testing.assert_allclose(result(op, x), expected, rtol=ROUNDING, atol=ROUNDING)


@every_method
def test_bilinear_kernel_of_stride_2_is_a_quarter_and_three_quarters(method: str) -> None:
    """Long, Shelhamer and Darrell's kernel (D15)."""
    op = Deconv(kernel="bilinear", stride=(2,), method=method)
    axis = [0.25, 0.75, 0.75, 0.25]
    np.testing.assert_array_equal(apply(op, [[1]]), np.outer(axis, axis))


@pytest.mark.parametrize("factor", [2, 3, 4, 5])
def test_bilinear_kernel_interpolates_inside(factor: int) -> None:
    """Kernel 2f - f % 2 and padding ceil((f - 1) / 2) give torch's bilinear (D15)."""
    values = np.random.default_rng(0).random((5, 7))
    op = Deconv(kernel="bilinear", stride=(factor,), padding=(factor // 2,))
    result = apply(op, values)
    x = torch.from_numpy(values)[None, None]
    expected = F.interpolate(x, scale_factor=factor, mode="bilinear")[0, 0].numpy()
    inside = (slice(factor, -factor),) * 2
    assert result.shape == expected.shape
    # The result has been rounded to float32 several times.
    np.testing.assert_allclose(result[inside], expected[inside], rtol=1e-6)
    assert result[0, 0] < expected[0, 0]


def test_bilinear_kernel_is_darker_at_the_borders() -> None:
    """0.5625 and 0.9375, where interpolation gives 1 and 1.25 (D15)."""
    op = Deconv(kernel="bilinear", stride=(2,), padding=(1,))
    assert apply(op, SMALL)[0, :2].tolist() == [0.5625, 0.9375]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kernel": None}, "--kernel: is needed; give a name such as box, rows such as "
            "'1 2 1; 2 4 2; 1 2 1', or a file"),
        ({"stride": (0,)}, "--stride 0: must be from 1 to 65535"),
        ({"dilation": (1, 0)}, "--dilation 1x0: must be from 1 to 65535"),
        ({"output_padding": (-1,)}, "--output-padding -1: must be from 0 to 65534"),
        ({"padding": "some"}, "--padding some: must be numbers or one of same, same-lower, valid"),
        ({"bias": (float("inf"),)}, "--bias inf: must be finite numbers"),
        ({"method": "matrx"}, "--method matrx: must be one of native, zero-insert, matrix; "
         "did you mean matrix?"),
        ({"kernel_size": (3,)}, "--kernel-size goes with --kernel box, bilinear, gaussian or "
         "identity"),
    ],
)  # fmt: skip
def test_parameters_outside_their_limits_are_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as error:
        Deconv(**({"kernel": RAMP_KERNEL} | changed))
    assert str(error.value) == message


@pytest.mark.parametrize("method", ["native", "zero-insert"])
def test_strides_of_audio_are_torch_s(method: str, tmp_path: Path) -> None:
    """Kernels of 1024 taps, 256 apart (WaveGlow's upsampling)."""
    random = np.random.default_rng(3)
    weight, x = random.normal(size=(4, 3, 1024)), random.normal(size=(1, 4, 9))
    name = saved(tmp_path / "w.npy", weight)
    actual = run(Deconv(kernel=name, stride=(256,), method=method), torch.from_numpy(x)).pixels
    expected = F.conv_transpose1d(torch.from_numpy(x), torch.from_numpy(weight), stride=256)
    # Sums of 16 products in another order.
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


def test_a_named_kernel_that_no_memory_holds_is_refused() -> None:
    with pytest.raises(ShapeError) as error:
        Deconv(kernel="bilinear", stride=(3000,)).out_shape(Shape(1, 2, 2))
    message = "--kernel: a bilinear kernel of 6000x6000 has more than 16777216 taps"
    assert str(error.value) == message
