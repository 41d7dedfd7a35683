"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os

from updown_cli.errors import SurroundingsError

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


def save(path: str, data: bytes) -> None:
    """Write a file under a temporary name beside it, flush it, and rename it.

    Raises SurroundingsError; an existing file stays as it was then.
    """
    folder, _ = os.path.split(path)
    temporary = os.path.join(folder, f".updown-{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        _write_new(temporary, data)
        os.replace(temporary, path)
    except OSError as error:
        raise write_error(error, path) from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _write_new(path: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def make_folder(path: str) -> None:
    """Make a folder and those above it."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        raise SurroundingsError("is a file, not a folder", subject=path) from None
    except OSError as error:
        raise write_error(error, path) from None
