"""The worker: accepts calls, forks a process for each, passes signals on and tells how it ended.

It has one thread, and never computes: what has computed may not fork.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from updown_cli import __version__
from updown_cli.warm import wire
from updown_cli.warm.call import fits
from updown_cli.warm.child import run_call
from updown_cli.warm.client import MOST_DESCRIPTORS
from updown_cli.warm.message import ANY_FAILURE, check_message
from updown_cli.warm.place import package_folder
from updown_cli.warm.standing import difference, refused, standing

if TYPE_CHECKING:
    from updown_cli.warm.call import Call

# Seconds that a caller may take to write its call.
PATIENCE = 1.0

#: Of what a worker has loaded these tell whether it is still what is installed.
LIBRARIES = ("torch", "numpy", "PIL", "click", "rich")

Run = Callable[[], int]
Versions = list[tuple[int, int]]


class Server:
    """Serves calls until it is told to stop, is out of date, or nobody has called for a while."""

    def __init__(self, listener: socket.socket, at_start: list[Any], run: Run, idle: float) -> None:
        self.listener: socket.socket | None = listener
        self.run = run
        self.idle = idle
        self.calls = 0
        self.began = self.last = time.monotonic()
        self.children: dict[int, socket.socket] = {}
        self.surroundings = at_start
        self.versions = versions()
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, self._accept)
        self.selector.register(_child_signals(), selectors.EVENT_READ, self._reap)

    def serve(self) -> None:
        """Serve until the end, and until the calls that run have ended."""
        while self.listener or self.children:
            wait = None if self.children else max(self.last + self.idle - time.monotonic(), 0)
            events = self.selector.select(wait)
            if not events and not self.children:
                return
            for key, _ in events:
                key.data(key.fileobj)

    def stop(self) -> None:
        """Take no more calls."""
        if self.listener:
            with contextlib.suppress(OSError):
                os.unlink(self.listener.getsockname())
            self.selector.unregister(self.listener)
            self.listener.close()
            self.listener = None

    def status(self) -> dict[str, Any]:
        """Return what `updown warm status` tells."""
        return {
            "pid": os.getpid(),
            "version": __version__,
            "uptime": time.monotonic() - self.began,
            "calls": self.calls,
            "running": len(self.children),
            "idle": self.idle,
        }

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            connection.settimeout(PATIENCE)
            self.selector.register(connection, selectors.EVENT_READ, self._answer)
            self.last = time.monotonic()

    def _answer(self, connection: socket.socket) -> None:
        try:
            if not wire.is_mine(connection):
                raise PermissionError
            message = wire.receive(connection)
            check_message(message)
            if versions() != self.versions:
                self.stop()
                raise EOFError
            accepted = message["wish"] == "run" and self._accepts(message)
            answer = self.status() if message["wish"] != "run" else accepted
            if accepted and (part := self._refused(connection, message)):
                accepted, answer = False, part
            wire.send(connection, answer)
        except ANY_FAILURE:
            return self._drop(connection)
        if accepted:
            return self._then(connection, partial(self._start, call=message))
        self._drop(connection)
        if message["wish"] == "stop":
            self.stop()
        return None

    def _accepts(self, call: Call) -> bool:
        return self.listener is not None and fits(call, self.surroundings)

    def _refused(self, connection: socket.socket, call: Call) -> str | None:
        """Return what of its caller's standing a call cannot have here; note what it is to take."""
        caller = wire.caller(connection)
        wanted = difference(standing(caller), standing(os.getpid())) if caller else {}
        call["standing"] = wanted
        return refused(wanted)

    def _start(self, connection: socket.socket, call: Call) -> None:
        """Fork a process for a call whose descriptors have come; drop it if they have not."""
        descriptors: list[int] = []
        try:
            _, descriptors, *_ = socket.recv_fds(connection, 1, MOST_DESCRIPTORS + 1)
            if len(descriptors) == len(call["descriptors"]) + 1:
                self._fork(connection, call, descriptors)
            else:
                self._drop(connection)
        except OSError:
            self._drop(connection)
        finally:
            for number in descriptors:
                os.close(number)

    def _fork(self, connection: socket.socket, call: Call, descriptors: list[int]) -> None:
        parent = os.getpid()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            pid = os.fork()
            if pid == 0:
                run_call(call, descriptors, parent, self.run)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        with contextlib.suppress(OSError):  # it may have done so itself
            os.setpgid(pid, pid)
        self.children[pid] = connection
        self.calls += 1
        self._then(connection, partial(self._pass_on, pid=pid))

    def _pass_on(self, connection: socket.socket, pid: int) -> None:
        """Pass signals on to a call; end it if its caller was killed."""
        try:
            numbers = connection.recv(64)
        except OSError:
            numbers = b""
        for number in numbers or (signal.SIGKILL,):
            to_all = number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                sent = signal.SIGSTOP if number == signal.SIGTSTP else number
                os.killpg(pid, sent) if to_all else os.kill(pid, sent)
        if not numbers:
            self.selector.unregister(connection)

    def _reap(self, reader: int) -> None:
        """Tell the callers of calls that have ended how they did."""
        if signal.SIGTERM in os.read(reader, 64):
            self.stop()
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                connection = self.children.pop(ended[0])  # those are all there are
                with contextlib.suppress(OSError):
                    wire.send(connection, ended[1])
                self._drop(connection)
                self.last = time.monotonic()

    def _then(self, connection: socket.socket, act: Callable[[socket.socket], None]) -> None:
        self.selector.modify(connection, selectors.EVENT_READ, act)

    def _drop(self, connection: socket.socket) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self.selector.unregister(connection)
        connection.close()


def versions() -> Versions:
    """Return when the files of updown and its libraries were written, and their sizes."""
    paths = [sys.modules[name].__file__ or "" for name in LIBRARIES if name in sys.modules]
    for folder, _, names in os.walk(package_folder()):
        paths += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".py")]
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            found.append((os.stat(path).st_mtime_ns, os.stat(path).st_size))
    return found


def _child_signals() -> int:
    """Return a descriptor from which the numbers of signals can be read."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, _noted)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return reader


def _noted(number: int, frame: FrameType | None) -> None:
    """Do nothing: the number can be read."""
