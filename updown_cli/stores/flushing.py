"""Many files brought to their disk: each for itself, or all that wait for one disk at once."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache

# How results come to the disk before they have their names.
SYNCS = ("group", "each", "none")

# Fewer files are flushed each: a whole file system may hold much of what others write.
FEW = 3

# Seconds for all of a file system that are too many, in all and a file: others fill the disk.
LONG, SLOW = 1.0, 0.02

# File systems of Linux that bring all that is theirs to the disk when they are asked to, by number:
# ext4, XFS, Btrfs, F2FS, overlay, tmpfs. Others may pass on no more than what is in memory.
WHOLE = (0xEF53, 0x58465342, 0x9123683E, 0xF2F52010, 0x794C7630, 0x01021994)

# Since this version of Linux the call tells of data that could not be written.
TELLS_ERRORS = (5, 8)

# More than any system's `struct statfs` takes; its first number is the kind of file system.
STATFS_BYTES = 256

_slow: set[int] = set()


def flush_together(files: Iterable[int]) -> set[int]:
    """Flush open files by a call for each file system, where that is safe; return which are not.

    It waits for what others write there too; where that takes long, it is not done again.
    """
    by_device: dict[int, list[int]] = {}
    for file in files:
        by_device.setdefault(os.fstat(file).st_dev, []).append(file)
    left: set[int] = set()
    for device, there in by_device.items():
        if len(there) < FEW or device in _slow or not _flushed(device, there):
            left.update(there)
    return left


def _flushed(device: int, files: list[int]) -> bool:
    """Whether all of a file system was flushed, on which these files are."""
    flush = _whole_flush()
    if flush is None or not _is_whole(files[0]):
        return False
    began = time.monotonic()
    try:
        flush(files[0])
    except OSError:
        return False  # flushed each, they tell which it is
    if time.monotonic() - began > max(SLOW * len(files), LONG):
        _slow.add(device)
    return True


@cache
def _whole_flush() -> Callable[[int], None] | None:
    """Return what flushes the file system of an open file; None where nothing does it safely."""
    if sys.platform != "linux" or _version(os.uname().release) < TELLS_ERRORS:
        return None
    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if call is None:
        return None

    def flush(file: int) -> None:
        if call(file) != 0:
            raise OSError(ctypes.get_errno(), "")

    return flush


def _version(release: str) -> tuple[int, ...]:
    """Return the first numbers of a system's version; none of what is no version."""
    numbers = release.split(".")[: len(TELLS_ERRORS)]
    return tuple(map(int, numbers)) if all(map(str.isdecimal, numbers)) else ()


def _is_whole(file: int) -> bool:
    """Whether an open file is on a file system that is flushed as a whole."""
    told = ctypes.create_string_buffer(STATFS_BYTES)
    if ctypes.CDLL(None).fstatfs(file, told) != 0:
        return False
    kind = int.from_bytes(told.raw[: ctypes.sizeof(ctypes.c_long)], sys.byteorder)
    return kind & 0xFFFFFFFF in WHOLE
