"""Adaptive pools, against a NumPy loop and torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from tests.helpers import apply, planes, run
from tests.ops.pool.sized_reference import (
    DIMS,
    OUT,
    RTOL,
    SIDES,
    Values,
    bins,
    layer,
    random_image,
    reference,
)
from updown_cli.errors import ParameterError
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.adaptive_avg import AdaptiveAvgPool
from updown_cli.ops.pool.adaptive_max import AdaptiveMaxPool


@DIMS
@OUT
def test_adaptive_avg_is_the_mean_of_each_bin(out: int, dims: int) -> None:
    image = random_image(dims)
    expected = reference(image, [bins(side, out) for side in image.shape], np.mean)
    actual = apply(AdaptiveAvgPool(output_size=(out,)), image, dims)
    np.testing.assert_allclose(actual, expected, rtol=RTOL)


@DIMS
@OUT
def test_adaptive_max_is_the_largest_value_of_each_bin(out: int, dims: int) -> None:
    image = random_image(dims)
    expected = reference(image, [bins(side, out) for side in image.shape], np.max)
    actual = apply(AdaptiveMaxPool(output_size=(out,)), image, dims)
    np.testing.assert_array_equal(actual, expected)


@DIMS
@OUT
def test_adaptive_avg_is_that_of_torch(out: int, dims: int) -> None:
    x = torch.rand(2, 3, *SIDES[dims], generator=torch.Generator().manual_seed(0))
    expected = layer("AdaptiveAvgPool", dims, out)(x)
    actual = run(AdaptiveAvgPool(output_size=(out,)), x).pixels
    np.testing.assert_allclose(actual, expected, rtol=RTOL)


@DIMS
@OUT
def test_adaptive_max_and_its_positions_are_those_of_torch(out: int, dims: int) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(-9, -5, (2, 3, *SIDES[dims]), generator=generator).float()
    values, indices = layer("AdaptiveMaxPool", dims, out, return_indices=True)(x)
    signal = run(AdaptiveMaxPool(output_size=(out,), save_indices="positions.npz"), x)
    np.testing.assert_array_equal(signal.pixels, values)
    np.testing.assert_array_equal(signal.pool_indices[0].indices, indices)


@DIMS
@OUT
def test_adaptive_positions_are_those_of_the_first_maximum(out: int, dims: int) -> None:
    """Ties are common here (P15)."""
    image = np.floor(random_image(dims) * 4)
    places = np.arange(image.size).reshape(image.shape)

    def first(window: Values) -> int:
        inside = window.ravel()
        return int(inside[image.ravel()[inside].argmax()])

    expected = reference(places, [bins(side, out) for side in image.shape], first)
    op = AdaptiveMaxPool(output_size=(out,), save_indices="positions.npz")
    pool_indices = run(op, planes(image, dims)).pool_indices[0]
    np.testing.assert_array_equal(pool_indices.indices[0, 0], expected)
    assert pool_indices.source == Shape(1, *SIDES[dims])
    assert pool_indices.kernel_size is None


@pytest.mark.parametrize(
    ("op", "values", "expected"),
    [
        (AdaptiveAvgPool(output_size=(3,)), [1, 2, 3, 4, 5], [1.5, 3, 4.5]),
        (AdaptiveAvgPool(output_size=(3,)), [1, 2, 3, 4], [1.5, 2.5, 3.5]),
        (AdaptiveMaxPool(output_size=(3,)), [1, 2, 3, 4, 5, 6, 7], [3, 5, 7]),
        (AdaptiveAvgPool(output_size=(5,)), [1, 2, 3], [1, 1.5, 2, 2.5, 3]),
    ],
    ids=["5 to 3", "4 to 3", "7 to 3", "3 to 5"],
)
def test_adaptive_bins_overlap_and_lose_no_tail(
    op: Op, values: list[float], expected: list[float]
) -> None:
    """Bins of 5 to 3 are [0,2) [1,4) [3,5) (P8)."""
    np.testing.assert_array_equal(apply(op, values, 1), expected)


@pytest.mark.parametrize("pool", [AdaptiveAvgPool, AdaptiveMaxPool])
def test_a_kept_side_stays(pool: type[AdaptiveAvgPool] | type[AdaptiveMaxPool]) -> None:
    name = pool.__name__
    image = random_image(2)
    expected = layer(name, 2, (4, None))(torch.from_numpy(image)[None])[0]
    actual = apply(pool(output_size=(4, None)), image)
    assert actual.shape == (4, 11)
    np.testing.assert_allclose(actual, expected, rtol=RTOL)


def test_output_size_one_pools_the_whole_image() -> None:
    image = random_image(2)
    np.testing.assert_allclose(
        apply(AdaptiveAvgPool(output_size=(1,)), image), [[image.mean()]], rtol=RTOL
    )


def test_adaptive_positions_are_kept_only_if_asked_for() -> None:
    assert run(AdaptiveMaxPool(output_size=(1,)), planes([[1, 2]])).pool_indices == ()


@pytest.mark.parametrize(
    ("op", "message"),
    [
        (
            AdaptiveAvgPool,
            "--output-size: is needed; give the sides of the result, such as 7x7, or 1",
        ),
        (
            AdaptiveMaxPool,
            "--output-size: is needed; give the sides of the result, such as 7x7, or 1",
        ),
        (
            lambda: AdaptiveAvgPool(output_size=(0,)),
            "--output-size 0: must be from 1 to 65535",
        ),
        (
            lambda: AdaptiveMaxPool(output_size=(None, -2)),
            "--output-size _x-2: must be from 1 to 65535",
        ),
    ],
)
def test_adaptive_pools_need_an_output_size(op: Callable[[], Op], message: str) -> None:
    with pytest.raises(ParameterError) as error:
        op()
    assert str(error.value) == message
