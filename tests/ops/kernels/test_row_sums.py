"""Convolutions by rows: torch's to the last bit, or left to torch."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from updown_cli.ops.kernels import row_sums
from updown_cli.ops.kernels.row_kernel import ConvWindows, RowKernel
from updown_cli.ops.kernels.row_sums import sum_by_rows


@pytest.fixture(autouse=True)
def _inferring(monkeypatch: pytest.MonkeyPatch) -> object:
    """Let images be large that tests have time for."""
    monkeypatch.setattr(row_sums, "LEAST", 1 << 17)
    with torch.inference_mode():
        yield


def noise(*size: int) -> Tensor:
    """Return numbers whose sums depend on their order."""
    return torch.rand(*size, generator=torch.Generator().manual_seed(3)) * 255


@pytest.mark.parametrize(
    ("channels", "weights", "groups", "stride", "dilation"),
    [
        (1, (1, 1, 5, 5), 1, 1, 1),
        (1, (2, 1, 3, 3), 1, 1, 1),
        (1, (4, 1, 2, 3), 1, 1, 2),
        (1, (4, 1, 9, 7), 1, 2, 1),
        (3, (3, 1, 5, 5), 3, 1, 1),
        (3, (6, 1, 3, 3), 3, 1, 1),
        (3, (3, 1, 3, 3), 3, 2, 2),
        (3, (3, 3, 1, 1), 1, 1, 1),
        (3, (3, 3, 3, 3), 1, 1, 2),
        (4, (4, 2, 3, 3), 2, 1, 1),
    ],
)
@pytest.mark.parametrize("biased", [False, True])
def test_sums_are_torch_s_to_the_last_bit(
    channels: int,
    weights: tuple[int, ...],
    groups: int,
    stride: int,
    dilation: int,
    *,
    biased: bool,
) -> None:
    """Some tap is 0, some windows reach over every edge, and rows are of several bands."""
    x, weight = noise(1, channels, 370 * stride, 371 * stride), noise(*weights) - 100
    weight[0, 0, 0, 0] = 0.0
    bias = noise(weights[0]) if biased else None
    pads = [dilation * (side - 1) // 2 for side in weights[2:]]
    expected = F.conv2d(x, weight, bias, stride, pads, dilation, groups)
    size = (expected.shape[2], expected.shape[3])
    windows = ConvWindows(
        before=(pads[0], pads[1]),
        size=size,
        stride=(stride, stride),
        dilation=(dilation, dilation),
        groups=groups,
    )
    summed = sum_by_rows(x, weight, windows, bias)
    if summed is None:
        pytest.skip("torch adds in another order here")
    assert torch.equal(summed, expected)
    assert not (summed == 0).logical_and(summed.signbit()).any()  # as torch begins with 0


def test_windows_that_see_nothing_are_zero() -> None:
    """All of a tap can be outside."""
    windows = ConvWindows(before=(5, 0), size=(400, 400))
    summed = sum_by_rows(noise(1, 1, 395, 400), torch.ones(1, 1, 1, 1), windows)
    assert summed is not None  # one product for each: there is no order
    assert not summed[:, :, :5].any()
    assert torch.equal(summed[:, :, 5:], noise(1, 1, 395, 400))


@pytest.mark.parametrize(
    "case", ["small", "double", "channels last", "not finite", "many mixed", "many channels"]
)
def test_what_is_left_to_torch(case: str) -> None:
    """Where torch has another way, or is faster, or 0 times a value is not 0."""
    x, weight = noise(1, 1, 400, 400), noise(1, 1, 3, 3)
    if case == "small":
        x = x[:, :, :20]
    elif case == "double":
        x, weight = x.double(), weight.double()
    elif case == "channels last":
        x = x.as_strided(x.shape, (160_000, 1, 400, 1))
    elif case == "not finite":
        x[0, 0, 7, 7] = torch.inf
    elif case == "many mixed":
        x, weight = noise(1, 3, 400, 400), noise(5, 3, 1, 1)
    else:
        x, weight = noise(1, 5, 400, 400), noise(1, 5, 1, 1)
    size = (x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1)
    assert sum_by_rows(x, weight, ConvWindows(before=(0, 0), size=size)) is None


def test_learning_is_left_to_torch() -> None:
    """Gradients need its own function."""
    windows = ConvWindows(before=(0, 0), size=(398, 398))
    with torch.inference_mode(mode=False):
        assert sum_by_rows(noise(1, 1, 400, 400), noise(1, 1, 3, 3), windows) is None


def test_another_last_bit_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A torch that adds in another order gives other last bits: it is left to torch then."""

    def other(kernel: RowKernel, seen: Tensor, count: int) -> Tensor:
        sums = real(kernel, seen, count)
        sums[7, 9] = sums[7, 9].nextafter(torch.tensor(torch.inf))
        return sums

    windows = ConvWindows(before=(0, 0), size=(396, 396))
    x, weight = noise(1, 1, 400, 400), noise(1, 1, 5, 5)
    real, usual = RowKernel.sums, sum_by_rows(x, weight, windows)
    with monkeypatch.context() as changed:
        changed.setattr(RowKernel, "sums", other)
        row_sums._adds_so.cache_clear()
        assert sum_by_rows(x, weight, windows) is None
    row_sums._adds_so.cache_clear()
    again = sum_by_rows(x, weight, windows)
    assert (again is None) == (usual is None)
