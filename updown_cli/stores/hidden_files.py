"""Files under hidden names, until they get their own; what dead runs left of them is removed."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from functools import partial
from io import IOBase
from typing import BinaryIO

from updown_cli.stores.draft import Content, Draft, Undo
from updown_cli.stores.owners import Owner, is_dead, lock, me, owner_named
from updown_cli.stores.spelling import local_path

# What file systems without hard links say.
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)

# Hidden names: the prefix, the process that writes, a random part, the suffix.
PREFIX, SUFFIX = ".updown-", ".part"

# How new files are opened, and those that are found: never a link, nor what waits for somebody.
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK
FOUND = os.O_NONBLOCK | NO_LINK

_unfinished: set[str] = set()
os.register_at_fork(after_in_child=_unfinished.clear)  # what a parent is writing is its own


class HiddenFile(Draft):
    """A name beside `path` that nobody has, and the file that it may become."""

    def __init__(self, path: str) -> None:
        self.path = hidden_name(path)
        self.file: IOBase | None = None

    def begin(self) -> BinaryIO:
        """Make the file, which is empty, and return it."""
        self.file = file = os.fdopen(_new_locked(self.path), "wb")
        return file

    def write(self, content: Content) -> None:
        """Make the file."""
        if callable(content):
            file = self.begin()
            content(file)
            file.flush()
            return
        self.file = raw = os.fdopen(_new_locked(self.path), "wb", buffering=0)
        for part in (content,) if isinstance(content, bytes) else content:
            left = memoryview(part)
            while left.nbytes > (written := raw.write(left)):
                left = left.cast("B")[written:]

    def _hold(self, path: str) -> None:
        """Lock a file that is to have this name for a moment, as far as that can be."""
        with contextlib.suppress(OSError):
            self.file = os.fdopen(_found(path), "rb")
            lock(self.file.fileno())

    @property
    def number(self) -> int:
        """The number by which the system knows the open file."""
        assert self.file is not None
        return self.file.fileno()

    def take_rights(self, path: str) -> None:
        """Belong to whom another file belongs, if there is one, and be for whom it is."""
        try:
            like = os.lstat(local_path(path))
        except OSError:
            return
        if self.file is None or not stat.S_ISREG(like.st_mode):
            return
        own = os.fstat(self.file.fileno())
        if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
            with contextlib.suppress(OSError):  # only root may give files away
                os.fchown(self.file.fileno(), like.st_uid, like.st_gid)
        with contextlib.suppress(OSError):  # file systems without rights
            os.fchmod(self.file.fileno(), like.st_mode & 0o777)

    def replace(self, name: str) -> Undo:
        """Get a name, whoever has it."""
        path = local_path(name)
        os.replace(self.path, path)
        return partial(os.replace, path, self.path)

    def claim(self, name: str) -> Undo | None:
        """Get a name if nobody has it; None if somebody has."""
        path = local_path(name)
        try:
            os.link(self.path, path)
        except FileExistsError:
            return None
        except OSError as error:
            if error.errno not in NO_LINKS or os.path.lexists(path):
                raise
            return self.replace(path)  # a file system without links: look, then rename
        return partial(os.unlink, path)

    def hide(self, name: str) -> Undo:
        """Become the file that has a name, which nobody has any more."""
        self._hold(name)
        os.replace(name, self.path)
        return partial(os.replace, self.path, name)

    def remove(self) -> None:
        """Close the file; remove it unless it has got a name."""
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()
        _unlink(self.path)
        forget(self.path)


def hidden_name(path: str) -> str:
    """Return a name beside a file that nobody has; what gets it is removed if this process ends."""
    name = f"{PREFIX}{me()}-{os.urandom(4).hex()}{SUFFIX}"
    hidden = os.path.join(os.path.dirname(path), name)
    _unfinished.add(hidden)
    return hidden


def forget(path: str) -> None:
    """Let a hidden name be no business of this process any more."""
    _unfinished.discard(path)


def remove_unfinished() -> None:
    """Remove what this process is writing."""
    for path in list(_unfinished):
        remove_whatever(path)


def remove_whatever(path: str) -> None:
    """Remove a file, or a folder with all that is in it."""
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil

        shutil.rmtree(path, ignore_errors=True)
    else:
        _unlink(path)


def remove_temporaries_of(pid: int, folder: str) -> None:
    """Remove what a process that was ended here left unfinished."""
    for path, owner in _temporaries(folder):
        if owner == me(pid):
            remove_whatever(path)


def remove_stale(folder: str) -> None:
    """Remove what runs left unfinished that are dead for certain."""
    for path, owner in _temporaries(folder):
        with contextlib.suppress(OSError):
            descriptor = _found(path)
            try:
                if is_dead(owner, descriptor):
                    remove_whatever(path)
            finally:
                os.close(descriptor)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    """Whether it is of a kind that is made here."""
    return entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)


def _found(path: str) -> int:
    """Open a file to lock it, which some file systems let only those do who may write it."""
    try:
        return os.open(path, FOUND | os.O_RDWR)
    except (PermissionError, IsADirectoryError):
        return os.open(path, FOUND | os.O_RDONLY)


def _new_locked(path: str) -> int:
    """Return a new file; before it is locked another run may take it for that of a dead one."""
    while True:
        descriptor = os.open(path, NEW, 0o666)
        with contextlib.suppress(OSError):
            if lock(descriptor) is False:
                os.close(descriptor)
                _unlink(path)
                continue
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _temporaries(folder: str) -> list[tuple[str, Owner]]:
    """Return (path, who writes it) of the hidden files and folders in a folder."""
    try:
        with os.scandir(folder) as entries:
            hidden = [entry for entry in entries if entry.name.startswith(PREFIX)]
            names = [entry.name for entry in hidden if _is_ours(entry)]
    except OSError:
        return []
    whole = (name for name in names if name.endswith(SUFFIX))
    owners = ((name, owner_named(name.removeprefix(PREFIX).rpartition("-")[0])) for name in whole)
    return [(os.path.join(folder, name), owner) for name, owner in owners if owner is not None]
