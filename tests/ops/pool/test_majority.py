"""Majority pooling against counting in Python."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import Updown
from tests.helpers import apply, run
from updown_cli.op.windows import Span
from updown_cli.ops.pool.majority import MajorityPool


def majority(values: list[float], ignored: float | None) -> float:
    """Return the most frequent of some labels, of several the smallest."""
    counted = Counter(value for value in values if value != ignored)
    if not counted:
        assert ignored is not None
        return ignored
    most = max(counted.values())
    return min(value for value, count in counted.items() if count == most)


def pooled(x: NDArray[Any], span: Span, ignored: float | None) -> NDArray[Any]:
    """Return the majority of each window of rows x columns, value by value."""
    rows, columns = (span.count(side) for side in x.shape)
    before, _ = span.pads(x.shape[0])
    result = np.empty((rows, columns))
    for i, j in np.ndindex(rows, columns):
        places = [
            (
                i * span.stride - before + m * span.dilation,
                j * span.stride - before + n * span.dilation,
            )
            for m in range(span.kernel)
            for n in range(span.kernel)
        ]
        inside = [x[p] for p in places if 0 <= p[0] < x.shape[0] and 0 <= p[1] < x.shape[1]]
        result[i, j] = majority(inside, ignored)
    return result


@pytest.mark.parametrize("ignored", [None, 1])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation"),
    [(2, 2, 0, 1), (3, 1, 1, 1), (3, 2, 1, 2), (4, 3, 2, 1)],
)
def test_labels_are_counted(
    kernel: int, stride: int, padding: int, dilation: int, ignored: int | None
) -> None:
    x = np.random.default_rng(kernel).integers(0, 4, (11, 11)).astype(float)
    op = MajorityPool(
        kernel_size=(kernel,),
        stride=(stride,),
        padding=(padding,),
        dilation=(dilation,),
        ignore_label=ignored,
    )
    expected = pooled(x, Span(kernel, stride, padding, dilation), ignored)
    np.testing.assert_array_equal(apply(op, x), expected)


def test_of_equally_frequent_labels_the_smallest() -> None:
    assert apply(MajorityPool(), [[7, 3], [3, 7]]).tolist() == [[3.0]]


def test_a_window_of_the_ignored_label_alone_has_it() -> None:
    op = MajorityPool(ignore_label=255)
    assert apply(op, [[255, 255, 255, 9], [255, 255, 255, 255]]).tolist() == [[255.0, 9.0]]


def test_nan_is_not_counted() -> None:
    x = torch.tensor([[torch.nan, torch.nan, torch.nan, torch.nan], [torch.nan, 5, 1, torch.nan]])
    y = run(MajorityPool(), x[None, None]).pixels
    assert y[0, 0, 0, 0] == 5
    assert y[0, 0, 0, 1] == 1


def test_labels_of_sixteen_bits_stay(updown: Updown, tmp_path: Path) -> None:
    labels = np.full((4, 6), 40_000, np.uint16)
    labels[:2, :2] = [[65_535, 1], [65_535, 7]]
    Image.fromarray(labels).save(tmp_path / "labels.png")
    done = updown("pool", "--mode", "majority", tmp_path / "labels.png", "-o", tmp_path / "o.png")
    assert (done.code, done.stderr) == (0, "")
    with Image.open(tmp_path / "o.png") as small:
        assert np.asarray(small).tolist() == [[65_535, 40_000, 40_000], [40_000] * 3]
