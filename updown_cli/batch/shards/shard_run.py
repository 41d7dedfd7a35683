"""One shard on its way: members are jobs, and go into the result when all before them are there.

Members that are pictures or arrays, by their names, are inputs as files of a folder are; what is
made of them are files of a hidden folder until they are in the shard. All other members stay as
they are, in their places.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

from updown_cli.batch.archive_run import named_as_asked
from updown_cli.batch.foreign import has_picture_name
from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import STDOUT, result_ending
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.settings import Settings
from updown_cli.batch.shards.entries import Entry, Shard, Window, entry_of
from updown_cli.batch.shards.plan import STDIN_NAME
from updown_cli.batch.shards.samples import Part, Samples
from updown_cli.batch.shards.writer import ShardWriter
from updown_cli.errors import InputError
from updown_cli.files.formats import ending
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.spelling import CHAIN
from updown_cli.stores.tar_names import is_compressed
from updown_cli.stores.write_error import write_error


@dataclass
class ShardRun:
    """A shard, and what becomes of it; `done` are the records that wait until it has its name.

    So many members are `away`; `is_read` when no more come. Of one that is `broken` nothing is
    written.
    """

    job: Job
    settings: Settings
    prefix: str = "parts"
    done: list[Record] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    count: int = 0
    away: int = 0
    is_read: bool = False
    broken: InputError | None = None
    shard: Shard = field(init=False)
    samples: Samples = field(init=False)
    drafts: Drafts = field(default_factory=Drafts)
    writer: ShardWriter | None = None

    def __post_init__(self) -> None:
        self.shard = Shard(self.job.source.path, self.settings.reading)
        self.samples = Samples(self.settings.keep_failed)

    @property
    def name(self) -> str:
        """What the shard is called where its members are told of."""
        return shard_name(self.job)

    @property
    def is_over(self) -> bool:
        """Whether all of it is done."""
        return self.is_read and not self.away

    def windows(self) -> Iterator[Window]:
        """Yield the members, some at a time; raise InputError for what cannot be read."""
        if self.job.members:
            return iter([Window([*map(entry_of, self.job.members)])])
        return self.shard.windows(self.prefix)

    @property
    def is_stream(self) -> bool:
        """Whether members are known only when all before them are read."""
        return not self.job.members and self.shard.is_stream

    def parts(self, window: Window) -> list[Part]:
        """Return the members of a window, those with results that are to be made."""
        parts = [self._part(entry) for entry in window.entries]
        self.samples.expect(parts, window.file)
        return parts

    def _part(self, entry: Entry) -> Part:
        if entry.place is None or not has_picture_name(entry.name):
            return self._named(Part(entry, entry.name))
        self.count += 1
        suffix = result_ending(Source(entry.name), self.settings.format)
        name = entry.name[: len(entry.name) - len(ending(entry.name))] + suffix
        return self._named(Part(entry, name, f"{self.prefix}-{self.count}{suffix}"))

    def _named(self, part: Part) -> Part:
        """Return a member; refused if its result has the name of one before it."""
        entry = part.entry
        if part.name in self.names and entry.refusal is None:
            reason = f"{part.name} is the result of {self.names[part.name]} as well"
            error = InputError(reason, code="duplicate")
            part = Part(replace(entry, refusal=error), entry.name)
        self.names.setdefault(part.name, entry.name)
        return part

    def refused(self, parts: list[Part]) -> list[Record]:
        """Return the records of members that can be read by nobody."""
        refused = [part.entry for part in parts if part.entry.refusal is not None]
        return [failed(self._told(entry), entry.refusal) for entry in refused]

    def jobs(self, parts: list[Part]) -> list[Job]:
        """Return what is to be done with members."""
        return [
            Job(
                Source(self._told(part.entry)),
                part.result,
                place=part.entry.place if part.entry.path is None else None,
            )
            for part in parts
            if part.result is not None
        ]

    def _told(self, entry: Entry) -> str:
        return entry.path or f"{self.name}{CHAIN}{entry.name}"

    def told(self, record: Record) -> Record:
        """Return the record of a member with the name that its result has in the shard."""
        member = self.samples.by_result[record.output].name
        if record.status == "failed":
            return replace(record, output="")
        to_stdout = self.job.target == STDOUT
        return replace(record, output=member if to_stdout else f"{self.job.target}{CHAIN}{member}")

    def take(self, record: Record) -> Record:
        """Note what became of a member, and return its record."""
        self.away -= 1
        told = replace(self.told(record), part=None)
        try:
            self.samples.take(record.output, told, record.part)
        except OSError as error:
            raise write_error(error, self.job.target) from None
        if told.status == "done":
            self.done.append(told)
        return told

    def write(self) -> None:
        """Write what can be; raise SurroundingsError, or BrokenPipeError."""
        try:
            if self.broken is None:
                self._write()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise write_error(error, self.job.target) from None

    def _write(self) -> None:
        if self.writer is None:
            self.writer = self._begun()
        for record in self.samples.write(self.writer):
            if record.status == "done":  # in vain
                record.status, record.output = "skipped", ""
                record.notes = [f"{record.source}: its sample has a member that failed, left out"]
        if self.is_over:
            self.writer.finish()

    def _begun(self) -> ShardWriter:
        """Return what takes the members."""
        target = self.job.target
        to_stdout = target == STDOUT
        file = cast(BinaryIO, sys.stdout.buffer) if to_stdout else self.drafts.begin(target)
        return ShardWriter(
            file, packed=is_compressed(self.job.source.path if to_stdout else target)
        )

    def flush(self) -> None:
        """Bring the shard to the disk, which any thread may do; raise SurroundingsError."""
        if self.broken is None and self.settings.sync != "none":
            self.drafts.flush()

    def finish(self) -> list[Record]:
        """Give the shard its name, as --if-exists says; return the records that have waited."""
        target = self.job.target
        if self.broken is not None:
            return [failed(self.job.source.path, self.broken)]
        if target == STDOUT:
            return self.done
        name = named_as_asked(self.drafts, target, replace(self.settings, sync="none"))
        if name != target:
            for record in self.done:
                record.output = name + record.output.removeprefix(target)
        return self.done

    def warned(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records, the first with what is wrong with the shard; one of its own if none.

        A shard without pictures has no other record that could tell.
        """
        warnings = self.shard.warnings(self.name)
        for record in records:
            record.warnings += warnings
            warnings = []
            yield record
        if warnings:
            yield warning_of(self.job.source.path, warnings)

    def close(self) -> None:
        """Remove what has no name."""
        self.samples.remove()
        self.drafts.remove()


def shard_name(job: Job) -> str:
    """Return what a shard is called where its members are told of."""
    return STDIN_NAME if job.source.is_stdin else job.source.path


def failed(source: str, error: InputError | None) -> Record:
    """Return the record of what cannot be read."""
    return Record(source=source, output="", status="failed", error=error)


def warning_of(source: str, warnings: list[str]) -> Record:
    """Return a record that tells of a shard in which nothing was to be done."""
    return Record(source=source, output="", status="skipped", warnings=warnings)
