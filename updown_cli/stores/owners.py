"""Who writes a hidden file, as its name tells, and whether that process is dead for certain.

A writer locks what it writes: on one kernel a lock that is free proves that it is dead, in whatever
container it was. On other machines nothing is known of it; this one has started again since then.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from functools import cache
from typing import NamedTuple
from zlib import crc32

# What file systems without locks say.
NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL)

# A start that the kernel does not number.
UNKNOWN = "0" * 12


class Owner(NamedTuple):
    """A process: its machine, the start of the kernel, the space of its number, the number."""

    machine: str
    boot: str
    space: str
    process: int

    def __str__(self) -> str:
        return "-".join(map(str, self))

    @property
    def has_my_kernel(self) -> bool:
        """Whether it runs, or ran, since this kernel was started."""
        mine = me()
        return self.boot == mine.boot and (self.boot != UNKNOWN or self.machine == mine.machine)


def me(process: int | None = None) -> Owner:
    """Return this process, or another that shares all but its number."""
    return Owner(*_surroundings(), os.getpid() if process is None else process)


def owner_named(text: str) -> Owner | None:
    """Return the process that a part of a file's name tells; None if it tells none."""
    parts = text.split("-")
    if len(parts) != len(Owner._fields) or not parts[-1].isdecimal():
        return None
    return Owner(parts[0], parts[1], parts[2], int(parts[3]))


@cache
def _surroundings() -> tuple[str, str, str]:
    machine = _first_line("/etc/machine-id") or os.uname().nodename
    boot = _first_line("/proc/sys/kernel/random/boot_id").replace("-", "")[:12] or UNKNOWN
    space = "0"
    with suppress(OSError):
        space = f"{os.stat('/proc/self/ns/pid').st_ino:x}"
    return f"{crc32(machine.encode()):08x}", boot, space


def _first_line(path: str) -> str:
    with suppress(OSError, ValueError), open(path, encoding="ascii") as file:
        return file.readline().strip()
    return ""


def lock(descriptor: int) -> bool | None:
    """Lock a file and return whether nobody else had; None where there are no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in NO_LOCKS:
            return None
        raise
    return True


def is_dead(owner: Owner, descriptor: int) -> bool:
    """Whether the process that was writing an open file is dead for certain; locks the file."""
    locked = lock(descriptor)
    if locked is False:
        return False
    if owner.has_my_kernel:
        return locked is True or (owner.space == me().space and not _is_alive(owner.process))
    return owner.machine == me().machine and os.fstat(descriptor).st_mtime < _started()


def _started() -> float:
    """Return when this kernel was started; long ago where it does not tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if clock is None else time.time() - time.clock_gettime(clock)


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except (OSError, IndexError):
        return True
