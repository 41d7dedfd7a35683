"""What is in a shard: members in their order, a window of them at a time where it is a stream."""

from __future__ import annotations

import gzip
import os
import posixpath
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from updown_cli.batch.inputs import STDIN
from updown_cli.errors import InputError
from updown_cli.stores.names import open_regular, store_of
from updown_cli.stores.tar_members import Place
from updown_cli.stores.tar_names import is_compressed
from updown_cli.stores.tar_reading import Forward, cut_short, members_of
from updown_cli.stores.write_error import write_error

#: What begins a gzip file.
GZIP = b"\x1f\x8b"

# A window of a stream ends with the sample that makes it so large, in members or bytes.
MOST_MEMBERS, MOST_BYTES = 4096, 1 << 28

COPIED = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of a shard: a file with its place, a folder without, or what is refused."""

    name: str
    place: Place | None = None
    refusal: InputError | None = None

    @property
    def key(self) -> str:
        """What the members of one sample share: the name up to the first dot of its last part."""
        folder, base = posixpath.split(self.name)
        return posixpath.join(folder, base.partition(".")[0])


@dataclass(frozen=True)
class Shard:
    """A shard that is read."""

    path: str
    accept_damaged: bool = False

    @property
    def is_stream(self) -> bool:
        """Whether it is read once from its beginning to its end."""
        return self.path == STDIN or is_compressed(self.path) or not store_of(self.path).is_near

    def windows(self, folder: str) -> Iterator[list[Entry]]:
        """Yield the members, some at a time; those of a stream lie in a folder for a while.

        Raises InputError for a shard that cannot be read.
        """
        if not self.is_stream:
            with open_regular(self.path, whole=False) as file:
                yield [*self._indexed(file)]
            return
        if self.path == STDIN:
            yield from self._spooled(sys.stdin.buffer, folder)
            return
        with open_regular(self.path, whole=False) as file:
            yield from self._spooled(file, folder)

    def _indexed(self, file: BinaryIO) -> Iterator[Entry]:
        seen: set[str] = set()
        for info in members_of(file, accept_damaged=self.accept_damaged):
            yield _entry(info, Place(self.path, info.offset_data, info.size), seen)

    def _spooled(self, file: BinaryIO, folder: str) -> Iterator[list[Entry]]:
        """Yield windows of a stream, the bytes of each in a file that the next one takes over."""
        forward = Forward(_unpacked(file))
        stream = cast(BinaryIO, forward)
        window: list[Entry] = []
        seen: set[str] = set()
        path = os.path.join(folder, "window")
        spool = open(path, "wb")  # noqa: SIM115
        try:
            for info in members_of(stream, accept_damaged=self.accept_damaged):
                entry = _entry(info, Place(path, spool.tell(), info.size), seen)
                is_full = len(window) >= MOST_MEMBERS or spool.tell() >= MOST_BYTES
                if is_full and entry.key != window[-1].key:
                    spool.flush()
                    yield window
                    window = []
                    spool.seek(0)
                    spool.truncate()
                    entry = replace(entry, place=entry.place and entry.place._replace(offset=0))
                if entry.place is not None and not _copied(stream, spool, info.size, folder):
                    if self.accept_damaged:
                        break
                    raise cut_short(len(seen) - 1)
                window.append(entry)
            spool.flush()
            while stream.read(COPIED):  # what comes after the end is read, so that it is checked
                pass
            if forward.is_broken and not self.accept_damaged:
                raise cut_short(len(seen))
        finally:
            spool.close()
        yield window


def _unpacked(file: BinaryIO) -> BinaryIO:
    """Return the stream that a file is, or that is packed in it, as its first bytes tell."""
    head = file.peek(len(GZIP)) if hasattr(file, "peek") else b""
    if not hasattr(file, "peek"):
        head = file.read(len(GZIP))
        file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if head.startswith(GZIP) else file


def _copied(stream: BinaryIO, spool: BinaryIO, size: int, folder: str) -> bool:
    """Whether so many bytes came, and are in a file now."""
    while size and (data := stream.read(min(size, COPIED))):
        size -= len(data)
        try:
            spool.write(data)
        except OSError as error:
            raise write_error(error, folder) from None
    return size == 0


def _entry(info: tarfile.TarInfo, place: Place, seen: set[str]) -> Entry:
    """Return a member, or its refusal: nothing may lead out of a shard, or be there twice."""
    refusal = _refusal(info, seen)
    seen.add(info.name)
    if refusal is not None or info.isdir():
        return Entry(info.name, refusal=refusal)
    return Entry(info.name, place)


def _refusal(info: tarfile.TarInfo, seen: set[str]) -> InputError | None:
    parts = info.name.split("/")
    if info.name.startswith("/") or ".." in parts:
        return InputError("its name leads out of the shard", code="unsafe_name")
    if info.issym() or info.islnk():
        return InputError("is a link", code="not_regular")
    if info.issparse() or not (info.isreg() or info.isdir()):
        return InputError("is no regular file", code="not_regular")
    if info.name in seen:
        return InputError("is the second member of this name", code="duplicate")
    return None
