"""Forked processes that get one job at a time, so that each can be given up when it is overdue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import wait

from updown_cli.batch.executors.executor import Act
from updown_cli.batch.executors.worker_process import WorkerProcess, can_fork, fork_worker
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.errors import InputError, UsageError
from updown_cli.pipeline.strips import cores


@dataclass(frozen=True)
class SingleJobs:
    """So many processes."""

    count: int

    def run(self, jobs: Iterable[Job], worker: Worker, act: Act) -> Iterator[Record]:
        """Yield the record of every job, as they finish, or are overdue."""
        crew, waiting = WorkerPool(worker, act, self.count), iter(jobs)
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
        if not can_fork():
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
