"""Pooling and unpooling across feature maps: channels as the depth of a volume (Zeiler, 2011)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import Updown

MAPS = np.random.default_rng(0).permutation(7 * 6 * 9).reshape(7, 6, 9).astype(np.float32)


@pytest.mark.parametrize("numbering", ["torch", "tf", "tf-batch", "onnx"])
def test_maxima_across_maps_come_back_to_their_places(updown: Updown, numbering: str) -> None:
    """7 maps of 6x9, by 2x2x2: the odd map and column are in no window."""
    np.save("maps.npy", MAPS)
    pooled = updown(
        "pool", "--dims", "3", "-k", "2x2x2", "--save-indices", "places.npz",
        "--index-format", numbering, "maps.npy", "-o", "pooled.npy",
    )  # fmt: skip
    assert pooled.code == 0, pooled.stderr
    blocks = MAPS[:6, :, :8].reshape(3, 2, 3, 2, 4, 2)
    np.testing.assert_array_equal(np.load("pooled.npy"), blocks.max((1, 3, 5)))

    unpooled = updown(
        "unpool", "--dims", "3", "--indices", "places.npz", "pooled.npy", "-o", "maps2.npy"
    )
    assert unpooled.code == 0, unpooled.stderr
    is_maximum = np.isin(MAPS, blocks.max((1, 3, 5)))  # all values differ
    np.testing.assert_array_equal(np.load("maps2.npy"), np.where(is_maximum, MAPS, 0))
