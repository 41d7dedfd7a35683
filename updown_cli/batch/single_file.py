"""One file read or written by a command that has no pipeline; what fails names the file."""

from __future__ import annotations

import sys

from updown_cli.batch.if_exists import exists_error
from updown_cli.batch.inputs import STDIN
from updown_cli.batch.naming import STDOUT
from updown_cli.errors import InputError, UsageError
from updown_cli.files.picture import Picture
from updown_cli.files.read import read, read_stream
from updown_cli.files.reading import Reading
from updown_cli.stores.names import exists
from updown_cli.stores.save import save, save_new


def name_file(error: InputError, path: str) -> InputError:
    """Return an error that names its file first."""
    subject = f"{path}: {error.subject}" if error.subject else path
    return type(error)(error.reason, subject=subject, hint=error.hint, code=error.code)


def read_single(path: str, reading: Reading) -> Picture:
    """Return what a file, or standard input, holds; raise InputError that names it."""
    try:
        return read_stream(sys.stdin.buffer, reading) if path == STDIN else read(path, reading)
    except InputError as error:
        raise name_file(error, path) from None


def check_free(path: str, if_exists: str) -> None:
    """Raise UsageError for a result whose file is there, unless it is to be overwritten."""
    if path != STDOUT and if_exists == "error" and exists(path):
        raise _exists(path)


def write_single(path: str, data: bytes, if_exists: str) -> None:
    """Write a whole file, or to standard output; raise UsageError if somebody else has made it."""
    if path == STDOUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif if_exists == "overwrite":
        save(path, data)
    elif not save_new(path, data):
        raise _exists(path)


def _exists(path: str) -> UsageError:
    return UsageError(exists_error(path).reason, hint="choose --if-exists overwrite", code="exists")
