"""Lines on standard error: one failure each, safe to show whatever a file is called."""

from __future__ import annotations

import contextlib
import re
import sys

from updown_cli.errors import LONGEST_PATH, UpdownError, shortened
from updown_cli.stores.spelling import without_secrets

# Commands within what is printed: of GitHub Actions at the start of a line, blanks aside, and
# anywhere in it those of its earlier days, of Azure Pipelines and of TeamCity.
AT_START = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
ANYWHERE = re.compile(r"##(?=\[|vso\[|teamcity\[)")


def printable(text: str) -> str:
    """Return text with control characters, direction marks and invalid bytes escaped.

    What may be keys in URLs is not shown.
    """
    shown = without_secrets(text)
    return "".join(char if char.isprintable() else _escaped(char) for char in shown)


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as the operating system gave it
        code -= 0xDC00
    names = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    wide = f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"
    return names.get(char, wide)


def without_commands(text: str) -> str:
    """Return lines in which systems that run builds find no command, as `::set-env name=x::y`."""
    return ANYWHERE.sub(r"\\u0023#", AT_START.sub(r"\1\\u003a", text))


def write_stderr(text: str) -> None:
    """Print one line on standard error, if it can be written to."""
    with contextlib.suppress(OSError):
        sys.stderr.write(without_commands(f"updown: {printable(text)}\n"))


def write_stdout(text: str) -> None:
    """Print on standard output at once; in text, JSON and Python escapes mean the same."""
    sys.stdout.write(without_commands(without_secrets(text)))
    sys.stdout.flush()


def say_error(error: UpdownError, path: str = "") -> None:
    """Print a failure: `updown: PATH: reason; hint`."""
    shown = path if len(path) <= LONGEST_PATH else shortened(path)
    write_stderr(f"{shown}: {error}" if path else str(error))


def say_annotation(path: str, text: str) -> None:
    """Print a failure as GitHub Actions reads it."""
    place = _for_actions(printable(path)).replace(":", "%3A").replace(",", "%2C")
    with contextlib.suppress(OSError):
        sys.stderr.write(f"::error file={place}::{_for_actions(printable(text))}\n")


def _for_actions(text: str) -> str:
    return (
        ANYWHERE.sub(r"\\u0023#", text)
        .replace("%", "%25")
        .replace("\r", "%0D")
        .replace("\n", "%0A")
    )
