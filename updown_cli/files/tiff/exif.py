"""Camera settings and position in TIFF files, whose writers only know plain tags."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from updown_cli.files.exif import EXIF_IFD, GPS_IFD

if TYPE_CHECKING:
    from PIL import Image

XMP_TAG = 700

SMALL_TIFF = b"II*\0"

# A pointer from the camera settings to a directory that no reader of pictures needs.
INTEROPERABILITY = 0xA005

# A directory: the number of its entries, the entries, and where the next directory is.
ENTRY_BYTES, LONG = 12, 4


def plain_tags(exif: Any, xmp: bytes | None) -> dict[int, Any]:
    """Return the texts of EXIF data and XMP as tags of a page."""
    tags = {tag: value for tag, value in exif.items() if isinstance(value, str)}
    return {**tags, XMP_TAG: xmp} if xmp else tags


def with_directories(data: bytes, exif: Image.Exif) -> bytes:
    """Return a little-endian TIFF file whose first page has the directories of `exif` as well.

    They and a new first directory, which points to them, are put after the end. A file of more
    than 4 GiB, whose directories are others, stays as it is.
    """
    if not data.startswith(SMALL_TIFF):
        return data
    parts, pointers, end = [_even(data)], {}, len(_even(data))
    for tag in (EXIF_IFD, GPS_IFD):
        if directory := _directory_bytes(exif, tag, end):
            pointers[tag] = end
            parts.append(_even(directory))
            end += len(parts[-1])
    if not pointers:
        return data
    return _pointing_to(end, b"".join([*parts, _with_pointers(data, pointers)]))


def _even(data: bytes) -> bytes:
    """Return data of an even length, as directories begin at even places."""
    return data + b"\0" * (len(data) % 2)


def _directory_bytes(exif: Image.Exif, tag: int, offset: int) -> bytes:
    """Return a directory of `exif` as it must stand at an offset; nothing if there is none."""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    values = {key: v for key, v in exif.get_ifd(tag).items() if key != INTEROPERABILITY}
    directory = ImageFileDirectory_v2(prefix=b"II")
    for key, value in values.items():
        directory[key] = value
    return directory.tobytes(offset) if values else b""


def _with_pointers(data: bytes, pointers: dict[int, int]) -> bytes:
    """Return the first directory of a file with these entries, and where the next one is."""
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    first, after = start + 2, start + 2 + count * ENTRY_BYTES
    entries = [data[at : at + ENTRY_BYTES] for at in range(first, after, ENTRY_BYTES)]
    entries += [struct.pack("<HHII", tag, LONG, 1, offset) for tag, offset in pointers.items()]
    entries.sort(key=lambda entry: struct.unpack_from("<H", entry))
    return struct.pack("<H", len(entries)) + b"".join(entries) + data[after : after + 4]


def _pointing_to(start: int, data: bytes) -> bytes:
    """Return a file whose first directory is at `start`."""
    return data[:4] + struct.pack("<I", start) + data[8:]
