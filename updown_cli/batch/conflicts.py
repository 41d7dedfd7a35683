"""Results that would share a name, or take the place of an input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from updown_cli.batch.inputs import STDIN
from updown_cli.batch.named_files import (
    INPUT,
    NamedFile,
    folded_name,
    identities,
    over_what_is_read,
)
from updown_cli.batch.planned_job import Job
from updown_cli.errors import UsageError
from updown_cli.op.parameter import option_name


def find_conflicts(
    jobs: list[Job], files: list[str], reads: Sequence[NamedFile], writes: Sequence[NamedFile]
) -> Iterator[tuple[UsageError, tuple[Job, ...]]]:
    """Yield (refusal, the jobs that are to blame) for two results in one file, or one in an input.

    `files` are read for all inputs, the others are what the command line `reads` and `writes`
    besides. Raises UsageError where no file of a folder is to blame.
    """
    told = [NamedFile(INPUT, path) for path in (*files, *(job.told for job in jobs)) if path]
    sources = {job.source.path: job for job in jobs if job.refusal is None}
    named = [NamedFile(INPUT, path) for path in sources if path != STDIN]
    inputs = dict(identities([*told, *reads, *named]))
    for identity, file in identities(writes):
        if identity in inputs:
            read = inputs[identity]
            found = sources.get(read.path)
            if found is None or found.source.is_named:
                raise over_what_is_read(file, read)
            yield over_what_is_read(file, read), (found,)
    beside = {folded_name(file.path): file for file in writes}
    taken: dict[str, Job] = {}
    for job in jobs:
        if len({folded_name(path) for path in job.outputs}) < len(job.outputs):
            raise _both_in_one(job)
        for path in job.outputs:
            name = folded_name(path)
            if name in beside:
                raise _result_and(path, job, beside[name])
            other = taken.setdefault(name, job)
            if other is not job:
                yield _two_in_one(path, other, job), (other, job)
        for identity, written in identities(NamedFile("", path) for path in job.outputs):
            if identity in inputs:
                yield _in_an_input(written.path, inputs[identity]), (job,)


def _two_in_one(path: str, one: Job, other: Job) -> UsageError:
    return UsageError(
        f"would hold the results of both {one.source.path} and {other.source.path}",
        subject=path,
        hint="use a folder or a template like {rel}/{stem}_{index}{ext}",
    )


def _result_and(path: str, job: Job, file: NamedFile) -> UsageError:
    return UsageError(
        f"would hold the result of {job.source.path} and {file.option}",
        subject=path,
        hint=f"choose another {file.option}",
    )


def _in_an_input(path: str, read: NamedFile) -> UsageError:
    return UsageError(
        f"is {read}",
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
