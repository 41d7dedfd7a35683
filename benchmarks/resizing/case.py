"""A mode of a library with settings, as updown's words and for the library."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

#: The types whose values a library may treat in ways of their own.
UINT8, UINT16, FLOAT32 = ALL_TYPES = ("uint8", "uint16", "float32")
INT32 = "int32"


@dataclass(frozen=True)
class Case:
    """`settings` are updown's parameters beside the size, which the library's side is told too.

    `variant` is what else the library's side is told, and `like` the library of `--like` where that
    is another. With `alpha` the last channel is alpha. Of `box` the numbers are shares of the
    sides.
    """

    mode: str
    settings: dict[str, Any] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ALL_TYPES
    channels: tuple[int, ...] = (1, 3, 4)
    variant: str = ""
    like: str = ""
    alpha: bool = False
    box: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """Return the mode with its settings."""
        told = [f"{name}={value}" for name, value in self.settings.items()]
        told += [f"box={self.box} of the sides"] if self.box else []
        return ", ".join([self.mode, *([self.variant] if self.variant else []), *told])

    def of(self, height: int, width: int) -> Case:
        """Return it for an image of a size."""
        if not self.box:
            return self
        sides = (width, height, width, height)
        box = tuple(part * side for part, side in zip(self.box, sides, strict=True))
        return replace(self, settings={**self.settings, "box": box})
