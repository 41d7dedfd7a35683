"""A small plain JPEG file, read by one walk over its segments: most files of a folder are such.

Pillow's plugin looks at each segment, and the check for damage does so again; tables, which
thousands of files have in common, are looked at once.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from updown_cli.errors import InputError
from updown_cli.files.integrity import WALK_ERRORS
from updown_cli.files.jpeg.encoding import FULL, encoding, stated_density
from updown_cli.files.jpeg.integrity import (
    END,
    FILL,
    HUFFMAN,
    MOST_TABLE_BYTES,
    QUANTIZATION,
    SCAN,
    check_codes,
    check_divisors,
)
from updown_cli.files.picture import Picture
from updown_cli.files.plain import is_small, takes_all, unpack

if TYPE_CHECKING:
    from updown_cli.files.jpeg import Jpeg
    from updown_cli.files.reading import Reading
    from updown_cli.files.resolution import Resolution

#: Segments of a file that is plain: of JFIF, of the frame, of a comment.
JFIF, BASELINE, COMMENT = 0xE0, 0xC0, 0xFE

#: What the first segment begins with, and its bytes without a preview.
SIGNATURE, JFIF_BYTES = b"JFIF\0", 14

# What a scan says at its end that has all frequencies, and all bits of them.
ALL_AT_ONCE = bytes((0, 63, 0))

#: Sampling of the components, as Pillow numbers it.
SAMPLINGS = {b"\x11\x11\x11": FULL, b"\x21\x11\x11": 1, b"\x22\x11\x11": 2}

#: Pillow's number of what has no sampling, and its modes by the number of components.
NONE, MODES = -1, {1: "L", 3: "RGB"}

# What no codes hold.
MARKER = re.compile(rb"\xff[^\x00]")

START = struct.Struct(">BBH")

# Different tables, and headers, that are known at a time.
KNOWN = 256


@dataclass
class _Found:
    """What the segments say."""

    resolution: Resolution | None = None
    tables: dict[int, list[int]] = field(default_factory=dict)
    comment: bytes = b""
    size: tuple[int, int] = (0, 0)
    mode: str = ""
    sampling: int = NONE


def read_plain(fmt: Jpeg, data: bytes, reading: Reading) -> Picture | None:
    """Return the picture of a sound baseline file that says nothing unusual; None of others."""
    if not takes_all(reading) or (found := _walk(data)) is None:
        return None
    if not is_small(found.size, len(found.mode), reading):
        return None
    pixels = unpack(found.mode, found.size, data, ("jpeg", found.mode, ""), black=False)
    if pixels is None:
        return None
    metadata = encoding(found.tables, found.sampling)
    described = {"dpi": found.resolution, "comment": found.comment}
    metadata |= {kind: each for kind, each in described.items() if each and kind in reading.keep}
    return Picture(pixels[None], found.mode, alpha=False, format=fmt.name, metadata=metadata)


def _walk(data: bytes) -> _Found | None:
    """Return what the segments say; None of what is not quite plain."""
    found, at = _Found(), 2
    try:
        while True:
            ones, marker, size = START.unpack_from(data, at)
            body, at = data[at + START.size : at + 2 + size], at + 2 + size
            if ones != FILL or at > len(data) or not _takes(found, marker, body):
                return None
            if marker == SCAN:
                return found if _is_one_scan(body, data, at, len(found.mode)) else None
    except (InputError, *WALK_ERRORS):
        return None


def _takes(found: _Found, marker: int, body: bytes) -> bool:
    """Whether a segment is plain; what it says is noted."""
    if marker == QUANTIZATION:
        found.tables |= _divisors(body)
    elif marker == HUFFMAN:
        _check_codes(body)
    elif marker == BASELINE and not found.mode:
        found.size, found.mode, found.sampling = _frame(body)
    elif marker == JFIF and body.startswith(SIGNATURE) and len(body) == JFIF_BYTES:
        found.resolution = _resolution(body)
    elif marker == COMMENT and not found.comment:
        found.comment = body
    else:
        return marker == SCAN
    return True


def _is_one_scan(scan: bytes, data: bytes, at: int, components: int) -> bool:
    """Whether a scan has all components, and only its codes and the end follow."""
    whole = scan[:1] == bytes((components,)) and len(scan) == 4 + 2 * components
    if not whole or not scan.endswith(ALL_AT_ONCE):
        return False
    found = MARKER.search(data, at)
    return found is not None and found.end() == len(data) and data[-1] == END


@lru_cache(KNOWN)
def _divisors(body: bytes) -> dict[int, list[int]]:
    """Return the tables of 8 bits in a segment, by number, their rows one after the other."""
    from PIL.JpegImagePlugin import zigzag_index

    check_divisors(body)
    if len(body) % 65:
        raise ValueError(len(body))
    parts = [body[at : at + 65] for at in range(0, len(body), 65)]
    return {part[0]: [part[1 + index] for index in zigzag_index] for part in parts}


@lru_cache(KNOWN)
def _check_codes(body: bytes) -> None:
    """Raise InputError or ValueError for tables of codes that are not sound."""
    if len(body) > MOST_TABLE_BYTES:
        raise ValueError(len(body))
    check_codes(body)


@lru_cache(KNOWN)
def _frame(body: bytes) -> tuple[tuple[int, int], str, int]:
    """Return (width, height), Pillow's mode, and the sampling of colours as it numbers it.

    Raises KeyError or ValueError for frames that are not plain.
    """
    bits, height, width, components = struct.unpack_from(">BHHB", body)
    if bits != 8 or len(body) != 6 + 3 * components:
        raise ValueError(bits)
    mode = MODES[components]
    return (width, height), mode, SAMPLINGS[body[7::3]] if mode == "RGB" else NONE


@lru_cache(KNOWN)
def _resolution(body: bytes) -> Resolution | None:
    """Return the resolution that a JFIF header states."""
    unit, across, down = struct.unpack_from(">BHH", body, len(SIGNATURE) + 2)
    return stated_density(unit, (across, down))
