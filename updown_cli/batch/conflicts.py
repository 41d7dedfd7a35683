"""Results that would share a name, or take the place of an input."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from updown_cli.batch.inputs import STDIN
from updown_cli.batch.named_files import (
    INPUT,
    NamedFile,
    folded_name,
    identities,
    identity_of,
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
    besides = dict(identities([*told, *reads]))
    sources = {identity_of(job.source.path): job for job in jobs if _is_read(job)}
    inputs = _Inputs(besides, sources)
    for identity, file in identities(writes):
        if (read := inputs.named(identity)) is not None:
            found = sources.get(identity)
            if found is None or found.source.is_named:
                raise over_what_is_read(file, read)
            yield over_what_is_read(file, read), (found,)
    beside = {folded_name(file.path): file for file in writes}
    taken: dict[str, Job] = {}
    for job in jobs:
        outputs = job.outputs
        names = [*map(folded_name, outputs)]
        if len({*names}) < len(names):
            raise _both_in_one(job)
        for path, name in zip(outputs, names, strict=True):
            if name in beside:
                raise _result_and(path, job, beside[name])
            other = taken.setdefault(name, job)
            if other is not job:
                yield _two_in_one(path, other, job), (other, job)
        for path in outputs:
            if (read := inputs.named(identity_of(path))) is not None:
                yield _in_an_input(path, read), (job,)


def _is_read(job: Job) -> bool:
    return job.refusal is None and job.source.path != STDIN


@dataclass(frozen=True)
class _Inputs:
    """All that is read: a file for each of many jobs, and a few besides, by their identities."""

    besides: dict[Hashable, NamedFile]
    sources: dict[Hashable, Job]

    def named(self, identity: Hashable) -> NamedFile | None:
        """Return what is read from a file; None of one that is not read, or not there."""
        if identity is None:
            return None
        if (job := self.sources.get(identity)) is not None:
            return NamedFile(INPUT, job.source.path)
        return self.besides.get(identity)


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
