"""What an operating system says that will not let a file be read, in words of our own."""

from __future__ import annotations

import errno

from updown_cli.errors import InputError

# What a reader is told: the reason and its code.
READ_ERRORS = {
    errno.ENOENT: ("no such file", "missing"),
    errno.ENOTDIR: ("no such file", "missing"),
    errno.EACCES: ("permission denied", "no_permission"),
    errno.EPERM: ("permission denied", "no_permission"),
    errno.EISDIR: ("is a folder", "not_regular"),
    errno.ELOOP: ("link that leads nowhere", "not_regular"),
    errno.ENXIO: ("not a regular file", "not_regular"),
    errno.ENAMETOOLONG: ("file name too long", "missing"),
}


def no_such_file() -> InputError:
    """Return the refusal of a name that nobody has."""
    return read_error(OSError(errno.ENOENT, ""))


def read_error(error: OSError) -> InputError:
    """Return an operating system's refusal to read as a sentence of our own."""
    reason, code = READ_ERRORS.get(error.errno or 0, ("cannot be read", "corrupt"))
    return InputError(reason, code=code)
