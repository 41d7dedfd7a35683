"""One picture, cold and warm: `python benchmarks/warm.py`.

A 512 x 512 PNG is doubled with bicubic. Prints what a cold call takes beside `import torch`
(target: at most 1.15), and what a warm one takes beside ImageMagick's `convert` (at most 0.6) and
`vips resize` (at most 1.0); all take turns, medians are compared. Peers that are missing are named.
Variables for Python are left out: without bytecode, which an installed package has, every call
would compile updown first.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

ROUNDS = 9
PHOTO = Path(__file__).parent.parent / "sample_images" / "photo.png"
UPDOWN = str(Path(sys.executable).with_name("updown"))

# Debian's names of ImageMagick's command before the common one, which may be another program.
CONVERT = ("convert-im6.q16", "convert")


def seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    """Return the wall time of a command."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - began


def medians(commands: dict[str, Sequence[str]], warm: dict[str, str]) -> dict[str, float]:
    """Return the median wall time of each command; the commands take turns."""
    cold = {**warm, "UPDOWN_WARM": "0"}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(seconds(command, cold if "cold" in name else warm))
    return {name: statistics.median(taken) for name, taken in times.items()}


def imagemagick() -> str | None:
    """Return ImageMagick's `convert`; None if it is not installed."""
    for name in filter(shutil.which, CONVERT):
        told = subprocess.run([name, "-version"], capture_output=True, text=True, check=False)
        if "ImageMagick" in told.stdout.partition("\n")[0]:
            return name
    return None


def peers(source: str, folder: str) -> dict[str, Sequence[str]]:
    """Return the commands of the peers that are installed; name the others."""
    found: dict[str, Sequence[str]] = {}
    convert = imagemagick()
    if convert:
        found["convert"] = [convert, source, "-resize", "200%", f"{folder}/convert.png"]
    if shutil.which("vips"):
        found["vips"] = ["vips", "resize", source, f"{folder}/vips.png", "2", "--kernel", "cubic"]
    for name in ("convert", "vips"):
        if name not in found:
            print(f"{name} is missing and left out")
    return found


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        source = f"{folder}/in.png"
        with Image.open(PHOTO) as photo:
            photo.convert("RGB").resize((512, 512)).save(source)
        double = [UPDOWN, "upsample", "--mode", "bicubic", "--scale-factor", "2", source]
        double += ["--if-exists", "overwrite", "-o"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        environment["XDG_RUNTIME_DIR"] = folder
        subprocess.run([UPDOWN, "warm", "start"], check=True, env=environment)
        try:
            commands: dict[str, Sequence[str]] = {
                "import torch": [sys.executable, "-c", "import torch"],
                "updown, cold": [*double, f"{folder}/cold.png"],
                "updown, warm": [*double, f"{folder}/warm.png"],
                "--version, warm": [UPDOWN, "--version"],
                "python": [sys.executable, "-c", "pass"],
                **peers(source, folder),
            }
            taken = medians(commands, environment)
        finally:
            subprocess.run([UPDOWN, "warm", "stop"], check=True, env=environment)
    for name, median in taken.items():
        print(f"{name:16} {median:6.3f} s")
    print(f"cold / import torch {taken['updown, cold'] / taken['import torch']:5.2f}")
    for name in ("convert", "vips"):
        if name in taken:
            print(f"warm / {name:12} {taken['updown, warm'] / taken[name]:5.2f}")


if __name__ == "__main__":
    main()
