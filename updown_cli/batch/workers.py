"""Many jobs at once: forked processes, so that a crash in a codec costs one named file.

Torch is imported before the fork and shared. A worker gets one job at a time and sends its record
back; nothing large crosses. Where there is no fork, and on a GPU, threads do the work.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_futures
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.engine.memory import keep_freed_memory
from updown_cli.errors import InputError, SurroundingsError, UpdownError, bug
from updown_cli.files import drafts
from updown_cli.files.hidden_files import remove_temporaries_of
from updown_cli.pipeline.strips import cores

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Seconds that a worker may take to give names to what it has written.
PATIENCE = 0.5

# The kernel's PR_SET_PDEATHSIG: a worker does not outlive its parent.
PARENT_DEATH_SIGNAL = 1


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
    count = min(worker.settings.jobs, len(work))
    if count <= 1:
        yield from map(worker.process, work)
    elif worker.settings.device == "cpu" and "fork" in multiprocessing.get_all_start_methods():
        yield from _by_processes(work, worker, count)
    else:
        yield from _by_threads(work, worker, count)


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


@dataclass
class WorkerProcess:
    """One forked worker and the job it holds."""

    process: ForkProcess
    pipe: Connection
    job: Job | None = None

    def give(self, job: Job) -> None:
        """Hand over a job."""
        self.job = job
        self.pipe.send(job)

    def take(self) -> Record:
        """Return the record of the job; that of a failure if the worker died."""
        assert self.job is not None
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            lost = _lost(self.job)
            self.end()
            return lost
        self.job = None
        if isinstance(answer, BaseException):
            raise answer
        record: Record = answer
        return record

    def end(self) -> None:
        """End the worker, which may give names first, and remove what it left unfinished."""
        self.process.terminate()
        self.pipe.close()
        self.process.join(PATIENCE)
        self.process.kill()
        self.process.join()
        assert self.process.pid is not None
        for path in self.job.outputs if self.job else ():
            remove_temporaries_of(self.process.pid, os.path.dirname(path) or ".")
        self.job = None


def _lost(job: Job) -> Record:
    error = InputError("the worker died (out of memory?)", code="worker_died")
    return Record(source=job.source.path, output=job.target, status="failed", error=error)


def _by_processes(jobs: list[Job], worker: Worker, count: int) -> Iterator[Record]:
    worker.engine  # noqa: B018 (torch is imported once, here, and shared by all)
    waiting = iter(jobs)
    crew = WorkerPool(worker, count)
    try:
        for job in islice(waiting, count):
            crew.hire().give(job)
        while busy := {hand.pipe: hand for hand in crew.hands if hand.job}:
            for pipe in wait(list(busy)):
                hand = busy[pipe]  # type: ignore[index]
                record = hand.take()
                for job in islice(waiting, 1):
                    crew.give(hand, job)
                yield record
    finally:
        for hand in crew.hands:
            hand.process.terminate()
        for hand in crew.hands:
            hand.end()


@dataclass
class WorkerPool:
    """The workers of a run; one that has died is replaced by another."""

    worker: Worker
    count: int
    hands: list[WorkerProcess] = field(default_factory=list)

    def give(self, hand: WorkerProcess, job: Job) -> None:
        """Hand over a job, to a new worker if this one is dead."""
        try:
            hand.give(job)
        except OSError:
            hand.end()
            self.hands.remove(hand)
            self.hire().give(job)

    def hire(self) -> WorkerProcess:
        """Fork a worker."""
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        inherited = [ours, *(hand.pipe for hand in self.hands)]
        process = context.Process(
            target=_work, args=(self.worker, theirs, inherited, self.count), daemon=True
        )
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # until the worker has its own handlers
        try:
            process.start()
        except OSError:
            raise SurroundingsError(
                "cannot start another process", hint="use fewer --jobs", code="out_of_memory"
            ) from None
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        theirs.close()
        self.hands.append(WorkerProcess(process, ours))
        return self.hands[-1]


def _work(worker: Worker, pipe: Connection, inherited: list[Connection], count: int) -> None:
    """Carry out jobs until the pipe is closed; the life of a forked worker."""
    import torch

    for connection in inherited:
        connection.close()
    _belong_to_parent()
    torch.set_num_threads(max(cores() // count, 1))
    while True:
        try:
            pipe.send(_outcome(worker, pipe.recv()))
        except (EOFError, OSError):
            os._exit(0)  # the parent has closed the pipe, or is dead


def _outcome(worker: Worker, job: Job) -> Record | UpdownError:
    try:
        return worker.process(job)
    except UpdownError as error:
        return error
    except Exception as error:
        return bug(error)


def _belong_to_parent() -> None:
    """Leave signals to the parent, and end when it ends."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    drafts.held_back.append(signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
