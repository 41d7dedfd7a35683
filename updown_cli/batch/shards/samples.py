"""The members of a shard as samples, each written when all of it is done, or left out."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from updown_cli.batch.record import Record
from updown_cli.batch.shards.entries import Entry
from updown_cli.batch.shards.writer import ShardWriter
from updown_cli.stores.names import open_regular


@dataclass
class Part:
    """A member: as it is, or what was made of it, a file that is called `name` in the result."""

    entry: Entry
    name: str
    result: str | None = None
    record: Record | None = None

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


@dataclass
class Samples:
    """The samples of a window that are still to be written, in their order."""

    writer: ShardWriter
    keep_failed: bool
    waiting: deque[list[Part]] = field(default_factory=deque)
    by_result: Mapping[str, Part] = field(default_factory=dict)

    def expect(self, parts: list[Part]) -> None:
        """Take the members of a window."""
        samples = groupby(parts, key=lambda part: part.entry.key)
        self.waiting = deque([*sample] for _, sample in samples)
        self.by_result = {part.result: part for part in parts if part.result is not None}

    def take(self, result: str, record: Record) -> None:
        """Note what became of a member."""
        self.by_result[result].record = record

    def write(self) -> Iterator[Record]:
        """Write the samples that are settled, up to the first that is not; yield what was lost.

        Those are the records of members that were done, but go with another that failed.
        """
        while self.waiting and all(part.is_settled for part in self.waiting[0]):
            sample = self.waiting.popleft()
            if any(part.has_failed for part in sample) and not self.keep_failed:
                yield from (part.record for part in sample if part.record is not None)
            else:
                for part in sample:
                    self._add(part)
            for part in sample:
                if part.result is not None and os.path.exists(part.result):
                    os.unlink(part.result)

    def _add(self, part: Part) -> None:
        if part.entry.refusal is not None:
            return
        if part.result is not None and not part.has_failed:
            with open(part.result, "rb") as file:
                self.writer.add_file(part.name, os.stat(part.result).st_size, file)
        elif part.entry.place is None:
            self.writer.add_folder(part.entry.name)
        else:
            self._copy(part.entry)

    def _copy(self, entry: Entry) -> None:
        """Write a member as it is."""
        assert entry.place is not None
        if not entry.place.size:
            self.writer.add_file(entry.name, 0, io.BytesIO())
            return
        with open_regular(entry.place.file, whole=False) as file:
            file.seek(entry.place.offset)
            self.writer.add_file(entry.name, entry.place.size, file)
