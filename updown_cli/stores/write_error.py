"""What an operating system says that will not let a file be written, in words of our own."""

from __future__ import annotations

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
    number = error.errno or 0
    if number == errno.ENOENT and os.path.isdir(os.path.dirname(path) or "."):
        number = 0  # as /proc says of new files: the folder is there
    reason, code = WRITE_ERRORS.get(number, ("cannot be written", "write_failed"))
    return SurroundingsError(reason, subject=path, code=code)
