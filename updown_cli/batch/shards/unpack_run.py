"""A run that makes files of the members of shards, each whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from updown_cli.batch.archive_run import Act
from updown_cli.batch.foreign import has_picture_name
from updown_cli.batch.inputs import Source
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.shards.copies import Copies
from updown_cli.batch.shards.entries import Shard, Window
from updown_cli.batch.shards.shard_run import failed, shard_name, warning_of
from updown_cli.batch.shards.unpacked import Unpacked
from updown_cli.batch.shards.work_folders import WorkFolders
from updown_cli.errors import InputError
from updown_cli.stores.names import store_of
from updown_cli.stores.spelling import folder_of


def preview_unpacked(
    jobs: list[Job], worker: Worker, act: Act, more: Callable[[int], None]
) -> Iterator[Record]:
    """Yield what would become of pictures; of streams, which are not read, what becomes of them."""
    for job in jobs:
        shard = Shard(job.source.path, worker.settings.reading)
        if job.refusal is not None or shard.is_stream:
            more(1)
            planned = Record(source=job.source.path, output=job.target, status="planned")
            yield planned if job.refusal is None else failed(job.source.path, job.refusal)
            continue
        row = UnpackRow([job], worker, more, is_dry=True)
        members = [*row.members()]
        yield from row.tell()
        for record in act(members, worker) if members else ():
            row.warn(record)
            yield record
        row.end()
        yield from row.tell()


def process_unpacked(
    jobs: list[Job],
    worker: Worker,
    act: Callable[[Iterator[Job], Worker], Iterator[Record]],
    more: Callable[[int], None],
) -> Iterator[Record]:
    """Yield the records of the members that are pictures, and of those that failed.

    Raises UsageError, SurroundingsError.
    """
    with UnpackRow(jobs, worker, more) as row:
        with contextlib.closing(act(row.members(), worker)) as records:  # type: ignore[type-var]
            for record in records:
                row.take(record)
                yield record
                yield from row.tell()
        row.end()
        yield from row.tell()


@dataclass
class UnpackRow:
    """The shards of a run, and the members that are away; of a dry run nothing is written."""

    shards: list[Job]
    worker: Worker
    more: Callable[[int], None]
    is_dry: bool = False
    folders: WorkFolders = field(default_factory=WorkFolders)
    copies: Copies = field(init=False)
    away: dict[str, tuple[Job, str | None]] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)
    cleaned: set[str] = field(default_factory=set)
    waiting: list[Record] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.copies = Copies(self.worker)

    def __enter__(self) -> UnpackRow:
        return self

    def __exit__(self, *_: object) -> None:
        self.copies.close()
        self.folders.__exit__()

    def tell(self) -> Iterator[Record]:
        """Yield the records that are true by now."""
        told, self.waiting = self.waiting, []
        yield from told

    def members(self) -> Iterator[Job]:
        """Yield what is to be done with the pictures of all shards; copy all else."""
        for number, job in enumerate(self.shards, 1):
            shard = Shard(job.source.path, self.worker.settings.reading)
            unpacked = Unpacked(job, self.worker.settings.format)
            try:
                job.source.check()
                folder = self.folders.enter(job) if shard.is_stream else ""
                for window in shard.windows(os.path.join(folder, str(number))):
                    yield from self._members(unpacked, window)
            except InputError as error:
                self._tell([failed(job.source.path, error)])
            self.end_copies()
            self.warnings += shard.warnings(shard_name(job))

    def _members(self, unpacked: Unpacked, window: Window) -> list[Job]:
        """Return the pictures of a window; copy its other members."""
        jobs = []
        for entry in window.entries:
            try:
                target = unpacked.target(entry)
            except InputError as error:
                self._tell([failed(unpacked.told(entry), error)])
                continue
            if target is None or entry.place is None:
                continue
            source = Source(unpacked.told(entry))
            job = Job(source, target, makes_folders=True, place=entry.place)
            if has_picture_name(entry.name):
                jobs.append(job)
            elif not self.is_dry:
                self._clean(job)
                self._tell(self.copies.add(job))
        self._expect(jobs, window.file)
        return jobs

    def _expect(self, jobs: list[Job], file: str | None) -> None:
        """Note which members come, and in which file they are, that is needed no more then."""
        self.more(len(jobs))
        if self.is_dry:
            return
        for job in jobs:
            self._clean(job)
            self.away[job.source.path] = job, file
        if file is not None:
            self.left[file] = len(jobs)
            self._release(file)

    def _clean(self, job: Job) -> None:
        """Remove what dead runs have left where a file will be."""
        folder = folder_of(job.target)
        if folder not in self.cleaned:
            store_of(folder).remove_stale(folder)
            self.cleaned.add(folder)

    def _release(self, file: str) -> None:
        if not self.left[file]:
            with contextlib.suppress(OSError):
                os.unlink(file)

    def _tell(self, records: Iterator[Record] | list[Record]) -> None:
        """Let failures be told, and counted."""
        told = [*records]
        self.more(len(told))
        self.waiting += told

    def take(self, record: Record) -> None:
        """Note what became of a member; one that failed is kept as it was, if that is asked."""
        self.warn(record)
        job, file = self.away.pop(record.source)
        if record.status == "failed" and self.worker.settings.keep_failed:
            self._tell(self.copies.add(job))
        if file is not None:
            self.left[file] -= 1
            self._release(file)

    def end_copies(self) -> None:
        """Give what was copied its names."""
        self._tell(self.copies.finish())

    def warn(self, record: Record) -> None:
        """Tell with a record what is wrong with the shards that are read by now."""
        record.warnings += self.warnings
        self.warnings = []

    def end(self) -> None:
        """End the copies, and tell of shards whose pictures are all told of, or that have none."""
        self.end_copies()
        if self.warnings:
            self._tell([warning_of(self.shards[-1].source.path, self.warnings)])
            self.warnings = []
