"""A tar file that is written member by member: the same bytes of the same members, always."""

from __future__ import annotations

import gzip
import tarfile
from typing import BinaryIO, cast


class ShardWriter:
    """A shard that takes members in their order; times, owners and rights are all the same."""

    def __init__(self, file: BinaryIO, *, packed: bool) -> None:
        self._packed = gzip.GzipFile("", "wb", 6, file, mtime=0) if packed else None
        target = cast(BinaryIO, self._packed or file)
        self._tar = tarfile.open(  # noqa: SIM115
            fileobj=target, mode="w|", format=tarfile.PAX_FORMAT, errors="surrogateescape"
        )

    def add_file(self, name: str, size: int, source: BinaryIO) -> None:
        """Add so many bytes as a file."""
        info = tarfile.TarInfo(name)
        info.size = size
        self._tar.addfile(info, source)
        self._forget()

    def add_folder(self, name: str) -> None:
        """Add a folder."""
        info = tarfile.TarInfo(name)
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        self._tar.addfile(info)
        self._forget()

    def _forget(self) -> None:
        """Let tarfile's list of members stay short."""
        self._tar.members.clear()  # type: ignore[attr-defined]

    def finish(self) -> None:
        """Write what ends a shard."""
        self._tar.close()
        if self._packed is not None:
            self._packed.close()
