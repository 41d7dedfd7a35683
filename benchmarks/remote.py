"""Bucket to bucket beside disk to disk: `python -m benchmarks.remote [--files 500] [--rounds 5]`.

Against moto's server on the loopback: all results are those of disks, byte for byte; a run that is
killed is gone on with, and none is lost, partial or made twice; all are done where one request of
50 fails (errors 500 and 503, connections that end before, after and in the middle of an answer);
where nothing may be read there is one line for each file, and exit code 1.

Throughput is measured against `benchmarks/small_bucket.py`, of which one core would serve thousands
a second, for pictures of 640x480 and for photographs. Beside it a script of s3fs alone reads and
writes the same objects, eight at a time in two processes. Rounds alternate; medians of wall and of
processor seconds are told without the start, which is what a few pictures take. Target: 0.8 of the
disk's throughput for photographs; for small pictures, which take less than their transfer, 0.9 of
what disk and s3fs take together.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.remote_throughput import SIZES, UPDOWN, measure, small_bucket
from tests.bucket import Bucket, empty_bucket, serving

CHAIN = ("chain", "pool -k 2 | upsample --mode bicubic --scale-factor 3", "-j", "2", "-r")

# One request of so many fails.
FAILING = 50


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Return a run of updown."""
    return subprocess.run([UPDOWN, *words], capture_output=True, text=True, check=False)


def made(folder: Path, count: int) -> list[str]:
    """Write small pictures that differ; return their names."""
    pixels = np.random.default_rng(0).integers(0, 256, (count, 24, 32, 3), dtype=np.uint8)
    names = [f"{'deep/' if number % 3 == 0 else ''}{number:04}.png" for number in range(count)]
    (folder / "deep").mkdir(parents=True)
    for name, picture in zip(names, pixels, strict=True):
        Image.fromarray(picture).save(folder / name)
    return sorted(names)


def must(fact: bool, what: str) -> None:
    """Tell that something holds; end with exit code 1 if it does not."""
    print(f"  {'holds' if fact else 'DOES NOT HOLD'}: {what}", flush=True)
    if not fact:
        raise SystemExit(1)


def is_as_on_disk(bucket: Bucket, folder: str, expected: dict[str, bytes]) -> bool:
    """Whether a folder of a bucket holds these files and no others."""
    found = {name.removeprefix(folder): bucket.get(name) for name in bucket.names(folder)}
    return found == expected


def times(bucket: Bucket, folder: str) -> dict[str, object]:
    """Return when the objects of a folder were written."""
    pages = bucket.client.get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=bucket.name, Prefix=folder)
    return {e["Key"]: (e["ETag"], e["LastModified"]) for p in found for e in p.get("Contents", [])}


def killed(bucket: Bucket, count: int) -> dict[str, object]:
    """Start a run and kill it when a third is done; return what it has written."""
    command = [UPDOWN, *CHAIN, bucket.url("in"), "-o", bucket.url("killed")]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as started:
        while len(bucket.names("killed/")) < count // 3 and started.poll() is None:
            time.sleep(0.1)
        os.killpg(started.pid, signal.SIGKILL)
    return times(bucket, "killed/")


def check(count: int, folder: Path) -> None:
    """Hold all promises against moto's server."""
    names = made(folder / "in", count)
    if run(*CHAIN, str(folder / "in"), "-o", str(folder / "out")).returncode:
        raise SystemExit("the run from disk to disk failed")
    expected = {name: (folder / "out" / name).read_bytes() for name in names}
    with (
        pytest.MonkeyPatch.context() as patch,
        serving() as address,
        empty_bucket(address, patch) as bucket,
    ):
        for name in names:
            bucket.put(f"in/{name}", (folder / "in" / name).read_bytes())
        _check(bucket, expected)


def _check(bucket: Bucket, expected: dict[str, bytes]) -> None:
    count, source = len(expected), bucket.url("in")
    done = run(*CHAIN, source, "-o", bucket.url("out"))
    must(done.returncode == 0, "bucket to bucket ends with 0")
    must(is_as_on_disk(bucket, "out/", expected), f"all {count} are those of disks, byte for byte")
    before = killed(bucket, count)
    must(0 < len(before) < count, f"killed when {len(before)} of {count} were done")
    again = run(*CHAIN, source, "-o", bucket.url("killed"), "--if-exists", "skip")
    must(again.returncode == 0, "gone on with")
    must(is_as_on_disk(bucket, "killed/", expected), "none is lost, partial or beside")
    after = times(bucket, "killed/")
    must(all(after[name] == then for name, then in before.items()), "none is made twice")
    bucket.rule(failing=FAILING)
    done = run(*CHAIN, source, "-o", bucket.url("failing"))
    asked = len(bucket.paths())
    bucket.rule()
    must(done.returncode == 0, f"every {FAILING}th of {asked} requests fails, and all are done")
    must(is_as_on_disk(bucket, "failing/", expected), "and are those of disks")
    bucket.rule(forbidden="/in/")
    done = run(*CHAIN, source, "-o", bucket.url("forbidden"))
    bucket.rule()
    lines = [line for line in done.stderr.splitlines() if line.endswith("permission denied")]
    must(done.returncode == 1, "nothing may be read: exit code 1")
    must(len(set(lines)) == count and not bucket.names("forbidden/"), "and a line for each file")


def main() -> None:
    """Hold, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if asked.files:
            check(asked.files, Path(temporary))
        with small_bucket() as address:
            for name, size in SIZES.items():
                measure(address, Path(temporary, name), size, asked.rounds)


if __name__ == "__main__":
    main()
