"""Files of folders as shards: which of them go into which shard is known before any work."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace

from updown_cli.batch.conflicts import find_conflicts
from updown_cli.batch.if_exists import has_changed
from updown_cli.batch.inputs import Source
from updown_cli.batch.job import Worker
from updown_cli.batch.named_files import check_apart, read_files
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.settings import Settings
from updown_cli.batch.shards.entries import names_in, sample_key
from updown_cli.batch.shards.shard_size import ShardSize
from updown_cli.batch.side_files import SideFiles, files_of
from updown_cli.errors import InputError, UsageError
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.names import exists, status_of
from updown_cli.stores.tar_names import REPACK, is_unread_shard, shard_ending

#: The number of a shard in a name: its first, with as many digits as all have.
NUMBER = re.compile(r"\{(\d+)\.\.\}")

# A number with an end, which a name of shards that are read has.
WITH_END = re.compile(r"\{(\d+)\.\.\d+\}")

HINT = "write a name like train-{000..}.tar"


def are_packed(settings: Settings) -> bool:
    """Whether files become shards, as the name of the results says."""
    return bool(shard_ending(settings.output or ""))


def plan_packing(sources: list[Source], pipeline: Pipeline, settings: Settings) -> list[Job]:
    """Return a job for every shard; raise UsageError where targets or members collide."""
    check_apart(settings.writes, [*settings.reads, *read_files(pipeline)])
    if SideFiles.of(pipeline, settings, several=True).patterns:
        raise UsageError("shards hold results alone, not the files that go with them")
    if any(source.is_stdin for source in sources):
        raise UsageError("is no file that could be in a shard", subject="-")
    refusals = [(source, source.refusal or _refusal(source)) for source in sources]
    refused = [Job(source, "", refusal=error) for source, error in refusals if error is not None]
    files = [s for s, error in refusals if error is None and not shard_ending(s.path)]
    jobs = [*_jobs(files, settings)] if files else []
    for conflict, _ in find_conflicts(jobs, files_of(pipeline), settings.reads, settings.writes):
        raise conflict
    return refused + jobs


def _refusal(source: Source) -> InputError | None:
    """Return why a file becomes no member: it is a shard itself, of a kind that is not read."""
    if not is_unread_shard(source.path):
        return None
    return InputError("is a shard of a kind that is not read", hint=REPACK, code="not_an_image")


def _jobs(files: list[Source], settings: Settings) -> Iterator[Job]:
    output = settings.output or ""
    number = NUMBER.search(output)
    _check_fields(output)
    if number is None:
        if settings.shard_size is not None:
            raise UsageError("names one shard", subject=f"-o {output}", hint=HINT)
        shards = [[*_samples(files, output)]]
    else:
        size = settings.shard_size or ShardSize()
        shards = [*_divided([*_samples(files, output)], size)]
        _check_digits(output, number, len(shards))
    for index, samples in enumerate(shards):
        target = output
        if number is not None:
            digits = f"{int(number[1]) + index:0{len(number[1])}}"
            target = output[: number.start()] + digits + output[number.end() :]
        members = tuple(source for sample in samples for source in sample)
        told = Source(members[0].root or members[0].path) if members else Source(output)
        makes_folders = number is not None
        yield Job(told, target, makes_folders=makes_folders, is_shard=True, members=members)


def _check_fields(output: str) -> None:
    """Raise UsageError for a name of shards with anything but one number in braces."""
    subject = f"-o {output}"
    if WITH_END.search(output):
        without = WITH_END.sub(r"{\1..}", output)
        hint = f"leave out the end, which follows from the files: {without}"
        raise UsageError("has a number with an end", subject=subject, hint=hint)
    if len(NUMBER.findall(output)) > 1:
        raise UsageError("has two numbers, and one is possible", subject=subject, hint=HINT)
    if "{" in NUMBER.sub("", output):
        raise UsageError("has no fields but a number", subject=subject, hint=HINT)


def _check_digits(output: str, number: re.Match[str], count: int) -> None:
    """Raise UsageError for more shards than there are numbers of so many digits."""
    room = 10 ** len(number[1]) - int(number[1])
    if count > room:
        digits = "0" * (len(str(int(number[1]) + count - 1)) - len(number[1])) + number[1]
        raise UsageError(
            f"has numbers for {room} shards, and there are {count}",
            subject=f"-o {output}",
            hint=f"write {{{digits}..}}, or choose another --shard-size",
        )


def _samples(files: list[Source], output: str) -> Iterator[list[Source]]:
    """Yield the files that share a folder and a name up to its first dot, in their order."""
    samples: dict[str, list[Source]] = {}
    named: dict[str, Source] = {}
    for source in files:
        name = member_name(source)
        other = named.setdefault(name, source)
        if other is not source:
            raise UsageError(
                f"would hold both {other.path} and {source.path} as {name}",
                subject=output,
                hint="name the folder above both",
            )
        samples.setdefault(sample_key(name), []).append(source)
    yield from samples.values()


def _divided(samples: list[list[Source]], size: ShardSize) -> Iterator[list[list[Source]]]:
    """Yield the samples of every shard: as many as fit, but one at least."""
    shard: list[list[Source]] = []
    taken = 0
    for sample in samples:
        states = (status_of(source.path) for source in sample)
        needed = sum(state.size or 0 for state in states if state is not None)
        if shard and (len(shard) >= size.samples or taken + needed > size.bytes):
            yield shard
            shard, taken = [], 0
        shard.append(sample)
        taken += needed
    if shard:
        yield shard


def member_name(source: Source) -> str:
    """Return how a file is called in a shard: as below the folder that was named."""
    return source.relative.replace(os.sep, "/")


def settle_packed(job: Job, worker: Worker) -> Record | None:
    """Return the record of a shard that is there or refused; None of one that is to be made.

    One that is there stays if it holds all the samples that it would, and no others.
    """
    settings = worker.settings
    if settings.if_exists not in ("skip", "update") or not exists(job.target):
        return worker.settle(job)
    known = settings.known_bytes
    if settings.if_exists == "update" and any(
        has_changed(Job(source, job.target), known) for source in job.members
    ):
        return None
    skipping = replace(settings, if_exists="skip")
    record = Worker(worker.pipeline, skipping).settle(job)
    if record is None or record.status != "skipped":
        return record
    try:
        there = {sample_key(name) for name in names_in(job.target)}
    except InputError:
        return None  # it is cut short
    wanted = {sample_key(member_name(source)) for source in job.members}
    if there == wanted:
        return record
    if there < wanted:
        return None
    hint = "choose another -o, or --if-exists overwrite"
    error = InputError(f"{job.target} holds other samples than these", hint=hint, code="exists")
    return replace(record, status="failed", output="", error=error)
