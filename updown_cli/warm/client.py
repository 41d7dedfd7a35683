"""Handing a call over: the side that the user started."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys

from updown_cli.warm import wire
from updown_cli.warm.call import notes, this_call
from updown_cli.warm.descriptors import inherited_files

TYPE_CHECKING = False  # importing `typing` for it would take as long as all else
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from updown_cli.warm.call import Blocked

# Seconds that a worker may take to accept a call, which takes it a millisecond.
PROMPT = 0.3

# As many descriptors as Linux takes in one message, but for the working directory.
MOST_DESCRIPTORS = 252

GO = b"!"

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP, signal.SIGCONT)

#: The exit code where the worker has died.
WORKER_DIED = 3


def hand_over(path: str, blocked: Blocked) -> int | None:
    """Return the exit code of this call, which a worker has run; None if there was none.

    A worker first accepts a call, and runs it when it is told to go, so that a late answer does
    not run it twice. Signals that end a call must be blocked before; `blocked` are those that
    were blocked anyway.
    """
    try:
        numbers = inherited_files()
        if len(numbers) > MOST_DESCRIPTORS:
            return None
        connection = _accepted(path, this_call(numbers, blocked))
        folder = os.open(".", getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY)
        signals = _watched_signals()
        try:
            socket.send_fds(connection, [GO], [*numbers, folder])
        except OSError:
            _unwatched()
            return None
    except wire.FAILURES:
        return None
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    return _followed(connection, signals)


def answer(path: str, wish: str) -> dict[str, Any] | None:
    """Return what a worker answers to a wish; None if there is no worker."""
    try:
        with _connected(path) as connection:
            wire.send(connection, {"wish": wish})
            told: dict[str, Any] = wire.receive(connection)
            return told
    except wire.FAILURES:
        return None


def _connected(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PROMPT)
    try:
        connection.connect(path)
        if not wire.is_mine(connection):
            raise PermissionError
    except OSError:
        connection.close()
        raise
    return connection


def _accepted(path: str, call: dict[str, Any]) -> socket.socket:
    """Return the connection to a worker that accepts a call; raise one of wire.FAILURES."""
    connection = _connected(path)
    try:
        wire.send(connection, call)
        told = wire.receive(connection)
        if isinstance(told, str):
            notes.append(f"not run by the warm worker, which cannot take on of this call: {told}")
        if told is not True:
            raise ConnectionRefusedError
    except wire.FAILURES:
        connection.close()
        raise
    return connection


def _watched_signals() -> int:
    """Let signals be numbers that can be read from the descriptor that is returned."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in FORWARDED:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _noted)
    return reader


def _unwatched() -> None:
    signal.set_wakeup_fd(-1)
    for number in FORWARDED:
        if signal.getsignal(number) == _noted:
            signal.signal(number, signal.SIG_DFL)


def _noted(number: int, frame: FrameType | None) -> None:
    """Do nothing: the number can be read."""


def _followed(connection: socket.socket, signals: int) -> int:
    """Return the exit code of a call that runs; pass signals on to it meanwhile."""
    connection.settimeout(None)
    try:
        while signals in select.select([connection.fileno(), signals], [], [])[0]:
            _pass_on(connection, os.read(signals, 64))
        status: int = wire.receive(connection)
    except wire.FAILURES:
        sys.stderr.write("updown: the warm worker died; run the command again\n")
        return WORKER_DIED
    if os.WIFSIGNALED(status):
        _die_of(os.WTERMSIG(status))
    return os.waitstatus_to_exitcode(status)


def _pass_on(connection: socket.socket, numbers: bytes) -> None:
    connection.sendall(numbers)
    if signal.SIGTSTP in numbers:
        os.kill(os.getpid(), signal.SIGSTOP)


def _die_of(number: int) -> None:
    """End as the call did; what it has dumped is not dumped again."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError):  # of signals that cannot be handled
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
