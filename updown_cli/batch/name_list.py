"""`--files-from`: a list of names, in the bytes of this system or as others write text."""

from __future__ import annotations

import codecs
import os
import re
import sys

from updown_cli.errors import InputError, UsageError
from updown_cli.stores.names import open_regular
from updown_cli.tensors.npy import read_at_most
from updown_cli.tensors.streams import read_to_end

STDIN = "-"

# Bytes of a list: more than a million names.
LARGEST = 1 << 27
TOO_LARGE = "larger than 128 MiB"

#: How text begins that says how it is written; the marks of UTF-32 begin with those of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_names(path: str, *, null_separated: bool) -> list[str]:
    """Return the names in a file, or from standard input: one a line, or one to every NUL byte.

    Raises UsageError for a list that cannot be read.
    """
    try:
        names = re.findall("[^\0]+" if null_separated else "[^\n]+", _text(_list_bytes(path)))
    except InputError as error:
        raise UsageError(error.reason, subject=f"--files-from {path}", hint=error.hint) from None
    if null_separated:
        return names
    if any("\0" in name for name in names):
        raise UsageError(
            "holds NUL bytes",
            subject=f"--files-from {path}",
            hint="save it as UTF-8, or give -0 if they end its names",
        )
    return [*filter(None, (name.removesuffix("\r") for name in names))]


def _list_bytes(path: str) -> bytes:
    if path == STDIN:
        return read_to_end(sys.stdin.buffer, LARGEST, TOO_LARGE)
    with open_regular(path) as file:
        return read_at_most(file, LARGEST, TOO_LARGE)


def _text(data: bytes) -> str:
    """Return the text of a list; without a mark it is the bytes of names as the system has them."""
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    if encoding is None:
        return os.fsdecode(data.removeprefix(codecs.BOM_UTF8))
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(f"damaged {encoding}", hint="save it as UTF-8") from None
