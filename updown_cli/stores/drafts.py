"""Files that belong together: all are written and flushed, then all get their names, or none.

Writing, flushing and naming are steps of their own, so that a caller may do each for many sets.
The last file of a set marks that it is done: it gets its name last, and loses it first.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from updown_cli.errors import SurroundingsError
from updown_cli.stores.draft import Content, Draft, Undo
from updown_cli.stores.flushing import flush_together
from updown_cli.stores.hidden_files import remove_unfinished
from updown_cli.stores.names import exists, replaceable, store_of
from updown_cli.stores.write_error import write_error

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
        self._files: list[tuple[str, Draft]] = []
        self._aside: list[Draft] = []

    def __enter__(self) -> Drafts:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Close all files, and remove those that have got no names."""
        for draft in (*(draft for _, draft in self._files), *self._aside):
            draft.remove()

    @property
    def paths(self) -> list[str]:
        """The names that the files are to have."""
        return [path for path, _ in self._files]

    def write(self, path: str, content: Content) -> None:
        """Write a file beside the name that it is to have; raise SurroundingsError."""
        with _told_of(path):
            draft = store_of(path).draft(path)
            self._files.append((path, draft))
            draft.write(content)

    def begin(self, path: str) -> BinaryIO:
        """Make a file that is filled bit by bit; raise SurroundingsError."""
        with _told_of(path):
            draft = store_of(path).draft(path)
            self._files.append((path, draft))
            return draft.begin()

    def flush(self) -> None:
        """Bring all to the disk; raise SurroundingsError."""
        for path, number in self.written:
            with _told_of(path):
                os.fsync(number)

    @property
    def written(self) -> list[tuple[str, int]]:
        """The names that files on disks are to have, and the numbers of the open files."""
        numbers = ((path, draft.number) for path, draft in self._files)
        return [(path, number) for path, number in numbers if number is not None]

    @property
    def are_near(self) -> bool:
        """Whether the files get their names in no time."""
        return all(store_of(path).is_near for path in self.paths)

    def replace(self) -> None:
        """Give all files their names, whoever has them; raise SurroundingsError.

        Of several the old ones go first: no old file stands beside a new one. Each belongs to whom
        the old one belonged, and is read and written by whom it was.
        """
        for path, draft in self._files:
            if (reason := replaceable(path)) is not None:
                raise SurroundingsError(reason, subject=path)
            draft.take_rights(path)
        moves = _Moves()
        with self._undisturbed(), moves:
            if len(self._files) > 1:
                self._put_aside(moves)
            for path, draft in self._files:
                with _told_of(path):
                    moves.add(draft.replace(path))

    def claim(self, choices: Iterable[Sequence[str]]) -> Sequence[str] | None:
        """Give all files the first names that nobody has; None if there are no such names.

        Whoever else writes into the folder, no file is replaced. Raises SurroundingsError.
        """
        for names in choices:
            with self._undisturbed(), _Moves() as moves:
                if not any(map(exists, names)) and self._claim(names, moves):
                    return names
                moves.take_back()
        return None

    def _undisturbed(self) -> contextlib.AbstractContextManager[None]:
        """Give names at once; where that takes long it can be interrupted, and is taken back."""
        return _naming() if self.are_near else contextlib.nullcontext()

    def _claim(self, names: Sequence[str], moves: _Moves) -> bool:
        """Whether all of these names were free, and are now given."""
        for (_, draft), name in zip(self._files, names, strict=True):
            with _told_of(name):
                undo = draft.claim(name)
            if undo is None:
                return False
            moves.add(undo)
        return True

    def _put_aside(self, moves: _Moves) -> None:
        for path, _ in reversed(self._files):
            with _told_of(path):
                if (aside := store_of(path).put_aside(path)) is not None:
                    self._aside.append(aside[0])
                    moves.add(aside[1])


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
        self._backwards: list[Undo] = []

    def __enter__(self) -> _Moves:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is not None:
            self.take_back()

    def add(self, undo: Undo) -> None:
        """Remember how a change is taken back."""
        self._backwards.append(undo)

    def take_back(self) -> None:
        """Let all be as before, as far as the system lets it."""
        while self._backwards:
            with contextlib.suppress(OSError):
                self._backwards.pop()()


@contextlib.contextmanager
def _told_of(path: str) -> Iterator[None]:
    """Raise SurroundingsError, which names a file, for what the system refuses."""
    try:
        yield
    except OSError as error:
        raise write_error(error, path) from None
