"""A run whose inputs are shards: each becomes a shard, which appears whole or not at all.

The members of all shards are one row of jobs: while the last of one shard are done, and it gets its
name, workers are at the next.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from updown_cli.batch.archive_run import Act, of_archive, worker_of_parts
from updown_cli.batch.foreign import has_picture_name
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.shards.packing import settle_packed
from updown_cli.batch.shards.shard_run import ShardRun, failed
from updown_cli.batch.shards.work_folders import WorkFolders
from updown_cli.errors import InputError, SurroundingsError

#: Carries out a row of jobs, of which nobody knows the end.
ActOnRow = Callable[[Iterator[Job], Worker], Iterator[Record]]

#: Hears of how many images there are more.
More = Callable[[int], None]

# Shards that are written at once, each an open file; of those beyond the parts wait.
MOST_WRITTEN = 32

# Shards that may be on their way to the disk while others are made.
MOST_ENDING = 4


def known_pictures(job: Job) -> int:
    """Return how many images there are before any work: those of files that become a shard."""
    return sum(has_picture_name(source.path) for source in job.members)


def settle(job: Job, worker: Worker) -> Record | None:
    """Return the record of a shard that is skipped or refused; None of one that is to be made."""
    return settle_packed(job, worker) if job.members else worker.settle(job)


def preview_shards(jobs: list[Job], worker: Worker, act: Act, more: More) -> Iterator[Record]:
    """Yield what would become of members; of streams, which are not read, what becomes of them."""
    for job in jobs:
        run = ShardRun(job, worker.settings)
        if (settled := settle(job, worker)) or run.is_stream:
            more(1)
            yield settled or Record(source=job.source.path, output=job.target, status="planned")
            continue
        try:
            for window in run.windows():
                parts = run.parts(window)
                refused, members = run.refused(parts), run.jobs(parts)
                more(len(refused) + len(members))
                yield from refused
                records = act(members, worker_of_parts(worker)) if members else ()
                yield from run.warned(map(run.told, records))
        except InputError as error:
            more(1)
            yield failed(job.source.path, error)


def process_shards(
    jobs: list[Job], worker: Worker, act: ActOnRow, more: More, made: Callable[[], None]
) -> Iterator[Record]:
    """Yield the records of members: failures as they come, others when their shard is there.

    `made` hears of each that waits for it. Raises UsageError, SurroundingsError.
    """
    with Row(jobs, worker, more, made) as row:
        with contextlib.closing(act(row.members(), worker_of_parts(worker))) as records:  # type: ignore[type-var]
            try:
                for record in records:
                    row.take(record)
                    yield from row.tell()
                row.end_shards(0)
            except SurroundingsError as error:
                raise row.of_shard(error) from None
        yield from row.tell()


@dataclass
class Row:
    """The shards of a run, in their order, and those that are on their way."""

    shards: list[Job]
    worker: Worker
    more: More
    made: Callable[[], None]
    folders: WorkFolders = field(default_factory=WorkFolders)
    going: list[ShardRun] = field(default_factory=list)
    by_result: dict[str, ShardRun] = field(default_factory=dict)
    waiting: list[Record] = field(default_factory=list)
    ending: deque[tuple[ShardRun, Future[None]]] = field(default_factory=deque)
    flusher: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def __enter__(self) -> Row:
        self.more(sum(map(known_pictures, self.shards)))
        return self

    def __exit__(self, *_: object) -> None:
        self.flusher.shutdown(cancel_futures=True)
        for run in (*self.going, *(run for run, _ in self.ending)):
            run.close()
        self.folders.__exit__()

    def tell(self) -> Iterator[Record]:
        """Yield the records that are true by now."""
        self.end_shards(MOST_ENDING)
        told, self.waiting = self.waiting, []
        yield from told

    def members(self) -> Iterator[Job]:
        """Yield what is to be done with the members of all shards."""
        for number, job in enumerate(self.shards, 1):
            if (settled := settle(job, self.worker)) is not None:
                self.more(1 - known_pictures(job))
                self.waiting.append(settled)
                continue
            run = ShardRun(job, self.worker.settings)
            run.prefix = os.path.join(self.folders.enter(job), str(number))
            self.going.append(run)
            try:
                yield from self._members(run)
            except InputError as error:
                self.more(1)
                run.broken = error
            run.is_read = True
            self.go_on(run)

    def _members(self, run: ShardRun) -> Iterator[Job]:
        for window in run.windows():
            parts = run.parts(window)
            refused, jobs = run.refused(parts), run.jobs(parts)
            self.more(len(refused) + len(jobs) - known_pictures(run.job))
            self.waiting += refused
            self.by_result |= dict.fromkeys((job.target for job in jobs), run)
            run.away += len(jobs)
            yield from jobs

    def take(self, record: Record) -> None:
        """Note what became of a member, and write what can be written."""
        run = self.by_result.pop(record.output)
        told = run.take(record)
        if told.status == "done":
            self.made()
        else:
            self.waiting.append(told)
        self.go_on(run)

    def go_on(self, run: ShardRun) -> None:
        """Write what can be written of a shard, and end one that is over."""
        begun = sum(run.writer is not None for run in self.going)
        if run.writer is not None or run.is_over or begun < MOST_WRITTEN:
            try:
                run.write()
            except InputError as error:  # of a file that was there when it became a member
                self.more(1)
                run.broken = error
        if run.is_over:
            self.going.remove(run)
            self.ending.append((run, self.flusher.submit(run.flush)))

    def end_shards(self, most: int) -> None:
        """Give names to shards that are on the disk, and wait for others than so many."""
        while self.ending and (len(self.ending) > most or self.ending[0][1].done()):
            run, flushed = self.ending[0]
            flushed.result()
            records = run.finish()
            told = [*run.warned(records)] if run.broken is None else records
            self.more(len(told) - len(records))
            self.waiting += told
            self.ending.popleft()
            run.close()
            self.folders.leave(run.job, is_made=run.broken is None)

    def of_shard(self, error: SurroundingsError) -> SurroundingsError:
        """Return a failure to write a part as one to write its shard."""
        for run in (*self.going, *(run for run, _ in self.ending)):
            error = of_archive(error, run.prefix, run.job.target)
        return error
