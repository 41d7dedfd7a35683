"""Members of tar shards as files that can be read, each in its place, by any process."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from typing import Any, BinaryIO, NamedTuple, NoReturn

from updown_cli.errors import InputError, UsageError
from updown_cli.stores.draft import Draft, Undo
from updown_cli.stores.store import Found, Status, Store
from updown_cli.stores.tar_names import is_compressed, split_shard
from updown_cli.stores.tar_reading import is_packed, members_of

# Bytes of a member that is read at once.
IN_MEMORY = 1 << 26


class Place(NamedTuple):
    """Where the bytes of a member are."""

    file: str
    offset: int
    size: int


class TarMembers(Store):
    """All that is called `SHARD.tar::MEMBER`; written are shards alone, as files."""

    def __init__(self) -> None:
        self._shards: dict[Hashable, Mapping[str, Place]] = {}
        self._placed: dict[str, Place] = {}

    @contextlib.contextmanager
    def placed(self, name: str, place: Place) -> Iterator[None]:
        """Know where a member is, whose shard need not be looked through then."""
        self._placed[name] = place
        try:
            yield
        finally:
            del self._placed[name]

    def forget_all(self) -> None:
        """Forget where members of all shards are."""
        self._shards.clear()

    def status(self, name: str) -> Status | None:
        """Return what is known of a member; None if there is none of this name."""
        from updown_cli.stores.names import status_of

        try:
            size = self._place(name).size
        except (InputError, OSError):
            return None
        shard = status_of((split_shard(name) or (name, ""))[0])
        modified, changed = (shard.modified, shard.changed) if shard else (None, None)
        return Status("file", size, modified, changed, identity=name)

    def own_status(self, name: str) -> Status | None:
        """Return what is known of a member: there are no links."""
        return self.status(name)

    def open(self, name: str, *, whole: bool) -> BinaryIO:
        """Open a member for reading: a small one is read at once. Raises InputError."""
        from updown_cli.stores.names import open_regular

        place = self._place(name)
        file = open_regular(place.file, whole=False)
        part = io.BufferedReader(_Part(file, place))
        if place.size > IN_MEMORY:
            return part
        with part:
            return io.BufferedReader(io.BytesIO(part.read()))

    def _place(self, name: str) -> Place:
        if (place := self._placed.get(name)) is not None:
            return place
        from updown_cli.stores.names import status_of

        shard, member = split_shard(name) or (name, "")
        status = status_of(shard)
        key = shard, status and status.stamp  # a shard may be another by now
        if key not in self._shards:
            self._shards[key] = _places(shard)
        try:
            return self._shards[key][member]
        except KeyError:
            raise InputError("no such member", code="missing") from None

    def walk(self, folder: str, *, recurse: bool, leave_out: str | None) -> Iterator[Found]:
        """Yield nothing: a member is no folder."""
        return iter(())

    def holds_folders(self, folder: str) -> bool:
        """Whether there are folders in a member: no."""
        return False

    def key(self, name: str) -> str:
        """Return the name: every letter counts."""
        return name

    def path_beside(self, name: str) -> str:
        """Return a path beside the shard."""
        from updown_cli.stores.names import store_of

        shard = (split_shard(name) or (name, ""))[0]
        return store_of(shard).path_beside(shard)

    def draft(self, name: str) -> Draft:
        """Raise UsageError: shards are written whole."""
        _refuse(name)

    def put_aside(self, name: str) -> tuple[Draft, Undo] | None:
        """Raise UsageError: shards are written whole."""
        _refuse(name)

    def check_folder(self, name: str) -> None:
        """Raise UsageError: shards are written whole."""
        _refuse(name)

    def make_folder(self, folder: str) -> None:
        """Raise UsageError: shards are written whole."""
        _refuse(folder)

    def missing_folders(self, folder: str) -> list[str]:
        """Return nothing: there are no folders."""
        return []

    def remove_folder(self, folder: str) -> None:
        """Do nothing."""

    def remove_stale(self, folder: str) -> None:
        """Do nothing: nothing is written here."""

    def remove_temporaries_of(self, pid: int, folder: str) -> None:
        """Do nothing: nothing is written here."""


@cache
def tar_members() -> TarMembers:
    """Return the one place of all members."""
    return TarMembers()


def _places(shard: str) -> dict[str, Place]:
    """Return where the members of a shard are; raise InputError."""
    from updown_cli.stores.names import open_regular

    with open_regular(shard, whole=False) as file:
        if is_compressed(shard) or is_packed(file):
            hint = "name the shard, or unpack it first"
            raise InputError("is within a compressed file", hint=hint, code="unsupported")
        regular = (info for info in members_of(file) if info.isreg() and not info.issparse())
        return {info.name: Place(shard, info.offset_data, info.size) for info in regular}


def _refuse(name: str) -> NoReturn:
    hint = "-o gives the result a file; the shard, named alone, takes all results"
    raise UsageError("cannot be written alone", subject=name, hint=hint)


class _Part(io.RawIOBase):
    """A part of an open file."""

    def __init__(self, file: BinaryIO, place: Place) -> None:
        self._file, self._place, self._at = file, place, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        base = (0, self._at, self._place.size)[whence]
        self._at = max(base + place, 0)
        return self._at

    def readinto(self, room: Any) -> int:
        count = max(min(len(room), self._place.size - self._at), 0)
        self._file.seek(self._place.offset + self._at)
        data = self._file.read(count)
        room[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
