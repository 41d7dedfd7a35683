"""Batches: `python benchmarks/batch.py [--files 10000] [--photos 32]`.

Prints the time per file of many tiny images beside that of a tenth of them (target: at most 2),
the memory per file (target: at most 4 kB), and the throughput of two workers on JPEG photographs
beside that of one with a core of its own (target: at least 1.7 on two cores) and of one whose
kernels have all cores, in medians.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

PHOTO = Path(__file__).parent.parent / "sample_images" / "photo.jpg"
ROUNDS = 3

#: Jobs and torch's threads.
WORKERS = {"one core": ("1", 1), "one worker": ("1", None), "two workers": ("2", None)}

UPDOWN = str(Path(sys.executable).with_name("updown"))


def measured(*arguments: str, threads: int | None = None) -> tuple[float, int]:
    """Return (seconds, peak kB of the main process) of one run."""
    limit = {"OMP_NUM_THREADS": str(threads)} if threads else {}
    began = time.perf_counter()
    process = subprocess.Popen([UPDOWN, *arguments, "--quiet"], env={**os.environ, **limit})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"updown ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss


def start_seconds() -> tuple[float, int]:
    """Return what a run over two images costs: mostly the start."""
    return measured_folder(2)


def measured_folder(files: int) -> tuple[float, int]:
    """Return (seconds, peak kB) of pooling so many tiny images."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in")
        source.mkdir()
        first = source / "0.ppm"
        Image.new("L", (8, 8), 128).save(first)
        for number in range(1, files):
            shutil.copyfile(first, source / f"{number}.ppm")
        return measured("pool", str(source), "-o", f"{folder}/out/")


def tiny(files: int) -> None:
    """Print time and memory per file."""
    start, start_memory = start_seconds()
    few, _ = measured_folder(files // 10)
    many, memory = measured_folder(files)
    per_few, per_many = (few - start) / (files // 10), (many - start) / files
    print(f"{files // 10} tiny files    {per_few * 1e3:7.3f} ms a file")
    ratio = per_many / per_few
    print(f"{files} tiny files   {per_many * 1e3:7.3f} ms a file  {ratio:5.2f} x as long")
    print(f"memory            {(memory - start_memory) / files:7.2f} kB a file")


def photographs(count: int) -> None:
    """Print the throughput of two workers beside that of one."""
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "in-0.jpg")
        with Image.open(PHOTO) as photo:
            photo.resize((4000, 3000)).save(first, quality=90)
        for number in range(1, count):
            shutil.copyfile(first, Path(folder, f"in-{number}.jpg"))
        halve = ["upsample", "--mode", "bicubic", "--antialias", "--scale-factor", "0.5"]
        start, _ = measured(*halve, str(PHOTO), "-o", f"{folder}/start.jpg")
        runs: dict[str, list[float]] = {name: [] for name in WORKERS}
        for number in range(ROUNDS):
            for name, (jobs, threads) in WORKERS.items():
                into = f"{folder}/{name} {number}/"
                arguments = [*halve, f"{folder}/in-*.jpg", "-o", into, "-j", jobs]
                runs[name].append(measured(*arguments, threads=threads)[0] - start)
    taken = {name: statistics.median(seconds) for name, seconds in runs.items()}
    for name, seconds in taken.items():
        ratio = taken["one core"] / seconds
        print(f"{count} photographs, {name:11} {seconds:6.2f} s  {ratio:5.2f} x the throughput")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--photos", type=int, default=32)
    asked = parser.parse_args()
    tiny(asked.files)
    photographs(asked.photos)


if __name__ == "__main__":
    main()
