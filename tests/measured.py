"""Runs of the installed command in a process of their own, whose memory is told."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import COMMAND, noise, picture

#: MiB that a refused file may cost beyond a run that reads a small one.
MEBIBYTES = 512

# What a process prints of each module when it is imported.
IMPORT = b"import time:"

needs_proc = pytest.mark.skipif(not hasattr(os, "wait4"), reason="the peak of a child is unknown")


def run_of(*arguments: str, stdin: str = os.devnull) -> tuple[int, list[str], set[str], int]:
    """Return exit code, lines on standard error, imported modules, and the peak in MiB."""
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    with open("said", "w+b") as said, open(stdin, "rb") as source:
        run = subprocess.Popen(
            [str(COMMAND), *arguments],
            stdin=source,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=environment,
        )
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        printed = said.read().splitlines()
    os.remove("said")
    modules = {line.split(b"|")[-1].strip().decode() for line in printed if line.startswith(IMPORT)}
    lines = [line.decode() for line in printed if not line.startswith(IMPORT)]
    return run.returncode, lines, modules, usage.ru_maxrss // 1024


@cache
def usual_peak(*, computes: bool) -> int:
    """Return the MiB that a run takes that computes something, or that refuses a file."""
    if computes:
        picture("usual.png", noise(8, 8))
    else:
        Path("usual.png").write_bytes(b"\x89PNG")
    return run_of("pool", "usual.png", "-o", "usual-out.png")[3]
