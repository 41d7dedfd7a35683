"""What a bucket costs beside a disk, which `benchmarks/remote.py` prints."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks.png import photograph

UPDOWN = str(Path(sys.executable).with_name("updown"))
SHRINK = ("upsample", "--mode", "bicubic", "--antialias", "--scale-factor", "0.4", "-j", "2")
SIZES = {"small": (640, 480, 300), "photographs": (3264, 2448, 40)}
DISK, REMOTE, ALONE = "disk", "bucket", "s3fs alone"
AT_ONCE, PROCESSES = 8, 2

# Pictures of a run that shows the start: enough for every process to have begun.
FEW = 4


@dataclass(frozen=True)
class Spent:
    """Wall and processor seconds."""

    wall: float
    processor: float

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.wall - other.wall, self.processor - other.processor)


def spent(command: Sequence[str]) -> Spent:
    """Return what a command took, with its children."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Spent(time.perf_counter() - began, usage.ru_utime + usage.ru_stime)


def copy(source: str, target: str) -> None:
    """Read and write all objects with s3fs alone."""
    import fsspec

    names = fsspec.filesystem("s3").ls(source.removeprefix("s3://"))
    start = get_context("spawn")
    parts = [
        start.Process(target=_copy, args=(names[number::PROCESSES], target))
        for number in range(PROCESSES)
    ]
    for part in parts:
        part.start()
    for part in parts:
        part.join()


def _copy(names: list[str], target: str) -> None:
    import fsspec

    fs = fsspec.filesystem("s3")

    def one(name: str) -> None:
        data = fs.cat_file(name, max_concurrency=1)
        fs.pipe_file(f"{target}{name.rpartition('/')[2]}", data, mode="create")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, names))


@contextmanager
def small_bucket() -> Iterator[str]:
    """Run the small server, to which the environment leads; yield its address."""
    words = [sys.executable, "-m", "benchmarks.small_bucket"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"
        os.environ |= {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
        os.environ |= {"AWS_ENDPOINT_URL": address, "AWS_DEFAULT_REGION": "us-east-1"}
        os.environ["UPDOWN_WARM"] = "0"
        try:
            yield address
        finally:
            server.kill()


def filled(folder: Path, width: int, height: int, count: int) -> None:
    """Write so many pictures, and a few for the start, to folders and to a bucket."""
    client = _client()
    for name, number in (("many", count), ("few", FEW)):
        (folder / name).mkdir(parents=True)
        first = folder / name / "0000.jpg"
        photograph(None, 8).resize((width, height)).save(first, quality=90)
        for other in range(1, number):
            shutil.copyfile(first, folder / name / f"{other:04}.jpg")
        for path in (folder / name).iterdir():
            key = f"{folder.name}/{name}/{path.name}"
            client.put_object(Bucket="b", Key=key, Body=path.read_bytes())


def _client() -> Any:
    import boto3

    return boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def check_written(folder: Path, number: int, count: int) -> None:
    """End with an error unless a run has written so many objects and no more."""
    pages = _client().get_paginator("list_objects_v2")
    found = pages.paginate(Bucket="b", Prefix=f"{folder.name}-{number}-many/")
    written = sum(len(page.get("Contents", [])) for page in found)
    if written != count:
        raise SystemExit(f"{written} objects were written, not {count}")


def command(tool: str, folder: Path, name: str, number: int) -> list[str]:
    """Return the command of a tool."""
    objects = f"s3://b/{folder.name}/{name}"
    if tool == ALONE:
        target = f"b/{folder.name}-alone-{number}-{name}/"
        return [sys.executable, "-m", "benchmarks.remote_throughput", objects, target]
    source, target = (
        (str(folder / name), str(folder / f"out-{number}-{name}"))
        if tool == DISK
        else (objects, f"s3://b/{folder.name}-{number}-{name}")
    )
    return [UPDOWN, *SHRINK, "--quiet", source, "-o", f"{target}/"]


def measure(address: str, folder: Path, size: tuple[int, int, int], rounds: int) -> None:
    """Print what the tools take."""
    filled(folder, *size)
    taken: dict[str, list[Spent]] = {tool: [] for tool in (DISK, REMOTE, ALONE)}
    served = []
    for number in range(rounds):
        for tool, those in taken.items():
            start = spent(command(tool, folder, "few", number))
            before = float(urlopen(f"{address}/-/seconds").read())
            those.append(spent(command(tool, folder, "many", number)) - start)
            if tool == REMOTE:
                served.append(float(urlopen(f"{address}/-/seconds").read()) - before)
                check_written(folder, number, size[2])
    count = size[2] - FEW
    print(f"{count} pictures of {size[0]}x{size[1]}, {rounds} rounds; of the server ", end="")
    print(f"{statistics.median(served):.2f} s")
    for kind in ("wall", "processor"):
        middle = {
            tool: statistics.median(getattr(one, kind) for one in those)
            for tool, those in taken.items()
        }
        told = ", ".join(f"{tool} {1e3 * middle[tool] / count:.1f} ms" for tool in taken)
        print(f"  {kind:9} a picture: {told}")
        both = middle[DISK] + middle[ALONE]
        print(f"  {'':9} throughput: {middle[DISK] / middle[REMOTE]:.2f} of the disk's, ", end="")
        print(f"{both / middle[REMOTE]:.2f} of disk and s3fs together", flush=True)


if __name__ == "__main__":
    copy(*sys.argv[1:])
