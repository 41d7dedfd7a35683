"""Files of hidden folders, in which nobody looks for results: they have their names at once."""

from __future__ import annotations

import contextlib
import os
from io import IOBase
from typing import BinaryIO

from updown_cli.stores.draft import Content, Draft, Undo
from updown_cli.stores.hidden_files import NO_LINK, PREFIX, SUFFIX

# So many bytes are no file at all, but stay with the process that has made them.
IN_MEMORY = 1 << 17

# One that a dead worker has begun is begun again.
AGAIN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NO_LINK


_made: dict[str, bytes] = {}


def take_part(path: str) -> bytes | None:
    """Return what this process has made of a part, once; None of one that is a file."""
    return _made.pop(path, None)


def is_part(path: str) -> bool:
    """Whether a file is in a hidden folder of ours."""
    folder = os.path.basename(os.path.dirname(path))
    return folder.startswith(PREFIX) and folder.endswith(SUFFIX)


class PartFile(Draft):
    """A part of what is put together."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.file: IOBase | None = None
        self.data: bytes | None = None
        self.has_name = False

    def begin(self) -> BinaryIO:
        """Make the file, which is empty, and return it."""
        self.file = file = os.fdopen(os.open(self.path, AGAIN, 0o666), "wb")
        return file

    def write(self, content: Content) -> None:
        """Make the file, or keep what is small."""
        if callable(content):
            content(self.begin())
        else:
            parts = (content,) if isinstance(content, bytes) else content
            if sum(map(len, parts)) <= IN_MEMORY:
                self.data = b"".join(parts)
                return
            self.begin().writelines(parts)
        assert self.file is not None
        self.file.flush()

    @property
    def number(self) -> None:
        """Nothing: what it is a part of comes to the disk, not this."""
        return

    def take_rights(self, path: str) -> None:
        """Do nothing: nobody else has such a name."""

    def replace(self, name: str) -> Undo:
        """Keep the name."""
        self.has_name = True
        if self.data is not None:
            _made[self.path] = self.data
        return self._lose_name

    def claim(self, name: str) -> Undo | None:
        """Keep the name."""
        return self.replace(name)

    def _lose_name(self) -> None:
        self.has_name = False
        _made.pop(self.path, None)

    def remove(self) -> None:
        """Close the file; remove it unless it has got its name."""
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()
        if self.data is None and not self.has_name:
            with contextlib.suppress(OSError):
                os.unlink(self.path)
