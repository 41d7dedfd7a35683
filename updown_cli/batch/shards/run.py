"""A run whose inputs are shards: each becomes a shard, which appears whole or not at all.

Members that are pictures or arrays, by their names, are inputs as files of a folder are; what is
made of them are files of a hidden folder until all before them are in the shard. All other members
stay as they are, in their places.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

from updown_cli.batch.archive_run import Act, named_as_asked, of_archive, worker_of_parts
from updown_cli.batch.foreign import has_picture_name
from updown_cli.batch.inputs import Source
from updown_cli.batch.job import Worker
from updown_cli.batch.naming import STDOUT, result_ending
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.shards.entries import Entry, Shard
from updown_cli.batch.shards.plan import STDIN_NAME
from updown_cli.batch.shards.samples import Part, Samples
from updown_cli.batch.shards.writer import ShardWriter
from updown_cli.errors import InputError, SurroundingsError
from updown_cli.files.formats import ending
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.hidden_folder import HiddenFolder
from updown_cli.stores.names import store_of
from updown_cli.stores.save import folders_for
from updown_cli.stores.spelling import CHAIN
from updown_cli.stores.tar_members import tar_members
from updown_cli.stores.tar_names import is_compressed
from updown_cli.stores.write_error import write_error

#: Hears of how many images there are more.
More = Callable[[int], None]


def preview_shard(job: Job, worker: Worker, act: Act, more: More) -> Iterator[Record]:
    """Yield what would become of a shard's members; of a stream, which is not read, of itself."""
    shard = Shard(job.source.path, worker.settings.reading.accept_damaged)
    if (settled := worker.settle(job)) or shard.is_stream:
        yield settled or Record(source=job.source.path, output=job.target, status="planned")
        return
    run = ShardRun(job, worker, act)
    try:
        for window in shard.windows("parts"):
            yield from run.members(window, more)
    except InputError as error:
        yield _failed(job.source.path, error)
    finally:
        tar_members().forget(run.name)


def process_shard(
    job: Job, worker: Worker, act: Act, more: More, made: Callable[[], None]
) -> Iterator[Record]:
    """Yield the records of a shard's members: failures as they come, others when it is there."""
    if (settled := worker.settle(job)) is not None:
        yield settled
        return
    run = ShardRun(job, worker, act)
    try:
        with _folders(job) as run.folder, Drafts() as drafts:
            yield from run.make(drafts, more, made)
    except InputError as error:
        yield _failed(job.source.path, error)
    else:
        yield from run.done
    finally:
        tar_members().forget(run.name)


@contextlib.contextmanager
def _folders(job: Job) -> Iterator[str]:
    """Make the folder of a shard, and a hidden one for its parts, whose path is given."""
    with folders_for(job.outputs if job.makes_folders else []):
        name = STDIN_NAME if job.target == STDOUT else job.target
        beside = store_of(name).path_beside(name) if name != STDIN_NAME else _temporary(name)
        with HiddenFolder(beside) as folder:
            yield folder.path


def _temporary(name: str) -> str:
    import tempfile

    return os.path.join(tempfile.gettempdir(), name)


def _failed(source: str, error: InputError) -> Record:
    return Record(source=source, output="", status="failed", error=error)


@dataclass
class ShardRun:
    """One shard on its way; `done` are the records that wait until it has its name."""

    job: Job
    worker: Worker
    act: Act
    folder: str = "parts"
    done: list[Record] = field(default_factory=list)
    count: int = 0
    names: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """What the shard is called where its members are told of."""
        return STDIN_NAME if self.job.source.is_stdin else self.job.source.path

    def make(self, drafts: Drafts, more: More, made: Callable[[], None]) -> Iterator[Record]:
        """Make the shard, whatever goes in; yield the records of members that failed."""
        target = self.job.target
        try:
            with self.writing(drafts) as samples:
                yield from self.process(samples, more, made)
            self.give_name(drafts)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise write_error(error, target) from None
        except SurroundingsError as error:
            raise of_archive(error, self.folder, target) from None

    @contextlib.contextmanager
    def writing(self, drafts: Drafts) -> Iterator[Samples]:
        """Yield what takes the members, and end the shard."""
        target = self.job.target
        to_stdout = target == STDOUT
        file = cast(BinaryIO, sys.stdout.buffer) if to_stdout else drafts.begin(target)
        name = self.job.source.path if to_stdout else target
        writer = ShardWriter(file, packed=is_compressed(name))
        yield Samples(writer, self.worker.settings.keep_failed)
        writer.finish()
        file.flush()

    def process(self, samples: Samples, more: More, made: Callable[[], None]) -> Iterator[Record]:
        """Do what is to be done with all members; yield the records of those that failed."""
        shard = Shard(self.job.source.path, self.worker.settings.reading.accept_damaged)
        for window in shard.windows(self.folder):
            parts = self.parts(window)
            samples.expect(parts)
            yield from self._refused(parts, more)
            self._write(samples)
            for result, record in self._acted(parts, more):
                samples.take(result, record)
                if record.status == "done":
                    self.done.append(record)
                    made()
                else:
                    yield record
                self._write(samples)

    def _write(self, samples: Samples) -> None:
        """Write samples; what was done in vain says so."""
        for record in samples.write():
            if record.status == "done":
                record.status, record.output = "skipped", ""
                record.notes = [f"{record.source}: its sample has a member that failed, left out"]

    def members(self, window: list[Entry], more: More) -> Iterator[Record]:
        """Yield what becomes of the members of a window."""
        parts = self.parts(window)
        yield from self._refused(parts, more)
        yield from (record for _, record in self._acted(parts, more))

    def parts(self, window: list[Entry]) -> list[Part]:
        """Return the members of a window, those with results that are to be made."""
        tar_members().hold(self.name, {e.name: e.place for e in window if e.place is not None})
        return [self._part(entry) for entry in window]

    def _part(self, entry: Entry) -> Part:
        if entry.place is None or not has_picture_name(entry.name):
            return self._named(Part(entry, entry.name))
        self.count += 1
        suffix = result_ending(Source(entry.name), self.worker.settings.format)
        name = entry.name[: len(entry.name) - len(ending(entry.name))] + suffix
        return self._named(Part(entry, name, os.path.join(self.folder, f"{self.count}{suffix}")))

    def _named(self, part: Part) -> Part:
        """Return a member; refused if its result has the name of one before it."""
        entry = part.entry
        if part.name in self.names and entry.refusal is None:
            error = InputError(f"{part.name} is another member's result", code="duplicate")
            part = Part(Entry(entry.name, refusal=error), entry.name)
        self.names.add(part.name)
        return part

    def _refused(self, parts: list[Part], more: More) -> Iterator[Record]:
        refused = [part.entry for part in parts if part.entry.refusal is not None]
        more(len(refused))
        for entry in refused:
            assert entry.refusal is not None
            yield _failed(self._told(entry.name), entry.refusal)

    def _told(self, member: str) -> str:
        return f"{self.name}{CHAIN}{member}"

    def _acted(self, parts: list[Part], more: More) -> Iterator[tuple[str, Record]]:
        """Yield (result, record) of members, as they finish."""
        wanted = {part.result: part for part in parts if part.result is not None}
        jobs = [Job(Source(self._told(p.entry.name)), path) for path, p in wanted.items()]
        by_source = {job.source.path: job.target for job in jobs}
        more(len(jobs))
        for record in self.act(jobs, worker_of_parts(self.worker)) if jobs else ():
            result = by_source[record.source]
            output = "" if record.status == "failed" else self._output(wanted[result].name)
            yield result, replace(record, output=output)

    def _output(self, member: str) -> str:
        return member if self.job.target == STDOUT else f"{self.job.target}{CHAIN}{member}"

    def give_name(self, drafts: Drafts) -> None:
        """Give the shard its name, as --if-exists says."""
        target = self.job.target
        if target == STDOUT:
            return
        name = named_as_asked(drafts, target, self.worker.settings)
        if name != target:
            for record in self.done:
                record.output = name + record.output.removeprefix(target)
