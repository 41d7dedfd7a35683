"""Writes docs/tables.md: what commands print on a terminal of 80 columns, and of 60."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import struct
import subprocess
import sys
import termios
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "tables.md"
COMMAND = Path(sys.executable).with_name("updown")

HEAD = """# Tables on a terminal

This page is written by `python docs/make_tables.py`, which runs the commands on a terminal of so
many columns; a test fails when it is stale. No cell is ever cut: where a table is wider than the
terminal the names stand above their rows, and where it is still too wide every cell is told with
the name of its column. A name that is longer than a line loses its middle.
"""

LINES = (
    "updown pool -k 2 --dry-run sample_images/photo.jpg sample_images/gray.png -o a/long/name",
    "updown compare sample_images/photo.png sample_images/photo.jpg",
    "updown infer deconv --in 112 --out 224",
)
WIDTHS = (80, 60)

# What a terminal is told beside the letters.
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for width in WIDTHS:
        parts.append(f"## {width} columns\n")
        parts += [f"```\n$ {line}\n{shown(line, width)}```\n" for line in LINES]
    return "\n".join(parts)


def shown(line: str, width: int) -> str:
    """Return what a command shows on a terminal of so many columns."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    environment |= {"TERM": "xterm", "UPDOWN_WARM": "0"}
    words = [str(COMMAND), *shlex.split(line)[1:]]
    with subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=theirs, stderr=subprocess.DEVNULL
    ) as run:
        os.close(theirs)
        text = b""
        while part := _read(ours):
            text += part
        run.wait()
    os.close(ours)
    plain = ESCAPES.sub("", text.decode()).replace("\r\n", "\n")
    return re.sub(r"(?m)^(\d+ planned) in .*$", r"\1", plain)


def _read(terminal: int) -> bytes:
    """Return what stands on a terminal; nothing when its other end is closed."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


if __name__ == "__main__":
    PAGE.write_text(page())
