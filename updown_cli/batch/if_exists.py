"""`--if-exists`: what happens to a result whose file is there already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

from updown_cli.batch.naming import STDOUT
from updown_cli.batch.targets import Job
from updown_cli.errors import InputError


def apply_policy(job: Job, if_exists: str) -> Job | None:
    """Return the job with targets that are free or may be replaced, None if it is to be skipped.

    Raises InputError for a target that exists when nothing was said about it.
    """
    existing = [path for path in job.outputs if os.path.lexists(path)]
    if not existing or if_exists in ("overwrite", "rename"):
        return job
    if if_exists in ("skip", "update") and (job.target in existing or job.target == STDOUT):
        stale = if_exists == "update" and not _is_newer(job.target, job.source.path)
        return job if stale else None
    if if_exists != "error":
        return job
    raise exists_error(existing[0])


def exists_error(path: str) -> InputError:
    """Return the refusal of a name that is taken."""
    return InputError(
        f"{path} exists",
        hint="choose --if-exists skip, update, overwrite or rename",
        code="exists",
    )


def names_like(path: str) -> Iterator[str]:
    """Yield a path, then path-1, path-2, ..."""
    stem, suffix = os.path.splitext(path)
    yield path
    for number in count(1):
        yield f"{stem}-{number}{suffix}"


def _is_newer(target: str, source: str) -> bool:
    try:
        return os.path.getmtime(target) >= os.path.getmtime(source)
    except OSError:
        return False
