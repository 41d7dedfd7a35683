"""Floats as bytes: band after band as all at once, whatever is clamped."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from updown_cli.engine import quantize as module
from updown_cli.engine.quantize import Clamped, Quantization, quantize

BYTES = Quantization("uint8")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("spread", [30, 120])
@pytest.mark.parametrize("bands", [False, True])
def test_values_are_clamped_counted_and_rounded_half_up(
    dtype: torch.dtype, spread: int, bands: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bands of 64 values, the last of them shorter, and all at once."""
    monkeypatch.setattr(module, "BAND", 64)
    monkeypatch.setattr(module, "thread_count", lambda: 1 if bands else 2)
    noise = np.random.default_rng(spread).normal(127, spread, (2, 3, 11, 13))
    noise.flat[:5] = [0.5, 1.5, -0.5, 255.5, 255.49]
    x = torch.from_numpy(noise).to(dtype)
    values = x.double().numpy()
    pixels, clamped = quantize(x.clone(), BYTES)
    np.testing.assert_array_equal(pixels, np.floor(values.clip(0, 255) + 0.5))
    outside = int(((values < -0.5) | (values >= 255.5)).sum())
    assert clamped == Clamped(outside, values.min(), values.max())
    assert outside >= 1  # the 255.5


@pytest.mark.parametrize("bands", [False, True])
def test_nan_is_0_and_hides_the_extremes(bands: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not counted as clamped; what is infinite is."""
    monkeypatch.setattr(module, "BAND", 4)
    monkeypatch.setattr(module, "thread_count", lambda: 1 if bands else 2)
    values = [1.0, 2.0, math.inf, 4.0, math.nan, 300.0, -math.inf, -7.0, 9.0]
    pixels, clamped = quantize(torch.tensor(values).view(1, 1, 3, 3), BYTES)
    assert pixels.ravel().tolist() == [1, 2, 255, 4, 0, 255, 0, 0, 9]
    assert clamped is not None
    assert clamped.values == 4
    assert math.isnan(clamped.min)
    assert math.isnan(clamped.max)
