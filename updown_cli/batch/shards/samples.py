"""The members of a shard as samples, each written when all of it is done, or left out."""

from __future__ import annotations

import contextlib
import io
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import BinaryIO

from updown_cli.batch.record import Record
from updown_cli.batch.shards.entries import Entry
from updown_cli.batch.shards.writer import ShardWriter
from updown_cli.errors import InputError
from updown_cli.stores.names import open_regular
from updown_cli.stores.tar_members import Place

COPIED = 1 << 20

# Bytes of results that wait in memory for those before them; more are files.
MOST_HELD = 1 << 26


@dataclass
class Part:
    """A member: as it is, or what was made of it, a file or data, called `name` in the result.

    It may be the last whose bytes are in a file that lies there for a while.
    """

    entry: Entry
    name: str
    result: str | None = None
    record: Record | None = None
    data: bytes | None = None
    last_of: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be done."""
        return self.result is None or self.record is not None

    @property
    def has_failed(self) -> bool:
        """Whether there is nothing that could be written."""
        return self.entry.refusal is not None or (
            self.record is not None and self.record.status == "failed"
        )

    def write(self, writer: ShardWriter) -> None:
        """Write what there is of it."""
        if self.entry.refusal is not None:
            return
        if self.data is not None:
            writer.add_file(self.name, len(self.data), io.BytesIO(self.data))
        elif self.result is not None and not self.has_failed:
            with open(self.result, "rb") as file:
                writer.add_file(self.name, os.fstat(file.fileno()).st_size, file)
        elif self.entry.place is None:
            writer.add_folder(self.entry.name)
        else:
            _copy(self.entry.name, self.entry.place, writer)


def copy_to(file: BinaryIO, place: Place) -> None:
    """Copy what is at a place; raise InputError for what cannot be read any more."""
    with open_regular(place.file, whole=False) as source:
        source.seek(place.offset)
        left = place.size
        while left and (data := source.read(min(left, COPIED))):
            left -= len(data)
            file.write(data)
    if left:
        raise InputError("has become shorter", code="truncated")


def _copy(name: str, place: Place, writer: ShardWriter) -> None:
    """Write a member as it is."""
    if not place.size:
        writer.add_file(name, 0, io.BytesIO())
        return
    with open_regular(place.file, whole=False) as file:
        file.seek(place.offset)
        writer.add_file(name, place.size, file)


@dataclass
class Samples:
    """The samples that are still to be written, in their order."""

    keep_failed: bool
    held: int = 0
    waiting: deque[list[Part]] = field(default_factory=deque)
    by_result: dict[str, Part] = field(default_factory=dict)

    def expect(self, parts: list[Part], file: str | None) -> None:
        """Take the members of a window, whose bytes are in a file that is then needed no more."""
        samples = [[*sample] for _, sample in groupby(parts, key=lambda part: part.entry.key)]
        if samples:
            samples[-1][-1].last_of = file
        self.waiting.extend(samples)
        self.by_result |= {part.result: part for part in parts if part.result is not None}

    def take(self, result: str, record: Record, data: bytes | None) -> None:
        """Note what became of a member, a file or data; raise OSError where that becomes one."""
        part = self.by_result[result]
        part.record = record
        if data is None or self.held + len(data) <= MOST_HELD:
            part.data = data
            self.held += len(data or b"")
        else:
            with open(result, "wb") as file:
                file.write(data)

    def write(self, writer: ShardWriter) -> Iterator[Record]:
        """Write the samples that are settled, up to the first that is not; yield what was lost.

        Those are the records of members that were done, but go with another that failed.
        """
        while self.waiting and all(part.is_settled for part in self.waiting[0]):
            sample = self.waiting.popleft()
            if any(part.has_failed for part in sample) and not self.keep_failed:
                yield from (part.record for part in sample if part.record is not None)
            else:
                for part in sample:
                    with contextlib.suppress(*([InputError] if part.has_failed else [])):
                        part.write(writer)
            self._forget(sample)

    def remove(self) -> None:
        """Remove the files of what is not written."""
        for sample in self.waiting:
            self._forget(sample)

    def _forget(self, sample: list[Part]) -> None:
        """Remove the files of a sample."""
        for part in sample:
            if part.result is not None:
                del self.by_result[part.result]
            self.held -= len(part.data or b"")
            for path in (part.result if part.data is None else None, part.last_of):
                if path is not None:
                    with contextlib.suppress(OSError):
                        os.unlink(path)
