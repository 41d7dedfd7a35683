"""Maxima of windows that lie apart, tap after tap, against NumPy's argmax and torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view

from updown_cli.op.windows import Span
from updown_cli.ops.pool import maxima_apart as module
from updown_cli.ops.pool.maxima_apart import maxima_apart

# Kernel, stride and dilation of rows and of columns: windows whose reach is at most their stride.
APART = [
    ((2, 2, 1), (2, 2, 1)),
    ((3, 3, 1), (3, 3, 1)),
    ((1, 2, 1), (4, 5, 1)),
    ((2, 3, 2), (2, 4, 3)),
    ((1, 1, 1), (9, 9, 1)),
]


@pytest.fixture(autouse=True)
def _even_few_windows_in_small_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEWEST_WINDOWS", 1)
    monkeypatch.setattr(module, "BAND", 100)


def spans_of(axes: tuple[tuple[int, int, int], tuple[int, int, int]]) -> list[Span]:
    return [Span(kernel, stride, dilation=dilation) for kernel, stride, dilation in axes]


@pytest.mark.parametrize("levels", [3, 1000])
@pytest.mark.parametrize("axes", APART)
def test_the_first_of_the_largest_values_is_found(
    axes: tuple[tuple[int, int, int], tuple[int, int, int]], levels: int
) -> None:
    image = np.random.default_rng(0).integers(-levels, levels, (2, 3, 23, 26)).astype(np.float32)
    with torch.inference_mode():
        found = maxima_apart(torch.from_numpy(image), spans_of(axes))
    assert found is not None
    (down, step, gap), (across, side, space) = axes
    reach = gap * (down - 1) + 1, space * (across - 1) + 1
    every = sliding_window_view(image, reach, (2, 3))
    windows = every[:, :, ::step, ::side, ::gap, ::space]
    flat = windows.reshape(*windows.shape[:4], -1)
    row, column = np.divmod(flat.argmax(-1), across)
    rows = np.arange(windows.shape[2])[:, None] * step + row * gap
    columns = np.arange(windows.shape[3]) * side + column * space
    np.testing.assert_array_equal(found[0], flat.max(-1))
    np.testing.assert_array_equal(found[1], rows * 26 + columns)


def test_signs_of_zeros_are_those_of_torch() -> None:
    """The first zero of a window is its maximum, whatever its sign."""
    zeros = torch.tensor([0.0, -0.0])[torch.randint(2, (1, 1, 8, 8))]
    with torch.inference_mode():
        found = maxima_apart(zeros, [Span(2, 2)] * 2)
    assert found is not None
    expected = F.max_pool2d(zeros, 2, return_indices=True)
    assert torch.equal(found[0].view(torch.int32), expected[0].view(torch.int32))
    assert torch.equal(found[1], expected[1])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_left_to_torch(value: float) -> None:
    image = torch.zeros(1, 1, 8, 8)
    image[..., 3] = value
    with torch.inference_mode():
        assert maxima_apart(image, [Span(2, 2)] * 2) is None


@pytest.mark.parametrize(
    ("span", "size"),
    [(Span(3, 2), 9), (Span(2, 2, 1), 8), (Span(2, 2, ceil_mode=True), 9), (Span(4, 4), 16)],
)
def test_windows_that_overlap_reach_out_or_are_large_are_left_to_torch(
    span: Span, size: int
) -> None:
    with torch.inference_mode():
        assert maxima_apart(torch.zeros(1, 1, size, size), [span] * 2) is None


def test_learning_needs_torch() -> None:
    assert maxima_apart(torch.zeros(1, 1, 8, 8), [Span(2, 2)] * 2) is None
