"""The part of a picture that is looked at, as it is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from updown_cli.errors import InputError
from updown_cli.op.param_types import ParamType


@dataclass(frozen=True)
class Region:
    """A part of the source, in its pixels."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width}x{self.height}"

    def check_inside(self, size: tuple[int, int]) -> None:
        """Raise InputError for a part that is not wholly inside of height x width."""
        height, width = size
        if self.left + self.width > width or self.top + self.height > height:
            reason = f"--crop {self} is not inside of {width}x{height}"
            raise InputError(reason, hint="X,Y,WxH count from the top left", code="bad_shape")


class CropType(ParamType):
    """`X,Y,WxH`, or `none`."""

    metavar = "X,Y,WxH|none"

    def parse(self, text: str) -> Region | str:
        """Read the part's corner and size."""
        if text == "none":
            return text
        match = re.fullmatch(r"(\d{1,9}),(\d{1,9}),(\d{1,9})x(\d{1,9})", text)
        if not match:
            raise ValueError("must be X,Y,WxH in pixels of the input, or none")
        return Region(*map(int, match.groups()))

    def check(self, value: Any) -> None:
        """Raise for a part without pixels."""
        if isinstance(value, Region) and 0 in (value.width, value.height):
            raise ValueError("must have a width and a height")
