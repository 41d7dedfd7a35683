"""Sizes as libraries of networks round them; expected values by hand."""

from __future__ import annotations

import pytest

from updown_cli.op.relative_size import parse_relative


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("detr=800,long<=1333", (480, 640), (800, 1066)),  # 800 * 640 / 480 = 1066.67
        ("detr=800,long<=1333", (640, 480), (1066, 800)),
        ("detr=800,long<=1333", (300, 900), (444, 1333)),  # 1333 / 3 = 444.33 and exactly 3 times
        ("detr=800,long<=1333", (800, 1000), (800, 1000)),
        ("yolos=800,long<=1333", (480, 650), (800, 1072)),  # 1083 less 11
        ("detr=800,long<=1333,multiple=32", (480, 640), (800, 1088)),  # 1066 raised to 34 * 32
        ("dpt=384x384,multiple=32", (300, 451), (256, 384)),  # 384 / 451: 255.4 and 384
        ("dpt=384x384,multiple=32", (390, 301), (384, 288)),  # 384 / 390: 384 and 296.4
        ("donut=100x60", (200, 120), (100, 60)),
        ("donut=100x60", (90, 50), (90, 50)),
        ("donut=100x60", (90, 120), (45, 60)),
        ("fit=50x50", (100, 200), (25, 50)),
        ("fit=200x500", (100, 200), (200, 400)),
        ("fit=49x49", (3, 49), (3, 49)),
        ("timm-within=224x224", (300, 451), (149, 224)),  # 300 * 224 / 451 = 149.002
        ("timm-cover=128x256", (300, 451), (170, 256)),  # 300 / (451 / 256) = 170.29
        ("square=1", (30, 45), (45, 45)),
        ("square=32", (30, 45), (64, 64)),
        ("detr=640,long<=640", (480, 600), (512, 640)),  # EoMT: nothing is longer than the shorter
        ("beyond=8", (16, 21), (24, 24)),
        ("zoe-margins=3", (50, 98), (80, 140)),  # 3 * 5 and 3 * 7 before and after
        ("zoe-margins=3", (301, 203), (373, 263)),  # 36.8 and 30.2 become 36 and 30
        ("zoe=384x512", (301, 203), (384, 258)),  # 203 * 384 / 301 = 258.98
        ("zoe=384x512", (400, 768), (384, 737)),  # 384 / 400 changes less than 512 / 768
        ("tvp=448", (203, 301), (302, 448)),
    ],
)
def test_sizes(text: str, size: tuple[int, ...], expected: tuple[int, ...]) -> None:
    relative = parse_relative(text)
    assert relative.of(size) == expected
    assert str(relative) == text
