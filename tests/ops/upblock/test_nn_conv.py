"""Convolution and repeated pixels."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.upblock.blocks import (
    FIVE,
    image,
    repeated,
    result,
    save_npz,
    weights,
)
from updown_cli.ops.upblock.nn_conv import NNConv


def test_convolution_and_repeating_do_not_commute() -> None:
    path = save_npz("net", weights(FIVE))
    both = [
        result(NNConv(weights=path, order=o), image()) for o in ("conv-first", "upsample-first")
    ]
    assert abs(both[0] - both[1]).max() > 1


@pytest.mark.parametrize("side", [1, 3, 5, 9])
def test_convolution_first_starts_as_repeated_pixels(side: int) -> None:
    op = NNConv(init="bilinear", kernel_size=side, batch_norm=False, relu=False)
    assert np.array_equal(result(op, image()), repeated(image()))
