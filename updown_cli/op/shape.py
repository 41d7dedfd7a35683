"""The size of an image or array in channels and sides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self


class Shape(tuple[int, ...]):
    """Channels, then one to three sides: `Shape(3, 480, 640)`."""

    __slots__ = ()

    def __new__(cls, channels: int, *size: int) -> Self:
        return super().__new__(cls, (channels, *size))

    def __getnewargs__(self) -> tuple[int, ...]:
        return tuple(self)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self[0]

    @property
    def size(self) -> tuple[int, ...]:
        """The sides: (L,), (H, W) or (D, H, W)."""
        return tuple(self[1:])

    @property
    def dims(self) -> int:
        """Number of sides."""
        return len(self) - 1

    def __str__(self) -> str:
        return by_x(self)


def by_x(numbers: Iterable[object]) -> str:
    """Return `2x3` for (2, 3)."""
    return "x".join(map(str, numbers))
