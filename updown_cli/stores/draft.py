"""A file that is written before it has its name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import BinaryIO

#: A file in parts, one after the other.
Parts = tuple[bytes | memoryview, ...]

#: What a file is to hold: bytes, or whatever writes them.
Content = bytes | Parts | Callable[[BinaryIO], None]

#: Takes a change of names back, as far as the place lets it.
Undo = Callable[[], None]


class Draft(ABC):
    """A file that is written before it has its name; what fails raises OSError."""

    @abstractmethod
    def begin(self) -> BinaryIO:
        """Make the file, to be filled bit by bit."""

    @abstractmethod
    def write(self, content: Content) -> None:
        """Make the file."""

    @property
    @abstractmethod
    def number(self) -> int | None:
        """The number by which the system knows the open file; None if it is not on a disk."""

    @abstractmethod
    def take_rights(self, name: str) -> None:
        """Belong to whom another file belongs, if there is one, and be for whom it is."""

    @abstractmethod
    def replace(self, name: str) -> Undo:
        """Get a name, whoever has it."""

    @abstractmethod
    def claim(self, name: str) -> Undo | None:
        """Get a name if nobody has it; None if somebody has."""

    @abstractmethod
    def remove(self) -> None:
        """Close the file; remove it unless it has got a name."""
