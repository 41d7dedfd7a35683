"""The names of a job's files, as a worker of a cluster is to use them."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from updown_cli.batch.cluster.hand import Attempt
from updown_cli.batch.if_exists import names_like
from updown_cli.batch.planned_job import Job
from updown_cli.batch.side_files import SideFile
from updown_cli.stores.names import exists


def named(attempt: Attempt, if_exists: str) -> Job:
    """Return a job with the names that its files are to have.

    Files of a job that may have been begun may be its own. What is stale was found so here, by a
    report that workers do not have.
    """
    job = attempt.job
    if if_exists == "rename":
        job = _free(attempt)
    may_be_own = attempt.is_again or if_exists == "update"
    return replace(job, replaces=True) if may_be_own and any(map(exists, job.outputs)) else job


def _free(attempt: Attempt) -> Job:
    """Return the job with names that are free; those that it had if it may have been begun."""
    job = numbered(attempt.job, attempt.number)
    while not attempt.is_again and any(map(exists, job.outputs)):
        attempt.number += 1
        job = numbered(attempt.job, attempt.number)
    return job


def numbered(job: Job, number: int) -> Job:
    """Return a job whose files have other names: as they are, with -1, with -2, ..."""
    if number == 0:
        return job
    return replace(
        job,
        target=_name(job.target, number),
        writes=_names(job.writes, number),
        steps=tuple(_name(path, number) for path in job.steps),
        stages=_names(job.stages, number),
    )


def _names(files: tuple[SideFile, ...], number: int) -> tuple[SideFile, ...]:
    return tuple(replace(file, path=_name(file.path, number)) for file in files)


def _name(path: str, number: int) -> str:
    return next(islice(names_like(path), number, None))
