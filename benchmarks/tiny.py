"""Tiny files: `python -m benchmarks.tiny [--files 10000]`.

PNG files of 32x32 are pooled by updown with two and with sixteen jobs, and by a script of Pillow
in two processes. Rounds alternate. Printed are files a second, of updown without one import of
torch, and what part of the wall time the process computes that gives the workers their jobs.
Targets: 4,000 files a second with two jobs on two cores; 10,000 files need the memory of 100.
On ext4 making a file is slow for five minutes after many were removed: wait, or use `--below`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.folder import IMPORT, UPDOWN, command, new_target

SIDE = 32
JOBS = (2, 16)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """Wall seconds, seconds that the first process computed, and peak megabytes of any."""

    seconds: float
    parent: float
    megabytes: float


def measured(words: list[str]) -> Run:
    """Return what a command took."""
    began = time.perf_counter()
    process = subprocess.Popen(words)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    took = time.perf_counter() - began
    told = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"{words[0]} ended with {process.returncode}")
    return Run(took, (int(told[11]) + int(told[12])) / TICKS, usage.ru_maxrss / 1e3)


def make_folder(folder: Path, files: int) -> Path:
    """Return a folder of so many tiny pictures."""
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (100, SIDE, SIDE, 3), dtype=np.uint8)
    for number in range(min(files, len(pixels))):
        Image.fromarray(pixels[number]).save(folder / f"{number:06d}.png")
    for number in range(len(pixels), files):
        first = folder / f"{number % len(pixels):06d}.png"
        shutil.copyfile(first, folder / f"{number:06d}.png")
    return folder


def run(source: Path, jobs: int | None) -> Run:
    """Return what updown took with so many jobs; Pillow's script if that is None."""
    target = new_target(source)
    if jobs is None:
        return measured(command("pillow", "pool", source, target))
    words = [UPDOWN, "pool", "-k", "2", "-j", str(jobs), "--quiet"]
    return measured([*words, str(source), "-o", f"{target}/"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--below", type=Path, help="where the folders are made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.below) as temporary:
        few = make_folder(Path(temporary, "few"), 100)
        many = make_folder(Path(temporary, "many"), asked.files)
        small = run(few, JOBS[0])
        everyone: tuple[int | None, ...] = (*JOBS, None)
        runs: dict[int | None, list[Run]] = {jobs: [] for jobs in everyone}
        imports = []
        for _ in range(asked.rounds):
            imports.append(measured(command(IMPORT, "", many, many)).seconds)
            for jobs in everyone:
                runs[jobs].append(run(many, jobs))
    spent = statistics.median(imports)
    print(f"{asked.files} files of {SIDE}x{SIDE}, {asked.rounds} rounds; torch {spent:.2f} s")
    for jobs, done in runs.items():
        whole = statistics.median(one.seconds for one in done)
        share = statistics.median(one.parent / one.seconds for one in done)
        rate = asked.files / (whole - (spent if jobs else 0))
        name = f"updown -j {jobs}" if jobs else "pillow"
        print(f"  {name:13} {whole:6.2f} s  {rate:6.0f} files/s  first process {share:4.0%}")
    most = max(one.megabytes for one in runs[JOBS[0]])
    print(f"  peak of a process: {most:.0f} MB, of 100 files {small.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
