"""Pages with commands in them show what the commands print, and the pictures that they make."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from docs import make_sessions
from docs.make_sessions import PAGES, fresh, linked_pages, pictures


def frames(path: Path) -> list[np.ndarray[tuple[int, ...], np.dtype[np.int16]]]:
    with Image.open(path) as image:
        return [
            np.asarray(frame.convert("RGB")).astype(np.int16)
            for frame in ImageSequence.Iterator(image)
        ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_what_its_commands_print_and_make(page: Path, tmp_path: Path) -> None:
    text = page.read_text()
    assert fresh(page, tmp_path) == text, "run docs/make_sessions.py"
    for picture in pictures(text):
        if (tmp_path / picture).exists():
            shown, made = frames(page.parent / picture), frames(tmp_path / picture)
            assert len(shown) == len(made)
            # A level is what another release of torch or Pillow may round otherwise.
            assert all(abs(a - b).max() <= 1 for a, b in zip(shown, made, strict=True)), picture
    for name in linked_pages(text):
        if (tmp_path / name).exists():
            assert content(page.parent / name) == content(tmp_path / name), name


def content(path: Path) -> tuple[str, object]:
    """Return a page without its pictures, and what is packed in it, if anything is."""
    text = re.sub(r"base64,[\w+/=]+", "", path.read_text())
    before, _, rest = text.partition('id="data">')
    packed, _, after = rest.partition("</script>")
    model = json.loads(gzip.decompress(base64.b64decode(packed))) if packed else None
    return before + after, model


def test_a_changed_line_is_seen_and_a_time_is_not(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    block = "```console\n$ updown pool sample_images/gray.png -o out.png\n{}```\n"
    page.write_text(block.format(""))
    first = fresh(page, tmp_path)
    assert "1x256x256 1x128x128" in first
    (tmp_path / "out.png").unlink()
    (tmp_path / "sample_images").unlink()
    old = make_sessions.TIME.sub("9999.9 ms", first)
    page.write_text(old)
    assert fresh(page, tmp_path) == old
