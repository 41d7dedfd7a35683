"""Average unpooling: against loops over windows and the gradient of torch's pool."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.helpers import apply, run
from tests.ops.unpool.reference import SAME, SIDES, Pixels, noise
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.unpool.avg import AvgUnpool
from updown_cli.pipeline.pipeline import Pipeline


def spread_in_place(
    values: Pixels, size: tuple[int, ...], kernel: int, stride: int, padding: int
) -> tuple[Pixels, Pixels]:
    """Return the sums of the values whose windows cover each pixel, and how many they are."""
    sums, counts = np.zeros(size), np.zeros(size)
    for window in np.ndindex(*values.shape):
        starts = [place * stride - padding for place in window]
        covered = tuple(slice(max(start, 0), max(start + kernel, 0)) for start in starts)
        sums[covered] += values[window]
        counts[covered] += 1
    return sums, counts


def test_average_unpooling_fills_with_the_undivided_value() -> None:
    """1 2 3 4, k2 (U8)."""
    rows = apply(AvgUnpool(kernel_size=(2,)), [[1, 2], [3, 4]]).tolist()
    assert rows == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]


def test_the_adjoint_of_average_pooling_divides() -> None:
    """1 2 3 4, k2 (U8)."""
    rows = apply(AvgUnpool(kernel_size=(2,), adjoint=True), [[1, 2], [3, 4]]).tolist()
    upper, lower = [0.25, 0.25, 0.5, 0.5], [0.75, 0.75, 1, 1]
    assert rows == [upper, upper, lower, lower]


SPREADS = [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 0), (5, 3, 2)]


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize(("kernel", "stride", "padding"), SPREADS)
def test_average_unpooling_gives_the_reference(
    kernel: int, stride: int, padding: int, more: int, dims: int
) -> None:
    """Means where windows overlap, zeros where none is, sizes on both sides of the formula."""
    values = noise(5, 4, 3)[(0,) * (3 - dims)]
    more = more if stride > 1 else 0
    size = tuple((side - 1) * stride - 2 * padding + kernel + more for side in values.shape)
    full, counts = spread_in_place(values, tuple(s + kernel for s in size), kernel, stride, padding)
    kept = tuple(slice(side) for side in size)
    op = AvgUnpool(kernel_size=(kernel,), stride=(stride,), padding=(padding,), output_size=size)
    mean = full[kept] / np.maximum(counts[kept], 1)
    np.testing.assert_allclose(apply(op, values, dims), mean, rtol=SAME)
    adjoint = full[kept] / kernel**dims
    np.testing.assert_allclose(apply(replace(op, adjoint=True), values, dims), adjoint, rtol=SAME)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_average_unpooling_by_blocks_is_nearest(dims: int) -> None:
    """Where windows neither overlap nor leave gaps."""
    x = torch.from_numpy(noise(2, 3, *SIDES[dims]))
    actual = run(AvgUnpool(kernel_size=(3,)), x).pixels
    np.testing.assert_array_equal(actual, F.interpolate(x, scale_factor=3))


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "stride", "padding"), SPREADS)
def test_the_adjoint_is_the_gradient_of_the_torch_layer(
    kernel: int, stride: int, padding: int, dims: int
) -> None:
    """Of AvgPool with padding counted, back to an odd size."""
    x = torch.from_numpy(noise(2, 3, *SIDES[dims])).requires_grad_()
    means = getattr(torch.nn, f"AvgPool{dims}d")(kernel, stride, padding)(x)
    y = torch.from_numpy(noise(*means.shape))
    (expected,) = torch.autograd.grad(means, x, y)
    op = AvgUnpool(
        kernel_size=(kernel,),
        stride=(stride,),
        padding=(padding,),
        output_size=SIDES[dims],
        adjoint=True,
    )
    np.testing.assert_allclose(run(op, y).pixels, expected, rtol=SAME)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "stride", "padding"), SPREADS)
def test_pool_and_adjoint_move_between_the_sides_of_a_dot_product(
    kernel: int, stride: int, padding: int, dims: int
) -> None:
    """<pool(x), y> = <x, adjoint(y)>, for numbers of either sign."""
    windows: dict[str, Any] = {
        "kernel_size": (kernel,),
        "stride": (stride,),
        "padding": (padding,),
    }
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(2, 3, *SIDES[dims])))
    means = run(AvgPool(**windows), x).pixels
    y = torch.from_numpy(np.random.default_rng(2).normal(size=tuple(means.shape)))
    adjoint = run(AvgUnpool(**windows, output_size=SIDES[dims], adjoint=True), y).pixels
    # Sums of at most a thousand float64 products about 1.
    assert float((means * y).sum()) == pytest.approx(float((x * adjoint).sum()), abs=1e-11)


def test_a_window_that_is_all_padding_leaves_no_trace() -> None:
    """Two pixels, three pixels before the start."""
    op = AvgUnpool(kernel_size=(2,), stride=(6,), padding=(3,), output_size=(1,))
    assert apply(op, [[7]]).tolist() == [[0]]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "float32"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("kernel", "padding", "size"), [((2, 2), 0, None), ((3, 4), 1, (12, 29))])
def test_windows_side_by_side_repeat_every_kind_of_number(
    dtype: str, channels: int, kernel: tuple[int, int], padding: int, size: tuple[int, int] | None
) -> None:
    """NumPy's own repetition, less what is cut off: sides of 5 and 8 pixels."""
    rows = np.random.default_rng(3).integers(0, 100, (1, 5, 8, channels)).astype(dtype)
    op = AvgUnpool(kernel_size=kernel, padding=(padding,), output_size=size)
    repeated = rows.repeat(kernel[0], 1).repeat(kernel[1], 2)
    height, width = size or (10, 16)
    expected = repeated[:, padding : padding + height, padding : padding + width]
    for pixels in (rows.transpose(0, 3, 1, 2), np.ascontiguousarray(rows.transpose(0, 3, 1, 2))):
        plan = Pipeline((op,)).plan(Shape(*pixels.shape[1:]))
        for strip in (None, 3):
            engine = Engine(torch.device("cpu"), height=strip)
            result = engine.run(plan, pixels, Quantization(dtype)).pixels
            np.testing.assert_array_equal(result.transpose(0, 2, 3, 1), expected)
