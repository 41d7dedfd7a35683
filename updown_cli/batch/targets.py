"""Where every result goes: known before any work, and never onto an input or another result."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from updown_cli.batch.archive_names import ArchiveName, archive_named
from updown_cli.batch.conflicts import find_conflicts
from updown_cli.batch.foreign import has_picture_name, refusal_of
from updown_cli.batch.inputs import Source
from updown_cli.batch.named_files import check_apart, read_files
from updown_cli.batch.naming import (
    FRAME_FIELD,
    SIZE_FIELDS,
    STDOUT,
    fields_of,
    fill_template,
    result_ending,
    result_pattern,
)
from updown_cli.batch.planned_job import Job
from updown_cli.batch.recipe_writes import check_recipe_writes
from updown_cli.batch.settings import Settings
from updown_cli.batch.side_files import SideFiles, files_of, printing_options
from updown_cli.errors import InputError, ParameterError, UsageError
from updown_cli.files.creation_options import check_used
from updown_cli.files.formats import WRITABLE, check_writable, ending
from updown_cli.files.npz import split_member
from updown_cli.files.peek import peek
from updown_cli.files.reading import Reading, check_pixels
from updown_cli.op.parameter import Telling, as_typed, option_name
from updown_cli.op.per_axis import Sizes
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.names import exists, store_of
from updown_cli.stores.read_error import no_such_file
from updown_cli.stores.spelling import absolute
from updown_cli.stores.tar_names import split_shard


def plan_jobs(sources: list[Source], pipeline: Pipeline, settings: Settings) -> list[Job]:
    """Return a job for every source; raise UsageError where targets or inputs collide."""
    _check_sizes(pipeline, settings.reading.max_pixels)
    if settings.shard_size is not None:
        raise UsageError("goes with -o that ends in .tar", subject="--shard-size")
    check_apart(settings.writes, [*settings.reads, *read_files(pipeline)])
    if not sources:
        return []
    if len(sources) == 1 and (missing := _missing(sources[0])):
        return [Job(sources[0], "", refusal=missing)]
    if settings.output is None:
        sources = _with_hint_at_output(sources)
    refusals = [_refused_at_once(source, settings.reading) for source in sources]
    judged = [*zip(sources, refusals, strict=True)]
    refused = [Job(source, "", refusal=error) for source, error in judged if error is not None]
    readable = [source for source, error in judged if error is None]
    several = len(sources) > 1 or sources[0].keeps_tree
    pattern = result_pattern(settings.output, several=several, stdin=sources[0].is_stdin)
    if pattern == STDOUT and several:
        raise UsageError("standard output takes one result", subject="-o -")
    if pattern == STDOUT and (printing := printing_options(pipeline)):
        subject = f"{option_name(printing[0])}, -o -"
        raise UsageError("both write to standard output", subject=subject)
    beside = SideFiles.of(pipeline, settings, several=several)
    jobs = [*_named(readable, pipeline, settings, pattern, beside)]
    check_recipe_writes(pipeline, jobs, pattern, settings)
    jobs = _without_own_results(jobs)
    jobs = _without_conflicts(jobs, files_of(pipeline), settings)
    if pattern != STDOUT and settings.encoder:
        check_used(dict(settings.encoder), {ending(job.target) for job in jobs if job.target})
    return refused + jobs


def _named(
    sources: list[Source], pipeline: Pipeline, settings: Settings, pattern: str, beside: SideFiles
) -> Iterator[Job]:
    """Yield a job for every source, or for every frame of it, with the names of its files."""
    archive = archive_named(pattern, several=False)
    if archive is not None and beside.patterns:
        raise UsageError(
            "holds results alone, not the files that go with them",
            subject=f"-o {archive.path}",
            hint="name a folder",
        )
    fields = set().union(*map(fields_of, (pattern, *beside.patterns)))
    makes_folders = "{" in pattern or beside.makes_folders
    for index, source in enumerate(sources, 1):
        suffix = result_ending(source, settings.format)
        for facts in _facts(source, pipeline, settings.reading, fields):
            values = {**facts, "index": index}
            target = _target(pattern, archive, source, ext=suffix, op=pipeline.name, **values)
            files = beside.named(source, **values)
            frame = values.get(FRAME_FIELD)
            yield Job(
                source,
                target,
                **files,
                makes_folders=makes_folders,
                frame=frame,
                archive="" if archive is None else archive.path,
            )


def _target(
    pattern: str, archive: ArchiveName | None, source: Source, *, ext: str, **values: Any
) -> str:
    """Return where the result of a source goes."""
    if archive is not None:
        return archive.target(fill_template(archive.member, source, ext=source.ending, **values))
    target = fill_template(pattern, source, ext=ext, **values)
    if target != STDOUT:
        check_writable(target)
    return target


def _check_sizes(pipeline: Pipeline, max_pixels: int) -> None:
    """Raise UsageError for a size that is asked for and over the limit, whatever the inputs are."""
    for op in pipeline.ops:
        for parameter in op.parameters():
            sides = getattr(op, parameter.name)
            is_size = isinstance(parameter.kind, Sizes) and parameter.telling is Telling.SIZE
            if not is_size or not isinstance(sides, tuple) or len(sides) == 1 or None in sides:
                continue
            try:
                check_pixels(math.prod(sides), max_pixels)
            except InputError as error:
                subject = f"{parameter.option} {as_typed(sides)}"
                raise UsageError(error.reason, subject=subject, hint=error.hint) from None


def _missing(source: Source) -> InputError | None:
    """Return the refusal of a named file that is not there, before its result is judged."""
    if source.refusal is not None or source.is_stdin or not source.is_named:
        return source.refusal
    name, _ = split_member(source.path)
    if split_shard(name) or not store_of(name).is_near:
        return None  # who opens it says why it cannot be had
    return None if exists(name) else no_such_file()


def _with_hint_at_output(sources: list[Source]) -> list[Source]:
    """Return the sources; of two the second may be meant as the result, if it is not there."""
    if len(sources) != 2 or not all(source.is_named for source in sources):
        return sources
    first, last = sources
    if _missing(first) or not _missing(last) or ending(last.path) not in WRITABLE:
        return sources
    hint = f"is it the result? -o {last.path}"
    return [first, replace(last, refusal=InputError("no such file", hint=hint, code="missing"))]


def _refused_at_once(source: Source, reading: Reading) -> InputError | None:
    """Return why a source cannot be read, where that is known before targets are chosen.

    Of the files of folders those are opened whose names do not say that they are pictures.
    """
    if source.refusal is not None or source.is_named or has_picture_name(source.path):
        return source.refusal
    return refusal_of(source.path, reading)


def _facts(
    source: Source, pipeline: Pipeline, reading: Reading, fields: set[str]
) -> list[dict[str, int]]:
    """Return what names tell that only a file's header knows, for each result of a source."""
    if not fields & {*SIZE_FIELDS, FRAME_FIELD}:
        return [{}]
    if source.is_stdin:
        raise UsageError(
            "size and frames of standard input are not known before it is read",
            subject=", ".join(f"{{{name}}}" for name in (*SIZE_FIELDS, FRAME_FIELD)),
            hint="leave these fields out",
        )
    try:
        shape, frames = peek(source.path, reading)
        *_, height, width = (1, *pipeline.plan(shape, frames).shape.size)
    except (InputError, ParameterError):
        frames = height = width = 0  # of a file that will fail
    size = {"width": width, "height": height}
    if FRAME_FIELD not in fields:
        return [size]
    first = reading.frames.first
    return [{**size, FRAME_FIELD: first + number} for number in range(max(frames, 1))]


def _without_own_results(jobs: list[Job]) -> list[Job]:
    """Leave out files of a folder that are the result of another job: those of an earlier run."""
    if all(job.source.is_named for job in jobs):
        return jobs
    makers: dict[str, Job | None] = {absolute(job.archive): None for job in jobs if job.archive}
    makers |= {absolute(path): job for job in jobs for path in job.outputs}
    return [
        job
        for job in jobs
        if job.source.is_named or makers.get(absolute(job.source.path), job) is job
    ]


def _without_conflicts(jobs: list[Job], files: list[str], settings: Settings) -> list[Job]:
    """Return the jobs without the targets of those that are no picture and have another's.

    Raises UsageError for two results in one file, or one in an input.
    """
    while True:
        refused: dict[str, InputError] = {}
        for conflict, rivals in find_conflicts(jobs, files, settings.reads, settings.writes):
            paths = [job.source.path for job in rivals if not job.source.is_stdin]
            fresh = [path for path in paths if path not in refused]
            found = {path: refusal_of(path, settings.reading) for path in fresh}
            refused |= {path: error for path, error in found.items() if error is not None}
            if not refused.keys() & paths:
                raise conflict
        if not refused:
            return jobs
        jobs = [_without_target(job, refused.get(job.source.path)) for job in jobs]


def _without_target(job: Job, refusal: InputError | None) -> Job:
    return job if refusal is None else Job(job.source, "", refusal=refusal)
