"""A layer as one HTML file on which it can be touched: every state is inside, computed before."""

from __future__ import annotations

import base64
import gzip
import json
from html import escape
from typing import Any

from updown_cli.figures.layer_page_script import SCRIPT
from updown_cli.figures.layer_page_style import STYLE
from updown_cli.figures.lettering import in_one_line

# A browser that is told so loads nothing from elsewhere, whatever a name may hold.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)

HELP = (
    "Point at a number, or go to it with Tab and the arrow keys: of an output value everything "
    "lights up that it reads, of an input value everything that it reaches."
)


def layer_page(title: str, model: dict[str, Any]) -> bytes:
    """Return the page of a model: its controls, and the states that these choose between."""
    data = json.dumps(model, allow_nan=False, separators=(",", ":")).encode()
    packed = base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{escape(in_one_line(title))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>{escape(in_one_line(title))}</h1>\n<p>{HELP}</p>\n"
        '<noscript><p class="refusal">This page needs a browser with scripts; updown explain '
        "without -o tells the same as text.</p></noscript>\n"
        '<form id="controls" aria-label="parameters"></form>\n'
        '<p id="command"><code></code></p>\n'
        '<p id="refusal" class="refusal" role="alert" hidden></p>\n'
        '<div id="player"><button type="button" id="back">Back</button>'
        '<button type="button" id="step">Step</button>'
        '<button type="button" id="play" aria-pressed="false">Play</button></div>\n'
        '<p id="line" aria-live="polite"></p>\n'
        '<div id="panels"></div>\n<div id="code"></div>\n</main>\n'
        f'<script type="application/octet-stream" id="data">{packed}</script>\n'
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n"
    ).encode()
