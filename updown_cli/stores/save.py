"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator

from updown_cli.errors import SurroundingsError
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.hidden_files import Parts
from updown_cli.stores.write_error import write_error


def save(path: str, data: bytes | Parts) -> None:
    """Write a file under a hidden name beside it, flush it, and rename it.

    Who may read and write it stays as it was. Raises SurroundingsError; an existing file stays as
    it was then, and so does what is no file.
    """
    with Drafts() as drafts:
        drafts.write(path, data)
        drafts.flush()
        drafts.replace()


def save_new(path: str, data: bytes | Parts) -> bool:
    """Write a file if nobody has its name, and return whether it did; raise SurroundingsError."""
    with Drafts() as drafts:
        drafts.write(path, data)
        drafts.flush()
        return drafts.claim([[path]]) is not None


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


@contextlib.contextmanager
def folders_for(paths: Iterable[str]) -> Iterator[None]:
    """Make the folders of files; those that were not there go again if the files fail."""
    folders = [os.path.dirname(path) or "." for path in paths]
    missing = [above for folder in folders for above in _missing(folder)]
    for folder in folders:
        make_folder(folder)
    try:
        yield
    except BaseException:
        for folder in sorted(missing, reverse=True):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        raise


def _missing(folder: str) -> Iterator[str]:
    """Yield a folder and those above it, as far as they are not there."""
    while folder and not os.path.lexists(folder):
        yield folder
        folder = os.path.dirname(folder)
