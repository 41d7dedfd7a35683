"""Text in pictures, in the font that ships with Pillow: how wide it is, and how it is broken."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.figures.text_fitting import font_of

if TYPE_CHECKING:
    from updown_cli.figures.text_fitting import Font

#: Colours that can be read whatever the page around the picture is like.
PAPER, INK, FAINT = (255, 255, 255), (20, 20, 20), (105, 105, 105)

#: Between lines of text, between what belongs together, and around the whole, in pixels.
LEADING, GAP, MARGIN = 6, 8, 16

ELLIPSIS, UNKNOWN = "…", "\N{REPLACEMENT CHARACTER}"

# Letters of a text that are looked at; nobody reads more of a label.
MOST_LETTERS = 1000


@dataclass(frozen=True)
class Lettering:
    """Text of one size."""

    size: int

    @cached_property
    def font(self) -> Font:
        """Pillow's own font."""
        return font_of(self.size)

    @property
    def line(self) -> int:
        """Height of a line."""
        return self.size + LEADING

    def width_of(self, text: str) -> int:
        """Return the width of one line."""
        return math.ceil(self.font.getlength(text))

    def wrapped(self, text: str, width: int, most: int = 0) -> list[str]:
        """Return lines of no more than this width; of text for more than `most` the middle is left
        out."""
        text = in_one_line(text)
        lines = self._lines(text, width)
        if not most or len(lines) <= most:
            return lines
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            kept = (fits + too_long) // 2
            if len(self._lines(without_middle(text, kept), width)) <= most:
                fits = kept
            else:
                too_long = kept
        return self._lines(without_middle(text, fits), width)[:most]

    def elided(self, text: str, width: int) -> str:
        """Return text as one line, without its middle if it is wider."""
        return "".join(self.wrapped(text, width, 1))

    def _lines(self, text: str, width: int) -> list[str]:
        lines: list[str] = []
        current = ""
        for word in text.split():
            longer = f"{current} {word}" if current else word
            if self.width_of(longer) <= width:
                current = longer
                continue
            if current:
                lines.append(current)
            *full, current = self._pieces(word, width)
            lines += full
        return [*lines, current] if current else lines

    def _pieces(self, word: str, width: int) -> list[str]:
        """Return a word in parts that fit, a letter at least each."""
        pieces = []
        while word:
            fits, too_long = 1, min(len(word), width) + 1
            while too_long - fits > 1:
                count = (fits + too_long) // 2
                fits, too_long = (
                    (count, too_long) if self.width_of(word[:count]) <= width else (fits, count)
                )
            pieces.append(word[:fits])
            word = word[fits:]
        return pieces


def in_one_line(text: str) -> str:
    """Return text without what cannot be drawn, such as line ends and bytes that are no letters."""
    shown = (letter if letter.isprintable() else UNKNOWN for letter in text)
    return without_middle("".join(shown), MOST_LETTERS)


def without_middle(text: str, kept: int) -> str:
    """Return a text of so many letters, and an ellipsis for those that were between them."""
    if len(text) <= kept:
        return text
    return text[: (kept + 1) // 2] + ELLIPSIS + text[len(text) - kept // 2 :]
