"""A folder of photographs halved: `python -m benchmarks.photographs FOLDER [--count 20]`.

JPEG to JPEG with bicubic antialias and two jobs, beside Pillow's own threaded script and other
tools that are installed. Rounds alternate; medians of wall times are printed with their ratios to
Pillow's. From updown's the start is taken off: what the same command takes for one tiny picture.
Target: at most 1.0. The first result is compared with torch's float layer on the whole picture.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROUNDS = 5
JOBS = 2

# Pillow's defaults for JPEG, so that all encoders do the same work; updown alone would keep those
# of the source.
QUALITY, SUBSAMPLING = 75, "4:2:0"

UPDOWN = str(Path(sys.executable).with_name("updown"))
HALVE = ("upsample", "--mode", "bicubic", "--antialias", "--scale-factor", "0.5")
ENCODER = ("--co", f"quality={QUALITY}", "--co", f"subsampling={SUBSAMPLING}")


def updown(source: Path, target: Path) -> None:
    """Halve with updown."""
    command = [UPDOWN, *HALVE, *ENCODER, "-j", str(JOBS), "--quiet", str(source), "-o", str(target)]
    subprocess.run(command, check=True)


def pillow(source: Path, target: Path) -> None:
    """Halve with a script of Pillow in threads."""
    target.mkdir()

    def halve(path: Path) -> None:
        with Image.open(path) as image:
            width, height = image.size
            half = image.resize((width // 2, height // 2), Image.Resampling.BICUBIC)
        half.save(target / path.name, quality=QUALITY, subsampling=SUBSAMPLING)

    with ThreadPoolExecutor(JOBS) as threads:
        list(threads.map(halve, source.iterdir()))


def mogrify(source: Path, target: Path) -> None:
    """Halve with ImageMagick."""
    target.mkdir()
    settings = ["-resize", "50%", "-quality", str(QUALITY), "-path", str(target)]
    subprocess.run(["mogrify", *settings, *map(str, source.iterdir())], check=True)


def vips(source: Path, target: Path) -> None:
    """Halve with libvips, one process a picture."""
    target.mkdir()
    for path in source.iterdir():
        result = f"{target / path.name}[Q={QUALITY}]"
        subprocess.run(["vips", "resize", path, result, "0.5", "--kernel", "cubic"], check=True)


def seconds(halve: Callable[[Path, Path], None], source: Path) -> float:
    """Return the wall time of one run into a new folder."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        halve(source, Path(folder, "out"))
        return time.perf_counter() - began


def collected(photographs: Path, folder: Path, count: int) -> Path:
    """Return a folder of so many photographs, some of them several times if there are fewer."""
    paths = sorted(photographs.rglob("*.jpg"))
    if not paths:
        raise SystemExit(f"{photographs}: no .jpg files")
    source = folder / "photographs"
    source.mkdir()
    for number in range(count):
        path = paths[number % len(paths)]
        shutil.copyfile(path, source / f"{number:03d}-{path.name}")
    return source


def difference(source: Path, folder: Path) -> int:
    """Return how many levels a result, without JPEG's loss, is off torch's float layer at most."""
    path = sorted(source.iterdir())[0]
    result = folder / "half.png"
    subprocess.run([UPDOWN, *HALVE, "--quiet", path, "-o", result], check=True)
    pixels = torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1)[None]
    layer = torch.nn.functional.interpolate(
        pixels.float(), scale_factor=0.5, mode="bicubic", antialias=True
    )
    expected = (layer.clamp(0, 255) + 0.5).floor()[0].permute(1, 2, 0).numpy()
    return int(np.abs(np.array(Image.open(result)) - expected).max())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="photographs, .jpg")
    parser.add_argument("--count", type=int, default=20)
    arguments = parser.parse_args()
    tools = [updown, pillow, *(t for t in (mogrify, vips) if shutil.which(t.__name__))]
    missing = {t.__name__ for t in (mogrify, vips)} - {t.__name__ for t in tools}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = collected(arguments.folder, folder, arguments.count)
        tiny = folder / "tiny"
        tiny.mkdir()
        Image.new("RGB", (8, 8)).save(tiny / "tiny.jpg")
        times: dict[str, list[float]] = {tool.__name__: [] for tool in tools}
        start = []
        for _ in range(ROUNDS):
            start.append(seconds(updown, tiny))
            for tool in tools:
                times[tool.__name__].append(seconds(tool, source))
        off = difference(source, folder)
    medians = {tool: statistics.median(spent) for tool, spent in times.items()}
    medians["updown"] -= statistics.median(start)
    print(f"{arguments.count} photographs halved, {JOBS} jobs, {ROUNDS} rounds")
    print(f"start of updown, taken off: {statistics.median(start):.2f} s")
    for name, median in medians.items():
        print(f"{name:8} {median:6.2f} s  {median / medians['pillow']:.2f} x Pillow")
    for name in sorted(missing):
        print(f"{name:8} not installed")
    print(f"largest difference to the float layer: {off} levels")


if __name__ == "__main__":
    main()
