"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from itertools import chain

from updown_cli.errors import SurroundingsError

# What file systems without hard links say.
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)

# Temporary files: the prefix, the process that writes, a random part, the suffix.
PREFIX, SUFFIX = ".updown-", ".part"

#: A file in parts, one after the other.
Parts = tuple[bytes | memoryview, ...]

_unfinished: set[str] = set()

WRITE_ERRORS = {
    errno.EACCES: ("permission denied", "no_permission"),
    errno.EPERM: ("permission denied", "no_permission"),
    errno.EROFS: ("read-only file system", "no_permission"),
    errno.ENOENT: ("no such folder", "missing"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "missing"),
    errno.EISDIR: ("is a folder", "write_failed"),
    errno.ENAMETOOLONG: ("file name too long", "write_failed"),
    errno.ENOSPC: ("no space left on device", "no_space"),
    errno.EDQUOT: ("disk quota exceeded", "no_space"),
    errno.EFBIG: ("file too large for its file system", "no_space"),
}


def write_error(error: OSError, path: str) -> SurroundingsError:
    """Return an operating system's refusal to write as a sentence of our own."""
    reason, code = WRITE_ERRORS.get(error.errno or 0, ("cannot be written", "write_failed"))
    return SurroundingsError(reason, subject=path, code=code)


def save(path: str, data: bytes | Parts) -> None:
    """Write a file under a temporary name beside it, flush it, and rename it.

    Raises SurroundingsError; an existing file stays as it was then.
    """
    with _written(path, data) as temporary:
        os.replace(temporary, path)


def save_new(names: Iterable[str], data: bytes | Parts) -> str | None:
    """Write a file under the first of these names that nobody has; None if all are taken.

    Whoever else writes into the folder, no file is replaced. Raises SurroundingsError.
    """
    names = iter(names)
    first = next(names)
    with _written(first, data) as temporary:
        for name in chain([first], names):
            if _claimed(temporary, name):
                return name
    return None


def _claimed(temporary: str, name: str) -> bool:
    """Give a file this name if it is free."""
    try:
        os.link(temporary, name)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS or os.path.lexists(name):
            raise
        os.replace(temporary, name)  # a file system without links: look, then rename
    return True


@contextlib.contextmanager
def _written(path: str, data: bytes | Parts) -> Iterator[str]:
    """Give the name of a flushed temporary file beside a path; remove it if it is still there."""
    temporary = os.path.join(
        os.path.dirname(path), f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
    )
    _unfinished.add(temporary)
    try:
        _write_new(temporary, data)
        yield temporary
    except OSError as error:
        raise write_error(error, path) from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        _unfinished.discard(temporary)


def abandon() -> None:
    """Remove what this process is writing, because it must end now."""
    for path in list(_unfinished):
        with contextlib.suppress(OSError):
            os.unlink(path)


def _write_new(path: str, data: bytes | Parts) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        for part in (data,) if isinstance(data, bytes) else data:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def check_folder(path: str) -> None:
    """Raise SurroundingsError for a file in a folder that is not there."""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        exists = os.path.lexists(folder)
        raise write_error(OSError(errno.ENOTDIR if exists else errno.ENOENT, ""), path)


def make_folder(path: str) -> None:
    """Make a folder and those above it."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        raise SurroundingsError("is a file, not a folder", subject=path) from None
    except OSError as error:
        raise write_error(error, path) from None


def remove_temporaries_of(pid: int, folder: str) -> None:
    """Remove what a process that was ended left unfinished."""
    for path, owner in _temporaries(folder):
        if owner == pid:
            with contextlib.suppress(OSError):
                os.unlink(path)


def remove_stale(folder: str) -> None:
    """Remove what runs that are dead left unfinished."""
    for path, owner in _temporaries(folder):
        if not _is_alive(owner):
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
