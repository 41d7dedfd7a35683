"""What cannot be done by workers of a cluster, told before any work."""

from __future__ import annotations

from collections.abc import Iterator

from updown_cli.batch.naming import STDOUT
from updown_cli.batch.planned_job import Job
from updown_cli.batch.settings import Settings
from updown_cli.errors import UsageError, shortened
from updown_cli.stores.names import store_of


def check_cluster(jobs: list[Job], settings: Settings) -> None:
    """Raise UsageError for what only this process can read, write or end."""
    if settings.cluster is None:
        return
    if settings.timeout is not None:
        raise UsageError(
            "a cluster's worker cannot be ended in the middle of a picture",
            subject="--timeout, --cluster",
            hint="leave one of them out",
        )
    for name in (name for job in jobs if job.refusal is None for name in _unseen(job)):
        raise UsageError(
            f"its workers do not see {shortened(name)}",
            subject=f"--cluster {settings.cluster}",
            hint="name files that all machines see",
        )


def _unseen(job: Job) -> Iterator[str]:
    """Yield what a job reads or writes that is there for this process alone."""
    if job.source.is_stdin:
        yield "standard input"
    if job.target == STDOUT:
        yield "standard output"
    files = (job.source.path, job.told, *job.files)
    yield from (name for name in files if name and not store_of(name).is_shared(name))
    if job.archive and not store_of(job.archive).is_near:
        yield f"the folder in which {job.archive} is put together"
