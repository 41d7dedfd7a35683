"""What a name leads to, wherever that is: the one place that knows which store has it."""

from __future__ import annotations

import os
from functools import cache
from typing import BinaryIO

from updown_cli.stores.disk import Disk
from updown_cli.stores.spelling import CHAIN, is_url
from updown_cli.stores.store import Status, Store
from updown_cli.stores.tar_members import tar_members
from updown_cli.stores.tar_names import split_shard

Path = str | os.PathLike[str]

_DISK = Disk()


def store_of(name: str) -> Store:
    """Return the place of a name; raise UsageError for a URL that should not be repeated."""
    if ":" not in name:
        return _DISK  # of a million names almost all
    if CHAIN in name and split_shard(name):
        return tar_members()
    return _remote() if is_url(name) else _DISK


def forget_seen() -> None:
    """Forget what was seen of files: another run begins in a process that has had one."""
    tar_members().forget_all()
    if _remote.cache_info().currsize:
        _remote().forget_all()


@cache
def _remote() -> Store:
    from updown_cli.stores.remote import Remote

    return Remote()


def open_regular(path: Path, *, whole: bool = True) -> BinaryIO:
    """Open a file for reading, to be read as a `whole` or only here and there.

    Raises InputError for what is no regular file, without waiting for it.
    """
    name = os.fspath(path)
    return store_of(name).open(name, whole=whole)


def status_of(name: str) -> Status | None:
    """Return what a name leads to, through links; None if that cannot be told."""
    return store_of(name).status(name)


def exists(name: str) -> bool:
    """Whether somebody has a name, be it a link that leads nowhere."""
    return store_of(name).own_status(name) is not None


def is_folder(name: str) -> bool:
    """Whether a name is a folder's."""
    status = status_of(name)
    return status is not None and status.kind == "folder"


def replaceable(name: str) -> str | None:
    """Return why no other file can take the place of what has this name; None if one can."""
    status = store_of(name).own_status(name)
    if status is None or status.kind in ("file", "link"):
        return None
    return "is a folder" if status.kind == "folder" else "is no regular file"


def size_of(file: BinaryIO) -> int:
    """Return the bytes of an open file, wherever it is; its place stays."""
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(place)
    return size


def on_disk(file: BinaryIO) -> bool:
    """Whether the system knows an open file."""
    try:
        return file.fileno() >= 0
    except OSError:
        return False
