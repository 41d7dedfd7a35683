"""A folder under a hidden name beside a file, for what that file is put together of."""

from __future__ import annotations

import contextlib
import os

from updown_cli.stores.hidden_files import forget, hidden_name, remove_whatever
from updown_cli.stores.owners import lock
from updown_cli.stores.write_error import write_error

# A folder is opened to be locked.
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class HiddenFolder:
    """A context in which the folder is there; afterwards it is gone, with all that is in it."""

    def __init__(self, path: str) -> None:
        self.beside = path
        self.path = hidden_name(path)
        self._descriptor: int | None = None

    def __enter__(self) -> HiddenFolder:
        try:
            os.mkdir(self.path)
            self._descriptor = os.open(self.path, FOLDER)
        except OSError as error:
            self.__exit__()
            raise write_error(error, self.beside) from None
        with contextlib.suppress(OSError):  # file systems without locks of folders
            lock(self._descriptor)
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        remove_whatever(self.path)
        forget(self.path)
