"""Becoming the process that a call would have been."""

from __future__ import annotations

import contextlib
import fcntl
import io
import locale
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

from updown_cli.errors import bug
from updown_cli.warm.call import notes
from updown_cli.warm.descriptors import close_all_but
from updown_cli.warm.standing import Standing, take

if TYPE_CHECKING:
    from updown_cli.warm.call import Call

# The kernel's PR_SET_PDEATHSIG: a call does not outlive its worker.
PARENT_DEATH_SIGNAL = 1

#: The exit code of a bug.
BUG = 70


def run_call(call: Call, received: list[int], parent: int, run: Callable[[], int]) -> None:
    """Run a call in this process, just forked with all signals blocked, and end with it.

    `received` are the descriptors that the call names and, last, its working directory.
    """
    code = BUG
    try:
        os.setpgid(0, 0)
        _die_with(parent)
        _take_descriptors(call["descriptors"], received)
        _take_streams(call["streams"])
        _take_rest(call)
        _take_standing(call["standing"])
        _take_signals(set(call["ignored"]), call["blocked"])
        code = run()
    except Exception as error:
        os.write(2, f"updown: {bug(error)}\n".encode(errors="backslashreplace"))
    finally:
        os._exit(code)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(BUG)


def _take_descriptors(numbers: list[int], received: list[int]) -> None:
    """Give the received descriptors their numbers, go to the folder, and close all others."""
    os.fchdir(received.pop())
    above = max(*numbers, *received) + 1
    held = [fcntl.fcntl(number, fcntl.F_DUPFD, above) for number in received]
    for number, source in zip(numbers, held, strict=True):
        os.dup2(source, number)
    close_all_but(numbers)


def _take_streams(kinds: list[tuple[str, str, bool]]) -> None:
    """Open the standard streams as Python does."""
    streams: dict[str, TextIO] = {}
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        encoding, errors, at_once = kinds[number]
        mode, size = ("wb", 0 if at_once else -1) if number else ("rb", -1)
        raw = open(number, mode, size, closefd=False)  # noqa: SIM115 (it stays open)
        streams[name] = io.TextIOWrapper(
            raw,
            encoding,
            errors,
            newline="\n" if number else None,
            line_buffering=name == "stderr" or raw.isatty(),
            write_through=at_once,
        )
    for name, stream in streams.items():
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _take_rest(call: Call) -> None:
    os.environb.clear()
    os.environb.update(call["environment"])
    time.tzset()
    with contextlib.suppress(locale.Error):  # one that is not installed
        locale.setlocale(locale.LC_CTYPE, "")
    os.umask(call["umask"])
    os.setpriority(os.PRIO_PROCESS, 0, call["nice"])
    for number, limit in call["limits"].items():
        if resource.getrlimit(number) != limit:
            resource.setrlimit(number, limit)
    sys.argv[:] = call["arguments"]


def _take_standing(wanted: Standing) -> None:
    """Go where the caller stands, and tell of it."""
    take(wanted)
    if wanted:
        notes.append(f"the warm worker has taken on of this call: {', '.join(wanted)}")


def _take_signals(ignored: set[int], blocked: list[int]) -> None:
    """React to signals as a fresh Python does."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        handler: Any = signal.SIG_IGN if number in ignored else signal.SIG_DFL
        if number == signal.SIGINT and number not in ignored:
            handler = signal.default_int_handler
        if signal.getsignal(number) not in (handler, None):
            signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
