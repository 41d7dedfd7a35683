"""Standard streams that take what is written to them whole, or raise."""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class WholeOutput(io.RawIOBase):
    """A descriptor that is written to until nothing is left.

    A disk that gets full and a file at its limit take a part first, and tell of an error next. A
    pipe that does not block is waited for: whoever has the other side open may have set that.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def fileno(self) -> int:
        """Return the descriptor."""
        return self.descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self.descriptor)

    def writable(self) -> bool:
        """Return yes."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Write everything and return how much that was."""
        left = memoryview(data).cast("B")
        length = left.nbytes
        while left.nbytes:
            try:
                left = left[os.write(self.descriptor, left) :]
            except BlockingIOError:
                _wait_for(self.descriptor)
        return length


def _wait_for(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    poll.poll()


def text_stream(descriptor: int, like: TextIO, *, at_once: bool) -> TextIO:
    """Return a stream that writes whole, and escapes what its encoding does not have.

    It writes line by line if `at_once`.
    """
    raw: Any = WholeOutput(descriptor)  # which Python itself, unbuffered, takes for a buffer
    return io.TextIOWrapper(
        raw,
        encoding=like.encoding,
        errors="backslashreplace",
        line_buffering=at_once,
        write_through=at_once,
    )


@contextmanager
def stdout_is_whole() -> Iterator[None]:
    """Let `sys.stdout` be a stream that writes whole."""
    before = sys.stdout
    sys.stdout = text_stream(before.fileno(), before, at_once=before.isatty())
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        sys.stdout = before


def end_stdout() -> None:
    """Flush what is left, and learn what some file systems tell when a file is closed."""
    sys.stdout.flush()
    os.close(os.dup(sys.stdout.fileno()))
