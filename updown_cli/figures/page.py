"""What every page is made with: one HTML file that loads nothing, in which names stay text."""

from __future__ import annotations

import base64
from html import escape

from updown_cli.figures.lettering import in_one_line
from updown_cli.figures.page_style import STYLE

# A browser that is told so loads nothing from elsewhere, whatever a name may hold.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)


def html_page(title: str, body: str, *, style: str = "", script: str = "", data: str = "") -> bytes:
    """Return a page: `title` is text, `body` is HTML of which every name went through `as_text`.

    `style` comes after the looks that all pages share; `data` is base64 that `script` may read from
    the element of that id.
    """
    scripts = f'<script type="application/octet-stream" id="data">{data}</script>\n' * bool(data)
    scripts += f"<script>{script}</script>\n" * bool(script)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{as_text(title)}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n"
        f"<main>\n{body}\n</main>\n{scripts}</body>\n</html>\n"
    ).encode()


def as_text(text: str) -> str:
    """Return what any name or number is in a page, in its texts and in its attributes."""
    return escape(in_one_line(text))


def picture_address(kind: str, data: bytes) -> str:
    """Return a picture's bytes, of kind `png` or `jpeg`, as the address of an image."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
