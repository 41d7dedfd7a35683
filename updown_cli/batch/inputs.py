"""What the user named as input, as files."""

from __future__ import annotations

import os
from dataclasses import dataclass

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its path, and the folder below which it was found."""

    path: str
    root: str = ""

    @property
    def is_stdin(self) -> bool:
        """Whether the bytes come from standard input."""
        return self.path == STDIN

    @property
    def relative(self) -> str:
        """Path below the folder that was named; the name alone for a file that was named."""
        if self.root:
            return os.path.relpath(self.path, self.root)
        return "stdin" if self.is_stdin else os.path.basename(self.path)

    @property
    def stem(self) -> str:
        """File name without ending."""
        return os.path.splitext(os.path.basename(self.relative))[0]

    @property
    def ending(self) -> str:
        """Ending of the file name, as written."""
        return os.path.splitext(self.relative)[1]


def find(paths: tuple[str, ...]) -> list[Source]:
    """Return the sources that these arguments name."""
    return [Source(path) for path in paths]
