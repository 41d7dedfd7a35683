"""Sizes as people mean them: one side is given, and the others keep the proportions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from updown_cli.op.library_sizes import LIBRARY_RULES, library_size
from updown_cli.op.param_types import whole

#: What can be asked for, and which of the ratios of wanted to given sides decides.
RULES = {"short": max, "long": min, "within": min, "cover": max}

#: A limit of the longest side goes with these, which would leave it open.
LIMITED = ("short", "cover", "detr", "yolos", "vilt")

#: Whose limit may be the shorter side itself: nothing is longer, as EoMT has it.
LIMITED_TO_ITSELF = ("detr", "yolos")

#: These have one number.
SINGLE = (
    *("short", "long", "detr", "yolos", "square", "down", "vilt", "round-short", "sam", "beyond"),
    *("zoe-margins", "tvp"),
)

#: These have two, whatever the rank.
PAIRS = ("share", "janus")

LIMIT = "long<="

#: What sides are a multiple of, rounded up.
MULTIPLE = "multiple="

FORMS = "short=N, long=N, within=HxW or cover=HxW"


@dataclass(frozen=True)
class RelativeSize:
    """A size in the proportions of the input.

    `short` and `long` give the shorter or longer side, `within` what it fits in and `cover` what it
    covers. `most` is a limit of the longest side. Rounded down, as torchvision.transforms.Resize
    does with `size` and `max_size`, but never to nothing. Other libraries round in other ways,
    which `LIBRARY_RULES` has.
    """

    rule: str
    sides: tuple[int, ...]
    most: int | None = None
    multiple: int | None = None

    def __str__(self) -> str:
        limit = "" if self.most is None else f",{LIMIT}{self.most}"
        multiple = "" if self.multiple is None else f",{MULTIPLE}{self.multiple}"
        return f"{self.rule}={'x'.join(map(str, self.sides))}{limit}{multiple}"

    def of(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """Return the sides for an input of this size; one number in `sides` is for all of them."""
        sides, step = self._unrounded(size), self.multiple
        return sides if step is None else tuple(-(-side // step) * step for side in sides)

    def _unrounded(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """Return the sides before they are rounded up."""
        wanted = self.sides * len(size) if len(self.sides) == 1 else self.sides
        if self.rule in LIBRARY_RULES:
            return library_size(self.rule, size, wanted, self.most, self.multiple)
        pairs = zip(wanted, size, strict=True)
        to, given = RULES[self.rule](pairs, key=lambda pair: pair[0] / pair[1])
        sides = _scaled(size, to, given)
        longest = max(sides)
        if self.most is None or longest <= self.most:
            return sides
        return _scaled(sides, self.most, longest)

    def numbers(self) -> tuple[int, ...]:
        """Return every number that was typed."""
        return (*self.sides, *filter(None, (self.most, self.multiple)))

    def check(self) -> None:
        """Raise ValueError for what contradicts itself."""
        if self.rule in SINGLE and len(self.sides) != 1:
            raise ValueError(f"must have one number after {self.rule}=")
        if self.rule in PAIRS and len(self.sides) != 2:
            raise ValueError(f"must have two numbers after {self.rule}=")
        if self.most is None:
            return
        if self.rule not in LIMITED:
            raise ValueError(f"has {LIMIT}, which goes with {', '.join(LIMITED)}")
        if self.most < max(self.sides) + (self.rule not in LIMITED_TO_ITSELF):
            raise ValueError(f"must have more after {LIMIT} than after {self.rule}=")


def parse_relative(text: str) -> RelativeSize:
    """Read `short=256`, `short=800,long<=1333`, `within=480x640`; raise ValueError for others."""
    rules = "|".join((*RULES, *LIBRARY_RULES))
    match = re.fullmatch(
        rf"({rules})=([0-9]+(?:x[0-9]+)*)(?:,{LIMIT}([0-9]+))?(?:,{MULTIPLE}([0-9]+))?", text
    )
    if not match:
        raise ValueError(f"must be {FORMS}; short and cover may end with ,{LIMIT}N")
    sides = tuple(whole(part) for part in match[2].split("x"))
    most, multiple = (whole(number) if number else None for number in match.groups()[2:])
    return RelativeSize(match[1], sides, most, multiple)


def _scaled(size: tuple[int, ...], to: int, given: int) -> tuple[int, ...]:
    """Return the sides times to / given, rounded down."""
    return tuple(max(int(to * side / given), 1) for side in size)
