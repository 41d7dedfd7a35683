"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from updown_cli.stores.draft import Parts
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.names import store_of
from updown_cli.stores.spelling import folder_of


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
    store_of(path).check_folder(path)


def make_folder(path: str) -> None:
    """Make a folder and those above it; raise SurroundingsError."""
    store_of(path).make_folder(path)


@contextlib.contextmanager
def folders_for(paths: Iterable[str]) -> Iterator[None]:
    """Make the folders of files; those that were not there go again if the files fail."""
    folders = [folder_of(path) or "." for path in paths]
    missing = [above for folder in folders for above in store_of(folder).missing_folders(folder)]
    for folder in folders:
        make_folder(folder)
    try:
        yield
    except BaseException:
        for folder in sorted(missing, reverse=True):
            with contextlib.suppress(OSError):
                store_of(folder).remove_folder(folder)
        raise
