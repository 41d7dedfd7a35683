"""A sheet as one HTML file: its pictures in one place, one after the other, and all in a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from updown_cli.figures.contact_sheet import SheetPanel
from updown_cli.figures.html_sheet_script import SCRIPT
from updown_cli.figures.html_sheet_style import STYLE
from updown_cli.figures.page import as_text, html_page, picture_address
from updown_cli.figures.picture_pairs import PicturePairs
from updown_cli.figures.preview import PictureFile

# Pixels of a screen that a picture's longer side fills at first, at least and at most, and times
# that it is magnified for that.
SMALL, LARGE, MOST_MAGNIFIED = 384, 1536, 64

HELP = (
    "Point at a name to see its picture in the same place; click a picture to go back and forth "
    "between the last two; + and - magnify, digits choose, and so do arrow keys, which scroll what "
    "is magnified."
)

#: How the picture that is chosen and the one before it are shown.
VIEWS = {
    "one": "In one place",
    "beside": "Side by side",
    "slider": "Slider",
    "flicker": "Flicker",
    "difference": "Difference",
}

# How much of the picture before is shown, and how much brighter a difference.
SLIDERS = (
    '<label class="cut" hidden>between the two '
    '<input type="range" min="0" max="100" step="any" value="50"></label>\n'
    '<label class="gain" hidden>brighter <input type="range" min="0" max="7" value="0"> '
    "<output></output></label>\n"
)


@dataclass(frozen=True)
class PageRow:
    """What is shown in one place: a heading, width and height of the source, panels, numbers."""

    heading: str
    size: tuple[int, int]
    panels: Sequence[SheetPanel]
    pairs: PicturePairs


def page(rows: Sequence[PageRow], foot: Sequence[str]) -> bytes:
    """Return the page for rows of panels.

    It needs nothing but itself: pictures are inside. Of a browser without scripts all pictures are
    seen, one below the other.
    """
    sections = "\n".join(map(_section, rows))
    notes = "".join(f"<p><code>{as_text(line)}</code></p>\n" for line in foot)
    body = f"<h1>Results in one place</h1>\n<p>{HELP}</p>\n{sections}\n{notes}"
    return html_page(rows[0].heading, body, style=STYLE, script=SCRIPT)


def _section(row: PageRow) -> str:
    heading, size, panels = row.heading, row.size, row.panels
    width, height = size
    zoom = Fraction(1)
    while max(size) * zoom < SMALL and zoom < MOST_MAGNIFIED:
        zoom *= 2
    while max(size) * zoom > LARGE:
        zoom /= 2
    tabs = "".join(f'<button type="button">{as_text(_name(panel))}</button>' for panel in panels)
    scale = (
        '<button type="button" class="out" aria-label="smaller">-</button> '
        '<span class="scale"></span> '
        '<button type="button" class="in" aria-label="larger">+</button>'
    )
    shown = f"width: {float(width * zoom):g}px; height: {float(height * zoom):g}px"
    figures = "\n".join(_figure(heading, panel, shown) for panel in panels)
    facts = "\n".join(f"<p>{as_text(_told(panel))}</p>" for panel in panels)
    return (
        f'<section data-width="{width}" data-height="{height}" data-zoom="{float(zoom):g}" '
        f'data-pairs="{escape(row.pairs.to_json())}">\n'
        f'<h2>{as_text(heading)}</h2>\n<div class="tabs">{tabs}</div>\n{_views()}'
        f'<p class="scales">{scale}</p>\n{SLIDERS}'
        f'<div class="stage" tabindex="0" role="group" aria-label="{as_text(heading)}">\n'
        f"{figures}\n</div>\n"
        f'<div class="facts" aria-live="polite">\n{facts}\n<div class="pair"></div>\n</div>\n'
        f"{_reduced(panels)}</section>"
    )


def _reduced(panels: Sequence[SheetPanel]) -> str:
    """Return what to say of pictures that have not all their pixels here."""
    factors = {panel.file.reduced for panel in panels if panel.file is not None} - {1}
    if not factors:
        return ""
    told = ", ".join(f"1/{factor}" for factor in sorted(factors))
    return (
        f"<p>Large pictures are reduced here, to {told}, unless --full is given; numbers are of "
        "every pixel.</p>\n"
    )


def _views() -> str:
    """Return the buttons that say how two pictures are shown."""
    buttons = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="{str(view == "one").lower()}">'
        f"{text}</button>"
        for view, text in VIEWS.items()
    )
    return f'<div class="views">{buttons}</div>\n'


def _figure(heading: str, panel: SheetPanel, shown: str) -> str:
    name = f"{heading}: {panel.title}"
    start = f'<figure tabindex="-1" aria-label="{as_text(name)}">'
    if panel.file is None:
        return f'{start}<div class="reason">{as_text(panel.reason)}</div></figure>'
    width, height = panel.size
    part = ""
    if panel.part_file is not None:
        part = (
            f"<figcaption>reduced to 1/{panel.file.reduced}; every pixel of a part:"
            f'<img class="part" alt="{as_text(name)}, a part" '
            f'src="{_address(panel.part_file)}">'
            "</figcaption>"
        )
    return (
        f'{start}<img class="whole" decoding="async" width="{width}" height="{height}" '
        f'style="{shown}" alt="{as_text(name)}" src="{_address(panel.file)}">{part}</figure>'
    )


def _address(file: PictureFile) -> str:
    return picture_address(file.kind, file.data)


def _name(panel: SheetPanel) -> str:
    """Return what the button of a panel says: a try that failed is known before it is chosen."""
    return panel.title + " (failed)" * (panel.file is None)


def _told(panel: SheetPanel) -> str:
    return ": ".join(filter(None, (panel.title, ", ".join(panel.facts))))
