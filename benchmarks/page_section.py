"""A part of a page that a script writes: a heading of the second rank and all up to the next."""

from __future__ import annotations

import re
from pathlib import Path


def write_section(page: Path, title: str, text: str) -> None:
    """Put a part in the place of the one of its title, or at the end."""
    part = f"# {title}\n\n{text.strip()}\n"
    whole = page.read_text() if page.exists() else ""
    known = re.compile(rf"^# {re.escape(title)}\n.*?(?=^# |\Z)", re.MULTILINE | re.DOTALL)
    if known.search(whole):
        whole = known.sub(lambda _: part + "\n", whole).rstrip("\n") + "\n"
    else:
        whole = f"{whole.rstrip()}\n\n{part}"
    page.write_text(whole)
