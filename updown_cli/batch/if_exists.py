"""`--if-exists`: what happens to a result whose file is there already."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from updown_cli.batch.planned_job import Job
from updown_cli.batch.settings import Settings
from updown_cli.batch.unfinished import is_unfinished
from updown_cli.errors import InputError
from updown_cli.files.npz import split_member
from updown_cli.stores.names import exists, is_folder, replaceable, status_of


def apply_policy(job: Job, settings: Settings) -> Job | None:
    """Return the job with targets that are free or may be replaced, None if it is to be skipped.

    Raises InputError for a target that exists when nothing was said about it.
    """
    if_exists = settings.if_exists
    existing = [path for path in job.outputs if exists(path)]
    if not existing or job.replaces or if_exists == "rename":
        return job
    if if_exists == "error":
        raise exists_error(existing[0])
    _check_replaceable(existing)
    if if_exists == "overwrite":
        return job
    is_begun = not set(job.always_written) <= set(existing)
    is_stale = if_exists == "update" and has_changed(job, settings.known_bytes)
    if is_begun or is_stale or any(map(is_unfinished, existing)):
        return replace(job, replaces=True)
    return None


def _check_replaceable(existing: Sequence[str]) -> None:
    """Raise InputError for a pipe or a device; folders end the whole run, as they are written."""
    for path in existing:
        if not is_folder(path) and (reason := replaceable(path)) is not None:
            raise InputError(f"{path} {reason}", code="not_regular")


def exists_error(path: str) -> InputError:
    """Return the refusal of a name that is taken."""
    return InputError(
        f"{path} exists",
        hint="choose --if-exists skip, update, overwrite or rename",
        code="exists",
    )


def first_free(paths: Sequence[str]) -> Sequence[str]:
    """Return the first names for files that belong together of which nobody has any."""
    return next(names for names in choices_like(paths) if not any(map(exists, names)))


def choices_like(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield names for files that belong together: as they are, all with -1, all with -2, ..."""
    return zip(*map(names_like, paths), strict=True)


def names_like(path: str) -> Iterator[str]:
    """Yield a path, then path-1, path-2, ..."""
    stem, suffix = os.path.splitext(path)
    yield path
    for number in count(1):
        yield f"{stem}-{number}{suffix}"


def has_changed(job: Job, known_bytes: Mapping[tuple[str, str], int]) -> bool:
    """Whether a source is another than when its result was made.

    A file that takes the place of another brings its own time, which may be older than the result;
    the system notes when it came there, and a report how large it was.
    """
    named = (split_member(path)[0] for path in (job.source.path, job.target))
    source, result = map(status_of, named)
    if source is None or result is None or source.modified is None or result.modified is None:
        return True
    return (
        source.modified > result.modified
        or (source.changed or 0) > (result.changed or 0)
        or known_bytes.get(job.told_names, source.size) != source.size
    )
