"""Signals that end a run: what is done stays, what is not is not there.

The first signal raises `Stopped` in the main thread, but waits while that gives files their names;
later ones are ignored while that is cleaned up. A watching thread ends the process where the main
thread cannot react: after a moment if it is in a long computation, at once if it imports a module,
which may swallow or wrap what is raised.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection
from types import FrameType

from updown_cli.stores.drafts import is_naming

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Seconds that the main thread has to react.
PATIENCE = 1.2

#: What is still to be done when the main thread cannot: last words, removing what is unfinished.
at_last: list[Callable[[], None]] = []

_numbers: list[int] = []

# Whether the watching thread need not wait for the main thread.
_at_once = threading.Event()


class Stopped(BaseException):
    """A signal asked to end; no Exception, so that no library takes it for its own failure."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def install() -> None:
    """React to signals from here on, and to none of what came before."""
    at_last.clear()
    _numbers.clear()
    _at_once.clear()
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, _stop)
    sys.unraisablehook = _tell_unraisable
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    with contextlib.suppress(RuntimeError):  # where no thread can be started
        threading.Thread(target=_watch, args=(reader,), daemon=True).start()


def let_through(blocked: Collection[int]) -> None:
    """React to signals that were held back, but for those that are to stay blocked."""
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def raise_if_stopped() -> None:
    """Raise `Stopped` if a signal came, even where a library has swallowed it."""
    if _numbers:
        raise Stopped(_numbers[0])


def _stop(number: int, frame: FrameType | None) -> None:
    _numbers.append(number)
    for other in SIGNALS:
        signal.signal(other, _ignored)
    if is_naming():
        return  # files that belong together get their names first; see `raise_if_stopped`
    if _is_importing(frame):
        _at_once.set()
        time.sleep(PATIENCE)  # the watching thread needs less
    raise Stopped(number)


def _is_importing(frame: FrameType | None) -> bool:
    """Whether code runs within the import of a module."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _tell_unraisable(told: sys.UnraisableHookArgs) -> None:
    """Print what a destructor could not raise, but for `Stopped`: the watching thread knows."""
    if not issubclass(told.exc_type, Stopped):
        sys.__unraisablehook__(told)


def _ignored(number: int, frame: FrameType | None) -> None:
    """Do nothing. SIG_IGN would make Python complain of a signal that is already on its way."""


def _watch(reader: int) -> None:
    """Wait for a signal's number, then for the main thread, then end the process."""
    number = os.read(reader, 1)[0]
    _at_once.wait(PATIENCE)
    for act in at_last:
        with contextlib.suppress(Exception):
            act()
    os._exit(128 + number)
