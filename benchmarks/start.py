"""What one cold run costs beside importing torch: `python benchmarks/start.py`.

Both sides run alternately; the ratio of their medians is printed. Target: at most 1.25 for one
512 x 512 PNG, and at most 0.12 s for help.
"""

from __future__ import annotations

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


def seconds(command: Sequence[str]) -> float:
    """Return the wall time of a command."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def medians(commands: dict[str, Sequence[str]]) -> dict[str, float]:
    """Return the median wall time of each command; the commands take turns."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/in.png", f"{folder}/out.png"
        with Image.open(PHOTO) as photo:
            photo.convert("RGB").resize((512, 512)).save(source)
        overwrite = ["--if-exists", "overwrite", source, "-o", target]
        bicubic = ["upsample", "--mode", "bicubic", "--scale-factor", "2"]
        taken = medians(
            {
                "import torch": [sys.executable, "-c", "import torch"],
                "updown pool": [UPDOWN, "pool", *overwrite],
                "updown upsample x2": [UPDOWN, *bicubic, *overwrite],
                "updown pool --help": [UPDOWN, "pool", "--help"],
            }
        )
    for name, median in taken.items():
        ratio = median / taken["import torch"]
        print(f"{name:20} {median:6.3f} s  {ratio:5.2f} x import torch")


if __name__ == "__main__":
    main()
