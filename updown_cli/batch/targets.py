"""Where every result goes: known before any work, and never onto an input or another result."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from updown_cli.batch.inputs import Source
from updown_cli.batch.settings import Settings
from updown_cli.errors import UsageError
from updown_cli.images.formats import ARRAY_ENDING, BY_ENDING, check_writable, ending
from updown_cli.ops.base import option_name
from updown_cli.ops.kinds import nearest_name
from updown_cli.pipeline import Pipeline

STDOUT = "-"
FIELDS = ("dir", "rel", "stem", "ext", "op", "index")
BESIDE = "{dir}/{stem}_{op}{ext}"
POSITIONS_ENDING = ".npz"
INTO = "{rel}/{stem}{ext}"


@dataclass(frozen=True, slots=True)
class Job:
    """One source, the file that its result becomes, and the files of positions that go with it."""

    source: Source
    target: str
    save_indices: str | None = None
    indices: str | None = None
    makes_folders: bool = False

    @property
    def outputs(self) -> list[str]:
        """Every file that this job writes."""
        return [path for path in (self.target, self.save_indices) if path and path != STDOUT]


def plan_jobs(sources: list[Source], pipeline: Pipeline, settings: Settings) -> list[Job]:
    """Return a job for every source; raise UsageError where targets or inputs collide."""
    several = len(sources) > 1
    pattern = _pattern(settings.output, several=several, stdin=sources[0].is_stdin)
    if pattern == STDOUT and several:
        raise UsageError("standard output takes one result", subject="-o -")
    jobs = []
    for index, source in enumerate(sources, 1):
        suffix = _ending(source, settings.format)
        target = _fill(pattern, source, pipeline.name, suffix, index)
        if target != STDOUT:
            check_writable(target)
        files = _position_files(pipeline, source, index, several=several)
        jobs.append(Job(source, target, **files, makes_folders=target != pattern))
    _check_targets(jobs)
    return jobs


def _pattern(output: str | None, *, several: bool, stdin: bool) -> str:
    """Return what -o means as a template."""
    if output is None:
        return STDOUT if stdin and not several else BESIDE
    if output == STDOUT or "{" in output:
        return output
    is_folder = output.endswith("/") or os.path.isdir(output)
    if is_folder or (several and ending(output) not in (*BY_ENDING, ARRAY_ENDING)):
        return os.path.join(output, INTO)
    check_writable(output)
    return output


def _ending(source: Source, fmt: str | None) -> str:
    if fmt is not None:
        return "." + fmt.removeprefix(".").lower()
    known = source.ending.lower() in (*BY_ENDING, ARRAY_ENDING)
    return source.ending if known else ".png"


def _fill(pattern: str, source: Source, op: str, suffix: str, index: int) -> str:
    """Return a template with the facts of one source."""
    if "{" not in pattern:
        return pattern
    values = {
        "dir": os.path.dirname(source.path) or ".",
        "rel": os.path.dirname(source.relative) or ".",
        "stem": source.stem,
        "ext": suffix,
        "op": op,
        "index": index,
    }
    try:
        filled = pattern.format_map(values)
    except KeyError as error:
        name = str(error.args[0])
        hint = nearest_name(name, FIELDS) or f"; there are {', '.join(FIELDS)}"
        raise UsageError(f"unknown field {{{name}}}{hint}", subject=pattern) from None
    except (ValueError, IndexError, AttributeError):
        raise UsageError(
            "is no template", subject=pattern, hint="fields look like {stem}"
        ) from None
    return os.path.normpath(filled)


def _position_files(
    pipeline: Pipeline, source: Source, index: int, *, several: bool
) -> dict[str, str]:
    """Return the files of positions that the operations write and read for this source."""
    files = {}
    for op in pipeline.ops:
        for name in ("save_indices", "indices"):
            given = getattr(op, name, None)
            if given is not None:
                pattern = _position_pattern(given, option_name(name), several=several)
                files[name] = _fill(pattern, source, op.command, POSITIONS_ENDING, index)
    return files


def _position_pattern(given: str, option: str, *, several: bool) -> str:
    if "{" in given:
        return given
    if given.endswith("/") or os.path.isdir(given):
        return os.path.join(given, INTO)
    if several:
        raise UsageError(
            "one file of positions for several inputs",
            subject=f"{option} {given}",
            hint="name a folder, or a template like {stem}.npz",
        )
    return given


def _check_targets(jobs: list[Job]) -> None:
    """Raise UsageError for two results in one file, or one in an input."""
    inputs = dict(_existing(job.source.path for job in jobs if not job.source.is_stdin))
    taken: dict[str, Job] = {}
    for job in jobs:
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
