"""A cluster on the loopback: `python -m benchmarks.cluster [--files 2000] [--rounds 5]`.

A scheduler and two workers do a folder of small pictures while one of the workers is killed; one
picture kills whatever worker is at it. All others are done once, with the bytes of `-j 2`, and
that one is named. A scheduler that is killed ends a run with exit code 3 in one line, and the run
is gone on with; another version of updown is refused.

Then pictures of 640x480 are shrunken with `-j 2` and by the two workers, each of one thread. Rounds
alternate; medians of wall and of processor seconds of all processes, scheduler and workers as well,
are told without the start, which is what two pictures take, and without what an idle cluster
takes in that time. Target: at most 1.15 of `-j 2`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.png import photograph
from benchmarks.remote import must
from benchmarks.remote_throughput import SHRINK, UPDOWN, Spent
from tests.cluster import Cluster, running

POOL = ("pool", "-k", "2")
DEADLY = "0777deadly.png"
TICKS = os.sysconf("SC_CLK_TCK")

# Seconds for which a cluster is idle.
IDLE = 10.0

# Updown of another version.
OTHER = (
    "import updown_cli.batch.cluster.workers as workers; workers.__version__ = '9.9'\n"
    "import sys; from updown_cli.cli.entry import run; sys.exit(run())"
)


def made(folder: Path, count: int) -> Path:
    """Write small pictures that differ, one of them deadly."""
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (count, 24, 32, 3), dtype=np.uint8)
    for number, picture in enumerate(pixels[1:]):
        Image.fromarray(picture).save(folder / f"{number:04}.png")
    Image.fromarray(pixels[0]).save(folder / DEADLY)
    return folder


def holds(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def results(folder: Path) -> list[str]:
    """Return the files of a folder that have their names."""
    return [name for name in os.listdir(folder) if name[0] != "."] if folder.is_dir() else []


@dataclass(frozen=True)
class Ended:
    """A run that has ended."""

    code: int
    stdout: str
    stderr: str


def disturbed(words: list[str], target: Path, count: int, disturb: Callable[[], None]) -> Ended:
    """Return a run that is disturbed when so many results are there."""
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen([UPDOWN, *words], text=True, stdout=told, stderr=subprocess.PIPE) as run,
    ):
        while run.poll() is None and len(results(target)) < count:
            time.sleep(0.02)
        disturb()
        _, errors = run.communicate()
        told.seek(0)
        return Ended(run.returncode, told.read(), errors)


def check(count: int, folder: Path) -> None:
    """Hold all promises."""
    source = made(folder / "in", count)
    here = subprocess.run([UPDOWN, *POOL, source, "-o", folder / "here", "-j", "2", "--quiet"])
    if here.returncode:
        raise SystemExit("the run with -j 2 failed")
    expected = holds(folder / "here")
    del expected[DEADLY]
    (folder / "cluster").mkdir()
    with running(folder / "cluster") as cluster:
        _check_workers(cluster, folder, expected)
        _check_scheduler(cluster, folder, expected)


def _check_workers(cluster: Cluster, folder: Path, expected: dict[str, bytes]) -> None:
    count, target = len(expected) + 1, folder / "there"
    words = [*POOL, str(folder / "in"), "-o", str(target), "--cluster", cluster.file]
    other = subprocess.run([sys.executable, "-c", OTHER, *words], capture_output=True, text=True)
    must(
        other.returncode == 3 and "this is 9.9; install the same version" in other.stderr,
        "another version is refused with exit code 3",
    )

    def kill() -> None:  # one that lives by now: the picture may have killed the first ones
        os.kill(cluster.workers()[0], signal.SIGKILL)

    done = disturbed([*words, "--json"], target, count // 3, kill)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    sources = [Path(record["source"]).name for record in records]
    failed = [Path(r["source"]).name for r in records if r["status"] == "failed"]
    must(len(holds(target)) == count - 1, "a worker is killed, a picture kills whoever is at it")
    must(sorted(sources) == sorted([*expected, DEADLY]), "each picture is told once")
    must((done.code, failed) == (1, [DEADLY]), "that one is named, the others are done")
    must("3 workers died while they were at it" in done.stderr, "and its reason is told")
    must(holds(target) == expected, "all results are those of -j 2")


def _check_scheduler(cluster: Cluster, folder: Path, expected: dict[str, bytes]) -> None:
    (folder / "in" / DEADLY).unlink()
    target = folder / "again"
    words = [*POOL, str(folder / "in"), "-o", str(target)]
    there = [*words, "--cluster", cluster.file]
    done = disturbed(there, target, len(expected) // 3, cluster.end_scheduler)
    usual = re.compile(r"updown: (\d+ of \d+, .* left|\d+ done, \d+ skipped, \d+ failed)")
    lines = [line for line in done.stderr.splitlines() if not usual.fullmatch(line)]
    must(done.code == 3 and len(lines) == 1, "the scheduler is killed: exit code 3, one line")
    must("the scheduler is gone; run again with --if-exists skip" in lines[0], "which says so")
    must(len(results(target)) < len(expected), f"when {len(results(target))} were done")
    again = subprocess.run([UPDOWN, *words, "-j", "2", "--if-exists", "skip", "--quiet"])
    must(again.returncode == 0 and holds(target) == expected, "gone on with, none lost or beside")


def processor(pids: list[int]) -> float:
    """Return the seconds that processes have computed."""
    told = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum(int(fields[11]) + int(fields[12]) for fields in told) / TICKS


def idle_share(pids: list[int]) -> float:
    """Return what part of a second processes compute in one that have nothing to do."""
    before, began = processor(pids), time.perf_counter()
    time.sleep(IDLE)
    return (processor(pids) - before) / (time.perf_counter() - began)


def spent(words: list[str], pids: list[int], idle: float) -> Spent:
    """Return what a run took, here and by others beyond what they take when idle."""
    before, began = processor(pids), time.perf_counter()
    process = subprocess.Popen([UPDOWN, *words, "--quiet"])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"updown ended with {process.returncode}")
    others = processor(pids) - before - idle * wall
    return Spent(wall, usage.ru_utime + usage.ru_stime + others)


def measure(folder: Path, count: int, rounds: int) -> None:
    """Print what pictures take with processes and on a cluster."""
    os.environ["UPDOWN_WARM"] = "0"
    (folder / "few").mkdir()
    (folder / "many").mkdir()
    first = folder / "first.jpg"
    photograph(None, 8).resize((640, 480)).save(first, quality=90)
    for name, number in (("few", 2), ("many", count)):
        for other in range(number):
            shutil.copyfile(first, folder / name / f"{other:04}.jpg")
    taken: dict[str, list[Spent]] = {"-j 2": [], "cluster": []}
    with running(folder) as cluster:
        pids = [cluster.scheduler.pid, cluster.starter.pid, *cluster.workers()]
        idle = idle_share(pids)
        for number in range(rounds + 1):  # the first is for torch to be loaded
            for kind, those in taken.items():
                is_there = kind == "cluster"
                where = ("--cluster", cluster.file) if is_there else ("-j", "2")
                shrink = (*SHRINK[:-2], *where)
                others, share = (pids, idle) if is_there else ([], 0.0)
                few, many = (
                    spent(
                        [*shrink, str(folder / name), "-o", f"{folder}/{name}{number}{kind}/"],
                        others,
                        share,
                    )
                    for name in ("few", "many")
                )
                those.append(many - few)
    print(f"{count - 2} pictures of 640x480, {rounds} rounds; an idle cluster takes {idle:.0%}")
    for what in ("wall", "processor"):
        here, there = (
            statistics.median(getattr(one, what) for one in those[1:]) for those in taken.values()
        )
        each = 1e3 / (count - 2)
        told = f"-j 2 {here * each:.1f} ms, cluster {there * each:.1f} ms, {there / here:.2f}"
        print(f"  {what:9} a picture: {told}", flush=True)


def main() -> None:
    """Hold, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--photographs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if asked.files:
            (Path(temporary) / "held").mkdir()
            check(asked.files, Path(temporary, "held"))
        if asked.photographs:
            (Path(temporary) / "measured").mkdir()
            measure(Path(temporary, "measured"), asked.photographs, asked.rounds)


if __name__ == "__main__":
    main()
