"""A sheet as one HTML file: its pictures in one place, one after the other, and all in a grid."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from updown_cli.figures.contact_sheet import SheetPanel
from updown_cli.figures.html_sheet_script import SCRIPT
from updown_cli.figures.html_sheet_style import STYLE
from updown_cli.figures.page import as_text, html_page, picture_address
from updown_cli.figures.preview import PictureFile

# Pixels of a screen that a picture's longer side fills at first, at least and at most, and times
# that it is magnified for that.
SMALL, LARGE, MOST_MAGNIFIED = 384, 1536, 64

HELP = (
    "Point at a name to see its picture in the same place; click a picture to go back and forth "
    "between the last two; arrow keys and digits choose, + and - magnify."
)

#: How the picture that is chosen and the one before it are shown.
VIEWS = {
    "one": "In one place",
    "beside": "Side by side",
    "slider": "Slider",
    "flicker": "Flicker",
    "difference": "Difference",
}


def page(
    rows: Sequence[tuple[str, tuple[int, int], Sequence[SheetPanel]]], foot: Sequence[str]
) -> bytes:
    """Return the page for rows of (heading, size of the source, panels).

    It needs nothing but itself: pictures are inside. Of a browser without scripts all pictures are
    seen, one below the other.
    """
    sections = "\n".join(_section(*row) for row in rows)
    notes = "".join(f"<p><code>{as_text(line)}</code></p>\n" for line in foot)
    body = f"<h1>Results in one place</h1>\n<p>{HELP}</p>\n{sections}\n{notes}"
    return html_page(rows[0][0], body, style=STYLE, script=SCRIPT)


def _section(heading: str, size: tuple[int, int], panels: Sequence[SheetPanel]) -> str:
    width, height = size
    zoom = Fraction(1)
    while max(size) * zoom < SMALL and zoom < MOST_MAGNIFIED:
        zoom *= 2
    while max(size) * zoom > LARGE:
        zoom /= 2
    tabs = "".join(f'<button type="button">{as_text(panel.title)}</button>' for panel in panels)
    scale = (
        '<button type="button" class="out" aria-label="smaller">-</button> '
        '<span class="scale"></span> '
        '<button type="button" class="in" aria-label="larger">+</button>'
    )
    shown = f"width: {float(width * zoom):g}px; height: {float(height * zoom):g}px"
    figures = "\n".join(_figure(heading, panel, shown) for panel in panels)
    facts = "\n".join(f"<p>{as_text(_told(panel))}</p>" for panel in panels)
    return (
        f'<section data-width="{width}" data-height="{height}" data-zoom="{float(zoom):g}">\n'
        f'<h2>{as_text(heading)}</h2>\n<div class="tabs">{tabs}</div>\n{_views()}'
        f'<p class="scales">{scale}</p>\n'
        f'<div class="stage" tabindex="0" role="group" aria-label="{as_text(heading)}">\n'
        f"{figures}\n</div>\n"
        f'<div class="facts" aria-live="polite">\n{facts}\n</div>\n</section>'
    )


def _views() -> str:
    """Return the buttons that say how two pictures are shown, and the slider between them."""
    buttons = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="{str(view == "one").lower()}">'
        f"{text}</button>"
        for view, text in VIEWS.items()
    )
    return (
        f'<div class="views">{buttons}</div>\n'
        '<input class="cut" type="range" min="0" max="100" value="50" hidden '
        'aria-label="how much of the picture before is shown">\n'
    )


def _figure(heading: str, panel: SheetPanel, shown: str) -> str:
    if panel.file is None:
        return f'<figure><div class="reason">{as_text(panel.reason)}</div></figure>'
    width, height = panel.size
    name = f"{heading}: {panel.title}"
    part = ""
    if panel.part_file is not None:
        part = (
            f"<figcaption>reduced to 1/{panel.file.reduced}; every pixel of a part:"
            f'<img class="part" alt="{as_text(name)}, a part" '
            f'src="{_address(panel.part_file)}">'
            "</figcaption>"
        )
    return (
        f'<figure><img class="whole" width="{width}" height="{height}" style="{shown}" '
        f'alt="{as_text(name)}" src="{_address(panel.file)}">{part}</figure>'
    )


def _address(file: PictureFile) -> str:
    return picture_address(file.kind, file.data)


def _told(panel: SheetPanel) -> str:
    return ": ".join(filter(None, (panel.title, ", ".join(panel.facts))))
