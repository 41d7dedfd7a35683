"""A forked worker: it gets one job at a time, and tells how far it is and what became of it.

What it sends is a `Record`, an error, or a tuple: what a `Watcher` is to hear.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from updown_cli.batch.executors.executor import Act
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.watcher import Watcher
from updown_cli.errors import InputError, SurroundingsError, UpdownError, bug, no_room
from updown_cli.stores.drafts import abandon
from updown_cli.stores.names import store_of
from updown_cli.stores.spelling import folder_of

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Seconds that a worker may take to give names to what it has written, or to vanish.
PATIENCE = 0.5

# The kernel's PR_SET_PDEATHSIG: a worker does not outlive its parent.
PARENT_DEATH_SIGNAL = 1


def can_fork() -> bool:
    """Whether processes can be forked here."""
    return "fork" in multiprocessing.get_all_start_methods()


def end_process(process: ForkProcess, pipe: Connection, jobs: Iterable[Job]) -> None:
    """End a worker, which may give names first, and remove what it left unfinished of its jobs."""
    process.terminate()
    pipe.close()
    process.join(PATIENCE)
    process.kill()
    process.join(PATIENCE)  # what waits for a disk cannot be killed
    assert process.pid is not None
    for folder in {folder_of(path) or "." for job in jobs for path in job.outputs}:
        store_of(folder).remove_temporaries_of(process.pid, folder)


@dataclass
class WorkerProcess:
    """One forked worker and the job it holds, which is given up when it is overdue."""

    process: ForkProcess
    pipe: Connection
    job: Job | None = None
    due: float | None = None

    def give(self, job: Job, timeout: float | None) -> None:
        """Hand over a job."""
        self.job = job
        self.due = None if timeout is None else time.monotonic() + timeout
        self.pipe.send(job)

    def take(self, watcher: Watcher) -> Record | None:
        """Return the record of the job, that of a failure if the worker died; None if it goes on.

        A job that asks to give its files their names is as good as done: it has no deadline more.
        """
        assert self.job is not None
        try:
            answer = self.pipe.recv()
            if isinstance(answer, tuple):
                self._hear(watcher, *answer)
                return None
        except (EOFError, OSError):
            return self.give_up(InputError("the worker died (out of memory?)", code="worker_died"))
        self.job = self.due = None
        if isinstance(answer, BaseException):
            raise answer
        record: Record = answer
        return record

    def _hear(self, watcher: Watcher, name: str, *told: object) -> None:
        getattr(watcher, name)(*told)
        if name == "naming":
            self.due = None
            self.pipe.send(True)

    def give_up(self, error: InputError) -> Record:
        """End the worker at once and return the record of its job, which failed."""
        assert self.job is not None
        lost = Record(
            source=self.job.source.path, output=self.job.target, status="failed", error=error
        )
        self.process.kill()
        self.end()
        return lost

    def end(self) -> None:
        """End the worker, which may give names first, and remove what it left unfinished."""
        end_process(self.process, self.pipe, [self.job] if self.job else [])
        self.job = self.due = None


class PipeWatcher(Watcher):
    """Tells the parent what it hears."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def begin(self, part: str) -> None:
        """Tell which part of the work begins."""
        self.pipe.send(("begin", part))

    def rows(self, done: int, total: int) -> None:
        """Tell how many rows of how many are done."""
        self.pipe.send(("rows", done, total))

    def naming(self) -> None:
        """Wait until files may get their names: a job that is given up meanwhile has none."""
        self.pipe.send(("naming",))
        self.pipe.recv()


def fork_worker(
    worker: Worker, act: Act, threads: int | None, others: list[WorkerProcess]
) -> WorkerProcess:
    """Fork a worker beside others, whose torch is to use so many threads."""
    return WorkerProcess(
        *fork(partial(_work, worker, act), threads, [hand.pipe for hand in others])
    )


def fork(
    live: Callable[[Connection], None], threads: int | None, others: list[Connection]
) -> tuple[ForkProcess, Connection]:
    """Fork a process that lives with a pipe to this one, and return it with our end of the pipe.

    Its torch uses so many threads. `others` are our ends of the pipes to other processes.
    """
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    stdin, sys.stdin = sys.stdin, None  # a new process would close it
    process = multiprocessing.get_context("fork").Process(
        target=_live, args=(live, threads, stdin, theirs, [ours, *others]), daemon=True
    )
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # until the worker has its own handlers
    try:
        process.start()
    except OSError:
        raise SurroundingsError(
            "cannot start another process", hint="use fewer --jobs", code="out_of_memory"
        ) from None
    finally:
        sys.stdin = stdin
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    theirs.close()
    return process, ours


def _live(
    live: Callable[[Connection], None],
    threads: int | None,
    stdin: Any,
    pipe: Connection,
    inherited: list[Connection],
) -> None:
    """Live until the pipe is closed."""
    sys.stdin = stdin
    for connection in inherited:
        connection.close()
    _belong_to_parent()
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    with contextlib.suppress(EOFError, OSError):  # the parent has closed the pipe, or is dead
        live(pipe)
    abandon(PATIENCE)  # another thread may be giving names
    os._exit(0)


def _work(worker: Worker, act: Act, pipe: Connection) -> None:
    """Carry out one job after the other; the life of a forked worker."""
    worker.watcher = PipeWatcher(pipe) if worker.is_watched else worker.watcher
    while True:
        pipe.send(outcome(worker, act, pipe.recv()))


def outcome(worker: Worker, act: Act, job: Job) -> Record | UpdownError | OSError:
    """Return the record of a job, or what must end the run."""
    try:
        return act(worker, job)
    except UpdownError as error:
        return error
    except (ImportError, MemoryError) as error:
        return no_room(error)
    except OSError as error:
        return error if error.filename is None else bug(error)  # without: of standard output
    except Exception as error:
        return bug(error)


def _belong_to_parent() -> None:
    """Leave signals to the parent, and end when it ends."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_when_told, daemon=True).start()
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _end_when_told() -> None:
    """Wait for the signal to end, which is blocked in all threads; let names be given first."""
    number = signal.sigwait([signal.SIGTERM])
    abandon(PATIENCE)
    os._exit(128 + number)
