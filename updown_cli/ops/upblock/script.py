"""The lines of a block's code under way, and what the last result is called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from updown_cli.op.code import Lines

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape


@dataclass
class Script:
    """Lines for so many images of a shape, and the name of the last result."""

    shape: Shape
    frames: int
    lines: Lines = field(default_factory=list)
    last: str = "x"

    def add(self, *lines: str) -> None:
        """Write lines that give the last result no other name."""
        self.lines += lines

    def name(self, name: str, code: str) -> None:
        """Write a result under a name; it is the last one now."""
        self.lines.append(f"{name} = {code}")
        self.last = name

    def finish(self) -> Lines:
        """Return the lines, the last result being y."""
        return self.lines if self.last == "y" else [*self.lines, f"y = {self.last}"]
