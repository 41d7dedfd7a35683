"""A scheduler and its workers on the loopback, started as `docs/clusters.md` does, for tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DASK = (sys.executable, "-m", "dask")
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")
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


@contextmanager
def running(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a scheduler and workers, and yield them when all are there."""
    file = str(folder / "scheduler.json")
    at = ("--scheduler-file", file, *LOOPBACK)
    shape = ("--nworkers", str(workers), "--nthreads", "1", "--preload", DEADLY)
    cluster = Cluster(
        file,
        _started(folder, "scheduler", "--port", "0", "--no-show", *at),
        _started(folder, "worker", *shape, *at),
    )
    end = time.monotonic() + STARTING
    while len(cluster.workers()) < workers and time.monotonic() < end:
        time.sleep(0.2)
    yield cluster
    for process in (cluster.scheduler, cluster.starter):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _started(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [*DASK, *words], cwd=folder, stdout=quiet, stderr=quiet, process_group=0
    )
