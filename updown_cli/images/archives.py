"""Arrays inside `.npz` files: `FILE.npz`, or `FILE.npz::NAME` where there are several."""

from __future__ import annotations

import math
import zipfile
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.images.arrays import as_picture, shape_of
from updown_cli.images.picture import Picture
from updown_cli.images.reading import Reading, check_pixels
from updown_cli.ops.npz import entries, open_archive, read_entry, sides_of
from updown_cli.ops.shape import Shape
from updown_cli.ops.weights import split_key

ZIP_MAGIC = b"PK\x03\x04"
ENDING = ".npz"


def split_member(path: str) -> tuple[str, str | None]:
    """Return (file, member) of `FILE.npz::NAME`; the member is None for any other name."""
    return split_key(path, (ENDING,))


def is_archive(path: str) -> bool:
    """Whether a name, with or without a member, is an archive's."""
    return split_member(path)[0].lower().endswith(ENDING)


def read_member(file: BinaryIO, member: str | None, reading: Reading) -> Picture:
    """Return an array of an open `.npz` file as N x C x sides."""
    with open_archive(file) as archive:
        entry = _entry(archive, member)
        shape, _ = _shape(archive, entry, reading)
        check_pixels(math.prod(shape.size), reading.max_pixels)
        return as_picture(read_entry(archive, entry), reading.layout, reading.dims)


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
    names = ", ".join(list(members)[:8])
    reason = "it has several arrays" if member is None else f"it has no array {member}"
    raise InputError(reason, hint=f"name one as FILE.npz::NAME: {names}", code="missing")


def _shape(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, reading: Reading) -> tuple[Shape, int]:
    return shape_of(sides_of(archive, entry), reading.layout, reading.dims)
