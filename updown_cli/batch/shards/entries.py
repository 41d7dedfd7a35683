"""What is in a shard: members in their order, a window of them at a time where it is a stream."""

from __future__ import annotations

import contextlib
import gzip
import os
import posixpath
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import BinaryIO, NamedTuple, cast

from updown_cli.batch.foreign import has_picture_name
from updown_cli.batch.inputs import STDIN, Source
from updown_cli.errors import InputError
from updown_cli.files.reading import Reading, check_unpacked
from updown_cli.stores.names import open_regular, status_of, store_of
from updown_cli.stores.tar_members import Place
from updown_cli.stores.tar_names import is_compressed
from updown_cli.stores.tar_reading import (
    Forward,
    cut_short,
    is_packed,
    members_of,
    refuse_damaged,
)
from updown_cli.stores.write_error import write_error

# A window of a stream ends with the sample that makes it so large, in members or bytes.
MOST_MEMBERS, MOST_BYTES = 4096, 1 << 28

COPIED = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of a shard: a file with its place, a folder without, or what is refused.

    One that is yet to be a member is the file of a `path`.
    """

    name: str
    place: Place | None = None
    refusal: InputError | None = None
    path: str | None = None

    @property
    def key(self) -> str:
        """What the members of one sample share."""
        return sample_key(self.name)


def sample_key(name: str) -> str:
    """Return the name of a member up to the first dot of its last part, which its sample shares."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, base.partition(".")[0])


def entry_of(source: Source) -> Entry:
    """Return a file that is to be a member, under the name that it has below its folder."""
    path, name = source.path, source.relative.replace(os.sep, "/")
    status = status_of(path)
    try:
        if status is None or status.kind != "file" or not has_picture_name(path):
            open_regular(path, whole=False).close()  # what cannot be read is refused
    except InputError as error:
        return Entry(name, refusal=error, path=path)
    return Entry(name, Place(path, 0, (status and status.size) or 0), path=path)


def names_in(shard: str) -> list[str]:
    """Return the names of a shard's members, folders as well; raise InputError."""
    with open_regular(shard, whole=False) as file:
        packed = is_packed(file)
        stream = Forward(cast(BinaryIO, gzip.GzipFile(fileobj=file))) if packed else file
        return [info.name for info in members_of(cast(BinaryIO, stream))]


class Window(NamedTuple):
    """Some members, one after the other; the bytes of those of a stream are in a file."""

    entries: list[Entry]
    file: str | None = None


@dataclass(frozen=True)
class Shard:
    """A shard that is read; `damage` is what is wrong with one of which what is whole is taken."""

    path: str
    reading: Reading = field(default_factory=Reading)
    damage: list[InputError] = field(default_factory=list)

    def _damaged(self, error: InputError) -> None:
        """Note that it is cut short, once, or refuse it."""
        if not self.reading.accept_damaged:
            refuse_damaged(error)
        if not self.damage:
            self.damage.append(error)

    def warnings(self, name: str) -> list[str]:
        """Return what is to be told of it once all is read, under the name that it has."""
        return [f"{name}: {error.reason}, the rest is left out" for error in self.damage]

    @property
    def is_stream(self) -> bool:
        """Whether it is read once from its beginning to its end."""
        if self.path == STDIN or is_compressed(self.path) or not store_of(self.path).is_near:
            return True
        try:
            with open_regular(self.path, whole=False) as file:
                return is_packed(file)
        except InputError:  # whoever reads it tells why
            return False

    def windows(self, prefix: str) -> Iterator[Window]:
        """Yield the members, some at a time; those of a stream lie in files for a while.

        The names of these begin with a prefix; whoever gets a window removes its file. Raises
        InputError for a shard that cannot be read.
        """
        if not self.is_stream:
            with open_regular(self.path, whole=False) as file:
                yield Window([*self._indexed(file)])
            return
        if self.path == STDIN:
            yield from self._spooled(sys.stdin.buffer, prefix)
            return
        with open_regular(self.path, whole=False) as file:
            yield from self._spooled(file, prefix)

    def _indexed(self, file: BinaryIO) -> Iterator[Entry]:
        seen: set[str] = set()
        for info in members_of(file, self._damaged):
            yield _entry(info, Place(self.path, info.offset_data, info.size), seen)

    def _spooled(self, file: BinaryIO, prefix: str) -> Iterator[Window]:
        """Yield windows of a stream."""
        packed = is_packed(file)
        forward = Forward(cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file)
        stream = cast(BinaryIO, forward)
        seen: set[str] = set()
        spools = (Spool(f"{prefix}-window-{number}") for number in count())
        spool = next(spools)
        try:
            whole = 0
            for info in members_of(stream, self._damaged):
                refusal = self._too_large(info, file) if packed else None
                entry = _entry(info, spool.place(info.size), seen, refusal)
                if spool.is_full and entry.key != spool.entries[-1].key:
                    yield spool.finish()
                    spool = next(spools)
                    entry = replace(entry, place=entry.place and spool.place(info.size))
                if entry.place is not None and not spool.take(stream, info.size):
                    self._damaged(cut_short(whole))
                    break
                whole += 1
                spool.entries.append(entry)
            while stream.read(COPIED):  # what comes after the end is read, so that it is checked
                pass
            if forward.is_broken:
                self._damaged(cut_short(whole))
        except BaseException:
            spool.remove()
            raise
        yield spool.finish()

    def _too_large(self, info: tarfile.TarInfo, file: BinaryIO) -> InputError | None:
        """Return the refusal of a member that would fill a disk out of a small file."""
        try:
            check_unpacked(info.size, file, self.reading)
        except InputError as error:
            return error
        return None


class Spool:
    """A file in which the members of a window of a stream lie one after the other."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.file = open(path, "wb")  # noqa: SIM115
        self.entries: list[Entry] = []

    @property
    def is_full(self) -> bool:
        """Whether the sample that comes next goes into another."""
        return len(self.entries) >= MOST_MEMBERS or self.file.tell() >= MOST_BYTES

    def place(self, size: int) -> Place:
        """Return where the next bytes will be."""
        return Place(self.path, self.file.tell(), size)

    def take(self, stream: BinaryIO, size: int) -> bool:
        """Copy so many bytes, and return whether they came; raise SurroundingsError."""
        while size and (data := stream.read(min(size, COPIED))):
            size -= len(data)
            with self._told():
                self.file.write(data)
        return size == 0

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say where there is no room: in the folder beside the hidden one of the file."""
        try:
            yield
        except OSError as error:
            folder = os.path.dirname(os.path.dirname(self.path))
            raise write_error(error, folder) from None

    def finish(self) -> Window:
        """Return the window, without a file if it has no members; raise SurroundingsError."""
        with self._told():
            self.file.close()
        if self.entries:
            return Window(self.entries, self.path)
        self.remove()
        return Window([])

    def remove(self) -> None:
        """Remove the file, even if what waits for it has no room."""
        with contextlib.suppress(OSError):
            self.file.close()
        os.unlink(self.path)


def _entry(
    info: tarfile.TarInfo, place: Place, seen: set[str], refusal: InputError | None = None
) -> Entry:
    """Return a member, or its refusal: nothing may lead out of a shard, or be there twice."""
    refusal = _refusal(info, seen) or refusal
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
    if not info.isdir() and all(part in ("", ".") for part in parts):
        return InputError("its name is none of a file", code="unsafe_name")
    if info.name in seen:
        return InputError("is the second member of this name", code="duplicate")
    return None
