"""Padding against numpy.pad, which has the modes by other names."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
import torch

from tests.helpers import apply, run
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape
from updown_cli.ops import op_from_json
from updown_cli.ops.pad import PAD
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.ops.pad.margins import Margins, MarginsType
from updown_cli.ops.pad.reflect import ReflectPad
from updown_cli.ops.pad.symmetric import SymmetricPad

NUMPY = {
    "constant": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
    "symmetric": "symmetric",
}

every_mode = pytest.mark.parametrize("mode", NUMPY)

TYPE = MarginsType(min=0, max=1000)


@every_mode
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_numpy_pads_the_same(mode: str, dims: int) -> None:
    dice = np.random.default_rng(dims)
    for _ in range(20):
        sides = dice.integers(3, 7, dims)
        x = dice.integers(0, 256, sides).astype(np.float32)
        pairs = tuple((int(a), int(b)) for a, b in dice.integers(0, 3, (dims, 2)))
        found = apply(cast(Any, PAD.of_mode(mode))(padding=Margins(pairs)), x, dims)
        np.testing.assert_array_equal(found, np.pad(x, pairs, NUMPY[mode]))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("typed", "pairs"),
    [
        ("2", ((2, 2), (2, 2))),
        ("1x2", ((1, 1), (2, 2))),
        ("1,2,3,4", ((3, 4), (1, 2))),
    ],
)
def test_padding_as_it_is_typed(typed: str, pairs: Any) -> None:
    op = ConstantPad(padding=TYPE.parse(typed))
    assert op.for_shape(Shape(1, 9, 9)).margins == pairs
    again = op_from_json(Given(op.to_json()))
    assert again.for_shape(Shape(1, 9, 9)) == op.for_shape(Shape(1, 9, 9))
    assert op.to_json()["padding"] == typed


@pytest.mark.parametrize(
    ("settings", "size", "margins"),
    [
        ({"to_multiple": (32,)}, (480, 641), ((0, 0), (0, 31))),
        ({"to_multiple": (8, 5), "at": "center"}, (3, 4), ((2, 3), (0, 1))),
        ({"to_multiple": (8,), "at": "bottom-right"}, (3, 8), ((5, 0), (0, 0))),
        ({"size": (6, None)}, (3, 4), ((0, 3), (0, 0))),
        ({"size": (10,), "at": "left"}, (3, 4), ((3, 4), (0, 6))),
    ],
)
def test_sizes(settings: dict[str, Any], size: tuple[int, ...], margins: Any) -> None:
    assert ConstantPad(**settings).for_shape(Shape(1, *size)).margins == margins


def test_a_constant_for_each_channel() -> None:
    x = torch.zeros(1, 3, 1, 1)
    y = run(ConstantPad(padding=TYPE.parse("0,1,0,0"), value=(1.0, 2.0, 3.5)), x).pixels
    assert y[0, :, 0].tolist() == [[0, 1], [0, 2], [0, 3.5]]


def test_mirrored_pixels_far_outside_are_those_of_torch() -> None:
    x = torch.arange(5.0).reshape(1, 1, 1, 5)
    y = run(ReflectPad(padding=TYPE.parse("4,4,0,0")), x).pixels
    assert y.flatten().tolist() == [4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0]


def test_symmetric_pixels_come_twice_at_the_edge() -> None:
    x = torch.arange(4.0).reshape(1, 1, 1, 4)
    y = run(SymmetricPad(padding=TYPE.parse("4,2,0,0")), x).pixels
    assert y.flatten().tolist() == [3, 2, 1, 0, 0, 1, 2, 3, 3, 2]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(0, 1, (2, 3)), (0, 4, (0, 3)), (6, 7, (3, 4)), (8, 10, (3, 5)), (9, 10, (3, 4))],
)
def test_rows_that_symmetric_rows_need(first: int, last: int, expected: tuple[int, int]) -> None:
    """The result is rows 2 1 0 0 1 2 3 4 4 3 of five."""
    shape = Shape(1, 5, 1)
    op = SymmetricPad(padding=TYPE.parse("0,0,3,2")).for_shape(shape)
    assert op.input_spans(shape)[0].span(first, last) == expected


@pytest.mark.parametrize(
    ("mode", "padding", "reason"),
    [
        (
            "reflect",
            "0,0,4,0",
            "pad: 4 pixels cannot be mirrored of a side of 4; reflect takes at most 3 there; "
            "replicate has no limit",
        ),
        (
            "circular",
            "6,0,0,0",
            "pad: 6 pixels cannot be taken of a side of 5; circular takes at most 5 there; "
            "replicate has no limit",
        ),
        (
            "symmetric",
            "0,0,0,5",
            "pad: 5 pixels cannot be mirrored of a side of 4; symmetric takes at most 4 there; "
            "replicate has no limit",
        ),
        ("constant", "1,2", "--padding 1,2 is for 1 axes, not for 2-D data"),
    ],
)
def test_limits(mode: str, padding: str, reason: str) -> None:
    with pytest.raises(ShapeError) as refused:
        cast(Any, PAD.of_mode(mode))(padding=TYPE.parse(padding)).out_shape(Shape(1, 4, 5))
    assert str(refused.value) == reason


def test_an_image_larger_than_the_size() -> None:
    with pytest.raises(ShapeError) as refused:
        ConstantPad(size=(4,)).out_shape(Shape(1, 3, 5))
    assert str(refused.value) == (
        "--size 4x4 is smaller than an image of 3x5; crop or upsample it before"
    )


def test_constants_of_other_channels() -> None:
    with pytest.raises(ShapeError) as refused:
        ConstantPad(size=(9,), value=(1.0, 2.0)).out_shape(Shape(3, 3, 5))
    assert str(refused.value) == "--value has 2 numbers for 3 channels"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "--padding, --to-multiple, --size: pad needs exactly one of these"),
        (
            {"padding": Margins(((1, 1),), each_axis=True), "at": "center"},
            "--at center: goes with --to-multiple or --size",
        ),
        ({"to_multiple": (0,)}, "--to-multiple 0: must be from 1 to 65535"),
    ],
)
def test_refused_parameters(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ParameterError) as refused:
        ConstantPad(**settings)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1,2,3", "must have two numbers per axis: LEFT,RIGHT,TOP,BOTTOM"),
        ("same", "must be a whole number, HxW, or LEFT,RIGHT,TOP,BOTTOM"),
        ("-1", "must be from 0 to 1000"),
    ],
)
def test_refused_numbers(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        TYPE.check(TYPE.parse(typed))
