"""Starting a worker: it stays when the command that starts it ends."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from updown_cli.engine.garbage import made_to_stay
from updown_cli.errors import SurroundingsError, UpdownError
from updown_cli.warm.call import surroundings
from updown_cli.warm.client import answer
from updown_cli.warm.descriptors import STANDARD, close_all_but
from updown_cli.warm.place import folder, is_private, socket_path
from updown_cli.warm.server import Run, Server

# Seconds that a worker may take to load everything, on a slow disk.
STARTING = 120.0

READY = b"+"

# Calls that may wait while a process is forked for another.
WAITING = 64


def start_worker(load: Callable[[], None], run: Run, idle: float) -> tuple[dict[str, Any], bool]:
    """Return what a worker tells of itself, and whether it was there already.

    Raises SurroundingsError where it cannot start.
    """
    lock = _locked()
    if lock is None:
        return _status(), True
    _fork_worker(lock, load, run, idle)
    return _status(), False


def _status() -> dict[str, Any]:
    status = answer(socket_path(), "status")
    if status is None:
        raise SurroundingsError("does not answer", subject="the worker", hint="try again")
    return status


def _locked() -> int | None:
    """Return a lock that a worker holds while it is there; None if one answers."""
    _make_folder()
    path = socket_path() + ".lock"
    try:
        lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise SurroundingsError(f"{error.strerror}".lower(), subject=path) from None
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if answer(socket_path(), "status"):
                return None
            time.sleep(0.02)
    raise SurroundingsError("neither answers nor ends", subject="another worker")


def _make_folder() -> None:
    """Make the folder of the sockets; raise SurroundingsError if it is not for this user alone."""
    path = folder()
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise SurroundingsError(f"{error.strerror}".lower(), subject=path) from None
    if not is_private(path):
        raise SurroundingsError(
            "is not a folder that only you can enter",
            subject=path,
            hint="change its mode to 700, or set XDG_RUNTIME_DIR",
        )


def _fork_worker(lock: int, load: Callable[[], None], run: Run, idle: float) -> None:
    """Return when a worker is ready; raise SurroundingsError with what it told if it is not."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            _live(lock, writer, load, run, idle)
        os._exit(0)
    os.close(writer)
    os.close(lock)  # the worker holds it
    os.waitpid(child, 0)
    with open(reader, "rb") as told:
        sentence = told.read()
    if sentence != READY:
        reason = sentence.decode(errors="replace") or "died"
        raise SurroundingsError(reason, subject="the worker")


def _live(lock: int, told: int, load: Callable[[], None], run: Run, idle: float) -> None:
    """The life of a worker."""
    try:
        _leave(lock, told)
        at_start = surroundings()  # libraries may set variables as they are loaded
        server = Server(_listener(load), at_start, run, idle)
        os.write(told, READY)
        os.close(told)
        server.serve()
        server.stop()
    except UpdownError as error:
        os.write(told, str(error).encode())
    except OSError as error:
        os.write(told, f"{error.strerror or error}".lower().encode())
    finally:
        os._exit(0)


def _leave(*kept: int) -> None:
    """Hold on to nothing of what the starting command had open."""
    os.chdir("/")
    os.umask(0o077)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in STANDARD:
        os.dup2(nowhere, number)
    close_all_but((*STANDARD, *kept))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115


def _listener(load: Callable[[], None]) -> socket.socket:
    """Load everything, then listen; what was loaded is never looked at by the collector."""
    path = socket_path()
    with made_to_stay():
        load()
    listener = socket.socket(socket.AF_UNIX)
    if os.path.lexists(path):
        os.unlink(path)  # of a worker that has died, for this one holds the lock
    listener.bind(path)
    listener.listen(WAITING)
    return listener
