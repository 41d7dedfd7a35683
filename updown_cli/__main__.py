"""`updown`, and `python -m updown_cli`: a process of its own, from its first signal to its end."""

from __future__ import annotations

import contextlib
import os
import sys

from updown_cli.warm.place import offered_socket

TYPE_CHECKING = False  # importing `typing` for it would take as long as a call does
if TYPE_CHECKING:
    from updown_cli.warm.call import Blocked


def command() -> None:
    """Run the command line, in a warm worker if there is one."""
    _open_streams()
    path = offered_socket()
    code = _run() if path is None else _hand_over(path)
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(code)  # taking torch apart would cost a quarter of a second


def _run(blocked: Blocked | None = None) -> int:
    from updown_cli.cli.entry import run

    return run(blocked)


def _hand_over(path: str) -> int:
    """Return the exit code of a worker's call, or if none takes it of a run of our own.

    Signals are held back until it is known who handles them.
    """
    import signal

    from updown_cli.warm.client import hand_over

    ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    code = hand_over(path, blocked)
    return _run(blocked) if code is None else code


def _open_streams() -> None:
    """Let streams that were closed lead nowhere, so that no file takes their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))


if __name__ == "__main__":
    command()
