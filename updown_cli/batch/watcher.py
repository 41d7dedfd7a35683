"""Who is told how far one picture is."""

from __future__ import annotations


class Watcher:
    """Is told how far one picture is, and does not care; others show it."""

    def begin(self, part: str) -> None:
        """Hear that a part of the work begins: load, ops, save or compare."""

    def rows(self, done: int, total: int) -> None:
        """Hear how many rows of how many are done."""

    def naming(self) -> None:
        """Hear that files are whole; return when they may get their names."""


#: Where nobody wants to know.
NOBODY = Watcher()
