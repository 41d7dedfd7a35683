"""Open files with what URLs lead to: small ones are fetched, large ones come when they are read."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from typing import Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.stores.file_systems import file_system
from updown_cli.stores.remote_entries import entry_of, status_of_entry, tag_of
from updown_cli.stores.remote_error import changed, told, tried
from updown_cli.stores.store import Status
from updown_cli.stores.write_error import write_error

# Bytes of a file that is held in memory; larger ones come to a disk.
IN_MEMORY = 1 << 26

# Bytes that are copied at a time.
BLOCK = 1 << 22

# Schemes whose libraries send the tag that they know with each question; others are asked for it.
GUARDED = {"s3"}

_lists = threading.Lock()


def opened(name: str, known: Status | None, *, whole: bool) -> BinaryIO:
    """Open a file; a large one comes to a disk if it is wanted as a `whole`. Raises InputError.

    What is `known` of it is not asked for again; what has another content than that is refused.
    """
    with told("read"):
        fs, path = file_system(name)
        status = known or status_of_entry(name, tried(name, fs.info, path))
        if status.kind == "folder":
            raise InputError("is a folder", code="not_regular")
        if status.size is not None and status.size <= IN_MEMORY:
            return held(fetched(name, status))
        if status.size is not None and not whole:
            return io.BufferedReader(_Told(name, tried(name, _same, fs, path, status)))
        return tried(name, _on_disk, fs, path, status)


def fetched(name: str, status: Status) -> bytes:
    """Return what a URL leads to, of which this is known."""
    fs, path = file_system(name)
    if status.tag is None:
        data: bytes = tried(name, fs.cat_file, path)
        return data
    return tried(name, _all_of, fs, path, status)


def _all_of(fs: Any, path: str, status: Status) -> bytes:
    if _is_guarded(fs) and not _has_own_guard(fs):
        from fsspec.asyn import sync

        whole: bytes = sync(fs.loop, _object, fs, path, status.tag)
        return whole
    with _same(fs, path, status) as file:
        data: bytes = file.read()
    return data


async def _object(fs: Any, path: str, tag: str | None) -> bytes:
    """Return an object of S3 that has a tag, by one question without a file around it."""
    bucket, key, _ = fs.split_path(path)
    answer = await fs._call_s3("get_object", Bucket=bucket, Key=key, IfMatch=tag)
    async with answer["Body"] as body:
        data: bytes = await body.read()
    return data


def _has_own_guard(fs: Any) -> bool:
    """Whether s3fs was told to guard what it reads by versions, or without its server's help."""
    return bool(fs.version_aware or getattr(fs, "local_expiry_check", False))


def _same(fs: Any, path: str, status: Status) -> Any:
    """Open a file that is to have the tag that is known, as far as there is one."""
    if status.tag is None:
        return fs.open(path, "rb")
    file = _as_listed(fs, path, status) if _is_guarded(fs) else fs.open(path, "rb")
    now = tag_of(getattr(file, "details", {}))
    if now not in (None, status.tag):
        raise changed()
    return file


def _is_guarded(fs: Any) -> bool:
    """Whether a library lets its server refuse another content than that of the tag it knows."""
    protocols = (fs.protocol,) if isinstance(fs.protocol, str) else fs.protocol
    return not GUARDED.isdisjoint(protocols)


def _as_listed(fs: Any, path: str, status: Status) -> Any:
    """Open a file of which the library finds what is known where it keeps its lists."""
    folder = fs._parent(path)
    with _lists:
        fs.dircache[folder] = [entry_of(path, status)]
        try:
            return fs.open(path, "rb")
        finally:
            fs.dircache.pop(folder, None)


def held(data: bytes) -> BinaryIO:
    """Return an open file of these bytes, which readers may close before what they read is used."""
    return io.BufferedReader(io.BytesIO(data))


def _on_disk(fs: Any, path: str, status: Status) -> BinaryIO:
    """Return a file without a name on a disk, with what is at a path."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    with _same(fs, path, status) as source:
        while block := source.read(BLOCK):
            try:
                file.write(block)
            except OSError as error:
                raise write_error(error, tempfile.gettempdir()) from None
    file.seek(0)
    return file


class _Told(io.RawIOBase):
    """A file of fsspec whose errors are told in words of our own."""

    def __init__(self, name: str, file: Any) -> None:
        self._name, self._file = name, file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        return int(self._file.seek(place, whence))

    def readinto(self, room: Any) -> int:
        with told("read"):
            data = tried(self._name, self._file.read, len(room))
        room[: len(data)] = data
        return len(data)
