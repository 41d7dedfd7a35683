"""Files under hidden names, until they get their own; what dead runs left of them is removed."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from io import BufferedWriter
from typing import BinaryIO

from updown_cli.files.replaceable import status_of

#: A file in parts, one after the other.
Parts = tuple[bytes | memoryview, ...]

#: What a file is to hold: bytes, or whatever writes them.
Content = bytes | Parts | Callable[[BinaryIO], None]

# Hidden names: the prefix, the process that writes, a random part, the suffix.
PREFIX, SUFFIX = ".updown-", ".part"

_unfinished: set[str] = set()


class HiddenFile:
    """A name beside `path` that nobody has, and the file that it may become."""

    def __init__(self, path: str) -> None:
        name = f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
        self.path = os.path.join(os.path.dirname(path), name)
        self.file: BufferedWriter | None = None
        _unfinished.add(self.path)

    def write(self, content: Content) -> None:
        """Make the file."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        self.file = os.fdopen(os.open(self.path, flags, 0o666), "wb")
        if callable(content):
            content(self.file)
        else:
            for part in (content,) if isinstance(content, bytes) else content:
                self.file.write(part)
        self.file.flush()

    def flush(self) -> None:
        """Let the system bring the file to its disk."""
        assert self.file is not None
        os.fsync(self.file.fileno())

    def take_rights(self, path: str) -> None:
        """Belong to whom another file belongs, if there is one, and be for whom it is."""
        like = status_of(path)
        if like is None or self.file is None or not stat.S_ISREG(like.st_mode):
            return
        own = os.fstat(self.file.fileno())
        if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
            with contextlib.suppress(OSError):  # only root may give files away
                os.fchown(self.file.fileno(), like.st_uid, like.st_gid)
        with contextlib.suppress(OSError):  # file systems without rights
            os.fchmod(self.file.fileno(), like.st_mode & 0o777)

    def remove(self) -> None:
        """Close the file; remove it unless it has got a name."""
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()
        _unlink(self.path)
        _unfinished.discard(self.path)


def remove_unfinished() -> None:
    """Remove what this process is writing."""
    for path in list(_unfinished):
        _unlink(path)


def remove_temporaries_of(pid: int, folder: str) -> None:
    """Remove what a process that was ended left unfinished."""
    for path, owner in _temporaries(folder):
        if owner == pid:
            _unlink(path)


def remove_stale(folder: str) -> None:
    """Remove what runs that are dead left unfinished."""
    for path, owner in _temporaries(folder):
        if not _is_alive(owner):
            _unlink(path)


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _temporaries(folder: str) -> list[tuple[str, int]]:
    """Return (path, process) of the temporary files in a folder."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.startswith(PREFIX)]
    except OSError:
        return []
    owners = ((name, name.removeprefix(PREFIX).partition("-")[0]) for name in names)
    return [
        (os.path.join(folder, name), int(owner))
        for name, owner in owners
        if owner.isdecimal() and name.endswith(SUFFIX)
    ]


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except (OSError, IndexError):
        return True
