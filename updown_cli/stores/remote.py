"""Files that URLs lead to, by fsspec (extra `remote`): buckets, servers, archives, memory.

Objects appear whole: a small one by one request, a large one in parts of which the last makes it
appear. Where many names of a folder are asked for, it is listed once.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

from updown_cli.errors import InputError, UpdownError, UsageError, shortened
from updown_cli.stores.draft import Draft, Undo
from updown_cli.stores.file_systems import file_system
from updown_cli.stores.remote_error import remote_error, tried
from updown_cli.stores.remote_file import RemoteFile
from updown_cli.stores.spelling import folder_of, joined, last_name, normal, scheme_of
from updown_cli.stores.store import Found, Kind, Status, Store
from updown_cli.stores.write_error import write_error

# Bytes of a file that is held in memory; larger ones come to a disk.
IN_MEMORY = 1 << 26

# Bytes that are copied at a time.
BLOCK = 1 << 22

# Names of a folder that are asked for one by one; who asks for more gets a list of all.
FEW = 3

# Files that are fetched while others are worked on.
AT_ONCE = 8

# Schemes from which files can only be read.
READ_ONLY = ("http", "https", "zip")

# What is in the memory of one process.
IN_PROCESS = "memory"


class Remote(Store):
    """All that has a URL."""

    is_near = False

    def __init__(self) -> None:
        self._known: dict[str, Status | None] = {}
        self._listed: set[str] = set()
        self._asked: Counter[str] = Counter()
        self._expected: dict[str, Future[bytes]] = {}
        self._fetchers: ThreadPoolExecutor | None = None

    def is_shared(self, name: str) -> bool:
        """Whether other processes see the same file."""
        return scheme_of(name) != IN_PROCESS

    def status(self, name: str) -> Status | None:
        """Return what a URL leads to; None of what is not there, or may not be asked for."""
        name = normal(name)
        if name in self._known:
            return self._known[name]
        folder = folder_of(name)
        if folder not in self._listed:
            self._asked[folder] += 1
            if self._asked[folder] <= FEW or not self._list(folder):
                return self._ask(name)
        return self._known.get(name)

    def own_status(self, name: str) -> Status | None:
        """Return what a URL leads to: there are no links."""
        return self.status(name)

    def note(self, name: str, size: int | None) -> None:
        """Remember that a file is there, or that it is gone."""
        name = normal(name)
        self._known[name] = None if size is None else Status("file", size, identity=name)

    def _ask(self, name: str) -> Status | None:
        try:
            fs, path = file_system(name)
            return _status(name, tried(fs.info, path))
        except UsageError:
            raise
        except Exception:  # whoever opens it tells why
            return None

    def _list(self, folder: str) -> bool:
        """Remember what is in a folder, and return whether that is known."""
        try:
            fs, path = file_system(folder)
            entries = tried(fs.ls, path, detail=True)
        except FileNotFoundError:
            entries = []
        except Exception:
            return False
        self._listed.add(folder)
        for name, entry in _named(folder, path, entries):
            self._known[name] = _status(name, entry)
        return True

    def open(self, name: str, *, whole: bool) -> BinaryIO:
        """Open a file for reading; a small one is fetched at once, a large one if it is wanted."""
        if (expected := self._expected.pop(name, None)) is not None:
            with _told_reading():
                return _held(expected.result())
        with _told_reading():
            fs, path = file_system(name)
            entry = tried(fs.info, path)
            if entry["type"] == "directory":
                raise InputError("is a folder", code="not_regular")
            size = entry.get("size")
            if size is not None and size <= IN_MEMORY:
                return _held(tried(fs.cat_file, path))
            if size is not None and not whole:
                return io.BufferedReader(_Told(fs.open(path, "rb")))
            return tried(_fetched, fs, path)

    def expect(self, names: Iterable[str]) -> None:
        """Fetch small files that will be opened soon, while others are worked on."""
        for name in names:
            status = self._known.get(normal(name))
            small = status is not None and (status.size or IN_MEMORY) <= IN_MEMORY // AT_ONCE
            if small and name not in self._expected and len(self._expected) < AT_ONCE:
                if self._fetchers is None:
                    self._fetchers = ThreadPoolExecutor(AT_ONCE)
                self._expected[name] = self._fetchers.submit(_cat, name)

    def walk(self, folder: str, *, recurse: bool, leave_out: str | None) -> Iterator[Found]:
        """Yield the files below a folder in the order of a disk: files first, then folders."""
        try:
            fs, path = file_system(folder)
            listed = tried(fs.find if recurse else fs.ls, path, detail=True)
        except UsageError:
            raise
        except Exception as error:
            yield Found(folder, remote_error(error))
            return
        entries = listed.values() if isinstance(listed, dict) else listed
        found = []
        for name, entry in _named(folder, path, entries):
            status = _status(name, entry)
            if status.kind == "file" and not _is_hidden(name, folder, leave_out):
                self._known[name] = status
                found.append(name)
        yield from map(Found, sorted(found, key=_as_on_a_disk))

    def holds_folders(self, folder: str) -> bool:
        """Whether there are folders in a folder."""
        try:
            fs, path = file_system(folder)
            return any(entry["type"] == "directory" for entry in fs.ls(path, detail=True))
        except Exception:
            return False

    def key(self, name: str) -> str:
        """Return the name: of URLs every letter counts."""
        return normal(name)

    def path_beside(self, name: str) -> str:
        """Return a path where files may lie for a while."""
        return os.path.join(tempfile.gettempdir(), last_name(name))

    def draft(self, name: str) -> Draft:
        """Return a file that is to have a name."""
        return RemoteFile(self)

    def put_aside(self, name: str) -> tuple[Draft, Undo] | None:
        """Remove a file, which cannot be had back: a set without it is made again."""
        fs, path = file_system(name)
        with _told_writing(), contextlib.suppress(FileNotFoundError):
            tried(fs.rm_file, path)
        self.note(name, None)
        return None

    def check_folder(self, name: str) -> None:
        """Raise UsageError for a file where none can be written."""
        if scheme_of(name) in READ_ONLY:
            raise UsageError("can only be read", subject=shortened(name), hint="choose another -o")
        file_system(name)

    def make_folder(self, folder: str) -> None:
        """Make sure that files can be written there; folders come with them."""
        self.check_folder(folder)

    def missing_folders(self, folder: str) -> list[str]:
        """Return nothing: folders come with their files and go with them."""
        return []

    def remove_folder(self, folder: str) -> None:
        """Do nothing."""

    def remove_stale(self, folder: str) -> None:
        """Do nothing: what is not whole is not there."""

    def remove_temporaries_of(self, pid: int, folder: str) -> None:
        """Do nothing: what is not whole is not there."""


class _Told(io.RawIOBase):
    """A file of fsspec whose errors are told in words of our own."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        return int(self._file.seek(place, whence))

    def readinto(self, room: Any) -> int:
        with _told_reading():
            data = self._file.read(len(room))
        room[: len(data)] = data
        return len(data)


@contextlib.contextmanager
def _told_reading() -> Iterator[None]:
    with _told("read"):
        yield


@contextlib.contextmanager
def _told_writing() -> Iterator[None]:
    with _told("written"):
        yield


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Raise InputError for what a library says."""
    try:
        yield
    except UpdownError:
        raise
    except Exception as error:
        raise remote_error(error, what) from None


def _held(data: bytes) -> BinaryIO:
    """Return an open file of these bytes, which readers may close before what they read is used."""
    return io.BufferedReader(io.BytesIO(data))


def _cat(name: str) -> bytes:
    fs, path = file_system(name)
    data: bytes = tried(fs.cat_file, path)
    return data


def _fetched(fs: Any, path: str) -> BinaryIO:
    """Return a file without a name on a disk, with what is at a path."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    with fs.open(path, "rb") as source:
        while block := source.read(BLOCK):
            try:
                file.write(block)
            except OSError as error:
                raise write_error(error, tempfile.gettempdir()) from None
    file.seek(0)
    return file


def _named(folder: str, path: str, entries: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Yield (URL, entry) of what is below a folder."""
    root = path.rstrip("/")
    for entry in entries:
        below = entry["name"].removeprefix(root).lstrip("/")
        if below:
            yield normal(joined(folder, below)), entry


def _status(name: str, entry: Any) -> Status:
    is_folder = entry["type"] == "directory" or entry["name"].endswith("/")
    kind: Kind = "folder" if is_folder else "file"
    when: Any = next((entry[key] for key in TIMES if entry.get(key)), None)
    modified = int(when.timestamp() * 1e9) if hasattr(when, "timestamp") else None
    return Status(kind, entry.get("size"), modified, None, name)


# What libraries call the time of the last change.
TIMES = ("LastModified", "last_modified", "mtime", "updated", "created")


def _is_hidden(name: str, folder: str, leave_out: str | None) -> bool:
    """Whether a part of a name below a folder begins with a dot, or it is to be left out."""
    below = name.removeprefix(normal(folder))
    hidden = any(part.startswith(".") for part in below.split("/") if part)
    return hidden or (leave_out is not None and name.startswith(joined(leave_out, "")))


def _as_on_a_disk(name: str) -> list[tuple[bool, str]]:
    *folders, last = name.split("/")
    return [*((True, folder) for folder in folders), (False, last)]
