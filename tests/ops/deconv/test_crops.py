"""What is kept of a transposed convolution: padding, sizes of TensorFlow, sizes asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers import apply
from tests.ops.deconv.cases import (
    RAMP,
    RAMP_KERNEL,
    ROUNDING,
    SMALL,
    every_method,
    gradient_of_convolution,
    result,
    saved,
)
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.deconv.deconv import Deconv


@every_method
@pytest.mark.parametrize("size", [5, 6])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"),
    [(1, 2, 1), (2, 2, 1), (3, 2, 1), (4, 2, 1), (5, 2, 1), (2, 2, 3), (3, 2, 2)],
)
def test_same_is_the_gradient_of_a_same_convolution_at_both_ends_of_the_range(
    kernel: int, stride: int, dilation: int, size: int, method: str, kernel_file: Path
) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.random((1, 2, 3, 3)), rng.random((2, 3, kernel, kernel))
    op = Deconv(
        kernel=saved(kernel_file, weight),
        stride=(stride,),
        padding="same",
        dilation=(dilation,),
        output_size=(size,),
        method=method,
    )
    expected = gradient_of_convolution(x, weight, stride, dilation, size, same=True)
    np.testing.assert_allclose(result(op, x), expected, rtol=ROUNDING, atol=ROUNDING)


@every_method
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "size"),
    [
        (1, 2, 1, 5),
        (1, 2, 1, 6),
        (3, 2, 1, 7),
        (3, 2, 1, 8),
        (2, 3, 1, 8),
        (2, 3, 1, 10),
        (3, 1, 2, 7),
        (3, 2, 2, 9),
        (3, 2, 2, 10),
    ],
)
def test_valid_is_the_gradient_of_a_valid_convolution_at_both_ends_of_the_range(
    kernel: int, stride: int, dilation: int, size: int, method: str, kernel_file: Path
) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.random((1, 2, 3, 3)), rng.random((2, 3, kernel, kernel))
    op = Deconv(
        kernel=saved(kernel_file, weight),
        stride=(stride,),
        padding="valid",
        dilation=(dilation,),
        output_size=(size,),
        method=method,
    )
    expected = gradient_of_convolution(x, weight, stride, dilation, size, same=False)
    np.testing.assert_allclose(result(op, x), expected, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize(
    ("padding", "size", "least", "most"),
    [("same", 4, 5, 6), ("same", 7, 5, 6), ("valid", 6, 7, 8), ("valid", 9, 7, 8)],
)
def test_tensorflow_sizes_outside_the_range_are_refused(
    padding: str, size: int, least: int, most: int
) -> None:
    op = Deconv(kernel=RAMP_KERNEL, stride=(2,), padding=padding, output_size=(size,))
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, 3, 3))
    assert str(error.value) == (
        f"--output-size: a side of {size} is outside {least} to {most}; "
        "the stride, padding and kernel allow no other"
    )


@pytest.mark.parametrize(
    ("padding", "kernel", "stride", "side"),
    [
        ("same", 3, 2, 6),
        ("same", 1, 3, 9),
        ("valid", 3, 2, 7),
        ("valid", 1, 2, 6),
        ("valid", 2, 3, 9),
    ],
)
def test_default_sizes_are_those_of_keras(
    padding: str, kernel: int, stride: int, side: int
) -> None:
    """Same gives L * s, valid (L - 1) * s + max(k, s)."""
    op = Deconv(kernel="box", kernel_size=(kernel,), stride=(stride,), padding=padding)
    assert op.out_shape(Shape(1, 3, 3)) == Shape(1, side, side)


@pytest.mark.parametrize(
    ("changed", "shown", "limit"),
    [
        ({"stride": (2,), "output_padding": (2,)}, "2", 2),
        ({"output_padding": (1,)}, "1", 1),
        ({"stride": (2, 1), "output_padding": (1, 1)}, "1x1", 1),
        ({"stride": (3,), "dilation": (2,), "output_padding": (0, 3)}, "0x3", 3),
    ],
)
def test_output_padding_reaching_stride_and_dilation_is_refused(
    changed: dict[str, Any], shown: str, limit: int
) -> None:
    """Stride 2 with 2 and stride 1 with 1 are refused (D1)."""
    with pytest.raises(ParameterError) as error:
        Deconv(kernel=RAMP_KERNEL, **changed)
    message = f"--output-padding {shown}: must be less than stride or dilation, {limit}"
    assert str(error.value) == message


@every_method
def test_output_padding_may_reach_the_stride_below_the_dilation(method: str) -> None:
    """Stride 1, dilation 2, output padding 1 (D1)."""
    # The whole rows are 1 2 2 4 and 3 4 6 8.
    op = Deconv(kernel="1 2", dilation=(2,), padding=(0, 1), output_padding=(0, 1), method=method)
    assert apply(op, SMALL).tolist() == [[2, 2, 4], [4, 6, 8]]


@pytest.mark.parametrize("size", [3, 4])
def test_output_size_goes_from_the_formula_to_stride_minus_1_more(size: int) -> None:
    """2x2 with kernel 3, stride 2, padding 1 gives 3 or 4 (D2)."""
    op = Deconv(kernel=RAMP_KERNEL, stride=(2,), padding=(1,), output_size=(size,))
    assert op.out_shape(Shape(1, 2, 2)) == Shape(1, size, size)


@pytest.mark.parametrize("size", [2, 5])
def test_other_output_sizes_are_refused(size: int) -> None:
    """2x2 with kernel 3, stride 2, padding 1 gives 3 or 4 only (D2)."""
    op = Deconv(kernel=RAMP_KERNEL, stride=(2,), padding=(1,), output_size=(size,))
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, 2, 2))
    assert str(error.value) == (
        f"--output-size: a side of {size} is outside 3 to 4; "
        "the stride, padding and kernel allow no other"
    )


@every_method
def test_output_size_is_output_padding_said_otherwise(method: str) -> None:
    settings: dict[str, Any] = {"kernel": RAMP_KERNEL, "stride": (2,), "padding": (1,)}
    sized = Deconv(output_size=(3, 4), method=method, **settings)
    assert apply(sized, SMALL).tolist() == [[5, 14, 10, 12], [14, 36, 24, 30], [15, 34, 20, 24]]
    extra = Deconv(output_padding=(0, 1), method=method, **settings)
    np.testing.assert_array_equal(apply(sized, SMALL), apply(extra, SMALL))


@pytest.mark.parametrize("changed", [{"output_size": (4,)}, {"padding": "same-lower"}])
def test_output_padding_with_another_word_on_the_size_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ParameterError) as error:
        Deconv(kernel=RAMP_KERNEL, stride=(2,), output_padding=(1,), **changed)
    message = "--output-padding goes without --output-size and --padding same-lower"
    assert str(error.value) == message


@every_method
@pytest.mark.parametrize("padding", [1, 2])
def test_padding_of_a_kernel_of_one_pixel_crops_the_inserted_zeros(
    padding: int, method: str
) -> None:
    """Zero insertion then pads by -1 and -2 (D5)."""
    values = np.arange(1, 26).reshape(5, 5)
    whole = np.zeros((9, 9))
    whole[::2, ::2] = values
    op = Deconv(kernel="1", stride=(2,), padding=(padding,), method=method)
    np.testing.assert_array_equal(apply(op, values), whole[padding:-padding, padding:-padding])


@every_method
def test_output_padding_holds_computed_values(method: str) -> None:
    """The last row is 24 55 32 36, not zeros (D6)."""
    op = Deconv(kernel=RAMP_KERNEL, stride=(2,), padding=(1,), output_padding=(1,), method=method)
    result = apply(op, SMALL)
    assert result.shape == (4, 4)
    assert result[-1].tolist() == [24, 55, 32, 36]


@every_method
@pytest.mark.parametrize(
    ("changed", "row"),
    [
        ({"padding": "same"}, [1, 2, 5, 4, 9, 6]),
        ({"padding": (1,), "output_padding": (1,)}, [5, 14, 10, 24, 15, 18]),
        ({"padding": "same", "output_size": (5,)}, [5, 14, 10, 24, 15]),
        ({"padding": (1,)}, [5, 14, 10, 24, 15]),
    ],
)
def test_same_with_an_odd_crop_cuts_one_pixel_less_before(
    changed: dict[str, Any], row: list[int], method: str
) -> None:
    """TensorFlow's SAME to size 6 is one pixel off torch's; to size 5 they agree (D7)."""
    op = Deconv(kernel=RAMP_KERNEL, stride=(2,), method=method, **changed)
    assert apply(op, RAMP)[0].tolist() == row


@every_method
def test_padding_crops_the_output_not_the_input(method: str) -> None:
    """5x5 with a kernel of one pixel, stride 2, padding 1 gives 7x7, not 5x5 (D8)."""
    op = Deconv(kernel="1", stride=(2,), padding=(1,), method=method)
    result = apply(op, [[1, 2, 3, 4, 5]] * 5)
    assert result.shape == (7, 7)
    assert result[:2].tolist() == [[0] * 7, [0, 2, 0, 3, 0, 4, 0]]


def test_the_same_recipe_is_refused_for_stride_1() -> None:
    """Output padding 1 is not less than stride 1 (D11)."""
    with pytest.raises(ParameterError, match=r"^--output-padding 1: must be less than stride or"):
        Deconv(kernel="1 1", stride=(1,), padding=(1,), output_padding=(1,))


def test_nothing_left_after_cropping_is_refused() -> None:
    with pytest.raises(ShapeError) as error:
        Deconv(kernel="1", padding=(1, 2)).out_shape(Shape(1, 2, 2))
    message = "deconv: nothing is left of a 1x2x2 image; --padding 1x2 cuts everything off"
    assert str(error.value) == message


def test_a_signal_of_more_than_a_million_samples_can_be_asked_for() -> None:
    op = Deconv(kernel="bilinear", stride=(256,), output_size=(1_280_300,)).for_shape(
        Shape(1, 5000)
    )
    assert op.out_size(Shape(1, 5000)) == (1_280_300,)
