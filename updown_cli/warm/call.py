"""A call as it is handed over: what it was given, and what it was started in.

What a process can take on is in the call itself; what it cannot, such as the variables that
libraries read as they are loaded, must be that of the worker.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress

from updown_cli.warm.place import installation

TYPE_CHECKING = False  # importing `typing` for it would take as long as all else
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    Call = dict[str, Any]
    Blocked = Collection[int]


#: What --verbose tells of how this call is run.
notes: list[str] = []

#: Beginnings of variables that Python and libraries look at but once.
AT_LOADING = tuple(
    b"PYTHON LD_ DYLD_ MALLOC_ GLIBC_ OMP_ GOMP_ KMP_ MKL_ OPENBLAS_ GOTO_ DNNL_ ONEDNN_ TORCH "
    b"PYTORCH ATEN_ CUDA CUBLAS CUDNN NVIDIA_ NCCL_ HIP_ ROCR_ NPY_ NUMPY PILLOW_ TIFFFILE_".split()
)

#: Beginnings of what Linux tells of what a process may do, and where.
STATUS = (b"Uid:", b"Gid:", b"Groups:", b"NoNewPrivs:", b"Seccomp:", b"Cap", b"Cpus_allowed:")
NAMESPACES = ("mnt", "user", "pid", "cgroup")

#: Limits that say what can be loaded, and those that a process can take on.
AT_LOADING_LIMITS = ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_RSS")
LIMITS = tuple(
    number
    for name, number in vars(resource).items()
    if name.startswith("RLIMIT_") and name not in AT_LOADING_LIMITS
)


def this_call(descriptors: list[int], blocked: Blocked) -> Call:
    """Return the call of this process, whose descriptors are given besides."""
    return {
        "wish": "run",
        "surroundings": surroundings(),
        "arguments": list(sys.argv),
        "environment": dict(os.environb),
        "umask": _umask(),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "limits": limits(),
        "blocked": [int(number) for number in blocked],
        "ignored": _ignored(),
        "streams": [
            (stream.encoding, stream.errors, stream.write_through)  # type: ignore[union-attr]
            for stream in (sys.stdin, sys.stdout, sys.stderr)
        ],
        "descriptors": descriptors,
    }


def surroundings() -> list[Any]:
    """Return what a worker and its calls must have in common."""
    return [
        installation(),
        tuple(sys.flags),
        sys.warnoptions,
        dict(sys._xoptions),
        sys.getfilesystemencoding(),
        [_limit(name) for name in AT_LOADING_LIMITS],
        {name: text for name, text in os.environb.items() if name.startswith(AT_LOADING)},
        (os.stat("/").st_dev, os.stat("/").st_ino),
        _rights(),
    ]


def limits() -> dict[int, tuple[int, int]]:
    """Return the limits that a process can take on, as (soft, hard)."""
    return {number: resource.getrlimit(number) for number in LIMITS}


def fits(call: Call, mine: list[Any]) -> bool:
    """Whether a process with these surroundings can do what the call would do itself."""
    return (
        call["surroundings"] == mine
        and call["nice"] >= os.getpriority(os.PRIO_PROCESS, 0)
        and all(_lower(call["limits"][number][1], own[1]) for number, own in limits().items())
    )


def _lower(asked: int, own: int) -> bool:
    return own == resource.RLIM_INFINITY or 0 <= asked <= own


def _limit(name: str) -> tuple[int, int] | None:
    return resource.getrlimit(getattr(resource, name)) if hasattr(resource, name) else None


def _ignored() -> list[int]:
    numbers = signal.valid_signals()
    return [int(number) for number in numbers if signal.getsignal(number) == signal.SIG_IGN]


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _rights() -> list[Any]:
    """Return as whom and where a process runs."""
    rights: list[Any] = [os.getuid(), os.geteuid(), os.getgid(), os.getegid(), os.getgroups()]
    with suppress(OSError), open("/proc/self/status", "rb") as file:
        rights += [line for line in file if line.startswith(STATUS)]
    for name in NAMESPACES:
        with suppress(OSError):
            rights.append(os.readlink(f"/proc/self/ns/{name}"))
    return rights
