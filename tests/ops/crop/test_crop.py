"""Parts of images against torchvision's arithmetic and slices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.helpers import apply
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape
from updown_cli.ops import op_from_json
from updown_cli.ops.crop.box import Box
from updown_cli.ops.crop.crop import Crop
from updown_cli.ops.pad.constant import ConstantPad
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.pipeline.pipeline import Pipeline

Array = NDArray[Any]


def center_crop(x: Array, height: int, width: int) -> Array:
    """Return what torchvision.transforms.functional.center_crop does, step by step."""
    rows, columns = x.shape
    if width > columns or height > rows:
        left = (width - columns) // 2 if width > columns else 0
        top = (height - rows) // 2 if height > rows else 0
        right = (width - columns + 1) // 2 if width > columns else 0
        bottom = (height - rows + 1) // 2 if height > rows else 0
        x = np.pad(x, ((top, bottom), (left, right)))
        rows, columns = x.shape
    first_row, first_column = round((rows - height) / 2.0), round((columns - width) / 2.0)
    return x[first_row : first_row + height, first_column : first_column + width]


def counting(*sides: int) -> Array:
    return np.arange(1.0, 1 + np.prod(sides)).reshape(sides)


@pytest.mark.parametrize("rows", range(1, 10))
def test_the_middle_is_that_of_torchvision(rows: int) -> None:
    for columns in range(1, 10):
        for height in range(1, 12):
            x = counting(rows, columns)
            found = apply(Crop(size=(height, 5)), x).reshape(height, 5)
            np.testing.assert_array_equal(found, center_crop(x, height, 5))


@pytest.mark.parametrize(
    ("at", "first"),
    [
        ("top-left", (0, 0)),
        ("top", (0, 2)),
        ("top-right", (0, 5)),
        ("left", (1, 0)),
        ("right", (1, 5)),
        ("bottom-left", (2, 0)),
        ("bottom", (2, 2)),
        ("bottom-right", (2, 5)),
        ((1, 4), (1, 4)),
    ],
)
def test_places(at: Any, first: tuple[int, int]) -> None:
    x, (row, column) = counting(5, 9), first
    found = apply(Crop(size=(3, 4), at=at), x)
    np.testing.assert_array_equal(found, x[row : row + 3, column : column + 4])


def test_a_box_reaches_outside_with_zeros() -> None:
    x = counting(2, 3)
    found = apply(Crop(box=Box((-1, 1), (4, 4))), x)
    np.testing.assert_array_equal(found, [[0, 0, 0, 0], [2, 3, 0, 0], [5, 6, 0, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize("dims", [1, 3])
def test_signals_and_volumes(dims: int) -> None:
    x = counting(*(5, 4, 7)[3 - dims :])
    first = apply(Crop(size=(3,), at="top-left"), x, dims)
    np.testing.assert_array_equal(first, x[(slice(3),) * dims])
    last = apply(Crop(size=(3,), at="bottom-right"), x, dims)
    np.testing.assert_array_equal(last, x[(slice(-3, None),) * dims])


def test_the_kept_side_and_proportions() -> None:
    op = Crop(size=(4, None))
    assert op.out_shape(Shape(1, 9, 7)) == (1, 4, 7)
    short = op_from_json(Given({"op": "crop", "size": "short=4"}))
    assert short.out_shape(Shape(1, 8, 16)) == (1, 4, 8)


def test_undo_takes_away_what_a_pad_added() -> None:
    x = counting(5, 6)[None, None].astype("float32")
    ops = (ConstantPad(to_multiple=(4,), at="center"), Crop(undo=True))
    plan = Pipeline.of(*ops).plan(Shape(1, 5, 6))
    assert plan.steps[0].after == (1, 8, 8)
    assert plan.shape == (1, 5, 6)
    assert plan.steps[1].op.to_json()["box"] == "1,1,5x6"
    del x


def test_undo_follows_the_scale() -> None:
    ops = (
        ConstantPad(to_multiple=(8,)),
        MaxPool(),
        Nearest(scale_factor=(6,)),
        Crop(undo=True),
    )
    assert Pipeline.of(*ops).plan(Shape(1, 5, 6)).shape == (1, 15, 18)


def test_pads_and_crops_nest() -> None:
    ops = (
        ConstantPad(to_multiple=(10,)),
        ConstantPad(to_multiple=(16,)),
        Crop(undo=True),
        Crop(undo=True),
    )
    plan = Pipeline.of(*ops).plan(Shape(1, 5, 6))
    assert [step.after for step in plan.steps] == [(1, 10, 10), (1, 16, 16), (1, 10, 10), (1, 5, 6)]


def test_padding_that_is_no_whole_number_any_more() -> None:
    ops = (ConstantPad(to_multiple=(8,)), MaxPool(), Crop(undo=True))
    with pytest.raises(ShapeError) as refused:
        Pipeline.of(*ops).plan(Shape(1, 5, 6))
    assert str(refused.value) == (
        "step 3, crop: --undo: a padded side of 8 became 4, where 3 pixels are no whole number; "
        "pad to a multiple of what the steps between shrink by"
    )


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "--size, --box, --undo: crop needs exactly one of these"),
        (
            {"size": (3,), "undo": True},
            "--size, --box, --undo: crop needs exactly one of these",
        ),
        ({"undo": True, "at": "top"}, "--at top: goes with --size"),
        (
            {"size": (3,), "at": "middle"},
            "--at middle: must be Y,X or one of center, top-left, top, top-right, left, right, "
            "bottom-left, bottom, bottom-right",
        ),
        ({"size": (0,)}, "--size 0: must be from 1 to 1048576"),
        (
            {"box": Box((0,), (2, 2))},
            "--box 0,2x2: must be first row, first column and size: Y,X,HxW",
        ),
    ],
)
def test_refused_parameters(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ParameterError) as refused:
        Crop(**settings)
    assert str(refused.value) == reason


def test_a_box_with_nothing_of_the_image() -> None:
    with pytest.raises(ShapeError) as refused:
        Crop(box=Box((5, 0), (2, 2))).out_shape(Shape(3, 5, 5))
    assert str(refused.value) == (
        "crop: 5,0,2x2 has nothing of an image of 5x5; rows come before columns, and count from "
        "the top left"
    )


def test_places_of_other_dimensions() -> None:
    with pytest.raises(ShapeError) as refused:
        Crop(size=(2,), at=(1,)).out_shape(Shape(3, 5, 5))
    assert str(refused.value) == "--at 1 has places of 1 axes for 2-D data"


def test_undo_alone_is_refused() -> None:
    with pytest.raises(ParameterError) as refused:
        Pipeline.of(Crop(undo=True))
    assert str(refused.value) == "--undo: there is no pad before it in the same chain"


@pytest.mark.parametrize(
    ("side", "size", "center", "first"),
    [
        (10, 7, "half-even", 2),  # 1.5 is 2
        (12, 7, "half-even", 2),  # 2.5 is 2
        (10, 7, "floor", 1),
        (10, 7, "trunc", 1),
        (7, 10, "half-even", -1),
        (7, 10, "floor", -2),  # -1.5 is -2
        (7, 10, "trunc", -1),
    ],
)
def test_the_middle_of_an_odd_rest(side: int, size: int, center: str, first: int) -> None:
    crop = Crop(size=(size,), center=center).for_shape(Shape(1, side))
    assert crop.box == Box((first,), (size,))


def test_a_rounding_is_for_the_middle() -> None:
    with pytest.raises(ParameterError) as refused:
        Crop(size=(3,), at="top", center="floor")
    assert str(refused.value) == "--center floor: goes with --at center"
