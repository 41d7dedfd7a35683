"""A program that is started for a moment: it ends in time, with all that it has started."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import IO

from updown_cli.errors import InputError, shortened

# Bytes at the end of what a program has said that are looked at, and letters that are quoted.
SAID, QUOTED = 4096, 90

# Seconds between two looks at a program: at first, and at most.
FIRST_LOOK, LAST_LOOK = 0.001, 0.02

# What terminals take as orders: colours, titles.
ORDERS = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)")

# The groups of processes that are at work, by the number of their first one.
_at_work: set[int] = set()


def end_programs() -> None:
    """End all that is at work, as when updown itself must end at once."""
    for group in tuple(_at_work):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def run_program(
    words: Sequence[str] | str, folder: str, timeout: float, name: str, *, shell: bool
) -> None:
    """Run a program in a folder; raise InputError if it fails, cannot start or takes too long."""
    with tempfile.TemporaryFile() as said:
        code = _ended(_start(words, folder, said, name, shell=shell), timeout)
        if code is None:
            hint = "give it more with --timeout"
            raise InputError(f"takes longer than {timeout:g} s", subject=name, hint=hint)
        if code:
            how = f"was ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
            raise InputError(how + _quoted(said), subject=name)


def _start(
    words: Sequence[str] | str, folder: str, said: IO[bytes], name: str, *, shell: bool
) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            words,
            shell=shell,
            cwd=folder,
            stdin=nowhere,
            stdout=nowhere,
            stderr=said,
            start_new_session=True,
        )
    except FileNotFoundError:
        program = shortened(words if isinstance(words, str) else words[0])
        raise InputError(f"no program '{program}'", subject=name) from None
    except PermissionError:
        raise InputError("is not allowed to be run", subject=name) from None
    except OSError as error:
        raise InputError(f"cannot be started: {error.strerror}", subject=name) from None


def _ended(process: subprocess.Popen[bytes], timeout: float) -> int | None:
    """Return the exit code of a program, None if it took too long; none of its group is left."""
    _at_work.add(process.pid)
    due, look = time.monotonic() + timeout, FIRST_LOOK
    wanted = (
        os.WEXITED | os.WNOHANG | os.WNOWAIT
    )  # so that its number stays its own until it is killed
    try:
        while os.waitid(os.P_PID, process.pid, wanted) is None:
            if time.monotonic() > due:
                return None
            time.sleep(look)
            look = min(look * 1.5, LAST_LOOK)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        _at_work.discard(process.pid)
    return code


def _quoted(said: IO[bytes]) -> str:
    """Return the last line that a program has said, in quotes, without what terminals obey."""
    said.seek(max(said.seek(0, os.SEEK_END) - SAID, 0))
    text = ORDERS.sub("", said.read().decode("utf-8", "replace"))
    lines = ["".join(c for c in line if c.isprintable()).strip() for line in text.splitlines()]
    last = next((line for line in reversed(lines) if line), "")
    return f": '{last[:QUOTED]}{'...' * (len(last) > QUOTED)}'" if last else ""
