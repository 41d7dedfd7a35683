"""What runs on a worker of a cluster: it does the jobs of a batch and answers with records."""

from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from updown_cli import __version__
from updown_cli.batch.cluster.crossing import unpacked
from updown_cli.batch.executors.group_worker import expect_files
from updown_cli.batch.executors.worker_process import outcome
from updown_cli.batch.group import Ending, Group
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.engine.memory import keep_freed_memory
from updown_cli.errors import UpdownError
from updown_cli.stores.names import forget_seen, store_of

#: What tells this process from any other, and its updown from others: a number, and the version.
IDENTITY = f"{os.urandom(8).hex()} {__version__}"

_of_thread = threading.local()


@dataclass(frozen=True)
class Answer:
    """The records of the jobs that were done, what ended the run, and how long all took."""

    records: list[Record]
    error: Ending | None = None
    seconds: float = 0.0


def run_batch(identity: str, run: bytes, jobs: bytes) -> bytes | None:
    """Return the answer to a batch of jobs of a run; None if another process was asked."""
    if identity != IDENTITY:
        return None
    try:
        answer = _session(run).answer(pickle.loads(jobs), _is_wanted())
    except UpdownError as error:  # of files that all jobs need, and of devices
        answer = Answer([], error)
    return pickle.dumps(answer)


def remove_unfinished_in(folders: list[str]) -> None:
    """Remove what dead workers left unfinished."""
    for folder in folders:
        store_of(folder).remove_stale(folder)


def _session(run: bytes) -> Session:
    """Return this thread's session of a run; that of the run before ends."""
    session: Session | None = getattr(_of_thread, "session", None)
    if session is None or session.run != run:
        if session is not None:
            session.close()
        forget_seen()
        session = _of_thread.session = Session(run)
    return session


def _is_wanted() -> Callable[[], bool]:
    """Return what tells whether somebody still waits for the batch of this thread."""
    from distributed import get_worker

    worker = get_worker()
    tasks, key = worker.state.tasks, worker.get_current_task()
    return lambda: key in tasks and tasks[key].state == "executing"


@dataclass
class Session:
    """A worker with its engine, which stays for all batches of a run."""

    run: bytes
    records: list[Record] = field(default_factory=list)
    error: Ending | None = None
    group: Group | None = None

    def __post_init__(self) -> None:
        keep_freed_memory()  # which Dask lets its workers give back after every picture
        self.worker, self.act = unpacked(self.run)
        self.worker.engine  # noqa: B018 (the first batch takes no longer than others)
        if self.worker.settings.sync == "group":
            self.group = self.worker.group = Group(self._tell)

    def _tell(self, records: list[Record], error: Ending | None) -> None:
        self.records += records
        self.error = self.error or error

    def close(self) -> None:
        """End the thread that flushes results."""
        if self.group is not None:
            self.group.close()

    def answer(self, jobs: list[Job], is_wanted: Callable[[], bool]) -> Answer:
        """Do jobs, as long as somebody waits for them."""
        self.records, self.error, began = [], None, time.perf_counter()
        for number, job in enumerate(jobs):
            if self.error is not None or not is_wanted():
                break
            expect_files(islice(jobs, number + 1, None))
            self._do(job)
        if self.group is not None:
            self.group.finish()
        return Answer(self.records, self.error, time.perf_counter() - began)

    def _do(self, job: Job) -> None:
        done = outcome(self.worker, self.act, job)
        if not isinstance(done, Record):
            self.error = done
        elif self.group is None:
            self.records.append(done)
        else:
            self.group.add(done)
