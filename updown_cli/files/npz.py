"""Arrays inside `.npz` files: `FILE.npz`, or `FILE.npz::NAME` where there are several."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.formats import ARCHIVE_ENDING, ARRAY_ENDING, ending
from updown_cli.files.npy import as_picture
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading, check_unpacked, check_values
from updown_cli.op.array_names import split_key
from updown_cli.op.shape import Shape
from updown_cli.tensors.layout import array_shape
from updown_cli.tensors.npz import array_name, entries, open_archive, read_entry, sides_of

#: How an archive begins: with a file, or with its end.
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")

# Names that a message has room for.
MOST_NAMES = 5


def split_member(path: str) -> tuple[str, str | None]:
    """Return (file, member) of `FILE.npz::NAME`; the member is None for any other name."""
    return split_key(path, (ARCHIVE_ENDING,))


def is_archive(path: str) -> bool:
    """Whether a name, with or without a member, is an archive's."""
    return ending(split_member(path)[0]) == ARCHIVE_ENDING


def read_member(file: BinaryIO, member: str | None, reading: Reading) -> Picture:
    """Return an array of an open `.npz` file as N x C x sides."""
    with open_archive(file) as archive:
        entry = _entry(archive, member)
        shape, frames = _shape(archive, entry, reading)
        check_values(frames, shape, reading.max_pixels)
        array = read_entry(archive, entry, lambda count: check_unpacked(count, file, reading))
        picture = as_picture(array, reading.layout, reading.dims)
        return replace(picture, member=array_name(entry))


def peek_member(file: BinaryIO, member: str | None, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of an array of an open `.npz` file."""
    with open_archive(file) as archive:
        return _shape(archive, _entry(archive, member), reading)


def _entry(archive: zipfile.ZipFile, member: str | None) -> zipfile.ZipInfo:
    members = entries(archive)
    if member is None and len(members) == 1:
        return next(iter(members.values()))
    if member in members:
        return members[member]
    if not members:
        raise InputError("it has no arrays", code="missing")
    reason = "it has several arrays" if member is None else f"it has no array {member:.40}"
    hint = f"name one as FILE.npz::NAME: {_some_of(list(members))}"
    raise InputError(reason, hint=hint, code="missing")


def _some_of(names: list[str]) -> str:
    """Return the first names, shortened, and how many more there are."""
    shown = ", ".join(f"{name:.20}" for name in names[:MOST_NAMES])
    return shown + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def _shape(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, reading: Reading) -> tuple[Shape, int]:
    return array_shape(sides_of(archive, entry), reading.layout, reading.dims)


def archive_bytes(array: bytes, member: str) -> bytes:
    """Return a `.npz` file with one array, the bytes of a `.npy` file, under this name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member + ARRAY_ENDING), array)
    return file.getvalue()
