"""Where one size lies in another: a word such as `center`, or numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from updown_cli.op.param_types import ParamType, whole
from updown_cli.op.per_axis import MOST_AXES

#: The words: what they say of the rows and of the columns, first, in the middle or last.
WORDS = {
    "center": (0, 0),
    "top-left": (-1, -1),
    "top": (-1, 0),
    "top-right": (-1, 1),
    "left": (0, -1),
    "right": (0, 1),
    "bottom-left": (1, -1),
    "bottom": (1, 0),
    "bottom-right": (1, 1),
}


@dataclass(frozen=True)
class Place(ParamType):
    """A word, or with `numbers` the first row and column, `Y,X`; height first, as sizes have it."""

    json = (str, list)
    json_parts = (int,)

    numbers: bool = True

    @property
    def metavar(self) -> str:  # type: ignore[override]
        """Return how it is typed."""
        return "PLACE|Y,X" if self.numbers else "PLACE"

    def parse(self, text: str) -> Any:
        """Read a word or numbers."""
        if self.numbers and re.fullmatch(r"[-+0-9]+(,[-+0-9]+)*", text):
            return tuple(whole(part) for part in text.split(","))
        return text

    def check(self, value: Any) -> None:
        """Raise for another word, or too many axes."""
        if isinstance(value, tuple):
            if not 1 <= len(value) <= MOST_AXES or any(abs(at) >= 1 << 31 for at in value):
                raise ValueError("must be one whole number per axis, Y,X")
        elif value not in WORDS:
            numbers = "Y,X or " if self.numbers else ""
            raise ValueError(f"must be {numbers}one of {', '.join(WORDS)}")

    def dump(self, value: Any) -> Any:
        """Return the word or a list."""
        return list(value) if isinstance(value, tuple) else value

    def load(self, data: Any) -> Any:
        """Undo `dump`."""
        return tuple(data) if isinstance(data, list) else data


def sides_of(word: str, dims: int) -> tuple[int, ...]:
    """Return for each axis whether the word says first (-1), middle (0) or last (1).

    Layers of a volume are first or last where rows and columns both are.
    """
    vertical, horizontal = WORDS[word]
    depth = vertical if vertical == horizontal else 0
    return (depth, vertical, horizontal)[-dims:]


def middle(spare: int) -> int:
    """Return how much of what is to spare comes before, as torchvision's CenterCrop has it."""
    return round(spare / 2) if spare > 0 else -(-spare // 2)
