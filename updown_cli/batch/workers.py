"""Many jobs at once: what is settled here, and where the others are done.

Torch is imported before processes are forked, and shared by them: a crash in a codec costs one
named file. Where there is no fork, and on a GPU, threads do the work. A job with a deadline is
always that of a process, for nothing else ends whatever it is doing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from updown_cli.batch.executors.executor import Executor
from updown_cli.batch.executors.groups import Groups
from updown_cli.batch.executors.in_process import InProcess
from updown_cli.batch.executors.single_jobs import SingleJobs
from updown_cli.batch.executors.threads import Threads
from updown_cli.batch.executors.worker_process import can_fork
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.engine.devices import import_torch
from updown_cli.engine.memory import keep_freed_memory
from updown_cli.files.npy import is_mapped
from updown_cli.files.peek import is_damaged
from updown_cli.stores.names import store_of


def preview_all(jobs: list[Job], worker: Worker) -> Iterator[Record]:
    """Yield what would become of every job."""
    executor = InProcess() if worker.settings.timeout is None else SingleJobs(1)
    yield from executor.run(jobs, worker, type(worker).preview)


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
    refused = _refused_first(work, worker) if _is_done_here(worker) else 0
    yield from map(worker.process, work[:refused])
    work = work[refused:]
    yield from _executor(work, worker).run(work, worker, type(worker).process)


def process_row(jobs: Iterator[Job], worker: Worker) -> Iterator[Record]:
    """Yield the record of every job of a row that is made while it is done; nobody knows its end.

    Their results have names that nobody has.
    """
    keep_freed_memory()
    first: list[Job] = []
    for job in jobs:
        if not (_is_done_here(worker) and _is_refused(job, worker)):
            first.append(job)
            break
        yield worker.process(job)
    first += islice(jobs, worker.settings.jobs - len(first))
    if first:
        act = type(worker).process
        yield from _executor(first, worker).run(chain(first, jobs), worker, act)


def _is_done_here(worker: Worker) -> bool:
    """Whether this process may do what takes no time."""
    return worker.settings.timeout is None and worker.settings.cluster is None


def _executor(jobs: list[Job], worker: Worker) -> Executor:
    """Return where jobs are done."""
    if worker.settings.cluster is not None:
        return _cluster(worker.settings.cluster)
    count = min(worker.settings.jobs, len(jobs))
    apart = count > 1 or any(is_mapped(job.source.path) for job in jobs)
    if worker.settings.timeout is not None or (apart and _may_fork(jobs, worker)):
        if len(jobs) > 1:
            _share_torch(worker)
        return Groups(count) if count > 1 and not worker.is_watched else SingleJobs(count)
    return InProcess() if count <= 1 else Threads(count)


def _cluster(name: str) -> Executor:
    from updown_cli.batch.cluster.cluster import Cluster

    return Cluster(name)


def _refused_first(jobs: list[Job], worker: Worker) -> int:
    """Return how many of the first jobs are refused undecoded: torch is not loaded for them."""
    refused = (_is_refused(job, worker) for job in jobs)
    return next((number for number, bad in enumerate(refused) if not bad), len(jobs))


def _is_refused(job: Job, worker: Worker) -> bool:
    """Whether a job's header refuses it, or what else is known of its file undecoded."""
    if worker.preview(job).status != "planned":
        return True
    with job.found:
        return not job.source.is_stdin and is_damaged(job.source.path, worker.settings.reading)


def _may_fork(jobs: list[Job], worker: Worker) -> bool:
    """Whether processes can do the work: what has begun to use a GPU may not fork.

    What is in the memory of this process alone is done by it.
    """
    names = (name for job in jobs for name in (job.source.path, *job.outputs))
    shared = all(store_of(name).is_shared(name) for name in names)
    return worker.settings.device == "cpu" and can_fork() and shared


def _share_torch(worker: Worker) -> None:
    """Import torch once, here, for all workers; a GPU is left to them."""
    if worker.settings.device == "cpu":
        worker.engine  # noqa: B018
    else:
        import_torch()
