"""A scheduler and its workers on the loopback, started by the lines of `docs/clusters.md`."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "clusters.md"
DEADLY = str(Path(__file__).parent / "batch" / "cluster" / "deadly.py")

# Seconds in which workers are there, on a machine that does other things.
STARTING = 120.0


@dataclass(frozen=True)
class Cluster:
    """A scheduler's file, and the processes of the scheduler and of what starts workers."""

    file: str
    scheduler: subprocess.Popen[bytes]
    starter: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """Return the processes of the workers that are there."""
        from distributed import Client

        with contextlib.suppress(OSError, ValueError):
            address = json.loads(Path(self.file).read_text())["address"]
            with Client(address, timeout=5, set_as_default=False) as client:
                return list(client.run(os.getpid).values())
        return []

    def end_scheduler(self) -> None:
        """Kill the scheduler."""
        self.scheduler.kill()
        self.scheduler.wait()


def lines_of(program: str) -> list[list[str]]:
    """Return the lines of the page that run a program, in words."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    lines = (shlex.split(line) for block in blocks for line in block.splitlines())
    return [line[1:] for line in lines if line[0] == program]


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """Start a scheduler and two workers, as on one machine; yield them when all are there."""
    lines = {line[0]: line for line in lines_of("dask")}
    any_port = ["0" if word == "8786" else word for word in lines["scheduler"]]
    quiet = ("--host", "127.0.0.1", "--no-dashboard")
    cluster = Cluster(
        str(folder / "scheduler.json"),
        _started(folder, *any_port, "--no-show", *quiet),
        _started(folder, *lines["worker"], "--preload", DEADLY, *quiet),
    )
    end = time.monotonic() + STARTING
    try:
        while len(cluster.workers()) < 2 and time.monotonic() < end:
            time.sleep(0.2)
        yield cluster
    finally:
        for process in (cluster.scheduler, cluster.starter):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _started(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        cwd=folder,
        stdout=quiet,
        stderr=quiet,
        process_group=0,
    )
