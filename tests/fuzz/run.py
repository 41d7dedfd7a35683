"""Runs mutants of kinds in turn, each for an equal share of the time, and tells what is wrong."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, BinaryIO

from tests.fuzz import parsed, pictures, streams
from tests.fuzz.kind import Kind
from updown_cli.cli.silence_libraries import libraries_are_quiet

KINDS: dict[str, Kind] = {**pictures.KINDS, **parsed.KINDS, **streams.KINDS}

#: Seconds that a mutant may take, and that a kind has before the next has its turn.
PATIENCE, TURN = 5.0, 0.1


class Hangs(BaseException):
    """A mutant took too long; no Exception, so that no reader takes it for damage."""


def _hangs(signum: int, frame: FrameType | None) -> None:
    raise Hangs


@dataclass
class Fuzz:
    """So many mutants of some kinds, from a number on, or as many as some seconds allow."""

    names: Sequence[str]
    count: int
    first: int = 0
    seconds: float = float("inf")
    done: dict[str, int] = field(default_factory=dict)

    def faults(self) -> Iterator[dict[str, Any]]:
        """Yield what is wrong, with the kind and the number that make the mutant again.

        Files are written in the working directory.
        """
        files = {name: KINDS[name].files() for name in self.names}
        end = time.monotonic() + self.seconds
        self.done = dict.fromkeys(self.names, 0)
        signal.signal(signal.SIGALRM, _hangs)
        with _said() as said:
            while self._left(end):
                for name in self.names:
                    turn = min(time.monotonic() + TURN, end)
                    while self._left(turn):
                        number = self.first + self.done[name]
                        self.done[name] += 1
                        for fault in _found(name, files[name], number, said):
                            yield {"kind": name, "seed": number, "fault": fault}

    def _left(self, end: float) -> bool:
        return sum(self.done.values()) < self.count and time.monotonic() < end


@contextmanager
def _said() -> Iterator[BinaryIO]:
    """Catch what is written to standard output and standard error; warnings are errors."""
    with ExitStack() as stack:
        said = stack.enter_context(open("said", "w+b"))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error")
        for stream in (1, 2):
            stack.callback(os.dup2, os.dup(stream), stream)
            os.dup2(said.fileno(), stream)
        stack.enter_context(libraries_are_quiet())  # as the command is
        yield said


def _found(name: str, files: list[bytes], number: int, said: BinaryIO) -> list[str]:
    """Return what is wrong with a mutant."""
    kind = KINDS[name]
    path = "mutant" + kind.ending
    _write(path, kind.mutant(files, number))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        found = list(kind.faults_of(path, number))
    except Hangs:
        found = [f"takes more than {PATIENCE} s"]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # such as a panic of a library that is no Exception
        found = [f"{type(error).__name__}: {error}"]
    signal.setitimer(signal.ITIMER_REAL, 0)
    if os.fstat(said.fileno()).st_size:
        found += [f"says: {os.pread(said.fileno(), 200, 0).decode(errors='replace')}"]
        os.ftruncate(said.fileno(), 0)
        os.lseek(said.fileno(), 0, os.SEEK_SET)
    return found


def _write(path: str, data: bytes) -> None:
    """Write over a file: some file systems take long to empty it first."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.pwrite(descriptor, data, 0)
    os.ftruncate(descriptor, len(data))
    os.close(descriptor)
