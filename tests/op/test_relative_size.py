"""Sizes in the proportions of the input: torchvision's rounding, limits, sentences."""

from __future__ import annotations

import re

import numpy as np
import pytest

from updown_cli.errors import ShapeError
from updown_cli.op.per_axis import Sizes
from updown_cli.op.relative_size import parse_relative
from updown_cli.op.schema import Given
from updown_cli.op.shape import Shape
from updown_cli.ops import op_from_json
from updown_cli.ops.upsample.bilinear import Bilinear

SIZES = Sizes(min=1, max=1 << 20, keep=True, relative=True)


def of_torchvision(size: tuple[int, int], short: int, most: int | None = None) -> tuple[int, int]:
    """Return height and width as torchvision.transforms.functional.resize has them."""
    height, width = size
    shorter, longer = (width, height) if width <= height else (height, width)
    new_short, new_long = short, int(short * longer / shorter)
    if most is not None and new_long > most:
        new_short, new_long = int(most * new_short / new_long), most
    return (new_long, new_short) if width <= height else (new_short, new_long)


@pytest.mark.parametrize("most", [None, 640])
def test_the_shorter_side_is_that_of_torchvision(most: int | None) -> None:
    dice = np.random.default_rng(1)
    for _ in range(2000):
        height, width, short = (int(side) for side in dice.integers(100, 600, 3))
        limit = "" if most is None else f",long<={most}"
        found = parse_relative(f"short={short}{limit}").of((height, width))
        assert found == of_torchvision((height, width), short, most)


@pytest.mark.parametrize(
    ("typed", "size", "expected"),
    [
        ("short=256", (480, 640), (256, 341)),
        ("short=256", (641, 480), (341, 256)),
        ("short=256", (333, 333), (256, 256)),
        ("short=800,long<=1333", (480, 640), (800, 1066)),
        ("short=800,long<=1333", (427, 1280), (444, 1333)),
        ("long=1024", (480, 640), (768, 1024)),
        ("long=100", (1000, 3), (100, 1)),
        ("within=300x300", (480, 640), (225, 300)),
        ("within=100x400", (480, 640), (100, 133)),
        ("within=300", (480, 640), (225, 300)),
        ("cover=224x224", (480, 640), (224, 298)),
        ("cover=100x400", (480, 640), (300, 400)),
        ("short=10", (7,), (10,)),
        ("short=8", (16, 32, 40), (8, 16, 20)),
    ],
)
def test_sides(typed: str, size: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert parse_relative(typed).of(size) == expected
    assert str(parse_relative(typed)) == typed


def test_a_size_is_that_of_each_image() -> None:
    op = Bilinear(size=parse_relative("short=6"))
    assert op.out_shape(Shape(3, 12, 24)) == (3, 6, 12)
    assert op.out_shape(Shape(3, 30, 15)) == (3, 12, 6)
    assert op_from_json(Given(op.to_json())) == op
    assert op.to_json()["size"] == "short=6"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (
            "shorter=3",
            "must be short=N, long=N, within=HxW or cover=HxW; short and cover may end with "
            ",long<=N",
        ),
        ("short=0", "must be from 1 to 1048576"),
        ("short=2x3", "must have one number after short="),
        ("long=20,long<=30", "has long<=, which goes with short, cover, detr, yolos, vilt"),
        ("short=30,long<=30", "must have more after long<= than after short="),
        ("short=30,long<=9999999", "must be from 1 to 1048576"),
        ("within=2x3x4x5", "must be one number, or one per axis between 'x'"),
    ],
)
def test_refusals(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        SIZES.check(SIZES.parse(typed))


def test_sides_of_other_dimensions_are_refused() -> None:
    with pytest.raises(ShapeError) as refused:
        Bilinear(size=parse_relative("within=2x3x4")).out_shape(Shape(1, 5, 5))
    assert str(refused.value) == "--size 2x3x4 has 3 numbers for 2-D data"


def test_a_kept_side_that_changes_proportions_is_noted() -> None:
    op = Bilinear(size=(256, None)).for_shape(Shape(3, 480, 640))
    assert op.notes(Shape(3, 480, 640)) == [
        "--size 256x640 of 480x640 changes the proportions; --size short=256 or long=256 would "
        "keep them"
    ]
    nearly = Bilinear(size=(470, None)).for_shape(Shape(3, 480, 640))
    assert nearly.notes(Shape(3, 480, 640)) == []


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("share=224x256", (100, 300), (87, 87)),
        ("share=7x2", (3, 5), (10, 10)),
        ("down=32", (100, 70), (96, 64)),
        ("down=32", (10, 70), (32, 64)),
        ("vilt=384,long<=639,multiple=32", (480, 640), (384, 512)),
        ("vilt=384,long<=639,multiple=32", (300, 1200), (160, 608)),
        ("round-short=256", (3, 5), (256, 427)),
        ("round-short=10,multiple=4", (4, 5), (12, 12)),
        ("janus=384x14", (10, 1000), (14, 384)),
        ("sam=1024", (481, 640), (770, 1024)),
        ("pixtral=64x64,multiple=16", (100, 50), (64, 32)),
        ("pixtral=64x64,multiple=16", (20, 33), (32, 48)),
        ("at-least=50x60", (40, 100), (50, 100)),
    ],
)
def test_sides_as_networks_round_them(
    text: str, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    rule = parse_relative(text)
    assert str(rule) == text
    assert rule.of(size) == expected
