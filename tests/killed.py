"""Kills one run after another: `python -m tests.killed 20 SEED pool in -o out ...`.

Every run is forked from a process that has torch already, and killed at a random moment after its
first result; what is unfinished is left for the next. After each, a line of JSON tells what is
there.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from tests.cli.test_signals import alive
from updown_cli.__main__ import command

#: Seconds after its first result when a run is killed at last, and that it may take to get there.
LATEST, DEADLINE = 0.03, 30.0


def started(arguments: list[str]) -> int:
    """Fork a run of the command, in a group of its own."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        sys.argv = ["updown", *arguments]
        command()
    return child


def results() -> set[str]:
    """Return the names of what is finished."""
    names = os.listdir("out") if Path("out").exists() else []
    return {name for name in names if not name.startswith(".updown-")}


def main() -> None:
    """Start and kill, as often as asked."""
    import rich.progress  # noqa: F401 (what takes time is imported once)
    import torch  # noqa: F401

    import updown_cli.cli.main  # noqa: F401

    count, seed, *arguments = sys.argv[1:]
    dice = random.Random(int(seed))
    for _ in range(int(count)):
        before, end = results(), time.monotonic() + DEADLINE
        child = started(arguments)
        while results() == before and time.monotonic() < end:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, LATEST))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        while alive(child):  # its workers end with it
            time.sleep(0.001)
        told = {"code": os.waitstatus_to_exitcode(status), "names": sorted(results())}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
