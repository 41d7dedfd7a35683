"""The open files of a process, by number."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection

STANDARD = (0, 1, 2)


def inherited_files() -> list[int]:
    """Return the standard streams, and all else that this process was started with."""
    others = []
    for number in _open():
        with contextlib.suppress(OSError):
            if number not in STANDARD and os.get_inheritable(number):
                others.append(number)
    return [*STANDARD, *others]


def close_all_but(kept: Collection[int]) -> None:
    """Close everything else."""
    for number in _open():
        if number not in kept:
            with contextlib.suppress(OSError):
                os.close(number)


def _open() -> list[int]:
    return [int(name) for name in os.listdir("/dev/fd")]
