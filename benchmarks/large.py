"""The largest pictures and arrays: `python -m benchmarks.large [--side 20000] [--gigapixels 2]`.

A JPEG of 400 megapixels is halved by updown, by Pillow and, with the extra `huge`, by libvips in
turn: time and peak memory of each. Targets: with `huge` at most 1.5 of libvips' time plus one
import of torch, and at most 0.4 GB; without it at most 1.2 of Pillow's time and 3.0 GB.

A `.npy` of 2 gigapixels is pooled (target: less than 1 GB), and with `huge` a slide, a tiled
BigTIFF of `--slide 10` gigapixels, by 8 (target: less than 1 GB).
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.slide import make_slide

ROUNDS = 3
PHOTO = Path(__file__).parent.parent / "sample_images" / "photo.jpg"
UPDOWN = str(Path(sys.executable).with_name("updown"))
MOST = str(1 << 40)

WITH_PILLOW = """
import sys
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
image = Image.open(sys.argv[1])
half = (image.width // 2, image.height // 2)
image.resize(half, Image.Resampling.BICUBIC).save(sys.argv[2], quality=90)
"""

WITH_VIPS = """
import sys
import pyvips
image = pyvips.Image.new_from_file(sys.argv[1], access="sequential")
image.resize(0.5, kernel="cubic").write_to_file(sys.argv[2] + "[Q=90]")
"""

IMPORT = (sys.executable, "-c", "import torch")
HUGE = importlib.util.find_spec("pyvips") is not None


def measured(command: Sequence[str]) -> tuple[float, float]:
    """Return (seconds, peak gigabytes) of one command."""
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss * 1024 / 1e9


def apart(make: Callable[[str, int], None], path: str, side: int) -> None:
    """Make a file in a process of its own: what is measured inherits the peak of this one."""
    process = multiprocessing.get_context("fork").Process(target=make, args=(path, side))
    process.start()
    process.join()


def make_photograph(path: str, side: int) -> None:
    """Write a JPEG of side x side pixels: photographs under slow waves of light."""
    with Image.open(PHOTO) as photo:
        tile = np.asarray(photo.convert("RGB").resize((1000, 1000)), np.float32)
    image = Image.new("RGB", (side, side))
    waves = 0.75 + 0.25 * np.sin(np.arange(side) / 1500)
    for top in range(0, side, 1000):
        for left in range(0, side, 1000):
            light = np.outer(waves[top : top + 1000], waves[left : left + 1000])[..., None]
            pixels = (tile[: len(light), : light.shape[1]] * light).astype(np.uint8)
            image.paste(Image.fromarray(pixels), (left, top))
    image.save(path, quality=90)


def make_array(path: str, side: int) -> None:
    """Write a `.npy` file of side x side bytes."""
    array = np.lib.format.open_memmap(path, "w+", np.uint8, (side, side))
    for top in range(0, side, 1000):
        array[top : top + 1000] = (np.arange(side) // 7 + top) % 251


def picture(folder: str, side: int) -> None:
    """Halve a photograph with all, and print."""
    source = f"{folder}/in.jpg"
    apart(make_photograph, source, side)
    halve = ("upsample", "--mode", "bicubic", "--antialias", "--scale-factor", "0.5")
    ours = (UPDOWN, *halve, source, "-o", f"{folder}/ours.jpg", "-q", "--max-pixels", MOST)
    commands = {
        "torch's import": IMPORT,
        "Pillow": (sys.executable, "-c", WITH_PILLOW, source, f"{folder}/pillow.jpg"),
        "updown": (*ours, "--if-exists", "overwrite"),
    }
    if HUGE:
        commands["vips"] = (sys.executable, "-c", WITH_VIPS, source, f"{folder}/vips.jpg")
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            runs[name].append(measured(command))
    medians = {
        name: tuple(statistics.median(numbers) for numbers in zip(*run, strict=True))
        for name, run in runs.items()
    }
    best = medians["vips" if HUGE else "Pillow"][0]
    for name, (seconds, peak) in medians.items():
        print(
            f"{side}x{side} JPEG halved, {name:14}  {seconds:6.2f} s  {seconds / best:5.2f} x  "
            f"{peak:5.2f} GB"
        )
    less = medians["updown"][0] - medians["torch's import"][0]
    print(f"updown less one import: {less / best:.2f} x {'vips' if HUGE else 'Pillow'}")


def slide(folder: str, gigapixels: float) -> None:
    """Pool a slide, and print."""
    source = f"{folder}/in.tif"
    side = round((gigapixels * 1e9) ** 0.5)
    apart(make_slide, source, side)
    command = (UPDOWN, "pool", "-k", "8", source, "-o", f"{folder}/pooled.jpg", "-q")
    seconds, peak = measured((*command, "--max-pixels", MOST))
    print(f"{side}x{side} tiled BigTIFF pooled by 8  {seconds:6.2f} s  {peak:5.2f} GB")


def array(folder: str, gigapixels: float) -> None:
    """Pool an array, and print."""
    source = f"{folder}/in.npy"
    side = round((gigapixels * 1e9) ** 0.5)
    apart(make_array, source, side)
    for mode in ("max", "avg"):
        command = (UPDOWN, "pool", "--mode", mode, "-k", "2", source)
        target = ("-o", f"{folder}/{mode}.npy", "-q", "--max-pixels", MOST)
        seconds, peak = measured((*command, *target))
        print(f"{side}x{side} bytes, pool {mode}  {seconds:6.2f} s  {peak:5.2f} GB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=20_000)
    parser.add_argument("--gigapixels", type=float, default=2.0)
    parser.add_argument("--slide", type=float, default=10.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        picture(folder, asked.side)
    with tempfile.TemporaryDirectory() as folder:
        array(folder, asked.gigapixels)
    if HUGE:
        with tempfile.TemporaryDirectory() as folder:
            slide(folder, asked.slide)


if __name__ == "__main__":
    main()
