"""Many jobs at once: forked processes, so that a crash in a codec costs one named file.

Torch is imported before the fork and shared. A worker gets jobs and sends records back; nothing
large crosses. Where there is no fork, and on a GPU, threads do the work. A job with
a deadline is always that of a process, for nothing else ends whatever it is doing.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_futures
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import wait

from updown_cli.batch.group_pool import process_in_groups
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.worker_process import Act, WorkerProcess, fork_worker
from updown_cli.engine.devices import import_torch
from updown_cli.engine.memory import keep_freed_memory
from updown_cli.errors import InputError, UsageError
from updown_cli.files.npy import is_mapped
from updown_cli.files.peek import is_damaged
from updown_cli.pipeline.strips import cores
from updown_cli.stores.names import store_of


def preview_all(jobs: list[Job], worker: Worker) -> Iterator[Record]:
    """Yield what would become of every job."""
    if worker.settings.timeout is None:
        yield from map(worker.preview, jobs)
    else:
        yield from _by_processes(jobs, WorkerPool(worker, type(worker).preview, 1))


def process_all(jobs: list[Job], worker: Worker) -> Iterator[Record]:
    """Yield the record of every job, as they finish."""
    if len(jobs) > 1:
        keep_freed_memory()
    work = []
    for job in jobs:
        record = worker.settle(job)
        if record is None:
            work.append(job)
        else:
            yield record
    refused = 0 if worker.settings.timeout is not None else _refused_first(work, worker)
    yield from map(worker.process, work[:refused])
    work = work[refused:]
    count = min(worker.settings.jobs, len(work))
    apart = count > 1 or any(is_mapped(job.source.path) for job in work)
    if worker.settings.timeout is not None or (apart and _may_fork(work, worker)):
        if len(work) > 1:
            _share_torch(worker)
        if count > 1 and not worker.is_watched:
            yield from process_in_groups(work, worker, count)
            return
        yield from _by_processes(work, WorkerPool(worker, type(worker).process, count))
    elif count <= 1:
        yield from map(worker.process, work)
    else:
        yield from _by_threads(work, worker, count)


def _refused_first(jobs: list[Job], worker: Worker) -> int:
    """Return how many of the first jobs are refused undecoded: torch is not loaded for them."""
    refused = (_is_refused(job, worker) for job in jobs)
    return next((number for number, bad in enumerate(refused) if not bad), len(jobs))


def _is_refused(job: Job, worker: Worker) -> bool:
    """Whether a job's header refuses it, or what else is known of its file undecoded."""
    if worker.preview(job).status != "planned":
        return True
    return not job.source.is_stdin and is_damaged(job.source.path, worker.settings.reading)


def _may_fork(jobs: list[Job], worker: Worker) -> bool:
    """Whether processes can do the work: what has begun to use a GPU may not fork.

    What is in the memory of this process alone is done by it.
    """
    names = (name for job in jobs for name in (job.source.path, *job.outputs))
    shared = all(store_of(name).is_shared(name) for name in names)
    return worker.settings.device == "cpu" and _can_fork() and shared


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def _share_torch(worker: Worker) -> None:
    """Import torch once, here, for all workers; a GPU is left to them."""
    if worker.settings.device == "cpu":
        worker.engine  # noqa: B018
    else:
        import_torch()


def _by_threads(jobs: list[Job], worker: Worker, count: int) -> Iterator[Record]:
    waiting = iter(jobs)
    pool = ThreadPoolExecutor(count)
    try:
        running: set[Future[Record]] = {
            pool.submit(worker.process, job) for job in islice(waiting, 2 * count)
        }
        while running:
            done, running = wait_for_futures(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(worker.process, job) for job in islice(waiting, len(done))}
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _by_processes(jobs: list[Job], crew: WorkerPool) -> Iterator[Record]:
    waiting = iter(jobs)
    try:
        for job in islice(waiting, crew.count):
            crew.hire().give(job, crew.timeout)
        while crew.busy:
            for hand, record in crew.records():
                for job in islice(waiting, 1):
                    crew.give(hand, job)
                yield record
    finally:
        crew.dismiss()


@dataclass
class WorkerPool:
    """The workers of a run; one that has died, or was ended, is replaced by another."""

    worker: Worker
    act: Act
    count: int
    hands: list[WorkerProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not _can_fork():
            raise UsageError("needs a system that can fork processes", subject="--timeout")

    @property
    def timeout(self) -> float | None:
        """Seconds that a job may take."""
        return self.worker.settings.timeout

    @property
    def busy(self) -> list[WorkerProcess]:
        """The workers that hold a job."""
        return [hand for hand in self.hands if hand.job]

    def records(self) -> Iterator[tuple[WorkerProcess, Record]]:
        """Yield those workers that have ended their jobs, or are overdue, with the records."""
        busy = {hand.pipe: hand for hand in self.busy}
        first_due = min((hand.due for hand in busy.values() if hand.due is not None), default=None)
        patience = None if first_due is None else max(first_due - time.monotonic(), 0)
        for pipe in wait(list(busy), patience):
            hand = busy[pipe]  # type: ignore[index]
            record = hand.take(self.worker.watcher)
            if record is not None:
                yield hand, record
        for hand in busy.values():
            if hand.due is not None and hand.due <= time.monotonic():
                reason = f"took more than {self.timeout:g} s (--timeout)"
                yield hand, hand.give_up(InputError(reason, code="timeout"))

    def give(self, hand: WorkerProcess, job: Job) -> None:
        """Hand over a job, to a new worker if this one is dead."""
        try:
            hand.give(job, self.timeout)
        except OSError:
            hand.end()
            self.hands.remove(hand)
            self.hire().give(job, self.timeout)

    def hire(self) -> WorkerProcess:
        """Fork a worker."""
        threads = max(cores() // self.count, 1) if self.count > 1 else None
        self.hands.append(fork_worker(self.worker, self.act, threads, self.hands))
        return self.hands[-1]

    def dismiss(self) -> None:
        """End all workers."""
        for hand in self.hands:
            hand.process.terminate()
        for hand in self.hands:
            hand.end()
