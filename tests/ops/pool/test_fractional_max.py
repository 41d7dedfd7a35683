"""Fractional max pooling, against a NumPy loop and torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.helpers import apply, planes, run
from tests.ops.pool.sized_reference import (
    SIDES,
    layer,
    random_image,
    reference,
)
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import Op
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.adaptive_max import AdaptiveMaxPool
from updown_cli.ops.pool.fractional_max import FractionalMaxPool


def starts(length: int, kernel: int, out: int, u: float) -> list[int]:
    """Return where the windows of an axis start, in float32 as torch computes."""
    if out == 1:
        return [length - kernel]
    sample = np.float32(u)
    step = np.float32(length - kernel) / np.float32(out - 1)
    first = int(sample * step)
    return [
        *(int((np.float32(i) + sample) * step) - first for i in range(out - 1)),
        length - kernel,
    ]


def saved_samples(folder: Path, values: Any) -> str:
    path = folder / "samples.npy"
    np.save(path, np.array(values, dtype=np.float32))
    return str(path)


@pytest.mark.parametrize(("kernel", "out"), [(2, 4), (3, 5), (1, 9), (2, 1), (3, 7)])
def test_fractional_max_is_the_largest_value_of_each_window(
    tmp_path: Path, kernel: int, out: int
) -> None:
    """Sample 0 is the width's, sample 1 the height's (P10)."""
    image = random_image(2)
    for_width, for_height = 0.83, 0.21
    windows = [
        [slice(s, s + kernel) for s in starts(side, kernel, out, u)]
        for side, u in zip(image.shape, (for_height, for_width), strict=True)
    ]
    op = FractionalMaxPool(
        kernel_size=(kernel,),
        output_size=(out,),
        samples=saved_samples(tmp_path, [[[for_width, for_height]]]),
    )
    np.testing.assert_array_equal(apply(op, image), reference(image, windows, np.max))


def test_samples_of_volumes_are_depth_height_width(tmp_path: Path) -> None:
    image = np.random.default_rng(0).random((9, 11, 10), np.float32)
    samples = (0.1, 0.9, 0.55)
    windows = [
        [slice(s, s + 2) for s in starts(side, 2, 5, u)]
        for side, u in zip(image.shape, samples, strict=True)
    ]
    op = FractionalMaxPool(output_size=(5,), samples=saved_samples(tmp_path, [[samples]]))
    np.testing.assert_array_equal(apply(op, image, 3), reference(image, windows, np.max))


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize(("kernel", "out"), [(2, 3), (3, 2), (1, 4)])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_seed_gives_what_torch_gives_after_manual_seed(
    seed: int, kernel: int, out: int, dims: int
) -> None:
    """Values and positions, of several images and channels (P10)."""
    x = torch.rand(2, 3, *SIDES[dims], generator=torch.Generator().manual_seed(1))
    torch.manual_seed(seed)
    torch_layer = layer("FractionalMaxPool", dims, kernel, output_size=out, return_indices=True)
    values, indices = torch_layer(x)
    op = FractionalMaxPool(
        kernel_size=(kernel,), output_size=(out,), seed=seed, save_indices="positions.npz"
    )
    signal = run(op, x)
    np.testing.assert_array_equal(signal.pixels, values)
    np.testing.assert_array_equal(signal.pool_indices[0].indices, indices)
    assert signal.pool_indices[0].source == Shape(3, *SIDES[dims])


@pytest.mark.parametrize("ratio", [0.5, 0.29, 0.7, (0.5, 0.7)], ids=str)
def test_a_ratio_gives_the_size_that_torch_gives(ratio: float | tuple[float, float]) -> None:
    x = torch.rand(1, 2, 100, 31, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(3)
    expected = torch.nn.FractionalMaxPool2d(2, output_ratio=ratio)(x)
    ratios = ratio if isinstance(ratio, tuple) else (ratio,)
    actual = run(FractionalMaxPool(output_ratio=ratios, seed=3), x).pixels
    np.testing.assert_array_equal(actual, expected)


def test_an_exact_ratio_loses_no_pixel() -> None:
    """0.29 * 100 is 28.999999999999996."""
    shape = Shape(1, 100, 100)
    assert FractionalMaxPool(output_ratio=(0.29,)).out_shape(shape).size == (28, 28)
    exact = FractionalMaxPool.from_json(Given({"output_ratio": ["29/100"]}))
    assert exact.out_shape(shape).size == (29, 29)


@pytest.mark.parametrize(("u", "ends"), [(0.1, [1, 3, 6, 9]), (0.9, [1, 4, 6, 9])])
def test_windows_follow_from_the_random_number(tmp_path: Path, u: float, ends: list[float]) -> None:
    """10 pixels, kernel 2, 4 windows (P10)."""
    columns = np.tile(np.arange(10.0), (10, 1))
    width_only = FractionalMaxPool(output_size=(4,), samples=saved_samples(tmp_path, [[[u, 0.5]]]))
    np.testing.assert_array_equal(apply(width_only, columns), [ends] * 4)
    height_only = FractionalMaxPool(output_size=(4,), samples=saved_samples(tmp_path, [[[0.5, u]]]))
    np.testing.assert_array_equal(apply(height_only, columns.T), np.transpose([ends] * 4))


@pytest.mark.parametrize(("same_windows", "last"), [(False, [1, 4, 7, 9]), (True, [1, 3, 6, 9])])
def test_channels_have_windows_of_their_own_unless_told_not_to(
    same_windows: bool, last: list[float]
) -> None:
    """Seed 0, three equal channels (P10)."""
    x = planes(np.tile(np.arange(10.0), (3, 10, 1)))
    op = FractionalMaxPool(output_size=(4,), seed=0, same_windows=same_windows)
    columns = run(op, x).pixels[0, :, 0].tolist()
    assert columns == [[1, 3, 6, 9], [1, 3, 6, 9], last]


def test_same_windows_differ_between_images() -> None:
    """One sample per image and axis: seed 1 draws 0.758 and 0.403 for the widths."""
    widths = torch.rand(2, 1, 2, generator=torch.Generator().manual_seed(1))[:, 0, 0].tolist()
    x = planes(np.tile(np.arange(40.0), (2, 3, 40, 1)))
    op = FractionalMaxPool(output_size=(17,), seed=1, same_windows=True)
    rows = run(op, x).pixels[:, :, 0].tolist()
    ends = [[s + 1 for s in starts(40, 2, 17, u)] for u in widths]
    assert ends[0] != ends[1]
    assert rows == [[row] * 3 for row in ends]


def test_a_seed_is_drawn_where_none_is_given() -> None:
    """What ran can be run again (P10)."""
    shape = Shape(1, 40, 40)
    op = FractionalMaxPool(output_size=(17,))
    seeds = {op.for_shape(shape).seed for _ in range(3)}
    assert None not in seeds
    # Three draws of 32 bits are equal once in 10^19.
    assert len(seeds) > 1


def test_samples_are_shared_where_they_have_one_channel(tmp_path: Path) -> None:
    x = planes(np.tile(np.arange(10.0), (2, 3, 10, 1)))
    op = FractionalMaxPool(output_size=(4,), samples=saved_samples(tmp_path, [[[0.9, 0.5]]]))
    assert run(op, x).pixels[:, :, 0].tolist() == [[[1, 4, 6, 9]] * 3] * 2


def test_samples_for_another_number_of_channels_are_refused(tmp_path: Path) -> None:
    path = saved_samples(tmp_path, np.zeros((1, 2, 2)))
    op = FractionalMaxPool(output_size=(4,), samples=path)
    with pytest.raises(ShapeError) as error:
        run(op, torch.zeros(1, 3, 10, 10))
    assert str(error.value) == f"--samples {path}: 1x2x2 numbers do not fit 1x3x2"


@pytest.mark.parametrize("value", [1.0, -0.1])
def test_samples_are_from_0_to_below_1(tmp_path: Path, value: float) -> None:
    path = saved_samples(tmp_path, [[[0.5, value]]])
    with pytest.raises(ParameterError) as error:
        FractionalMaxPool(output_size=(4,), samples=path)
    assert str(error.value) == f"--samples {path}: must hold numbers from 0 to below 1"


def test_samples_must_be_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "none.npy")
    with pytest.raises(ParameterError) as error:
        FractionalMaxPool(output_size=(4,), samples=path)
    assert str(error.value) == f"--samples {path}: no such file"


@pytest.mark.parametrize(
    "both",
    [{}, {"output_size": (4,), "output_ratio": (0.5,)}],
    ids=["neither", "both"],
)
def test_exactly_one_of_size_and_ratio_is_given(both: dict[str, Any]) -> None:
    """(P10)."""
    with pytest.raises(ParameterError) as error:
        FractionalMaxPool(**both)
    assert str(error.value) == (
        "--output-size, --output-ratio: fractional-max needs exactly one of these"
    )


@pytest.mark.parametrize("ratio", [0.0, 1.0, 1.5])
def test_a_ratio_is_between_0_and_1(ratio: float) -> None:
    """torch refuses 1 too (P10)."""
    with pytest.raises(ParameterError, match=f"^--output-ratio {ratio:g}: must be "):
        FractionalMaxPool(output_ratio=(ratio,))


def test_fractional_windows_must_fit() -> None:
    """output + kernel - 1 <= input (P10, P16)."""
    op = FractionalMaxPool(kernel_size=(3,), output_size=(4,), seed=0)
    assert op.out_shape(Shape(1, 6, 6)) == Shape(1, 4, 4)
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, 6, 5))
    assert str(error.value) == (
        "4x4 windows of 3x3 do not fit 6x5; "
        "output size + kernel size - 1 must be at most the input size"
    )


def test_fractional_windows_must_leave_a_pixel_of_volumes() -> None:
    """torch wants output + kernel - 1 < input in 3-D (P10, P16)."""
    with pytest.raises(RuntimeError, match="too large relative to input"):
        torch.nn.FractionalMaxPool3d(2, output_size=4)(torch.zeros(1, 1, 9, 9, 5))
    op = FractionalMaxPool(output_size=(4,), seed=0)
    assert op.out_shape(Shape(1, 9, 9, 6)) == Shape(1, 4, 4, 4)
    with pytest.raises(ShapeError, match=r"^4x4x4 windows of 2x2x2 do not fit 9x9x5; "):
        op.out_shape(Shape(1, 9, 9, 5))


def test_nothing_is_left_by_a_small_ratio() -> None:
    with pytest.raises(ShapeError) as error:
        FractionalMaxPool(output_ratio=(0.1,)).out_shape(Shape(1, 9, 20))
    assert str(error.value) == "pool: nothing is left of a 1x9x20 image"


@pytest.mark.parametrize(
    "op", [FractionalMaxPool(output_size=(4,)), FractionalMaxPool(output_ratio=(0.5,))]
)
def test_fractional_max_has_no_one_dimensional_form(op: FractionalMaxPool) -> None:
    with pytest.raises(ShapeError) as error:
        op.out_shape(Shape(1, 9))
    assert str(error.value) == "fractional-max pools 2-D and 3-D data, not 1-D"


OWN_WINDOWS = (
    "every channel has windows of its own, as in torch; --same-windows keeps colours together"
)


@pytest.mark.parametrize(
    ("same_windows", "channels", "expected"),
    [(False, 3, [OWN_WINDOWS]), (False, 1, []), (True, 3, [])],
)
def test_windows_that_differ_between_colours_are_told(
    same_windows: bool, channels: int, expected: list[str]
) -> None:
    """(P10)."""
    shape = Shape(channels, 9, 9)
    op = FractionalMaxPool(output_size=(4,), same_windows=same_windows).for_shape(shape)
    assert op.warnings(shape) == expected


@pytest.mark.parametrize(
    ("op", "selects"),
    [
        (AdaptiveMaxPool(output_size=(1,)), True),
        (FractionalMaxPool(output_size=(1,)), True),
        (AdaptiveAvgPool(output_size=(1,)), False),
    ],
    ids=lambda value: getattr(value, "mode", str(value)),
)
def test_integers_stay_integers_where_values_are_selected(op: Op, selects: bool) -> None:
    assert op.selects_values() is selects
