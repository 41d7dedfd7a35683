"""Files that belong together: all are written and flushed, then all get their names, or none.

Writing, flushing and naming are steps of their own, so that a caller may do each for many sets.
The last file of a set marks that it is done: it gets its name last, and loses it first.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import BinaryIO

from updown_cli.errors import SurroundingsError
from updown_cli.stores.flushing import flush_together
from updown_cli.stores.hidden_files import Content, HiddenFile, remove_unfinished
from updown_cli.stores.replaceable import replaceable
from updown_cli.stores.write_error import write_error

# What file systems without hard links say.
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)

# Seconds that a process which must end waits for names that are being given.
PATIENCE = 0.3

_names = threading.Lock()
_givers: set[int] = set()


def is_naming() -> bool:
    """Whether this thread gives names, and should not be disturbed."""
    return threading.get_ident() in _givers


@contextlib.contextmanager
def _naming() -> Iterator[None]:
    """Give names: no signal that ends the process comes between two of them."""
    with _names:
        _givers.add(threading.get_ident())
        try:
            yield
        finally:
            _givers.discard(threading.get_ident())


def abandon(patience: float = PATIENCE) -> None:
    """Remove what this process is writing, because it must end now."""
    is_mine = _names.acquire(timeout=patience)
    remove_unfinished()
    if is_mine:
        _names.release()


class Drafts:
    """The files of one set, in the order in which they get their names; as a context, cleans up."""

    def __init__(self) -> None:
        self._files: list[tuple[str, HiddenFile]] = []
        self._aside: list[HiddenFile] = []

    def __enter__(self) -> Drafts:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Close all files, and remove those that have got no names."""
        for hidden in (*(hidden for _, hidden in self._files), *self._aside):
            hidden.remove()

    @property
    def paths(self) -> list[str]:
        """The names that the files are to have."""
        return [path for path, _ in self._files]

    def write(self, path: str, content: Content) -> None:
        """Write a file beside the name that it is to have; raise SurroundingsError."""
        with _told_of(path):
            hidden = HiddenFile(path)
            self._files.append((path, hidden))
            hidden.write(content)

    def begin(self, path: str) -> BinaryIO:
        """Make a file that is filled bit by bit; raise SurroundingsError."""
        with _told_of(path):
            hidden = HiddenFile(path)
            self._files.append((path, hidden))
            return hidden.begin()

    def flush(self) -> None:
        """Bring all to the disk; raise SurroundingsError."""
        for path, hidden in self._files:
            with _told_of(path):
                os.fsync(hidden.number)

    @property
    def written(self) -> list[tuple[str, int]]:
        """The names that the files are to have, and the numbers of the open files."""
        return [(path, hidden.number) for path, hidden in self._files]

    def replace(self) -> None:
        """Give all files their names, whoever has them; raise SurroundingsError.

        Of several the old ones go first: no old file stands beside a new one. Each belongs to whom
        the old one belonged, and is read and written by whom it was.
        """
        for path, hidden in self._files:
            if (reason := replaceable(path)) is not None:
                raise SurroundingsError(reason, subject=path)
            hidden.take_rights(path)
        moves = _Moves()
        with _naming(), moves:
            if len(self._files) > 1:
                self._put_aside(moves)
            for path, hidden in self._files:
                with _told_of(path):
                    moves.move(hidden.path, path)

    def claim(self, choices: Iterable[Sequence[str]]) -> Sequence[str] | None:
        """Give all files the first names that nobody has; None if there are no such names.

        Whoever else writes into the folder, no file is replaced. Raises SurroundingsError.
        """
        for names in choices:
            with _naming(), _Moves() as moves:
                if not any(map(os.path.lexists, names)) and self._claim(names, moves):
                    return names
                moves.take_back()
        return None

    def _claim(self, names: Sequence[str], moves: _Moves) -> bool:
        """Whether all of these names were free, and are now given."""
        for (_, hidden), name in zip(self._files, names, strict=True):
            with _told_of(name):
                if not moves.claim(hidden.path, name):
                    return False
        return True

    def _put_aside(self, moves: _Moves) -> None:
        for path, _ in reversed(self._files):
            with _told_of(path), contextlib.suppress(FileNotFoundError):
                aside = HiddenFile(path)
                self._aside.append(aside)
                aside.hold(path)
                moves.move(path, aside.path)


def flush_all(sets: Iterable[Drafts]) -> None:
    """Bring the files of many sets to the disk; raise SurroundingsError."""
    files = [file for drafts in sets for file in drafts.written]
    left = flush_together(number for _, number in files)
    for path, number in files:
        if number in left:
            with _told_of(path):
                os.fsync(number)


class _Moves:
    """Changes of names; as a context, takes them back if one of them fails."""

    def __init__(self) -> None:
        self._backwards: list[Callable[[], None]] = []

    def __enter__(self) -> _Moves:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            self.take_back()

    def take_back(self) -> None:
        """Let all be as before, as far as the system lets it."""
        while self._backwards:
            with contextlib.suppress(OSError):
                self._backwards.pop()()

    def move(self, old: str, new: str) -> None:
        """Give a file another name, whoever has it."""
        os.replace(old, new)
        self._backwards.append(partial(os.replace, new, old))

    def claim(self, old: str, new: str) -> bool:
        """Give a file a second name, and return whether it was free."""
        try:
            os.link(old, new)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in NO_LINKS or os.path.lexists(new):
                raise
            self.move(old, new)  # a file system without links: look, then rename
        else:
            self._backwards.append(partial(os.unlink, new))
        return True


@contextlib.contextmanager
def _told_of(path: str) -> Iterator[None]:
    """Raise SurroundingsError, which names a file, for what the system refuses."""
    try:
        yield
    except OSError as error:
        raise write_error(error, path) from None
