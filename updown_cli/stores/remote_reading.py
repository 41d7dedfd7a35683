"""Open files with what URLs lead to: small ones are fetched, large ones come when they are read."""

from __future__ import annotations

import io
import os
import tempfile
from typing import Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.stores.file_systems import file_system
from updown_cli.stores.remote_error import told, tried
from updown_cli.stores.write_error import write_error

# Bytes of a file that is held in memory; larger ones come to a disk.
IN_MEMORY = 1 << 26

# Bytes that are copied at a time.
BLOCK = 1 << 22


def opened(name: str, *, whole: bool) -> BinaryIO:
    """Open a file; a large one comes to a disk if it is wanted as a `whole`. Raises InputError."""
    with told("read"):
        fs, path = file_system(name)
        entry = tried(fs.info, path)
        if entry["type"] == "directory":
            raise InputError("is a folder", code="not_regular")
        size = entry.get("size")
        if size is not None and size <= IN_MEMORY:
            return held(tried(fs.cat_file, path))
        if size is not None and not whole:
            return io.BufferedReader(_Told(fs.open(path, "rb")))
        return tried(_on_disk, fs, path)


def fetched(name: str) -> bytes:
    """Return what a URL leads to."""
    fs, path = file_system(name)
    data: bytes = tried(fs.cat_file, path)
    return data


def held(data: bytes) -> BinaryIO:
    """Return an open file of these bytes, which readers may close before what they read is used."""
    return io.BufferedReader(io.BytesIO(data))


def _on_disk(fs: Any, path: str) -> BinaryIO:
    """Return a file without a name on a disk, with what is at a path."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    with fs.open(path, "rb") as source:
        while block := source.read(BLOCK):
            try:
                file.write(block)
            except OSError as error:
                raise write_error(error, tempfile.gettempdir()) from None
    file.seek(0)
    return file


class _Told(io.RawIOBase):
    """A file of fsspec whose errors are told in words of our own."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        return int(self._file.seek(place, whence))

    def readinto(self, room: Any) -> int:
        with told("read"):
            data = self._file.read(len(room))
        room[: len(data)] = data
        return len(data)
