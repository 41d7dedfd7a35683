"""Files that URLs lead to, by fsspec (extra `remote`): buckets, servers, archives, memory.

Objects appear whole: a small one by one request, a large one in parts of which the last makes it
appear. Where many names of a folder are asked for, it is listed once.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

from updown_cli.errors import UsageError, shortened
from updown_cli.stores.draft import Draft, Undo
from updown_cli.stores.file_systems import file_system
from updown_cli.stores.remote_entries import as_on_a_disk, below_folder, is_hidden, status_of_entry
from updown_cli.stores.remote_error import hope_again, remote_error, told, tried
from updown_cli.stores.remote_file import RemoteFile
from updown_cli.stores.remote_reading import IN_MEMORY, fetched, held, opened
from updown_cli.stores.spelling import folder_of, joined, last_name, normal, scheme_of
from updown_cli.stores.store import Found, Status, Store

# Names of a folder that are asked for one by one; who asks for more gets a list of all.
FEW = 3

# Files that are fetched while others are worked on.
AT_ONCE = 8

# Schemes from which files can only be read.
READ_ONLY = ("http", "https", "zip")

# What is in the memory of one process.
IN_PROCESS = "memory"


# What is kept of a name of which nothing is.
_UNKNOWN = Status("other")


class Remote(Store):
    """All that has a URL."""

    is_near = False

    def __init__(self) -> None:
        self._known: dict[str, Status | None] = {}
        self._listed: set[str] = set()
        self._asked: Counter[str] = Counter()
        self._folders_asked: Counter[str] = Counter()
        self._expected: dict[str, Future[bytes]] = {}
        self._fetchers: ThreadPoolExecutor | None = None

    def is_shared(self, name: str) -> bool:
        """Whether other processes see the same file."""
        return scheme_of(name) != IN_PROCESS

    def forget_all(self) -> None:
        """Forget what was there: others may have written or removed files since."""
        for fs in {file_system(folder)[0] for folder in tuple(self._listed)}:
            fs.invalidate_cache()
        hope_again()
        self._known.clear()
        self._listed.clear()
        self._asked.clear()
        self._folders_asked.clear()
        self._expected.clear()

    def status(self, name: str) -> Status | None:
        """Return what a URL leads to; None of what is not there, or may not be asked for."""
        name = normal(name)
        if (known := self._known.get(name, _UNKNOWN)) is not _UNKNOWN:
            return known
        folder = folder_of(name)
        if not self._is_known(folder):
            self._asked[folder] += 1
            if self._asked[folder] <= FEW or not self._list(folder):
                return self._ask(name)
        return self._known.get(name)

    def _is_known(self, folder: str) -> bool:
        """Whether all is known that is in a folder: it was listed, or is not where it would be.

        One that holds many folders which are asked for is listed as well.
        """
        if folder in self._listed:
            return True
        if (above := folder_of(folder)) == folder:
            return False
        if folder not in self._asked:
            self._folders_asked[above] += 1
            if self._folders_asked[above] == FEW + 1:
                self._list(above)
        if self._is_known(above) and folder not in self._known:
            self._listed.add(folder)
        return folder in self._listed

    def own_status(self, name: str) -> Status | None:
        """Return what a URL leads to: there are no links."""
        return self.status(name)

    def identity(self, name: str) -> Hashable:
        """Return the name, of which nothing is asked: there are no links."""
        return normal(name)

    def note(self, name: str, size: int | None) -> None:
        """Remember that a file is there, or that it is gone."""
        name = normal(name)
        self._known[name] = None if size is None else Status("file", size, identity=name)

    def _ask(self, name: str) -> Status | None:
        try:
            fs, path = file_system(name)
            return status_of_entry(name, tried(name, fs.info, path))
        except UsageError:
            raise
        except Exception:  # whoever opens it tells why
            return None

    def _list(self, folder: str) -> bool:
        """Remember what is in a folder, and return whether that is known."""
        try:
            fs, path = file_system(folder)
            entries = tried(folder, fs.ls, path, detail=True)
        except FileNotFoundError:
            entries = []
        except Exception:
            return False
        self._listed.add(folder)
        for name, entry in below_folder(folder, path, entries):
            self._known[name] = status_of_entry(name, entry)
        return True

    def open(self, name: str, *, whole: bool) -> BinaryIO:
        """Open a file for reading; a small one is fetched at once, a large one if it is wanted."""
        if (expected := self._expected.pop(name, None)) is not None:
            with told("read"):
                return held(expected.result())
        return opened(name, self._known.get(normal(name)), whole=whole)

    def expect(self, names: Iterable[str]) -> None:
        """Fetch small files that will be opened soon, while others are worked on."""
        for name in names:
            status = self._known.get(normal(name))
            if status is None or (status.size or IN_MEMORY) > IN_MEMORY // AT_ONCE:
                continue
            if name not in self._expected and len(self._expected) < AT_ONCE:
                if self._fetchers is None:
                    self._fetchers = ThreadPoolExecutor(AT_ONCE)
                self._expected[name] = self._fetchers.submit(fetched, name, status)

    def walk(self, folder: str, *, recurse: bool, leave_out: str | None) -> Iterator[Found]:
        """Yield the files below a folder in the order of a disk: files first, then folders."""
        try:
            fs, path = file_system(folder)
            listed = tried(folder, fs.find if recurse else fs.ls, path, detail=True)
        except UsageError:
            raise
        except Exception as error:
            yield Found(folder, remote_error(error))
            return
        entries = listed.values() if isinstance(listed, dict) else listed
        del listed
        within, without = normal(folder), leave_out and joined(leave_out, "")
        found, folders = [], {within}
        for name, entry in below_folder(folder, path, entries):
            self._known[name] = status = status_of_entry(name, entry)
            if status.kind == "file" and not is_hidden(name, within, without):
                found.append(name)
            if recurse:
                folders.add(folder_of(name))
        del entries
        if scheme_of(folder) not in READ_ONLY:  # a page lists what it likes
            self._note_listed(folders, within)
        fs.invalidate_cache()  # what is known is kept here, a fifth as large
        found.sort(key=as_on_a_disk)
        yield from map(Found, found)

    def _note_listed(self, folders: Iterable[str], top: str) -> None:
        """Remember that all is known of folders, and of those between them and the top one."""
        for folder in folders:
            while folder not in self._listed and len(folder) >= len(top):
                self._listed.add(folder)
                self._known[folder] = Status("folder", identity=folder)
                folder = folder_of(folder)

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
        with told("written"), contextlib.suppress(FileNotFoundError):
            tried(name, fs.rm_file, path)
        self.note(name, None)
        return None

    def check_folder(self, name: str) -> None:
        """Raise UsageError for a file where none can be written."""
        if scheme_of(name) in READ_ONLY:
            hint = "name a place that can be written to"
            raise UsageError("can only be read", subject=shortened(name), hint=hint)
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
