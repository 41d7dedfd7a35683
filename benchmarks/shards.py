"""Tar shards beside a folder of the same pictures: `python -m benchmarks.shards`.

10,000 small pictures with their labels lie in a folder, and in 10 shards. Rounds alternate; medians
of wall times and of processor times are printed with the ratio folder / shards (target: at least
0.95 of the folder's throughput), and again for fewer pictures of 640x480. Then the shards are
checked: labels and order are kept, the pictures are those of the folder, a second run gives the
same bytes, and a run that is killed again and again, each time gone on with, loses none.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import shutil
import signal
import statistics
import subprocess
import tarfile
import tempfile
import time
from itertools import islice
from pathlib import Path

from benchmarks.folder import UPDOWN, views

POOL = ["pool", "--mode", "avg", "-k", "2"]
JOBS, SHARDS = 2, 10

# Sides of small pictures, as CIFAR has them doubled.
SMALL = 64, 64


def make(folder: Path, pictures: int, size: tuple[int, int] | None) -> None:
    """Make pictures and labels as files of a folder, and as shards beside it."""
    (folder / "in").mkdir(parents=True)
    made = [view if size is None else view.resize(size) for view in islice(views(None), 50)]
    for number in range(pictures):
        name = folder / "in" / f"{number:06d}"
        made[number % len(made)].save(f"{name}.jpg", quality=90)
        Path(f"{name}.cls").write_text(str(number))
    names = sorted((folder / "in").iterdir())
    share = -(-len(names) // SHARDS)
    for number in range(SHARDS):
        with tarfile.open(folder / f"set-{number:03d}.tar", "w") as shard:
            for path in names[number * share : (number + 1) * share]:
                shard.add(path, path.name)
    for path in (folder / "in").glob("*.cls"):
        path.unlink()


def command(folder: Path, kind: str) -> list[str]:
    """Return what is called."""
    inputs = [str(folder / "in")] if kind == "folder" else [str(folder / "set-{000..009}.tar")]
    return [UPDOWN, *POOL, "-j", str(JOBS), "--quiet", *inputs, "-o", f"{folder / kind}/"]


def timed(folder: Path, kind: str) -> tuple[float, float]:
    """Return the wall time and the processor time of a run into a new folder."""
    shutil.rmtree(folder / kind, ignore_errors=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command(folder, kind), check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(folder: Path, rounds: int) -> None:
    """Print medians and ratios."""
    times: dict[str, list[tuple[float, float]]] = {"folder": [], "shards": []}
    for _ in range(rounds):
        for kind, spent in times.items():
            spent.append(timed(folder, kind))
    medians = {
        kind: [statistics.median(one) for one in zip(*spent, strict=True)]
        for kind, spent in times.items()
    }
    for kind, (wall, cpu) in medians.items():
        print(f"  {kind:8} {wall:7.2f} s wall  {cpu:7.2f} s processor")
    wall, cpu = (a / b for a, b in zip(medians["folder"], medians["shards"], strict=True))
    print(f"  folder / shards {wall:.2f} wall  {cpu:.2f} processor")


def shards(folder: Path) -> dict[str, bytes]:
    """Return the shards of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.tar"))}


def check(folder: Path) -> None:
    """Check labels, order and pictures."""
    found = 0
    for name in sorted(path.name for path in folder.glob("*.tar")):
        with tarfile.open(folder / name) as given, tarfile.open(folder / "shards" / name) as made:
            for was, member in zip(given, made, strict=True):
                assert was.name == member.name
                data = made.extractfile(member).read()  # type: ignore[union-attr]
                if member.name.endswith(".jpg"):
                    assert data == (folder / "folder" / member.name).read_bytes()
                    found += 1
                else:
                    assert data == given.extractfile(was).read()  # type: ignore[union-attr]
    print(f"  {found} pictures, labels and order as in the folder")


def check_twice(folder: Path) -> dict[str, bytes]:
    """Check that the same command gives the same bytes, and return them."""
    first = shards(folder / "shards")
    timed(folder, "shards")
    assert shards(folder / "shards") == first
    print("  the same bytes twice")
    return first


def check_killed(folder: Path, wanted: dict[str, bytes], kills: int, seconds: float) -> None:
    """Check that runs that are killed and gone on with give the same."""
    target = folder / "shards"
    shutil.rmtree(target)
    line, kept = [*command(folder, "shards"), "--if-exists", "skip"], 0
    for _ in range(kills):
        running = subprocess.Popen(line, start_new_session=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        there = shards(target)
        assert all(wanted[name] == data for name, data in there.items())
        kept = max(kept, len(there))
    subprocess.run(line, check=True)
    assert shards(target) == wanted
    assert not [*target.glob(".*")]
    print(f"  killed {kills} times, the last time with {kept} of {SHARDS} shards; none lost")


def main() -> None:
    """Measure, check and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000, help="pictures of 640x480")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--below", type=Path, help="where the folders are made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.below) as temporary:
        for title, count, size in (
            (f"{SMALL[0]}x{SMALL[1]}", asked.pictures, SMALL),
            ("640x480", asked.large, None),
        ):
            if not count:
                continue
            folder = Path(temporary, title)
            make(folder, count, size)
            print(f"{count} pictures of {title}, {SHARDS} shards, {JOBS} jobs", flush=True)
            measure(folder, asked.rounds)
            check(folder)
            wanted = check_twice(folder)
            seconds = 0.6 * timed(folder, "shards")[0]
            check_killed(folder, wanted, 3, seconds)


if __name__ == "__main__":
    main()
