"""The chunks of WebP files: how a picture was encoded, and stills put together to frames."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

HEADER = 12

# What the extended header announces.
PROFILE, ALPHA, EXIF, XMP, MOVES = 0x20, 0x10, 0x08, 0x04, 0x02

# A frame replaces what was there, and stays.
REPLACES = 0x02

FRAME_HEADER = 16


def chunks_of(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield (name, place, length) of the chunks of an open file, those of frames as well."""
    file.seek(4)
    told = 8 + int.from_bytes(file.read(4), "little")
    size, at = min(file.seek(0, os.SEEK_END), told), HEADER
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        yield name, at + 8, length
        at += 8 + (FRAME_HEADER if name == b"ANMF" else length + length % 2)


def is_lossless(file: BinaryIO) -> bool:
    """Whether every picture of an open file was encoded without loss."""
    kinds = {name for name, _, _ in chunks_of(file) if name in (b"VP8 ", b"VP8L")}
    file.seek(0)
    return kinds == {b"VP8L"}


def animated_webp(stills: list[bytes], metadata: dict[str, Any]) -> bytes:
    """Return one file whose frames are these files; the first one also has what describes it."""
    parts = [dict(_chunks(still)) for still in stills]
    delays = metadata.get("duration", [])
    delays = delays if len(delays) == len(stills) else [0] * len(stills)
    described = {name: parts[0][name] for name in (b"ICCP", b"EXIF", b"XMP ") if name in parts[0]}
    width, height = _size(stills[0])
    alpha = any(b"ALPH" in part or b"VP8L" in part for part in parts)
    flags = MOVES | ALPHA * alpha | PROFILE * (b"ICCP" in described)
    flags |= EXIF * (b"EXIF" in described) | XMP * (b"XMP " in described)
    sides = _three(width - 1) + _three(height - 1)
    plays = min(metadata.get("loop", 0), 0xFFFF)
    body = [_chunk(b"VP8X", struct.pack("<I", flags) + sides)]
    body += [_chunk(name, data) for name, data in described.items() if name == b"ICCP"]
    body.append(_chunk(b"ANIM", bytes(4) + struct.pack("<H", plays)))
    for part, delay in zip(parts, delays, strict=True):
        head = bytes(6) + sides + _three(min(round(delay), 0xFFFFFF)) + bytes([REPLACES])
        names = [name for name in (b"ALPH", b"VP8 ", b"VP8L") if name in part]
        body.append(_chunk(b"ANMF", head + b"".join(_chunk(name, part[name]) for name in names)))
    body += [_chunk(name, data) for name, data in described.items() if name != b"ICCP"]
    whole = b"".join(body)
    return b"RIFF" + struct.pack("<I", 4 + len(whole)) + b"WEBP" + whole


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = HEADER
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _size(still: bytes) -> tuple[int, int]:
    """Return (width, height) of a file with one picture."""
    for name, body in _chunks(still):
        if name == b"VP8X":
            return _number(body[4:7]) + 1, _number(body[7:10]) + 1
        if name == b"VP8L":
            (bits,) = struct.unpack_from("<I", body, 1)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if name == b"VP8 ":
            width, height = struct.unpack_from("<HH", body, 6)
            return width & 0x3FFF, height & 0x3FFF
    raise ValueError(len(still))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


def _number(three: bytes) -> int:
    return int.from_bytes(three, "little")
