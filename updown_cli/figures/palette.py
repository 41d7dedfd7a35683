"""The colours of the cells of a moving picture, and their palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

Colour = tuple[int, int, int]

# Multiples of 4, which Pillow finds in a palette without error; and white.
PAPER, INK, FAINT = (255, 255, 255), (20, 20, 20), (112, 112, 112)


@dataclass(frozen=True)
class CellStyle:
    """The colours of a cell; a dashed border is a cell that is no value."""

    fill: Colour
    border: Colour
    ink: Colour = INK
    dashed: bool = False


INPUT = CellStyle((216, 232, 248), (120, 152, 196))
PADDING = CellStyle((248, 248, 248), (164, 164, 164), FAINT, dashed=True)
INSERTED = CellStyle(PAPER, (192, 200, 216), FAINT)
EMPTY = CellStyle(PAPER, (120, 180, 124))
OUTPUT = CellStyle((216, 240, 216), (120, 180, 124))

READ = CellStyle((255, 216, 140), (204, 128, 16))
READ_PADDING = CellStyle((255, 240, 208), (204, 128, 16), FAINT, dashed=True)
READ_INSERTED = CellStyle((255, 240, 208), (204, 128, 16), FAINT)
CHOSEN = CellStyle((244, 140, 48), (168, 80, 0))
WRITTEN = CellStyle((128, 208, 128), (32, 120, 44))
WRITTEN_PADDING = CellStyle((216, 240, 216), (32, 120, 44), FAINT, dashed=True)
WINDOW = CellStyle((255, 236, 196), (204, 128, 16))

# By the kind of cell.
READ_LOOKS = (READ, READ_PADDING, READ_INSERTED)


def with_one_palette(frames: list[Image.Image]) -> list[Image.Image]:
    """Return frames of the same colours, all that are filled among them, without dithering."""
    from PIL import Image

    palette = Image.new("P", (1, 1))
    palette.putpalette([number for colour in colours() for number in colour])
    dither = Image.Dither.NONE
    return [frame.quantize(palette=palette, dither=dither) for frame in frames]


# Steps from a fill to its ink that letters are smoothed with.
SHADES = 12


def colours() -> list[Colour]:
    """Return the palette: every fill and border, and what letters are smoothed with."""
    looks = [look for look in globals().values() if isinstance(look, CellStyle)]
    pairs = dict.fromkeys((look.fill, look.ink) for look in looks)
    found = dict.fromkeys(look.border for look in looks)
    for fill, ink in [*pairs, (PAPER, INK), (PAPER, FAINT)]:
        for step in range(SHADES + 1):
            first, second, third = (
                a + (b - a) * step // SHADES for a, b in zip(fill, ink, strict=True)
            )
            found[first, second, third] = None
    return list(found)
