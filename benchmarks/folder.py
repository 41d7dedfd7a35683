"""A folder of small pictures: `python -m benchmarks.folder [--photographs FOLDER] [--files 2000]`.

Pictures of 640x480 are shrunken, some to the middle 224 pixels or to CLIP's tensors, by updown with
two jobs, by a script of Pillow and one of OpenCV in two processes, by torch's DataLoader with two
workers, and by vipsthumbnail, as far as they are installed. Rounds alternate; medians of wall times
and of the processors' seconds, user and system, are printed with their ratios to Pillow's: on a
busy machine the latter tell more. Of updown's the ratio is also told without one import of torch.
Targets: at most 1.15 x Pillow without the import, and faster than the DataLoader with it.
Photographs come from a folder, such as that of Debian's mate-backgrounds, or are made of a sample.
`benchmarks/tiny.py` has the tiny files. On ext4 making a file is slow for five minutes after many
were removed: wait, or use `--below`.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from benchmarks.png import photograph

UPDOWN = str(Path(sys.executable).with_name("updown"))
SCRIPTS = Path(__file__).parent / "folder_scripts"
WIDTH, HEIGHT, JOBS = 640, 480, 2

# Pictures that differ; more files are copies of them.
DIFFERENT = 200

CONFIGURATION = Path(__file__).parent.parent / "sample_images" / "preprocessor_config.json"

CASES = {
    "x0.4": ["upsample", "--mode", "bicubic", "--antialias", "--scale-factor", "0.4"],
    "pool": ["pool", "-k", "2"],
    "avg": ["pool", "--mode", "avg", "-k", "2"],
    "short": ["upsample", "--mode", "bilinear", "--antialias", "--size", "256x341"],
    "crop": ["chain", "upsample --mode bilinear --antialias --size short=256 | crop --size 224"],
    "tensor": ["preprocess", "--config", str(CONFIGURATION)],
}

IMPORT = "import of torch"


class Spent(NamedTuple):
    """Seconds on the wall and of the processors."""

    wall: float
    processors: float


def _processors() -> float:
    """Return the seconds, user and system, of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def tools(case: str) -> list[str]:
    """Return who can do a case, here."""
    found = ["updown", "pillow", "loader"]
    if importlib.util.find_spec("cv2") and case in ("x0.4", "avg", "short"):
        found.append("opencv")
    if shutil.which("vipsthumbnail") and case in ("x0.4", "short"):
        found.append("vipsthumbnail")
    return found


def command(tool: str, case: str, source: Path, target: Path) -> list[str]:
    """Return what is called."""
    if tool == IMPORT:
        return [sys.executable, "-c", "import torch"]
    if tool == "updown":
        to = ["-j", str(JOBS), "--quiet", str(source), "-o", f"{target}/"]
        return [UPDOWN, *CASES[case], *to]
    if tool == "vipsthumbnail":
        size = "256x192!" if case == "x0.4" else "341x256!"
        names = map(str, source.iterdir())
        return ["vipsthumbnail", "--size", size, "-o", f"{target}/%s.jpg[Q=90]", *names]
    return [sys.executable, str(SCRIPTS / f"with_{tool}.py"), str(source), str(target), case]


def new_target(source: Path) -> Path:
    """Return a name for results beside a folder, when nothing of earlier ones is to be written.

    They stay until all is measured: for minutes ext4 goes round the places of files that were
    removed, which takes longer than to make a file.
    """
    os.sync()
    return Path(tempfile.mkdtemp(dir=source.parent), "out")


def seconds(tool: str, case: str, source: Path) -> Spent:
    """Return what one run into a new folder takes."""
    target = new_target(source)
    if tool == "vipsthumbnail":
        target.mkdir()
    began, before = time.perf_counter(), _processors()
    subprocess.run(command(tool, case, source, target), check=True)
    took = Spent(time.perf_counter() - began, _processors() - before)
    made = len([*target.iterdir()]) if tool != IMPORT else 0
    expected = 0 if tool == IMPORT else len([*source.iterdir()])
    if made != expected:
        raise SystemExit(f"{tool} made {made} of {expected} files")
    return took


def views(photographs: Path | None) -> Iterator[Image.Image]:
    """Yield pictures without end: parts of photographs, or of the sample with a sensor's noise."""
    random = np.random.default_rng(0)
    paths = sorted(photographs.rglob("*.jpg")) if photographs else []
    if photographs and not paths:
        raise SystemExit(f"{photographs}: no .jpg files")
    large = [photograph(str(path)) for path in paths] or [photograph(None)]
    for image in cycle(large):
        shrunken = random.uniform(0.5, 1.0) * min(image.width / WIDTH, image.height / HEIGHT)
        width, height = int(WIDTH * shrunken), int(HEIGHT * shrunken)
        left = int(random.integers(0, image.width - width + 1))
        top = int(random.integers(0, image.height - height + 1))
        yield image.resize((WIDTH, HEIGHT), box=(left, top, left + width, top + height))


def make_folder(folder: Path, suffix: str, files: int, photographs: Path | None) -> Path:
    """Return a folder of so many pictures."""
    folder.mkdir()
    for number, view in zip(range(min(files, DIFFERENT)), views(photographs), strict=False):
        view.save(folder / f"{number:05d}{suffix}", quality=90)
    for number in range(DIFFERENT, files):
        first = folder / f"{number % DIFFERENT:05d}{suffix}"
        shutil.copyfile(first, folder / f"{number:05d}{suffix}")
    return folder


def measure(case: str, source: Path, rounds: int) -> dict[str, Spent]:
    """Return the median seconds of everyone."""
    everyone = [*tools(case), IMPORT]
    times: dict[str, list[Spent]] = {tool: [] for tool in everyone}
    for _ in range(rounds):
        for tool in everyone:
            times[tool].append(seconds(tool, case, source))
    each = {tool: zip(*spent, strict=True) for tool, spent in times.items()}
    return {tool: Spent(*map(statistics.median, both)) for tool, both in each.items()}


def show(title: str, medians: dict[str, Spent]) -> None:
    """Print medians and ratios."""
    pillow = medians["pillow"]
    pairs = zip(medians["updown"], medians[IMPORT], strict=True)
    spared = Spent(*(updown - torch for updown, torch in pairs))
    print(title)
    for tool, spent in {**medians, "updown less it": spared}.items():
        ratios = [
            f"{one:6.2f} s {one / by:5.2f} x Pillow" for one, by in zip(spent, pillow, strict=True)
        ]
        print(f"  {tool:16} {ratios[0]}; processors {ratios[1]}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=Path, help="a folder of .jpg files")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=[*CASES])
    parser.add_argument("--suffixes", nargs="+", choices=(".jpg", ".png"), default=[".jpg", ".png"])
    parser.add_argument("--below", type=Path, help="where the folders are made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.below) as temporary:
        for suffix in asked.suffixes:
            folder = Path(temporary, f"pictures{suffix}")
            source = make_folder(folder, suffix, asked.files, asked.photographs)
            for case in asked.cases:
                title = f"{asked.files} files {suffix}, {case}, {JOBS} jobs, {asked.rounds} rounds"
                show(title, measure(case, source, asked.rounds))


if __name__ == "__main__":
    main()
