"""A file that is to have a URL: kept here until it gets its name, then sent whole."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from updown_cli.errors import InputError, UpdownError
from updown_cli.stores.draft import Content, Draft, Undo
from updown_cli.stores.file_systems import file_system
from updown_cli.stores.remote_error import remote_error, tried
from updown_cli.stores.remote_reading import opened
from updown_cli.stores.same_content import same_content

if TYPE_CHECKING:
    from updown_cli.stores.remote import Remote


class RemoteFile(Draft):
    """Bytes, or a file of this machine, that wait for their name."""

    def __init__(self, store: Remote) -> None:
        self._store = store
        self._data = b""
        self._file: Any = None

    def begin(self) -> BinaryIO:
        """Make a file on a disk of this machine, to be filled bit by bit."""
        self._file = file = tempfile.NamedTemporaryFile(prefix="updown-")  # noqa: SIM115
        return cast(BinaryIO, file)

    def write(self, content: Content) -> None:
        """Keep what the file is to hold: what is written part by part comes to a disk."""
        if callable(content):
            file = self.begin()
            content(file)
        else:
            self._data = content if isinstance(content, bytes) else b"".join(content)

    @property
    def number(self) -> int | None:
        """Nothing: it is on no disk to which it must be brought."""
        return None

    def take_rights(self, name: str) -> None:
        """Do nothing: who may read an object is not up to who writes it."""

    def replace(self, name: str) -> Undo:
        """Send it, whoever has the name."""
        return self._sent(name, "overwrite")

    def claim(self, name: str) -> Undo | None:
        """Send it if nobody has the name; None if somebody has."""
        try:
            return self._sent(name, "create")
        except FileExistsError:
            # Of an answer that was lost nothing is known but that what it told of is there.
            return self._named(name) if self._is_there(name) else None

    def remove(self) -> None:
        """Forget it."""
        self._data = b""
        if self._file is not None:
            self._file.close()

    def _sent(self, name: str, mode: str) -> Undo:
        fs, path = file_system(name)
        send: Callable[[], None]
        if self._file is None:
            send = partial(fs.pipe_file, path, self._data, mode=mode)
        else:
            self._file.flush()
            send = partial(fs.put_file, self._file.name, path, mode=mode)
        try:
            tried(name, send)
        except (UpdownError, FileExistsError):
            raise
        except Exception as error:
            told = remote_error(error, "written")
            reason = f"{name}: {told.reason}"
            raise InputError(reason, hint=told.hint, code=told.code) from None
        return self._named(name)

    def _is_there(self, name: str) -> bool:
        """Whether what has the name is this very file."""
        mine = io.BytesIO(self._data) if self._file is None else open(self._file.name, "rb")  # noqa: SIM115
        with mine, contextlib.suppress(UpdownError), opened(name, None, whole=True) as there:
            return same_content(mine, there)
        return False

    def _named(self, name: str) -> Undo:
        """Remember that the file is there; return what removes it again."""
        size = len(self._data) if self._file is None else os.stat(self._file.name).st_size
        self._store.note(name, size)
        return partial(self._take_back, name)

    def _take_back(self, name: str) -> None:
        with contextlib.suppress(Exception):
            fs, path = file_system(name)
            fs.rm_file(path)
        self._store.note(name, None)
