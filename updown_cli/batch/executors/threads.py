"""Jobs that threads of this process do: where there is no fork, and on a GPU."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from updown_cli.batch.executors.executor import Act
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record


@dataclass(frozen=True)
class Threads:
    """So many threads."""

    count: int

    def run(self, jobs: Iterable[Job], worker: Worker, act: Act) -> Iterator[Record]:
        """Yield the record of every job, as they finish."""
        waiting = iter(jobs)
        pool = ThreadPoolExecutor(self.count)
        try:
            running: set[Future[Record]] = {
                pool.submit(act, worker, job) for job in islice(waiting, 2 * self.count)
            }
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(act, worker, job) for job in islice(waiting, len(done))}
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)
