"""A picture of what a projection found: the units beside a table of all layers' sizes."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from updown_cli.figures.lettering import FAINT, GAP, INK, MARGIN, PAPER, Lettering
from updown_cli.op.shape import by_x
from updown_cli.ops.deconvnet.findings import Findings, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

# Pixels on each side of a unit's pictures.
SIDE = 128

LETTERS = Lettering(14)


@dataclass(frozen=True)
class ProjectionSheet:
    """Where everything of a sheet is; its size follows from the texts and the number of units."""

    findings: Findings

    @cached_property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """The table: name, type, maps, and height x width of every layer."""
        head = ("layer", "type", "maps", "size")
        rows = [
            (_short(name), kind, str(shape.channels), by_x(shape.size))
            for name, kind, shape in self.findings.sizes
        ]
        return [head, *rows]

    @cached_property
    def columns(self) -> list[int]:
        """Width of each column of the table."""
        return [
            max(map(LETTERS.width_of, texts)) + 2 * GAP for texts in zip(*self.rows, strict=True)
        ]

    @cached_property
    def captions(self) -> list[tuple[str, str]]:
        """The two lines below the pictures of each unit."""
        return [
            (f"unit {unit.label}", f"activation {unit.activation:.4g}, sees {by_x(_sides(unit))}")
            for unit in self.findings.units
        ]

    @cached_property
    def cell(self) -> tuple[int, int]:
        """Width and height of a unit's pictures with their captions."""
        texts = [LETTERS.width_of(text) for caption in self.captions for text in caption]
        return max(2 * SIDE + GAP, *texts), SIDE + 2 * LETTERS.line + GAP

    @cached_property
    def title(self) -> tuple[str, str]:
        """The lines at the top."""
        found = self.findings
        return (
            f"{_short(found.layer)}, {found.rule}",
            "each unit: what it sees of the picture, and its projection",
        )

    @cached_property
    def across(self) -> int:
        """Cells side by side: about a square of them."""
        return max(math.isqrt(len(self.findings.units) - 1) + 1, 1)

    @cached_property
    def top(self) -> int:
        """Where table and cells begin."""
        return MARGIN + 2 * LETTERS.line + GAP

    @cached_property
    def left(self) -> int:
        """Where the cells begin."""
        return 2 * MARGIN + sum(self.columns)

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole."""
        down = -(-len(self.findings.units) // self.across)
        width, height = self.cell
        cells = self.across * (width + MARGIN)
        table = len(self.rows) * LETTERS.line + MARGIN
        return self.left + cells, self.top + max(table, down * (height + MARGIN))

    def corner(self, number: int) -> tuple[int, int]:
        """Return left and top of a unit's cell."""
        down, across = divmod(number, self.across)
        width, height = self.cell
        return self.left + across * (width + MARGIN), self.top + down * (height + MARGIN)


def draw_artifact(findings: Findings) -> bytes:
    """Return a PNG of the units, strongest first, and of every layer's size."""
    file = io.BytesIO()
    draw_projection_sheet(ProjectionSheet(findings)).save(file, "PNG")
    return file.getvalue()


def draw_projection_sheet(sheet: ProjectionSheet) -> Image.Image:
    """Return the sheet as a picture."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", sheet.size, PAPER)
    draw = ImageDraw.Draw(image)
    for number, (text, ink) in enumerate(zip(sheet.title, (INK, FAINT), strict=True)):
        draw.text((MARGIN, MARGIN + number * LETTERS.line), text, ink, LETTERS.font)
    _draw_table(draw, sheet)
    for number, unit in enumerate(sheet.findings.units):
        left, top = sheet.corner(number)
        assert unit.patch is not None
        assert unit.projection is not None
        image.paste(_enlarged(unit.patch), (left, top))
        image.paste(_enlarged(_balanced(unit.projection)), (left + SIDE + GAP, top))
        for line, text in enumerate(sheet.captions[number]):
            at = (left, top + SIDE + GAP // 2 + line * LETTERS.line)
            draw.text(at, text, FAINT if line else INK, LETTERS.font)
    return image


def _draw_table(draw: ImageDraw.ImageDraw, sheet: ProjectionSheet) -> None:
    """Write the table: words from the left, numbers to the right of their column."""
    for number, texts in enumerate(sheet.rows):
        left, top = MARGIN, sheet.top + number * LETTERS.line
        for column, (text, width) in enumerate(zip(texts, sheet.columns, strict=True)):
            indent = width - 2 * GAP - LETTERS.width_of(text) if column >= 2 else 0
            draw.text((left + indent, top), text, INK if number else FAINT, LETTERS.font)
            left += width


def _enlarged(values: NDArray[Any]) -> Image.Image:
    """Return C x H x W from 0 to 1 in a square of SIDE pixels, grey or colour, its sides in
    proportion."""
    import numpy as np
    from PIL import Image

    codes = (values.clip(0, 1) * 255 + 0.5).astype(np.uint8)
    colour = np.ascontiguousarray(np.broadcast_to(codes, (3, *codes.shape[1:])).transpose(1, 2, 0))
    picture = Image.fromarray(colour)
    scale = SIDE / max(picture.size)
    size = [max(round(side * scale), 1) for side in picture.size]
    how = Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
    square = Image.new("RGB", (SIDE, SIDE), PAPER)
    square.paste(picture.resize((size[0], size[1]), how))
    return square


def _balanced(values: NDArray[Any]) -> NDArray[Any]:
    """Return values with 0 in the middle of 0 to 1, and the largest of either sign at an end."""
    largest = float(abs(values).max())
    return values / (2 * largest) + 0.5 if largest > 0 else values + 0.5


def _sides(unit: Unit) -> tuple[int, ...]:
    return tuple(side.stop - side.start for side in unit.field)


def _short(name: str) -> str:
    """Return a name that leaves room for the rest."""
    return name if len(name) <= 24 else name[:23] + "…"
