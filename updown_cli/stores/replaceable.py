"""Whether another file may take the place of what has a name."""

from __future__ import annotations

import os
import stat


def replaceable(path: str) -> str | None:
    """Return why no other file can take the place of what has this name; None if one can."""
    status = status_of(path)
    if status is None or stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
        return None
    return "is a folder" if stat.S_ISDIR(status.st_mode) else "is no regular file"


def status_of(path: str) -> os.stat_result | None:
    """Return what a name is, not through links; None if nobody has it, or it cannot be told."""
    try:
        return os.lstat(path)
    except OSError:
        return None
