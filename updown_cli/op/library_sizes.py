"""Sizes in the proportions of the input as libraries of networks round them, to the last pixel."""

from __future__ import annotations

import math
from collections.abc import Callable

Size = tuple[int, ...]

#: The sides of an input, those asked for, a limit, and what sides are a multiple of.
Rule = Callable[[Size, Size, int | None, int], Size]

# The side of a patch of YOLOS.
PATCH = 16


def _detr(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
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


def _yolos(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return the same in whole patches, rounded down."""
    return tuple(max(side - side % PATCH, 1) for side in _detr(size, sides, most, multiple))


def _fit(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return what fits in, as transformers' get_image_size_for_max_height_width rounds."""
    scale = min(wanted / side for wanted, side in zip(sides, size, strict=True))
    return tuple(max(int(side * scale), 1) for side in size)


def _timm(choose: Callable[..., float]) -> Rule:
    """Return timm's ResizeKeepRatio, whose ratio is that of one side."""

    def rule(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
        ratio = choose(side / wanted for wanted, side in zip(sides, size, strict=True))
        return tuple(max(round(side * 1.0 / ratio), 1) for side in size)

    return rule


def _square(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return a square as long as the longest side, a multiple of a number."""
    side = math.ceil(max(size) / sides[0]) * sides[0]
    return (side,) * len(size)


def _dpt(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return sides in proportion by whichever scale changes less, to the nearest multiple."""
    scale = min((to / side for to, side in zip(sides, size, strict=True)), key=lambda s: abs(1 - s))
    return tuple(round(scale * side / multiple) * multiple for side in size)


def _donut(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return what is no larger, as Donut makes thumbnails: the other side follows the longest."""
    within = [min(to, side) for to, side in zip(sides, size, strict=True)]
    longest = size.index(max(size))
    if within == [*size] or min(size) == max(size):
        return tuple(within)
    short = int(min(size) * within[longest] / max(size))
    return tuple(within[longest] if side == max(size) else max(short, 1) for side in size)


def _share(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return a square of a share of the shortest side, as Perceiver crops: `share=224x256`."""
    return (max(int(sides[0] / sides[1] * min(size)), 1),) * len(size)


def _down(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return each side rounded down to a multiple, as GLPN does."""
    return tuple(max(side // sides[0], 1) * sides[0] for side in size)


def _vilt(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return the shorter side as asked, within a limit, in multiples that are no larger."""
    exact = [side * (sides[0] / min(size)) for side in size]
    if most is not None and max(exact) > most:
        scale = most / max(exact)
        exact = [side * scale for side in exact]
    return tuple(max(int(side + 0.5) // multiple, 1) * multiple for side in exact)


def _round_short(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return the shorter side as asked, the others rounded to the nearest, half to even."""
    scale = sides[0] / min(size)
    return tuple(max(round(side * scale), 1) for side in size)


def _janus(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return the longer side as asked, the others rounded, but no less than a number."""
    scale = sides[0] / max(size)
    return tuple(max(round(side * scale), sides[1]) for side in size)


def _sam(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return the longer side as asked, the others rounded half up."""
    scale = sides[0] * 1.0 / max(size)
    return tuple(max(int(side * scale + 0.5), 1) for side in size)


def _pixtral(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return what is no larger, in whole patches, rounded up."""
    ratio = max(side / wanted for side, wanted in zip(size, sides, strict=True))
    within = tuple(math.floor(side / ratio) for side in size) if ratio > 1 else size
    return tuple(((max(side, 1) - 1) // multiple + 1) * multiple for side in within)


def _at_least(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return each side as it is, or larger where it is less than a number."""
    return tuple(max(pair) for pair in zip(size, sides, strict=True))


def _beyond(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return the next multiple of a number, never the side itself, as Swin2SR pads."""
    return tuple((side // sides[0] + 1) * sides[0] for side in size)


def _zoe_margins(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return each side and what ZoeDepth adds before and after: `zoe-margins=3`."""
    return tuple(side + 2 * int(math.sqrt(side / 2) * sides[0]) for side in size)


def _zoe(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return sides in proportion by whichever scale changes less, to a 32nd, then rounded down."""
    scale = min((to / side for to, side in zip(sides, size, strict=True)), key=lambda s: abs(1 - s))
    return tuple(max(int(round(scale * side * 32) / 32), 1) for side in size)


def _tvp(size: Size, sides: Size, most: int | None, multiple: int) -> Size:
    """Return the longer side as asked, the others by the ratio to it, rounded down."""
    return tuple(max(int(sides[0] * (side / max(size))), 1) for side in size)


def library_size(
    rule: str, size: Size, sides: Size, most: int | None, multiple: int | None
) -> Size:
    """Return the sides by a rule of LIBRARY_RULES, as multiples of a number if one is given."""
    return LIBRARY_RULES[rule](size, sides, most, multiple or 1)


#: By the word before the equals sign: how sides follow from those of the input.
LIBRARY_RULES: dict[str, Rule] = {
    "detr": _detr,
    "yolos": _yolos,
    "fit": _fit,
    "timm-within": _timm(max),
    "timm-cover": _timm(min),
    "square": _square,
    "donut": _donut,
    "dpt": _dpt,
    "at-least": _at_least,
    "share": _share,
    "down": _down,
    "vilt": _vilt,
    "round-short": _round_short,
    "janus": _janus,
    "sam": _sam,
    "pixtral": _pixtral,
    "beyond": _beyond,
    "zoe-margins": _zoe_margins,
    "zoe": _zoe,
    "tvp": _tvp,
}
