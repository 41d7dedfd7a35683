"""Arrays inside `.npz` files: `FILE.npz`, or `FILE.npz::NAME` where there are several."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from dataclasses import replace
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.images.arrays import read_array, shape_of
from updown_cli.images.formats import ARCHIVE_ENDING, ARRAY_ENDING, ending
from updown_cli.images.picture import Picture
from updown_cli.images.reading import Reading, check_values
from updown_cli.ops.files import read_header
from updown_cli.ops.shape import Shape

#: How an archive begins: with a file, or with its end.
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")

# Names that a message has room for.
MOST_NAMES = 5

SEPARATOR = "::"

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def split_member(path: str) -> tuple[str, str | None]:
    """Return (file, member) of `FILE.npz::NAME`; the member is None for any other name."""
    file, separator, member = path.rpartition(SEPARATOR)
    if separator and ending(file) == ARCHIVE_ENDING:
        return file, member
    return path, None


def is_archive(path: str) -> bool:
    """Whether a name, with or without a member, is an archive's."""
    return ending(split_member(path)[0]) == ARCHIVE_ENDING


def read_member(file: BinaryIO, member: str | None, reading: Reading) -> Picture:
    """Return an array of an open `.npz` file as N x C x sides."""
    try:
        with zipfile.ZipFile(file) as archive:
            entry = _entry(archive, member)
            shape, frames = _checked_shape(archive, entry, reading)
            check_values(frames, shape, reading.max_pixels)
            data = archive.read(entry)
    except ZIP_ERRORS:
        raise InputError("damaged .npz file", code="corrupt") from None
    picture = read_array(io.BytesIO(data), reading.layout, reading.dims)
    return replace(picture, member=_name(entry))


def peek_member(file: BinaryIO, member: str | None, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of an array of an open `.npz` file."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _checked_shape(archive, _entry(archive, member), reading)
    except ZIP_ERRORS:
        raise InputError("damaged .npz file", code="corrupt") from None


def _entry(archive: zipfile.ZipFile, member: str | None) -> zipfile.ZipInfo:
    entries = {_name(info): info for info in archive.infolist()}
    if member is None and len(entries) == 1:
        return next(iter(entries.values()))
    if member in entries:
        return entries[member]
    if not entries:
        raise InputError("it has no arrays", code="missing")
    reason = "it has several arrays" if member is None else f"it has no array {member:.40}"
    hint = f"name one as FILE.npz::NAME: {_some_of(list(entries))}"
    raise InputError(reason, hint=hint, code="missing")


def _some_of(names: list[str]) -> str:
    """Return the first names, shortened, and how many more there are."""
    shown = ", ".join(f"{name:.20}" for name in names[:MOST_NAMES])
    return shown + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.removesuffix(ARRAY_ENDING)


def archive_bytes(array: bytes, member: str) -> bytes:
    """Return a `.npz` file with one array, the bytes of a `.npy` file, under this name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member + ARRAY_ENDING), array)
    return file.getvalue()


def _checked_shape(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, reading: Reading
) -> tuple[Shape, int]:
    """Return (shape, frames) from the header, which must not promise more than there is."""
    with archive.open(entry) as stream:
        sides, _, dtype = read_header(stream)  # type: ignore[arg-type]
    if math.prod(sides) * dtype.itemsize > entry.file_size:
        raise InputError("truncated array", code="truncated")
    return shape_of(sides, reading.layout, reading.dims)
