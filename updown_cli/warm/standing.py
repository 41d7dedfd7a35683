"""What the system grants a process by where it stands: control groups, I/O priority, oom score.

A worker sees where its caller stands, and the process that it forks for the call goes there.
Whether that can be, another process tries, for nothing else tells.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from typing import Any

#: The parts of a standing, in words.
GROUP, IO, OOM = "control group", "I/O priority", "oom score"

# The kernel's ioprio_set and ioprio_get, for which there are no functions, and its WHO_PROCESS.
IO_CALLS = {"x86_64": (251, 252), "aarch64": (30, 31)}
ONE_PROCESS = 1

Standing = dict[str, Any]


def standing(process: int) -> Standing:
    """Return where a process stands, as far as the system tells."""
    return {GROUP: _groups(process), IO: _io_priority(process), OOM: _oom_score(process)}


def difference(wanted: Standing, own: Standing) -> Standing:
    """Return what of a wanted standing a process does not have."""
    return {name: value for name, value in wanted.items() if value != own[name]}


def take(wanted: Standing) -> None:
    """Go where this standing is; raise OSError where that cannot be."""
    if GROUP in wanted:
        own = _groups(os.getpid())
        for hierarchy, path in wanted[GROUP].items():
            if own.get(hierarchy) != path:
                _write(os.path.join(_folder(hierarchy, path), "cgroup.procs"), "0")
    if IO in wanted:
        _set_io_priority(wanted[IO])
    if OOM in wanted:
        _write("/proc/self/oom_score_adj", wanted[OOM])


def refused(wanted: Standing) -> str | None:
    """Return the part that a process forked from this one could not take; None if it takes all."""
    for name, value in wanted.items():
        pid = os.fork()
        if pid == 0:
            try:
                take({name: value})
                os._exit(0)
            finally:
                os._exit(1)
        if os.waitpid(pid, 0)[1] != 0:
            return name
    return None


def _groups(process: int) -> dict[str, str]:
    """Return the control group of a process in each hierarchy, which its controllers name."""
    lines = (line.split(":", 2) for line in _read(f"/proc/{process}/cgroup").splitlines())
    return {hierarchy: path for _, hierarchy, path in lines}


def _folder(hierarchy: str, path: str) -> str:
    """Return the folder of a control group; raise OSError for one that is not to be seen."""
    for line in _read("/proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        (_, _, _, root, mounted, *_), (kind, _, options) = before.split(), after.split(" ", 2)
        is_it = kind == "cgroup2" if not hierarchy else kind == "cgroup"
        is_it = is_it and set(hierarchy.split(",")) <= {*options.split(","), ""}
        if is_it and (path + "/").startswith(root.rstrip("/") + "/"):
            return os.path.join(mounted, os.path.relpath(path, root))
    raise FileNotFoundError(hierarchy)


def _io_priority(process: int) -> int | None:
    calls = IO_CALLS.get(platform.machine())
    if sys.platform != "linux" or calls is None:
        return None
    import ctypes

    return int(ctypes.CDLL(None).syscall(calls[1], ONE_PROCESS, process))


def _set_io_priority(priority: int) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(IO_CALLS[platform.machine()][0], ONE_PROCESS, 0, priority) != 0:
        raise OSError(ctypes.get_errno(), "")


def _oom_score(process: int) -> str:
    return _read(f"/proc/{process}/oom_score_adj").strip()


def _read(path: str) -> str:
    with suppress(OSError), open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()
    return ""


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
