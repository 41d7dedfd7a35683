"""Three boxes and the arrows from one to the next: side by side, below each other, or folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[int, int]

# Pixels between boxes, and between a box and the arrow.
ARROW, CLEAR = 44, 8


@dataclass(frozen=True)
class Arrangement:
    """Width and height of all, the left upper corner of each box, and each arrow's two ends."""

    size: Point
    corners: tuple[Point, ...]
    arrows: tuple[tuple[Point, Point], ...]


def side_by_side(boxes: Sequence[Point]) -> Arrangement:
    """Return boxes, given by width and height, side by side, their middles level."""
    height = max(high for _, high in boxes)
    corners, arrows, left = [], [], 0
    for wide, high in boxes:
        corners.append((left, (height - high) // 2))
        left += wide + ARROW
        arrows.append(_rightwards(left - ARROW, height // 2))
    return Arrangement((left - ARROW, height), tuple(corners), tuple(arrows[:-1]))


def one_below_another(boxes: Sequence[Point]) -> Arrangement:
    """Return boxes below each other, their middles in line."""
    width = max(wide for wide, _ in boxes)
    corners, arrows, top = [], [], 0
    for wide, high in boxes:
        corners.append(((width - wide) // 2, top))
        top += high + ARROW
        arrows.append(_downwards(width // 2, top - ARROW))
    return Arrangement((width, top - ARROW), tuple(corners), tuple(arrows[:-1]))


def first_beside_stacked(boxes: Sequence[Point]) -> Arrangement:
    """Return the first of three boxes beside the others, which are below each other."""
    (wide, high), *others = boxes
    right = one_below_another(others)

    def moved(at: Point) -> Point:
        return at[0] + wide + ARROW, at[1]

    ((start, end),) = right.arrows
    return Arrangement(
        (wide + ARROW + right.size[0], max(high, right.size[1])),
        ((0, 0), *map(moved, right.corners)),
        (_rightwards(wide, min(high, others[0][1]) // 2), (moved(start), moved(end))),
    )


def _rightwards(left: int, middle: int) -> tuple[Point, Point]:
    return (left + CLEAR, middle), (left + ARROW - CLEAR, middle)


def _downwards(middle: int, top: int) -> tuple[Point, Point]:
    return (middle, top + CLEAR), (middle, top + ARROW - CLEAR)
