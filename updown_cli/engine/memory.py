"""How much memory there is, and keeping what is freed for the next picture."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEMINFO, AVAILABLE = "/proc/meminfo", "MemAvailable:"

#: The limit of a control group and what it uses, in versions 2 and 1 of the interface.
GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)

# One picture may take one of so many shares of what is free.
SHARES = 4

# Parameters of glibc's mallopt.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3

# Larger than any picture that fits its limits.
NEVER = (1 << 31) - 1


def keep_freed_memory() -> None:
    """Let malloc keep what is freed, where it is glibc's.

    It would give every buffer of a picture's size back to the system and take fresh pages for the
    next: in a batch faulting them in costs more than the arithmetic. Torch, which is told before
    it is imported, takes large pages.
    """
    if sys.platform == "linux":
        os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, NEVER)
            mallopt(M_TRIM_THRESHOLD, NEVER)


def memory_limit(asked: int | None) -> int | None:
    """Return the bytes that one picture may take: a quarter of what is free unless asked.

    Others run beside it, and what a codec takes is not counted. None where nobody knows.
    """
    if asked is not None:
        return asked
    free = free_memory()
    return None if free is None else free // SHARES


def check_memory(needed: int, asked: int | None, why: Callable[[], str] = str) -> None:
    """Raise InputError for more bytes than are asked for, or allowed if that is None.

    `why` says what they are needed for.
    """
    limit = memory_limit(asked)
    if limit is not None and needed > limit:
        source = "a quarter of what is free is" if asked is None else "limit is"
        raise InputError(
            f"would need {in_gibibytes(needed)}, {source} {in_gibibytes(limit)} (--max-memory)",
            hint=why(),
            code="too_large",
        )


def release_pages(pixels: NDArray[Any]) -> None:
    """Let go of the pages of a mapped file that were read: they can be read again."""
    owner: Any = pixels
    while owner is not None and not isinstance(owner, mmap.mmap):
        owner = getattr(owner, "base", None)
    if owner is not None and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)


def in_gibibytes(count: int) -> str:
    """Return a number of bytes for a person."""
    return f"{count / (1 << 30):.3g} GiB"


def free_memory() -> int | None:
    """Return the bytes that this process can still have, as of this second; None if untold."""
    return _free_memory(int(time.monotonic()))


@lru_cache(maxsize=1)
def _free_memory(second: int) -> int | None:
    free = [
        limit - used
        for limit, used in ((_number(limit), _number(used)) for limit, used in GROUPS)
        if limit is not None and used is not None
    ]
    with contextlib.suppress(OSError, ValueError, StopIteration), open(MEMINFO) as file:
        line = next(line for line in file if line.startswith(AVAILABLE))
        free.append(int(line.split()[1]) * 1024)
    return max(min(free), 0) if free else None


def _number(path: str) -> int | None:
    """Return the number in a file; None if there is none."""
    try:
        with open(path) as file:
            return int(file.read())
    except (OSError, ValueError):
        return None
