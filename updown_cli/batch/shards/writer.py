"""A tar file that is written member by member: the same bytes of the same members, always."""

from __future__ import annotations

import gzip
import tarfile
from functools import cache
from typing import BinaryIO, cast

from updown_cli.stores.tar_headers import BLOCK

# Where a header has the size and its own sum, and how many bytes of a name stand in it as they are.
SIZE, SUM, NAME = slice(124, 136), slice(148, 156), 100

# Larger sizes are written in another way.
MOST_PLAIN = 8**11

COPIED = 1 << 20


class ShardWriter:
    """A shard that takes members in their order; times, owners and rights are all the same."""

    def __init__(self, file: BinaryIO, *, packed: bool) -> None:
        self._end = file
        self._packed = gzip.GzipFile("", "wb", 6, file, mtime=0) if packed else None
        self._file = cast(BinaryIO, self._packed or file)
        self.size = 0

    def add_file(self, name: str, size: int, source: BinaryIO) -> None:
        """Add so many bytes as a file."""
        self._write(_plain_header(name, size) or _header(name, size))
        left = size
        while left and (data := source.read(min(left, COPIED))):
            left -= len(data)
            self._write(data)
        if left:
            raise OSError("unexpected end of data")
        self._write(bytes(-size % BLOCK))

    def add_folder(self, name: str) -> None:
        """Add a folder."""
        self._write(_header(name, 0, tarfile.DIRTYPE, 0o755))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self.size += len(data)

    def finish(self) -> None:
        """Write what ends a shard, and all that has not been written."""
        self._write(bytes(2 * BLOCK))
        self._write(bytes(-self.size % tarfile.RECORDSIZE))
        if self._packed is not None:
            self._packed.close()
        self._end.flush()


def _header(name: str, size: int, kind: bytes = tarfile.REGTYPE, mode: int = 0o644) -> bytes:
    """Return what stands before a member, as Python's tarfile writes it."""
    info = tarfile.TarInfo(name)
    info.size, info.type, info.mode = size, kind, mode
    return info.tobuf(tarfile.PAX_FORMAT, errors="surrogateescape")


@cache
def _blank() -> bytes:
    """Return the header of a file without name and size, its sum as if it were of spaces."""
    header = bytearray(_header("", 0))
    header[SUM] = b" " * 8
    return bytes(header)


def _plain_header(name: str, size: int) -> bytes | None:
    """Return the header of a file in a twentieth of the time; None if it is not so simple."""
    if len(name) > NAME or not name.isascii() or size >= MOST_PLAIN:
        return None
    header = bytearray(_blank())
    header[: len(name)] = name.encode()
    header[SIZE] = b"%011o\0" % size
    header[SUM] = b"%06o\0 " % sum(header)
    return bytes(header)
