"""A sheet of panels: pictures side by side, each with what there is to say of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.figures.lettering import FAINT, GAP, INK, MARGIN, PAPER, Lettering
from updown_cli.files.picture import Picture
from updown_cli.files.write import encode

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.figures.preview import PictureFile

    Box = tuple[int, int, int, int]
    Ink = tuple[int, int, int]

TITLE, FACTS = Lettering(15), Lettering(13)

# Width that a column has at least, for its texts, and height of a panel without a picture.
TEXT_WIDTH, EMPTY_HEIGHT = 176, 64

# Lines that are spent on a title, a fact, a reason or a line of the foot.
MOST_LINES = 3
MOST_REASON = 8

EDGE, MARK = (190, 190, 190), (225, 0, 80)

#: Panels that stand in one line where nobody said how many: of one input, and of each of several.
IN_ONE_LINE, MOST_IN_LINE = 5, 8


@dataclass(frozen=True)
class SheetPanel:
    """One picture as it is shown, a part of it magnified, and the texts above and below.

    `looks` are about how it is shown here, `facts` hold wherever it is shown.
    `frame` is where that part is in the picture. Without a picture there is a `reason`. `file` is
    the picture for a page, `part_file` the part where that has not every pixel, `size` the width
    and height.
    """

    title: str
    facts: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    picture: Image.Image | None = None
    part: Image.Image | None = None
    frame: Box | None = None
    reason: str = ""
    file: PictureFile | None = None
    part_file: PictureFile | None = None
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Item:
    """A text of one line, or a picture with an edge, and its place: left, top, right, bottom."""

    box: Box
    text: str = ""
    ink: Ink = INK
    lettering: Lettering = FACTS
    picture: Image.Image | None = None
    edge: Ink | None = None
    frame: Box | None = None


@dataclass(frozen=True)
class ContactSheet:
    """Rows of panels, each below a heading that may be empty, and lines at the foot."""

    rows: Sequence[tuple[str, Sequence[SheetPanel | None]]]
    foot: Sequence[str] = ()

    @cached_property
    def widths(self) -> list[int]:
        """Width of every column."""
        count = max(len(panels) for _, panels in self.rows)
        widths = [TEXT_WIDTH] * count
        for _, panels in self.rows:
            for column, panel in enumerate(panels):
                if panel is not None:
                    widths[column] = max(widths[column], *_widths(panel))
        return widths

    @cached_property
    def lefts(self) -> list[int]:
        """Left side of every column."""
        return [MARGIN + sum(self.widths[:n]) + n * MARGIN for n in range(len(self.widths))]

    @property
    def width(self) -> int:
        """Width of the whole."""
        return self.lefts[-1] + self.widths[-1] + MARGIN

    @cached_property
    def items(self) -> list[Item]:
        """Everything that is drawn, none of it on another."""
        items: list[Item] = []
        top = MARGIN
        for heading, panels in self.rows:
            row = [*self._row(heading, panels, top)]
            top = max(item.box[3] for item in row) + MARGIN
            items += row
        for text in self.foot:
            lines = FACTS.wrapped(text, self.width - 2 * MARGIN, MOST_LINES)
            items += _lines(lines, MARGIN, top, FAINT, FACTS)
            top += len(lines) * FACTS.line
        return items

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole."""
        return self.width, max(item.box[3] for item in self.items) + MARGIN

    def _row(self, heading: str, panels: Sequence[SheetPanel | None], top: int) -> Iterator[Item]:
        """Yield what is in one row: titles, pictures, parts and facts each begin at one height."""
        if heading:
            yield from _lines([TITLE.elided(heading, self.width - 2 * MARGIN)], MARGIN, top)
            top += TITLE.line + GAP
        cells = [
            Cell(panel, left, width)
            for panel, left, width in zip(panels, self.lefts, self.widths, strict=False)
            if panel is not None
        ]
        pictures = top + max(cell.title_height for cell in cells) + GAP // 2
        parts = pictures + max(cell.picture_height for cell in cells) + GAP
        facts = parts + max(cell.part_height for cell in cells)
        for cell in cells:
            yield from cell.items(top, pictures, parts, facts)


@dataclass(frozen=True)
class Cell:
    """A panel in its column."""

    panel: SheetPanel
    left: int
    width: int

    @cached_property
    def title(self) -> list[str]:
        """The lines above the picture."""
        return TITLE.wrapped(self.panel.title, self.width, MOST_LINES)

    @cached_property
    def reason(self) -> list[str]:
        """Why there is no picture."""
        return FACTS.wrapped(self.panel.reason, self.width - 2 * GAP, MOST_REASON)

    @property
    def title_height(self) -> int:
        """Height of the title."""
        return len(self.title) * TITLE.line

    @property
    def picture_height(self) -> int:
        """Height of the picture, or of what is in its place."""
        if self.panel.picture is not None:
            return self.panel.picture.height + 2
        return max(len(self.reason) * FACTS.line + 2 * GAP, EMPTY_HEIGHT)

    @property
    def part_height(self) -> int:
        """Height of the magnified part with what is below it."""
        return self.panel.part.height + 2 + GAP if self.panel.part is not None else 0

    def items(self, top: int, pictures: int, parts: int, facts: int) -> Iterator[Item]:
        """Yield what is drawn of the panel, whose blocks begin at these heights."""
        panel = self.panel
        yield from _lines(self.title, self.left, top)
        if panel.picture is not None:
            yield _picture(panel.picture, self.left, pictures, EDGE, panel.frame)
        else:
            yield from _lines(self.reason, self.left + GAP, pictures + GAP, MARK, FACTS)
        if panel.part is not None:
            yield _picture(panel.part, self.left, parts, MARK)
        for fact in (*panel.facts, *panel.looks):
            lines = FACTS.wrapped(fact, self.width, MOST_LINES)
            yield from _lines(lines, self.left, facts, FAINT, FACTS)
            facts += len(lines) * FACTS.line


def columns_for(count: int, most: int = IN_ONE_LINE) -> int:
    """Return how many of so many panels stand side by side: all of few, else a broad block."""
    if count <= most:
        return count
    columns = math.ceil(math.sqrt(1.5 * count))
    return -(-count // -(-count // columns))


def contact_sheet_bytes(sheet: ContactSheet, suffix: str) -> bytes:
    """Return a file that holds the sheet, in the format of an ending."""
    import numpy as np

    pixels = np.asarray(draw_contact_sheet(sheet)).transpose(2, 0, 1)[None]
    return encode(Picture(pixels, "RGB"), pixels, suffix, None)


def draw_contact_sheet(sheet: ContactSheet) -> Image.Image:
    """Return the sheet as a picture."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", sheet.size, PAPER)
    draw = ImageDraw.Draw(image)
    for item in sheet.items:
        left, top, right, bottom = item.box
        if item.picture is None:
            draw.text((left, top), item.text, item.ink, item.lettering.font)
            continue
        draw.rectangle((left, top, right - 1, bottom - 1), outline=item.edge)
        image.paste(item.picture, (left + 1, top + 1))
        if item.frame is not None:
            x, y, *_ = item.box
            a, b, c, d = item.frame
            draw.rectangle((x + 1 + a, y + 1 + b, x + 1 + c, y + 1 + d), outline=MARK)
    return image


def _widths(panel: SheetPanel) -> list[int]:
    return [image.width + 2 for image in (panel.picture, panel.part) if image is not None] or [0]


def _picture(
    picture: Image.Image, left: int, top: int, edge: Ink, frame: Box | None = None
) -> Item:
    """Return a picture whose edge is outside of its pixels."""
    box = (left, top, left + picture.width + 2, top + picture.height + 2)
    return Item(box, picture=picture, edge=edge, frame=frame)


def _lines(
    lines: Sequence[str], left: int, top: int, ink: Ink = INK, lettering: Lettering = TITLE
) -> Iterator[Item]:
    for number, text in enumerate(lines):
        y = top + number * lettering.line
        box = (left, y, left + lettering.width_of(text), y + lettering.line)
        yield Item(box, text, ink, lettering)
