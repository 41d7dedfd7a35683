"""What a refusal costs: `python -m benchmarks.refusals [--rounds N]`.

Every kind takes turns with importing Click, NumPy and Pillow, which most of them need; the medians,
their ratio to that, and whether torch was imported are printed. Target: no torch, and under 0.3 s.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path

from PIL import Image

from tests.bombs import npy
from tests.damaged import png_header
from tests.healthy import photo, saved

LEAST = [sys.executable, "-c", "import click, numpy, PIL.Image"]
UPDOWN = [sys.executable, "-m", "updown_cli"]

#: What is refused, by what it is; the files are those of `make_files`.
KINDS = {
    "wrong option": ["pool", "--kernel", "3", "photo.png"],
    "wrong value": ["pool", "-k", "0", "photo.png"],
    "wrong recipe": ["chain", "--recipe", "bad.json", "photo.png"],
    "wrong steps": ["chain", "pool -k 2 | nothing", "photo.png"],
    "missing file": ["pool", "none.png", "-o", "out.png"],
    "output over input": ["pool", "photo.png", "-o", "photo.png"],
    "no picture": ["pool", "page.png", "-o", "out.png"],
    "window too large": ["pool", "-k", "999", "photo.png", "-o", "out.png"],
    "result too large": ["upsample", "--scale-factor", "9999", "photo.png", "-o", "out.png"],
    "bomb": ["pool", "bomb.png", "-o", "out.png"],
    "array that lies": ["pool", "lies.npy", "-o", "out.png"],
    "truncated PNG": ["pool", "cut.png", "-o", "out.png"],
    "damaged PNG": ["pool", "hurt.png", "-o", "out.png"],
    "truncated JPEG": ["pool", "cut.jpg", "-o", "out.png"],
    "pixels of a JPEG": ["pool", "hurt.jpg", "-o", "out.png"],
    "several, -j 1": ["pool", "cut.png", "hurt.png", "cut.jpg", "-j", "1", "-o", "out/"],
    "several, -j 2": ["pool", "cut.png", "hurt.png", "cut.jpg", "-j", "2", "-o", "out/"],
    "kernel that is none": ["conv", "--kernel", "page.png", "photo.png", "-o", "out.png"],
    "compare": ["compare", "photo.png", "cut.png"],
}


def make_files() -> None:
    """Write what is refused, in the working directory."""
    image = Image.fromarray(photo(512, 512))
    png, jpeg = saved(image, "PNG"), saved(image, "JPEG")
    hurt = bytearray(png)
    hurt[len(png) // 2] ^= 1
    made = {
        "photo.png": png,
        "cut.png": png[: len(png) // 2],
        "hurt.png": bytes(hurt),
        "cut.jpg": jpeg[: len(jpeg) // 2],
        "hurt.jpg": jpeg[: len(jpeg) // 2] + bytes(600) + b"\xff\xc0" + jpeg[len(jpeg) // 2 :],
        "bomb.png": png_header(png, width=65000, height=65000),
        "page.png": b"<html>no picture</html>",
        "lies.npy": npy("(99999, 99999)"),
        "bad.json": b'{"version": 1, "steps": [{"command": "nothing"}]}',
    }
    for name, data in made.items():
        Path(name).write_bytes(data)


def timed(command: list[str]) -> tuple[float, int]:
    """Return the wall time of a command and its exit code."""
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - began, done.returncode


def imports_torch(arguments: list[str]) -> bool:
    """Whether a refusal imports torch."""
    command = [sys.executable, "-X", "importtime", "-m", "updown_cli", *arguments]
    surroundings = {**os.environ, "UPDOWN_DEBUG": "1"}  # what libraries say is not hidden
    told = subprocess.run(command, capture_output=True, check=False, env=surroundings).stderr
    return b" torch\n" in told


def main() -> None:
    """Measure and print; exit with 1 where anything was not refused, or torch was imported."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    failed = False
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        make_files()
        for name, arguments in KINDS.items():
            pairs = [(timed(LEAST)[0], timed([*UPDOWN, *arguments])) for _ in range(rounds)]
            least = statistics.median(pair[0] for pair in pairs)
            median = statistics.median(pair[1][0] for pair in pairs)
            torch, code = imports_torch(arguments), pairs[0][1][1]
            failed |= torch or code == 0
            said = f"exit {code}" + ", imports torch" * torch
            print(f"{name:20} {median:6.3f} s {median / least:6.2f} x imports  {said}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
