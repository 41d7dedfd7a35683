"""Files in the place of results that are none: empty or cut off, as far as a cheap look can tell.

A few bytes of the beginning say what the file is and how it must end, or how long it must be.
"""

from __future__ import annotations

import math
import re
import struct
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.formats import BY_ENDING
from updown_cli.files.integrity import check_integrity
from updown_cli.stores.names import open_regular, size_of
from updown_cli.tensors.npy import read_header

HEAD_BYTES = 256

# Where the end is looked for: some programs append a little of their own to pictures.
TAIL_BYTES = 1024

PNG_MAGIC, NPY_MAGIC = b"\x89PNG\r\n\x1a\n", b"\x93NUMPY"

# Its directories say what they need, wherever they stand.
TIFF = BY_ENDING[".tif"]

#: What stands at the end of a file that begins like this.
ENDS = {
    PNG_MAGIC: rb"IEND\xaeB`\x82",
    b"\xff\xd8\xff": rb"\xff\xd9",
    b"\xff\x4f\xff\x51": rb"\xff\xd9\Z",
    b"GIF8": rb"\0;[\0\r\n]*\Z",
    b"qoif": rb"\0{7}\x01\Z",
    b"PK\x03\x04": rb"(?s)PK\x05\x06.{18}",
}

NETPBM = rb"P([56fF])\s(?:#[^\n]*\n|\s)*(\d+)\s+(\d+)\s+(-?[\d.]+)\s"

ICO_MAGIC, ICO_HEADER, ICO_ENTRY = b"\0\0\1\0", 6, 16

TRUEVISION = 18  # bytes of the header of a TGA file


def is_unfinished(path: str) -> bool:
    """Whether a file is empty, of zeros, or ends too early; False for what cannot be looked at."""
    try:
        with open_regular(path, whole=False) as file:
            return _ends_early(file, path)
    except (OSError, InputError):
        return False


def _ends_early(file: BinaryIO, path: str) -> bool:
    head, size = file.read(HEAD_BYTES), size_of(file)
    if not head.strip(b"\0"):
        return True  # what was never written, or not flushed before the power went
    magic = next((magic for magic in ENDS if head.startswith(magic) or _is_cut(head, magic)), None)
    if magic is not None:
        file.seek(max(size - TAIL_BYTES, len(magic)))
        return not re.search(ENDS[magic], file.read())
    if head.startswith(NPY_MAGIC) or TIFF.is_signed(head):
        return _is_refused(file, head)
    return size < _least_bytes(file, head, path)


def _is_cut(head: bytes, magic: bytes) -> bool:
    return len(head) < len(magic) and magic.startswith(head)


def _is_refused(file: BinaryIO, head: bytes) -> bool:
    """Whether an array or a TIFF says of itself that it should be longer."""
    try:
        if TIFF.is_signed(head):
            check_integrity(file, TIFF)
            return False
        file.seek(0)
        header = read_header(file)
        needed: int = file.tell() + math.prod(header.shape) * header.dtype.itemsize
        return size_of(file) < needed
    except InputError as error:
        return error.code in ("truncated", "corrupt")


def _least_bytes(file: BinaryIO, head: bytes, path: str) -> int:
    """Return how long a file says that it is; 0 if it does not."""
    if head.startswith(b"RIFF") and len(head) >= 8:
        return 8 + int.from_bytes(head[4:8], "little")
    if head.startswith(b"BM") and len(head) >= 6:
        return int.from_bytes(head[2:6], "little")
    if head[4:8] in (b"ftyp", b"jP  ", b"JXL "):
        return _end_of_boxes(file)
    if head.startswith(ICO_MAGIC):
        return _end_of_icons(file, head)
    if match := re.match(NETPBM, head):
        return match.end() + _netpbm_bytes(*match.groups())
    if path.lower().endswith(".tga") and len(head) >= TRUEVISION and head[2] in (1, 2, 3):
        return _truevision_bytes(head)
    return 0


def _end_of_icons(file: BinaryIO, head: bytes) -> int:
    """Return where the last of the pictures ends that an icon's directory lists."""
    count = int.from_bytes(head[4:6], "little")
    file.seek(ICO_HEADER)
    directory = file.read(ICO_ENTRY * count)
    if len(directory) < ICO_ENTRY * count:
        return ICO_HEADER + ICO_ENTRY * count
    entries = (directory[at : at + ICO_ENTRY] for at in range(0, len(directory), ICO_ENTRY))
    return max((sum(struct.unpack("<II", entry[8:])) for entry in entries), default=ICO_HEADER)


def _netpbm_bytes(kind: bytes, width: bytes, height: bytes, most: bytes) -> int:
    sample = 4 if kind in b"fF" else 1 if float(most) < 256 else 2
    return int(width) * int(height) * sample * (3 if kind in b"6F" else 1)


def _truevision_bytes(head: bytes) -> int:
    colours, colour_bits = struct.unpack_from("<HB", head, 5)
    width, height, bits = struct.unpack_from("<HHB", head, 12)
    palette: int = colours * ((colour_bits + 7) // 8)
    pixels: int = width * height * ((bits + 7) // 8)
    return TRUEVISION + head[0] + palette + pixels


def _end_of_boxes(file: BinaryIO) -> int:
    """Return where the last box of an ISO media file (AVIF, JPEG 2000, JPEG XL) ends."""
    end, size = 0, size_of(file)
    while end < size:
        file.seek(end)
        head = file.read(16)
        if len(head) < 8:
            return end + 8
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:])
        if length < 8:
            return size  # it goes to the end of the file
        end += length
    return end
