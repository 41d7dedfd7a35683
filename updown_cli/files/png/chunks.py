"""The chunks of PNG files: what describes the picture, read and written byte by byte."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from updown_cli.files.exif import PREFIX, exif_bytes
from updown_cli.files.metadata import BELONGS
from updown_cli.files.resolution import METRES, Resolution, resolution

#: How every file begins.
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SIGNATURE_BYTES = len(SIGNATURE)

#: Bytes of a file up to the end of its header chunk.
HEADER_BYTES = 33

# Where the header tells the width and the height, the depth and the kind of colour.
SIZE, DEPTH, COLOUR = 16, 24, 25

#: What the header calls Pillow's modes: the kind of colour, and bits.
KINDS = {"L": (0, 8), "LA": (4, 8), "RGB": (2, 8), "RGBA": (6, 8), "I;16": (0, 16)}

TEXTS = (b"tEXt", b"zTXt", b"iTXt")

# Chunks that say what colours mean.
MEANINGS = (b"cHRM", b"gAMA", b"sRGB", b"cICP", b"mDCV", b"cLLI")

#: Chunks that describe a picture, or a frame.
DESCRIBING = (*TEXTS, *MEANINGS, b"pHYs", b"fcTL")

# Texts that are kept as what they are: XMP, and EXIF data of old writers.
XMP_KEYWORD = b"XML:com.adobe.xmp"
NO_TEXTS = (
    XMP_KEYWORD,
    b"Raw profile type exif",
    b"Raw profile type APP1",
    b"Raw profile type xmp",
)

# The unit of a resolution; another one gives only the ratio of a pixel's sides.
METRE = 1

# A chunk that describes a picture has at most so many bytes.
MOST_BYTES = 1 << 26

Chunk = tuple[bytes, bytes]


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What an open file holds beside its pixels, in its order, and whether it moves."""

    described: tuple[Chunk, ...]
    moves: bool
    starts_with_default: bool

    def of(self, names: Iterable[bytes]) -> list[Chunk]:
        """Return the chunks with these names."""
        return [(name, body) for name, body in self.described if name in names]


def scan(file: BinaryIO) -> Scan:
    """Return what an open file holds beside its pixels; its place stays."""
    place = file.tell()
    described: list[Chunk] = []
    before_pixels = True
    moves = default = False
    for name, at, length in walk(file):
        if name == b"IDAT" and before_pixels:
            before_pixels, default = False, not any(kind == b"fcTL" for kind, _ in described)
        moves = moves or name == b"acTL"
        if name in DESCRIBING and length < MOST_BYTES:
            file.seek(at)
            described.append((name, file.read(length)))
    file.seek(place)
    return Scan(described=tuple(described), moves=moves, starts_with_default=moves and default)


def walk(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield (name, place, length) of the chunks of an open file, up to its end."""
    size, at = file.seek(0, os.SEEK_END), SIGNATURE_BYTES
    while at + 8 <= size:
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        yield name, at + 8, length
        if name == b"IEND":
            return
        at += 12 + length


def texts_in(found: Scan) -> list[Chunk]:
    """Return the texts, but for those that are kept as other kinds."""
    texts = found.of(TEXTS)
    return [(name, body) for name, body in texts if body.partition(b"\0")[0] not in NO_TEXTS]


def resolution_in(found: Scan) -> Resolution | None:
    """Return the resolution, or the ratio of a pixel's sides where that alone is stated."""
    for _, body in found.of((b"pHYs",)):
        x, y, unit = struct.unpack(">IIB", body[:9])
        if unit == METRE:
            return resolution(x * METRES, y * METRES)
        return resolution(x, y, ratio=True) if x != y else None
    return None


#: What reads each kind of metadata that is kept as it stands in chunks.
READERS: dict[str, Callable[[Scan], Any]] = {
    "dpi": resolution_in,
    "text": texts_in,
    "chunks": lambda found: found.of(MEANINGS),
}


def metadata_in(found: Scan, keep: frozenset[str]) -> dict[str, Any]:
    """Return what chunks tell of these kinds."""
    kinds = {kind: read for kind, read in READERS.items() if BELONGS.get(kind, kind) in keep}
    return {kind: value for kind, read in kinds.items() if (value := read(found))}


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_description(data: bytes, metadata: dict[str, Any]) -> bytes:
    """Return a file with what describes the picture behind its header."""
    return data[:HEADER_BYTES] + description(metadata) + data[HEADER_BYTES:]


def description(metadata: dict[str, Any]) -> bytes:
    """Return the chunks that describe a picture, as they stand behind the header."""
    if not metadata:
        return b""
    chunks = [chunk(name, body) for name, body in metadata.get("chunks", ())]
    if "icc" in metadata:
        chunks.append(chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(metadata["icc"])))
    if "dpi" in metadata:
        chunks.append(chunk(b"pHYs", _resolution_body(metadata["dpi"])))
    if "exif" in metadata:
        chunks.append(chunk(b"eXIf", exif_bytes(metadata["exif"]).removeprefix(PREFIX)))
    chunks += [chunk(name, body) for name, body in metadata.get("text", ())]
    if "xmp" in metadata:
        chunks.append(chunk(b"iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + metadata["xmp"]))
    return b"".join(chunks)


def _resolution_body(stated: Resolution) -> bytes:
    if stated.ratio:
        return struct.pack(">IIB", round(stated.x), round(stated.y), 0)
    return struct.pack(">IIB", round(stated.x / METRES), round(stated.y / METRES), METRE)


def can_state(stated: Resolution) -> bool:
    """Whether a resolution fits 31 bits."""
    unit = 1 if stated.ratio else METRES
    return all(0 < round(number / unit) < 1 << 31 for number in (stated.x, stated.y))
