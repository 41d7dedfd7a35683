"""Sizes in the proportions of the input as libraries of networks round them, to the last pixel."""

from __future__ import annotations

import math
from collections.abc import Callable

Size = tuple[int, ...]

# The side of a patch of YOLOS.
PATCH = 16


def _detr(size: Size, sides: Size, most: int | None) -> Size:
    """Return the shorter side as asked, or less so that the longer one is within a limit.

    As transformers' get_size_with_aspect_ratio, which DETR and its kin use.
    """
    wanted, shortest, longest = sides[0], min(size), max(size)
    exact: float = wanted
    if most is not None and longest / shortest * wanted > most:
        exact = most * float(shortest) / longest
        wanted = round(exact)
    if shortest == wanted:
        return size
    long = max(int(exact * longest / shortest), 1)
    return tuple(wanted if side == shortest else long for side in size)


def _yolos(size: Size, sides: Size, most: int | None) -> Size:
    """Return the same in whole patches, rounded down."""
    return tuple(max(side - side % PATCH, 1) for side in _detr(size, sides, most))


def _fit(size: Size, sides: Size, most: int | None) -> Size:
    """Return what fits in, as transformers' get_image_size_for_max_height_width rounds."""
    scale = min(wanted / side for wanted, side in zip(sides, size, strict=True))
    return tuple(max(int(side * scale), 1) for side in size)


def _timm(choose: Callable[..., float]) -> Callable[[Size, Size, int | None], Size]:
    """Return timm's ResizeKeepRatio, whose ratio is that of one side."""

    def rule(size: Size, sides: Size, most: int | None) -> Size:
        ratio = choose(side / wanted for wanted, side in zip(sides, size, strict=True))
        return tuple(max(round(side * 1.0 / ratio), 1) for side in size)

    return rule


def _square(size: Size, sides: Size, most: int | None) -> Size:
    """Return a square as long as the longest side, a multiple of a number."""
    side = math.ceil(max(size) / sides[0]) * sides[0]
    return (side,) * len(size)


def _dpt(size: Size, sides: Size, multiple: int) -> Size:
    """Return sides in proportion by whichever scale changes less, to the nearest multiple."""
    scale = min((to / side for to, side in zip(sides, size, strict=True)), key=lambda s: abs(1 - s))
    return tuple(round(scale * side / multiple) * multiple for side in size)


def _donut(size: Size, sides: Size, most: int | None) -> Size:
    """Return what is no larger, as Donut makes thumbnails: the other side follows the longest."""
    within = [min(to, side) for to, side in zip(sides, size, strict=True)]
    longest = size.index(max(size))
    if within == [*size] or min(size) == max(size):
        return tuple(within)
    short = int(min(size) * within[longest] / max(size))
    return tuple(within[longest] if side == max(size) else max(short, 1) for side in size)


def library_size(
    rule: str, size: Size, sides: Size, most: int | None, multiple: int | None
) -> Size:
    """Return the sides by a rule of LIBRARY_RULES, as multiples of a number if one is given."""
    if rule == "dpt":
        return _dpt(size, sides, multiple or 1)
    return LIBRARY_RULES[rule](size, sides, most)


#: By the word before the equals sign: how sides follow from those of the input.
LIBRARY_RULES: dict[str, Callable[[Size, Size, int | None], Size]] = {
    "detr": _detr,
    "yolos": _yolos,
    "fit": _fit,
    "timm-within": _timm(max),
    "timm-cover": _timm(min),
    "square": _square,
    "donut": _donut,
    "dpt": lambda size, sides, most: _dpt(size, sides, 1),
}
