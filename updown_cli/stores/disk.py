"""The disks of this machine."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from updown_cli.errors import InputError, SurroundingsError
from updown_cli.stores.draft import Draft, Undo
from updown_cli.stores.hidden_files import HiddenFile, remove_stale, remove_temporaries_of
from updown_cli.stores.part_file import PartFile, is_part
from updown_cli.stores.read_error import read_error
from updown_cli.stores.spelling import local_path
from updown_cli.stores.store import Found, Kind, Status, Store
from updown_cli.stores.write_error import write_error

# Bytes that are read at a time of a file: a small one whole, and none is asked what it is.
BUFFER = 1 << 14


class Disk(Store):
    """Files and folders as the system has them."""

    def status(self, name: str) -> Status | None:
        """Return what a name leads to, through links; None if that cannot be told."""
        try:
            return _status(os.stat(local_path(name)))
        except (OSError, ValueError):
            return None

    def own_status(self, name: str) -> Status | None:
        """Return what a name itself is, be it a link that leads nowhere; None of a free one."""
        try:
            return _status(os.lstat(local_path(name)))
        except (OSError, ValueError):
            return None

    def open(self, name: str, *, whole: bool) -> BinaryIO:
        """Open a regular file for reading; never wait for a pipe or touch a device."""
        path = local_path(name)
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            if os.path.islink(path) and error.errno == errno.ENOENT:
                raise InputError("link that leads nowhere", code="missing") from None
            raise read_error(error) from None
        except ValueError:  # no name of a file: it holds NUL, or what this system cannot spell
            raise read_error(OSError(errno.ENOENT, "")) from None
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISREG(mode):
            return os.fdopen(descriptor, "rb", BUFFER)
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise read_error(OSError(errno.EISDIR, ""))
        raise InputError("not a regular file", code="not_regular")

    def walk(self, folder: str, *, recurse: bool, leave_out: str | None) -> Iterator[Found]:
        """Yield the files below a folder in order: no hidden ones, no link followed twice.

        Folders that cannot be entered come last.
        """
        folder = local_path(folder)
        seen, closed = {os.path.realpath(folder)}, list[OSError]()
        for where, folders, files in os.walk(folder, followlinks=True, onerror=closed.append):
            below = []
            for name in sorted(folders) if recurse else ():
                real = os.path.realpath(os.path.join(where, name))
                if not name.startswith(".") and real != leave_out and real not in seen:
                    seen.add(real)
                    below.append(name)
            folders[:] = below
            if os.path.realpath(where) != leave_out or where == folder:
                for name in sorted(files):
                    if not name.startswith("."):
                        yield Found(os.path.join(where, name))
        for error in closed:
            yield Found(os.path.normpath(error.filename), read_error(error))

    def holds_folders(self, folder: str) -> bool:
        """Whether there are folders in a folder that may be looked into."""
        try:
            with os.scandir(local_path(folder)) as entries:
                return any(entry.is_dir() and not entry.name.startswith(".") for entry in entries)
        except OSError:
            return False

    def key(self, name: str) -> str:
        """Return one key for all names that some file system takes for the same."""
        folder, last = os.path.split(os.path.abspath(local_path(name)))
        return unicodedata.normalize("NFC", os.path.join(_real_folder(folder), last)).casefold()

    def path_beside(self, name: str) -> str:
        """Return the path that a name means."""
        return local_path(name)

    def draft(self, name: str) -> Draft:
        """Return a file that is to have a name."""
        path = local_path(name)
        return PartFile(path) if is_part(path) else HiddenFile(path)

    def put_aside(self, name: str) -> tuple[Draft, Undo] | None:
        """Take a file its name for the time being; None if nobody has it."""
        hidden = HiddenFile(local_path(name))
        try:
            return hidden, hidden.hide(local_path(name))
        except OSError as error:
            hidden.remove()
            if isinstance(error, FileNotFoundError):
                return None
            raise

    def check_folder(self, name: str) -> None:
        """Raise SurroundingsError for a file in a folder that is not there."""
        folder = os.path.dirname(local_path(name)) or "."
        if not os.path.isdir(folder):
            exists = os.path.lexists(folder)
            raise write_error(OSError(errno.ENOTDIR if exists else errno.ENOENT, ""), name)

    def make_folder(self, folder: str) -> None:
        """Make a folder and those above it; raise SurroundingsError."""
        if os.path.isdir(local_path(folder)):
            return  # of a thousand results all but one find it there
        try:
            os.makedirs(local_path(folder), exist_ok=True)
        except FileExistsError:
            raise SurroundingsError("is a file, not a folder", subject=folder) from None
        except OSError as error:
            raise write_error(error, folder) from None

    def missing_folders(self, folder: str) -> list[str]:
        """Return a folder and those above it, as far as they are not there."""
        folder, missing = local_path(folder), []
        while folder and not os.path.lexists(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        return missing

    def remove_folder(self, folder: str) -> None:
        """Remove a folder if it is empty."""
        os.rmdir(local_path(folder))

    def remove_stale(self, folder: str) -> None:
        """Remove what runs left unfinished in a folder that are dead for certain."""
        remove_stale(local_path(folder))

    def remove_temporaries_of(self, pid: int, folder: str) -> None:
        """Remove what a process that was ended here left unfinished in a folder."""
        remove_temporaries_of(pid, local_path(folder))


def _status(state: os.stat_result) -> Status:
    return Status(
        _kind(state.st_mode),
        state.st_size,
        state.st_mtime_ns,
        state.st_ctime_ns,
        (state.st_dev, state.st_ino),
    )


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


@lru_cache(maxsize=64)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)
