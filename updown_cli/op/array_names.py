"""Names of arrays in files as they are typed: `FILE.npy`, or `FILE::KEY` of several arrays."""

from __future__ import annotations

import os

from updown_cli.stores.names import exists
from updown_cli.stores.spelling import is_whole, last_name

SEPARATOR = "::"

#: How such a file is typed, for help and messages.
METAVAR = "FILE[::KEY]"

#: What the names of such files end in.
ENDINGS = (".npy", ".npz", ".safetensors", ".pt", ".pth")


def split_key(text: str, endings: tuple[str, ...] = ENDINGS) -> tuple[str, str | None]:
    """Return (file, key) of `FILE::KEY`; the key is None for any other text, and for a file's."""
    if SEPARATOR not in text:
        return text, None
    file, separator, key = text.rpartition(SEPARATOR)
    keyed = separator and ending_of_name(file) in endings and is_whole(file) and not exists(text)
    return (file, key) if keyed else (text, None)


def names_file(text: str) -> bool:
    """Whether a text is the name of such a file, with or without a key."""
    return ending_of_name(split_key(text)[0]) in ENDINGS


def ending_of_name(path: str) -> str:
    """Return what a name ends in: `.npy`."""
    return os.path.splitext(last_name(path))[1].lower()
