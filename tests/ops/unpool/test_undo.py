"""The size of what undoes a pool, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.unpool.avg import AvgUnpool
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.ops.unpool.undo import Unpool
from updown_cli.ops.unpool.zero import ZeroUnpool


@pytest.mark.parametrize(
    "op", [AvgUnpool(stride=(3,)), MaxUnpool(indices="a.npz", kernel_size=(2,), stride=(3,))]
)
@pytest.mark.parametrize(
    ("size", "fits"), [(2, False), (3, True), (5, True), (7, True), (8, False)]
)
def test_an_output_size_is_less_than_a_stride_from_the_formulas(
    op: Unpool, size: int, fits: bool
) -> None:
    """2 pixels, k2 s3: 5."""
    asked = replace(op, output_size=(size,))
    if fits:
        assert asked.out_shape(Shape(1, 2)) == Shape(1, size)
        return
    with pytest.raises(ShapeError) as error:
        asked.out_shape(Shape(1, 2))
    reason = f"--output-size {size} is a stride or more from 5"
    hint = "choose a size nearer to it, or another --kernel-size or --stride"
    assert str(error.value) == f"{reason}; {hint}"


def test_padding_can_leave_nothing() -> None:
    """(1 - 1) * 2 - 2 * 1 + 2 is 0."""
    with pytest.raises(ShapeError, match=r"^unpool: nothing is left of a 1x1x1 image$"):
        AvgUnpool(padding=(1,)).out_shape(Shape(1, 1, 1))


@pytest.mark.parametrize(
    ("mode", "parameters", "sentence"),
    [
        (
            MaxUnpool,
            {},
            "--indices: is needed; pool --save-indices FILE.npz keeps them, and in a chain "
            "the pool before it",
        ),
        (
            MaxUnpool,
            {"indices": "a.npz", "stride": (2,)},
            "--stride goes with --kernel-size",
        ),
        (
            MaxUnpool,
            {"indices": "a.npz", "padding": "same"},
            "--padding same goes with --mode zero or grad",
        ),
        (
            MaxUnpool,
            {"indices": "a.npz", "duplicates": "add"},
            "--duplicates add: must be one of error, last, sum, max, mean",
        ),
        (
            MaxUnpool,
            {"indices": "a.npz", "index_format": "tf2"},
            "--index-format tf2: must be one of torch, tf, tf-batch, onnx; did you mean tf?",
        ),
        (AvgUnpool, {"padding": "valid"}, "--padding valid goes with --mode zero or grad"),
        (
            AvgUnpool,
            {"padding": "full"},
            "--padding full: must be numbers or one of same, same-lower, valid",
        ),
        (ZeroUnpool, {"padding": (1,)}, "--padding 1: must be same or valid with --mode zero"),
        (ZeroUnpool, {"kernel_size": (0,)}, "--kernel-size 0: must be from 1 to 65535"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(
    mode: type[Op], parameters: dict[str, Any], sentence: str
) -> None:
    """In one sentence each."""
    with pytest.raises(ParameterError) as error:
        mode(**parameters)
    assert str(error.value) == sentence
