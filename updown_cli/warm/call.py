"""A call as it is handed over: what it was given, and what it was started in.

What a process can take on is in the call itself; what it cannot, such as the variables that
libraries read as they are loaded, must be that of the worker.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from updown_cli.warm.place import installation

Call = dict[str, Any]
Blocked = Collection[int]

#: Beginnings of variables that Python and libraries look at but once.
AT_LOADING = tuple(
    b"PYTHON LD_ DYLD_ MALLOC_ GLIBC_ OMP_ GOMP_ KMP_ MKL_ OPENBLAS_ GOTO_ DNNL_ ONEDNN_ TORCH PYTORCH "
    b"ATEN_ CUDA CUBLAS CUDNN NVIDIA_ NCCL_ HIP_ ROCR_ NPY_ NUMPY PILLOW_ TIFFFILE_".split()
)

#: What Linux tells of a process that decides over what it may do and how fast.
STATUS = (
    "Uid Gid Groups NoNewPrivs Seccomp CapInh CapPrm CapEff CapBnd CapAmb Cpus_allowed".split()
)
NAMESPACES = ("mnt", "user", "pid")

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
        "ignored": [int(n) for n in signal.valid_signals() if signal.getsignal(n) == signal.SIG_IGN],
        "streams": [(s.encoding, s.errors) for s in (sys.stdin, sys.stdout, sys.stderr)],
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
        [resource.getrlimit(getattr(resource, n)) for n in AT_LOADING_LIMITS if hasattr(resource, n)],
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


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _rights() -> list[Any]:
    """Return as whom and where a process runs."""
    rights: list[Any] = [os.getuid(), os.geteuid(), os.getgid(), os.getegid(), os.getgroups()]
    with suppress(OSError), open("/proc/self/status", "rb") as file:
        names = tuple(f"{name}:".encode() for name in STATUS)
        rights += [line for line in file if line.startswith(names)]
    for name in NAMESPACES:
        with suppress(OSError):
            rights.append(os.readlink(f"/proc/self/ns/{name}"))
    return rights
