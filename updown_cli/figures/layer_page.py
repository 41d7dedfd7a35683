"""A layer as one HTML file on which it can be touched: every state is inside, computed before."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Sequence
from typing import Any

from updown_cli.figures.layer_page_script import SCRIPT
from updown_cli.figures.layer_page_style import STYLE
from updown_cli.figures.page import as_text, html_page

HELP = (
    "Point at a number, or go to it with Tab and the arrow keys: of an output value everything "
    "lights up that it reads, of an input value everything that it reaches."
)


def layer_page(title: str, model: dict[str, Any], notes: Sequence[str] = ()) -> bytes:
    """Return the page of a model: its controls, and the states that these choose between.

    `notes` are what is to be known of where it starts.
    """
    data = json.dumps(model, allow_nan=False, separators=(",", ":")).encode()
    packed = base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()
    told = "".join(f'<p class="note">{_words(note)}</p>\n' for note in notes)
    body = (
        f"<h1>{_words(title)}</h1>\n<p>{HELP}</p>\n"
        '<noscript><p class="refusal">This page needs a browser with scripts; updown explain '
        "without -o tells the same as text.</p></noscript>\n"
        '<form id="controls" aria-label="parameters"></form>\n'
        f"{told}"
        '<p id="command"><code></code></p>\n'
        '<p id="refusal" class="refusal" role="alert" hidden></p>\n'
        '<div id="player"><button type="button" id="back">Back</button>'
        '<button type="button" id="step">Step</button>'
        '<button type="button" id="play" aria-pressed="false">Play</button></div>\n'
        '<p id="line" aria-live="polite"></p>\n'
        '<div id="panels"></div>\n<div id="code"></div>'
    )
    return html_page(title, body, style=STYLE, script=SCRIPT, data=packed)


def _words(text: str) -> str:
    """Return a text in which no line breaks within the name of an option, as the script has it."""
    return re.sub(r"(?<!\S)--?[a-z][a-z-]*", r'<span class="option">\g<0></span>', as_text(text))
