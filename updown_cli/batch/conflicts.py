"""Results that would share a name, or take the place of an input."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator

from updown_cli.batch.planned_job import Job
from updown_cli.errors import UsageError
from updown_cli.op.parameter import option_name


def inputs_by_identity(jobs: list[Job], files: list[str]) -> dict[tuple[int, int], str]:
    """Return what must not be written, by identity."""
    named = [job.source.path for job in jobs if not job.source.is_stdin]
    told = [job.told for job in jobs if job.told]
    return dict(_existing([*files, *told, *named]))


def find_conflicts(
    jobs: list[Job], files: list[str]
) -> Iterator[tuple[UsageError, tuple[Job, ...]]]:
    """Yield (refusal, the jobs that are to blame) for two results in one file, or one in an input.

    Raises UsageError for a job that writes one file twice.
    """
    inputs = inputs_by_identity(jobs, files)
    taken: dict[str, Job] = {}
    for job in jobs:
        if len({folded_name(path) for path in job.outputs}) < len(job.outputs):
            raise _both_in_one(job)
        for path in job.outputs:
            other = taken.setdefault(folded_name(path), job)
            if other is not job:
                yield _two_in_one(path, other, job), (other, job)
        for identity, path in _existing(job.outputs):
            if identity in inputs:
                yield _in_an_input(path, inputs[identity]), (job,)


def _two_in_one(path: str, one: Job, other: Job) -> UsageError:
    return UsageError(
        f"would hold the results of both {one.source.path} and {other.source.path}",
        subject=path,
        hint="use a folder or a template like {rel}/{stem}_{index}{ext}",
    )


def _in_an_input(path: str, source: str) -> UsageError:
    return UsageError(
        f"is the input {source}",
        subject=path,
        hint="updown never writes over its input; choose another --output",
    )


def _both_in_one(job: Job) -> UsageError:
    """Return the refusal of one name for two files of a job."""
    what = f"its {job.writes[-1].what}" if job.writes else "a step"
    beside = job.writes[-1:] or job.stages[:1]
    option = beside[0].asked_by if beside else "save_steps"
    return UsageError(
        f"would hold both the result and {what}",
        subject=job.target,
        hint=f"choose another {option_name(option)}",
    )


def folded_name(path: str) -> str:
    """Return one key for all names that some file system takes for the same."""
    return unicodedata.normalize("NFC", os.path.abspath(path)).casefold()


def _existing(paths: Iterable[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield (identity, path) for those paths that exist, through links."""
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        yield (status.st_dev, status.st_ino), path
