"""Where windows and stamps lie, and a kernel between all channels, against loops and torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from updown_cli.op.anatomy import PlaneKernel
from updown_cli.op.windows import Span, anatomy_of_windows
from updown_cli.ops.deconv.crops import DeconvCrop

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("transposed", [False, True])
def test_a_whole_kernel_without_groups_gives_what_torch_gives_with_them(
    groups: int, transposed: bool
) -> None:
    weight = RANDOM.random((4, 8 // groups, 3, 2))
    kernel = PlaneKernel(weight=weight, groups=groups, transposed=transposed)
    whole = torch.from_numpy(np.nan_to_num(kernel.whole()))
    if transposed:
        x = torch.from_numpy(RANDOM.random((1, 4, 5, 6)))
        expected = F.conv_transpose2d(x, torch.from_numpy(weight), groups=groups)
        found = F.conv_transpose2d(x, whole.swapaxes(0, 1))
    else:
        x = torch.from_numpy(RANDOM.random((1, 8, 5, 6)))
        expected = F.conv2d(x, torch.from_numpy(weight), groups=groups)
        found = F.conv2d(x, whole)
    torch.testing.assert_close(found, expected)


def test_channels_of_other_groups_are_not_connected() -> None:
    whole = PlaneKernel(weight=np.ones((4, 2, 1)), groups=2).whole()
    connected = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
    assert (~np.isnan(whole[..., 0])).astype(int).tolist() == connected


def test_a_mixing_kernel_is_both_convolutions_together() -> None:
    weight, mixing = RANDOM.random((6, 1, 3)), RANDOM.random((2, 6))
    x = torch.from_numpy(RANDOM.random((1, 3, 9)))
    spread = F.conv1d(x, torch.from_numpy(weight), groups=3)
    expected = F.conv1d(spread, torch.from_numpy(mixing)[..., None])
    whole = PlaneKernel(weight=weight, groups=3, mixing=mixing).whole()
    torch.testing.assert_close(F.conv1d(x, torch.from_numpy(whole)), expected)


@pytest.mark.parametrize("padding", [0, 1, "same", "same-lower", "valid"])
@pytest.mark.parametrize("dilation", [1, 2])
def test_windows_are_where_their_span_puts_them(padding: int | str, dilation: int) -> None:
    span = Span(3, 2, padding, dilation)
    axis = span.axis(9)
    before, after = span.pads(9)
    expected = [
        [window * 2 - before + tap * dilation for tap in range(3)]
        for window in range(span.count(9))
    ]
    assert axis.places == expected
    assert (axis.low, axis.high) == (-before, 9 + after)


def test_only_the_padding_of_a_convention_is_told() -> None:
    assert anatomy_of_windows([Span(3, 2, 1)], (4,)).pads == ()
    assert anatomy_of_windows([Span(3, 2, "same"), Span(2, 2, "same")], (4, 5)).pads == (
        (0, 1),
        (0, 1),
    )


def test_stamps_lie_a_stride_apart_less_what_is_cut_off() -> None:
    stamps = DeconvCrop(3, 3, 2, 1, 1, 6).stamps()
    assert [[start + tap for tap in stamps.taps] for start in stamps.starts] == [
        [-1, 0, 1],
        [1, 2, 3],
        [3, 4, 5],
    ]
    assert (stamps.low, stamps.high) == (-1, 6)
