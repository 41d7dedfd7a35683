"""A small plain PNG file, read by one walk over its bytes: most files of a folder are such."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from updown_cli.files.picture import Picture
from updown_cli.files.plain import is_small, takes_all, unpack
from updown_cli.files.png import chunks
from updown_cli.files.png.chunks import Chunk, Scan
from updown_cli.files.reading import Reading

if TYPE_CHECKING:
    from updown_cli.files.png import Png

BITS = 8

#: Pillow's mode, and its channels, by depth, colour, compression, filters and passes.
MODES = {
    bytes((bits, kind, 0, 0, 0)): (mode, len(mode))
    for mode, (kind, bits) in chunks.KINDS.items()
    if bits == BITS
}

SIZE, START, CHECKSUM = struct.Struct(">II"), struct.Struct(">I4s"), struct.Struct(">I")

# How the header chunk begins.
HEADER = START.pack(13, b"IHDR")

# Bytes of a chunk that has no body.
AROUND = START.size + CHECKSUM.size

#: Chunks that describe the picture, change no pixel, and have one length.
LENGTHS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"pHYs": 9}

#: Chunks of which nothing is read.
IGNORED = (b"IEND", b"tIME", b"bKGD", b"sBIT")

#: What texts may be called that are only texts: Pillow takes others for EXIF data and the like.
KEYWORDS = frozenset((
    *(b"Title", b"Author", b"Description", b"Copyright", b"Creation Time", b"Software"),
    *(b"Comment", b"date:create", b"date:modify", b"date:timestamp"),
))  # fmt: skip


def read_plain(fmt: Png, data: bytes, reading: Reading) -> Picture | None:
    """Return the one frame of a sound file of 8 bits; None of all others."""
    mode = _mode_of(data, reading)
    if mode is None or (found := _walk(data)) is None:
        return None
    described, packed = found
    size = SIZE.unpack_from(data, chunks.SIZE)
    pixels = unpack(mode, size, packed, ("zip", mode), black=True)
    if pixels is None or not pixels[:, -1].any():  # black, as Pillow leaves rows that lack
        return None
    metadata: dict[str, Any] = {}
    if described:
        scan = Scan(described=described, moves=False, starts_with_default=False)
        metadata = chunks.metadata_in(scan, reading.keep)
    colour, alpha = mode.removesuffix("A"), mode.endswith("A")
    return Picture(pixels[None], colour, alpha, fmt.name, metadata=metadata)


def _mode_of(data: bytes, reading: Reading) -> str | None:
    """Return the mode of a picture that is not interlaced, within all limits; None of others."""
    if len(data) < chunks.HEADER_BYTES or not takes_all(reading):
        return None
    if data[chunks.SIGNATURE_BYTES : chunks.SIZE] != HEADER:
        return None
    mode, channels = MODES.get(data[chunks.DEPTH : chunks.HEADER_BYTES - CHECKSUM.size], ("", 0))
    return mode if is_small(SIZE.unpack_from(data, chunks.SIZE), channels, reading) else None


def _walk(data: bytes) -> tuple[tuple[Chunk, ...], bytes] | None:
    """Return what describes the picture, and its packed rows; None of what is not quite plain."""
    described: list[Chunk] = []
    packed: list[bytes] = []
    at, name = chunks.SIGNATURE_BYTES, b""
    while name != b"IEND":
        before = name
        if at + AROUND > len(data):
            return None
        length, name = START.unpack_from(data, at)
        end = at + START.size + length
        if end + CHECKSUM.size > len(data):
            return None
        if CHECKSUM.unpack_from(data, end)[0] != zlib.crc32(data[at + CHECKSUM.size : end]):
            return None
        body = data[at + START.size : end]
        if name == b"IDAT" and (not packed or before == name):
            packed.append(body)
        elif name in chunks.DESCRIBING and _is_harmless(name, body):
            described.append((name, body))
        elif name not in IGNORED and not (name == b"IHDR" and not before):
            return None
        at = end + CHECKSUM.size
    return tuple(described), b"".join(packed)


def _is_harmless(name: bytes, body: bytes) -> bool:
    """Whether a chunk says nothing that changes how pixels are read, and says it well."""
    if name == b"tEXt":
        return body.partition(b"\0")[0] in KEYWORDS
    return LENGTHS.get(name) == len(body)
