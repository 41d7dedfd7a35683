"""Where every result goes: known before any work, and never onto an input or another result."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import (
    FRAME_FIELD,
    SIZE_FIELDS,
    STDOUT,
    fields_of,
    fill,
    positions_pattern,
    result_ending,
    result_pattern,
)
from updown_cli.batch.settings import Settings
from updown_cli.errors import InputError, UsageError
from updown_cli.images.encoders import check_used
from updown_cli.images.formats import check_writable, ending
from updown_cli.images.peek import peek
from updown_cli.images.reading import Reading
from updown_cli.ops.base import Op, option_name
from updown_cli.ops.kinds import Text
from updown_cli.ops.switches import is_name
from updown_cli.pipeline import Pipeline
from updown_cli.pipeline.links import kept_names

POSITIONS_ENDING = ".npz"

#: The parameters that name files of positions, or a source that tells them: what they are to a Job,
#: and their ending if it is not the input's.
POSITIONS = {
    "save_indices": ("save_indices", POSITIONS_ENDING),
    "indices": ("indices", POSITIONS_ENDING),
    "source": ("indices", None),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One source, the file that its result becomes, and the files of positions that go with it.

    `indices` is the file that tells an unpool its positions: positions themselves, or an image.
    `steps` are files for the results of all steps but the last.
    """

    source: Source
    target: str
    save_indices: str | None = None
    indices: str | None = None
    makes_folders: bool = False
    frame: int | None = None
    steps: tuple[str, ...] = ()

    @property
    def outputs(self) -> list[str]:
        """Every file that this job writes."""
        paths = (self.target, self.save_indices, *self.steps)
        return [path for path in paths if path and path != STDOUT]


def plan_jobs(sources: list[Source], pipeline: Pipeline, settings: Settings) -> list[Job]:
    """Return a job for every source; raise UsageError where targets or inputs collide."""
    if not sources:
        return []
    several = len(sources) > 1 or not sources[0].is_named
    pattern = result_pattern(settings.output, several=several, stdin=sources[0].is_stdin)
    if pattern == STDOUT and several:
        raise UsageError("standard output takes one result", subject="-o -")
    if pattern == STDOUT and prints_indices(pipeline):
        raise UsageError("both write to standard output", subject="--print-indices, -o -")
    patterns = _patterns(pipeline, several=several)
    step_patterns = _step_patterns(pipeline, settings)
    fields = set().union(*map(fields_of, (pattern, *patterns.values(), *step_patterns)))
    makes_folders = any("{" in text for text in (pattern, *patterns.values()))
    jobs = []
    for index, source in enumerate(sources, 1):
        for values in _facts(source, pipeline, settings.reading, fields):
            values["index"] = index
            suffix = result_ending(source, settings.format)
            target = fill(pattern, source, ext=suffix, op=pipeline.name, **values)
            if target != STDOUT:
                check_writable(target)
            files = {
                POSITIONS[name][0]: fill(
                    text,
                    source,
                    ext=POSITIONS[name][1] or source.ending,
                    op=pipeline.name,
                    **values,
                )
                for name, text in patterns.items()
            }
            frame = values.get(FRAME_FIELD)
            steps = tuple(
                fill(text, source, ext="." + settings.steps_format, op=op.command, **values)
                for text, op in zip(step_patterns, pipeline.ops, strict=False)
            )
            jobs.append(
                Job(source, target, **files, makes_folders=makes_folders, frame=frame, steps=steps)
            )
    jobs = _without_own_results(jobs)
    _check_targets(jobs, files_of(pipeline))
    if pattern != STDOUT:
        check_used(dict(settings.encoder), {ending(job.target) for job in jobs})
    return jobs


def prints_indices(pipeline: Pipeline) -> bool:
    """Return whether positions are part of the report."""
    return any(getattr(op, "print_indices", False) for op in pipeline.ops)


def saves_indices(op: Op) -> bool:
    """Whether a pool saves its positions to a file."""
    given = getattr(op, "save_indices", None)
    return given is not None and not is_name(given)


def _patterns(pipeline: Pipeline, *, several: bool) -> dict[str, str]:
    """Return the templates of the files that hold positions or tell them."""
    found: dict[str, str] = {}
    kept = kept_names(pipeline.ops)
    for number, op in enumerate(pipeline.ops, 1):
        for name in POSITIONS:
            given = getattr(op, name, None)
            if given is None or is_name(given) or (name == "indices" and given in kept):
                continue
            if POSITIONS[name][0] in {POSITIONS[other][0] for other in found}:
                reason = "another step has a file of positions already"
                subject = f"{pipeline.step_name(number)}: {option_name(name)} {given}"
                raise UsageError(reason, subject=subject, hint="name them @NAME within the chain")
            found[name] = positions_pattern(given, option_name(name), several=several)
    return found


def indices_of(source: Source, pipeline: Pipeline, *, several: bool) -> str | None:
    """Return the file that tells an unpool the positions for a source; None if there is none."""
    for name, text in _patterns(pipeline, several=several).items():
        kind, suffix = POSITIONS[name]
        if kind == "indices":
            return fill(text, source, ext=suffix or source.ending, op=pipeline.name, index=1)
    return None


def _step_patterns(pipeline: Pipeline, settings: Settings) -> list[str]:
    """Return the templates of the files that hold the results of all steps but the last."""
    if settings.save_steps is None:
        return []
    return [
        os.path.join(settings.save_steps, "{rel}", f"{{stem}}_{number}-{{op}}{{ext}}")
        for number in range(1, len(pipeline.ops))
    ]


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
    except InputError:
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
    makers = {os.path.abspath(path): job for job in jobs for path in job.outputs}
    return [
        job
        for job in jobs
        if job.source.is_named or makers.get(os.path.abspath(job.source.path), job) is job
    ]


def files_of(pipeline: Pipeline) -> list[str]:
    """Return the names of files that the operations read for all inputs: kernels and the like."""
    return [
        value
        for op in pipeline.ops
        for parameter in op.parameters()
        if isinstance(parameter.kind, Text)
        and parameter.name != "save_indices"
        and (value := getattr(op, parameter.name)) is not None
    ]


def _inputs(jobs: list[Job], files: list[str]) -> dict[tuple[int, int], str]:
    """Return what must not be written, by identity."""
    named = [job.source.path for job in jobs if not job.source.is_stdin]
    positions = [job.indices for job in jobs if job.indices]
    return dict(_existing([*files, *positions, *named]))


def _check_targets(jobs: list[Job], files: list[str]) -> None:
    """Raise UsageError for two results in one file, or one in an input."""
    inputs = _inputs(jobs, files)
    taken: dict[str, Job] = {}
    for job in jobs:
        if len({_same_name(path) for path in job.outputs}) < len(job.outputs):
            raise UsageError(
                "would hold both the result and its positions",
                subject=job.target,
                hint="choose another --save-indices",
            )
        for path in job.outputs:
            other = taken.setdefault(_same_name(path), job)
            if other is not job:
                raise UsageError(
                    f"would hold the results of both {other.source.path} and {job.source.path}",
                    subject=path,
                    hint="use a folder or a template like {rel}/{stem}_{index}{ext}",
                )
        for identity, path in _existing(job.outputs):
            if identity in inputs:
                raise UsageError(
                    f"is the input {inputs[identity]}",
                    subject=path,
                    hint="updown never writes over its input; choose another --output",
                )


def _same_name(path: str) -> str:
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
