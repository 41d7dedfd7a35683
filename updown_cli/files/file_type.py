"""What kind of file it is, by its content."""

from __future__ import annotations

from typing import BinaryIO, Literal

from updown_cli.errors import InputError
from updown_cli.files.formats import is_array
from updown_cli.files.npz import ZIP_MAGIC, is_archive

NPY_MAGIC = b"\x93NUMPY"


def file_type(file: BinaryIO, name: str) -> Literal["archive", "array", "picture"]:
    """Return what an open file holds; raise InputError if its name promises an array in vain."""
    file.seek(0)
    magic = file.read(len(NPY_MAGIC))
    file.seek(0)
    if magic.startswith(ZIP_MAGIC) and is_archive(name):
        return "archive"
    if magic == NPY_MAGIC:
        return "array"
    if magic and is_array(name):
        raise InputError("not a .npy file", code="corrupt")
    return "picture"
