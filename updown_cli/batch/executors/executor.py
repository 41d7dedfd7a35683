"""The way from jobs to where they are done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record

#: What a worker does with a job.
Act = Callable[[Worker, Job], Record]


class Executor(Protocol):
    """A place where jobs are done."""

    def run(self, jobs: Iterable[Job], worker: Worker, act: Act) -> Iterator[Record]:
        """Yield the record of every job, as they finish; raise what must end the run.

        Jobs are asked for as they can be done, and a few ahead: they may be made meanwhile.
        Whoever closes the iterator ends what is being done.
        """
