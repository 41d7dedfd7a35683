"""Many jobs planned: `python -m benchmarks.planning [--names 1000000]`.

A folder of so many names, a thousand in each folder below it, lies in fsspec's file system of
memory; none is read. A fresh process plans a pool of each of them into another folder. Printed are
the seconds, those of the processor, which other processes do not lengthen, and the peak of memory,
names and Python included, with their ratios to the targets: 60 s and 1 GB for a million.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

from fsspec.implementations.memory import MemoryFile, MemoryFileSystem

from updown_cli.batch.inputs import Selection
from updown_cli.batch.run import collect
from updown_cli.batch.settings import Settings
from updown_cli.cli.steps import parse_steps

SECONDS, BYTES = 60.0, 1e9

IN_A_FOLDER = 1000


def fill(count: int) -> None:
    """Make so many names, all of one file."""
    one = MemoryFile(None, None, b"none of them is read")
    for number in range(count):
        folder, name = divmod(number, IN_A_FOLDER)
        MemoryFileSystem.store[f"/in/{folder:05d}/{name:05d}.png"] = one


def plan(count: int) -> None:
    """Plan so many jobs, and print what it takes."""
    fill(count)
    pool = parse_steps("pool -k 2")
    began, used = time.perf_counter(), time.process_time()
    selection = Selection(paths=("memory://in",), recurse=True)
    jobs = collect(selection, pool, Settings(output="memory://out/"))
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert len(jobs) == count
    print(f"{count} jobs planned")
    print(f"  {seconds:6.1f} s wall       {seconds / SECONDS:.2f} x {SECONDS:g} s")
    print(f"  {cpu:6.1f} s processor  {cpu / SECONDS:.2f} x {SECONDS:g} s")
    print(f"  {peak / 1e6:6.0f} MB peak      {peak / BYTES:.2f} x {BYTES / 1e9:g} GB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        plan(asked.names)
        return
    command = [sys.executable, "-m", "benchmarks.planning", "--here", "--names", str(asked.names)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
