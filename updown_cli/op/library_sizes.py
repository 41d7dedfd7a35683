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


#: By the word before the equals sign: how sides follow from those of the input.
LIBRARY_RULES: dict[str, Callable[[Size, Size, int | None], Size]] = {
    "detr": _detr,
    "yolos": _yolos,
    "fit": _fit,
    "timm-within": _timm(max),
    "timm-cover": _timm(min),
    "square": _square,
}
