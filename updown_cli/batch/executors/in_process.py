"""Jobs that are done here, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from updown_cli.batch.executors.executor import Act
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record


@dataclass(frozen=True)
class InProcess:
    """This process, by its own thread."""

    def run(self, jobs: Iterable[Job], worker: Worker, act: Act) -> Iterator[Record]:
        """Yield the record of every job."""
        return (act(worker, job) for job in jobs)
