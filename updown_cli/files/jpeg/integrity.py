"""JPEG files that libjpeg reads with a warning, which Pillow does not pass on.

Segments follow each other without a gap, tables are such as an encoder makes, restarts are counted,
and there is an end. What is coded between markers is not looked at: that takes as long as decoding.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from updown_cli.files.blocks import BLOCK, read_exactly, unpack_next
from updown_cli.files.damage import damaged_error, truncated_error

NAME = "JPEG"

# Segments and fill bytes, and passes over the pixels, of which a decoder takes time for each: a
# profile has 255 at most, and a progressive picture about ten.
MOST_SEGMENTS, MOST_SCANS = 10_000, 100

# Bytes of the largest segment that is looked at: four tables of codes of two kinds.
MOST_TABLE_BYTES = 8 * (17 + 256)

# Markers, without the byte of ones before: of frames in the ways that Pillow reads, of tables, of
# scans, of the end, and what stands in place of one.
FRAMES = (0xC0, 0xC1, 0xC2)
HUFFMAN, QUANTIZATION, INTERVAL, SCAN, END, FILL = 0xC4, 0xDB, 0xDD, 0xDA, 0xD9, 0xFF
LOOKED_AT = (*FRAMES, HUFFMAN, QUANTIZATION, INTERVAL, SCAN)

# In coded data: the marker that ends it, and those between restarts.
ENDING, RESTART = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])"), re.compile(rb"\xff([\xd0-\xd7])")
RESTARTS = range(0xD0, 0xD8)


@dataclass
class Restarts:
    """The restarts of a scan of so many units, if that is known: an interval, and the count."""

    interval: int
    units: int | None
    count: int = 0

    @property
    def between(self) -> int | None:
        """How many restarts are between the intervals of all units."""
        known = self.interval and self.units is not None
        return -(-(self.units or 0) // self.interval) - 1 if known else None

    def take(self, data: bytes) -> None:
        """Count those in coded data; raise InputError for one that is not the next."""
        for found in RESTART.finditer(data):
            if not self.interval or found[1][0] != RESTARTS[self.count % len(RESTARTS)]:
                raise damaged_error(NAME)
            self.count += 1
            if self.between is not None and self.count > self.between + 1:
                raise damaged_error(NAME)

    def check(self) -> None:
        """Raise InputError for fewer than there must be; some encoders write one at the end."""
        if self.between is not None and self.count < self.between:
            raise damaged_error(NAME)


@dataclass
class Frame:
    """What the segments say of the pixels: sides, and the sampling of each component."""

    interval: int = 0
    sides: tuple[int, int] = (0, 0)
    sampling: dict[int, tuple[int, int]] = field(default_factory=dict)

    def read(self, marker: int, body: bytes) -> None:
        """Take what a segment says; raise InputError for what no encoder writes."""
        if marker in FRAMES:
            self.sides = struct.unpack_from(">HH", body, 1)
            parts = [body[at : at + 2] for at in range(6, len(body) - 2, 3)]
            self.sampling = {part[0]: (part[1] & 15, part[1] >> 4) for part in parts}
        elif marker == INTERVAL:
            (self.interval,) = struct.unpack(">H", body)
        elif marker == HUFFMAN:
            check_codes(body)
        elif marker == QUANTIZATION:
            check_divisors(body)

    def units(self, scan: bytes) -> int | None:
        """Return how many blocks, or groups of them, a scan has; None if the sides are to come."""
        parts = [self.sampling.get(part) for part in scan[1 : 1 + 2 * scan[0] : 2]]
        known = [part for part in parts if part is not None]
        if not all(self.sides) or not known or len(known) < len(parts):
            return None
        most = [max(axis) for axis in zip(*self.sampling.values(), strict=True)]
        count = 1
        for side, largest, mine in zip(self.sides, most, known[0], strict=True):
            pixels = side if len(known) > 1 else -(-side * mine // largest)
            count *= -(-pixels // (8 * largest if len(known) > 1 else 8))
        return count


def check_jpeg(file: BinaryIO) -> None:
    """Raise InputError for a file whose markers or tables are damaged, or that has no end."""
    file.seek(2)
    frame, scans, segments = Frame(), 0, 0
    marker = _next_marker(file)
    while marker != END:
        segments += 1
        if segments > MOST_SEGMENTS or scans > MOST_SCANS:
            raise damaged_error(NAME)
        if marker == FILL:
            file.seek(-1, 1)  # fill bytes may precede a marker
            marker = _next_marker(file)
            continue
        size = max(unpack_next(file, ">H", NAME)[0] - 2, 0)
        if size > MOST_TABLE_BYTES and marker in LOOKED_AT:
            raise damaged_error(NAME)
        body = read_exactly(file, size, NAME) if marker in LOOKED_AT else b""
        frame.read(marker, body)
        if marker == SCAN:
            scans += 1
            marker = _after_scan(file, frame, body)
        else:
            file.seek(0 if body else size, 1)
            marker = _next_marker(file)


def _next_marker(file: BinaryIO) -> int:
    """Return the marker that comes next; raise InputError for anything else."""
    ones, marker = unpack_next(file, "BB", NAME)
    if ones != FILL:
        raise damaged_error(NAME)
    return int(marker)


def _after_scan(file: BinaryIO, frame: Frame, scan: bytes) -> int:
    """Return the marker behind coded data, whose restarts must be right."""
    restarts, last = Restarts(frame.interval, frame.units(scan)), b""
    while block := file.read(BLOCK):
        data = last + block
        found = ENDING.search(data)
        restarts.take(data[: found.start()] if found else data)
        if found:
            file.seek(found.end() - len(data), 1)
            restarts.check()
            return found[1][0]
        last = data[-1:] if data.endswith(b"\xff") else b""
    raise truncated_error(NAME)


def check_codes(body: bytes) -> None:
    """Raise InputError for a table of codes with two for one symbol."""
    at = 0
    while at < len(body):
        symbols = at + 17
        at = symbols + sum(body[at + 1 : symbols])
        if len(set(body[symbols:at])) < at - symbols:
            raise damaged_error(NAME)


def check_divisors(body: bytes) -> None:
    """Raise InputError for a table that divides by zero."""
    at = 0
    while at < len(body):
        size = 2 if body[at] >> 4 else 1
        if 0 in struct.unpack_from(">64H" if size == 2 else "64B", body, at + 1):
            raise damaged_error(NAME)
        at += 1 + 64 * size
