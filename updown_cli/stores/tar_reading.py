"""Tar files read forwards, member by member, by Python's tarfile; what is cut short is no end."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from updown_cli.errors import InputError
from updown_cli.stores.tar_headers import BLOCK, plain_member

#: What begins a gzip file.
GZIP = b"\x1f\x8b"

#: What begins a file that something else has packed, which no picture is.
UNREAD = {b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"(\xb5/\xfd": "zstd"}

# What else is no tar file; arrays may be.
OTHERS = {**UNREAD, b"PK\3\4": "zip"}

# Bytes that can be gone back in a stream: tarfile looks at the last of each member, and at headers
# that are not plain again.
BACK = 8 * BLOCK

# Bytes of the names and remarks that may stand before a member.
LONGEST_HEADER = 1 << 20

# Bytes that are passed over at a time.
SKIPPED = 1 << 20


class Forward(io.RawIOBase):
    """A stream that knows where it is; what lies ahead is reached by reading."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._tail = b""
        self._at = self._end = 0
        self.is_broken = False

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def seekable(self) -> bool:
        """Whether places can be reached: those ahead."""
        return True

    def tell(self) -> int:
        """Return the place in bytes."""
        return self._at

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; raise OSError for one that is long past."""
        place += self._at if whence == os.SEEK_CUR else 0
        if whence == os.SEEK_END or place < self._end - len(self._tail):
            raise OSError("a stream is read but once")
        self._at = min(place, self._end)
        while self._at < place and self.read(min(place - self._at, SKIPPED)):
            pass
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes; fewer at the end alone."""
        past = self._end - self._at
        data = self._tail[len(self._tail) - past :][:size] if past else b""
        while len(data) < size and (more := self._more(size - len(data))):
            data += more
            self._tail = (self._tail + more)[-BACK:]
            self._end += len(more)
        self._at += len(data)
        return data

    def _more(self, size: int) -> bytes:
        """Return what comes next; nothing where a compressed stream breaks off."""
        try:
            return self._stream.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            if not self._end and isinstance(error, gzip.BadGzipFile):
                raise InputError("is no gzip file", code="corrupt") from None
            self.is_broken = True
            return b""

    def readinto(self, room: Any) -> int:
        """Fill room, and return how far."""
        data = self.read(len(room))
        room[: len(data)] = data
        return len(data)


class _Headers:
    """An open tar file of which headers alone are read, none of them large."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def read(self, size: int) -> bytes:
        """Return so many bytes; raise InputError for more than a header has."""
        if size > LONGEST_HEADER:
            raise InputError(f"has a header of {size / 1e6:.3g} MB", code="too_large")
        return self._read(size)


def is_packed(file: BinaryIO) -> bool:
    """Whether an open file, which stays where it is, begins as gzip files do."""
    return _head(file).startswith(GZIP)


def _head(file: BinaryIO) -> bytes:
    """Return the first bytes of an open file, which is at its beginning and stays there."""
    if hasattr(file, "peek"):
        return bytes(file.peek(BACK))
    head = file.read(BACK)
    file.seek(0)
    return head


#: Hears that a tar file is cut short or damaged, and goes on with what is whole, or raises.
Damaged = Callable[[InputError], None]


def refuse_damaged(error: InputError) -> None:
    """Raise what a tar file that is cut short or damaged is refused with."""
    raise error


def members_of(file: BinaryIO, damaged: Damaged = refuse_damaged) -> Iterator[tarfile.TarInfo]:
    """Yield the members of an open tar file; the file then is where the member's bytes begin.

    `damaged` hears if it is cut short or damaged. Of a file with a known end members are whole, of
    a stream the last may be cut. Raises InputError for what is no tar file.
    """
    count, end = 0, _end_of(file)
    try:
        headers = cast(BinaryIO, _Headers(file))
        tar = tarfile.open(fileobj=headers, mode="r:", errors="surrogateescape")  # noqa: SIM115
        while (info := _next(tar, headers, is_first=not count)) is not None:
            tar.members.clear()  # type: ignore[attr-defined]
            # What is sparse, or a link, has fewer bytes in the file than its size.
            if end is not None and min(info.offset_data + info.size, tar.offset) > end:
                damaged(cut_short(count))
                return
            count += 1
            file.seek(info.offset_data)
            yield info
        file.seek(tar.offset)
        if file.read(BLOCK) != bytes(BLOCK):
            damaged(cut_short(count))
    except tarfile.TarError:
        if count == 0:
            raise _no_tar_file(file) from None
        damaged(cut_short(count))


def _end_of(file: BinaryIO) -> int | None:
    """Return how many bytes an open file has, which stays where it is; None of a stream."""
    try:
        at = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(at)
    except OSError:
        return None
    return end


def _next(tar: tarfile.TarFile, file: BinaryIO, *, is_first: bool) -> tarfile.TarInfo | None:
    """Return the next member, None at the end; raise TarError."""
    if is_first or tar.pax_headers:  # what is told of all members is tarfile's to know
        return tar.next()
    info = plain_member(file, tar.offset)
    if info is None:
        return tar.next()
    tar.offset = info.offset_data + -(-info.size // BLOCK) * BLOCK
    return info


def _no_tar_file(file: BinaryIO) -> InputError:
    """Return the refusal of a file without any member, which says what it is, if that is known."""
    try:
        file.seek(0)
        head: bytes | None = file.read(BLOCK)
    except OSError:  # a stream that is long past its beginning
        head = None
    if head == b"":
        return InputError("is empty", code="corrupt")
    packed = next((by for magic, by in OTHERS.items() if head and head.startswith(magic)), None)
    hint = "" if packed is None else f"it is packed by {packed}; gzip alone is read"
    return InputError("is no tar file", hint=hint, code="corrupt")


def cut_short(count: int) -> InputError:
    """Return the refusal of a tar file that ends, or is damaged, after so many members."""
    return InputError(
        f"is cut short or damaged after {count} whole member{'s' * (count != 1)}",
        hint="--accept-damaged takes what is whole",
        code="truncated",
    )
