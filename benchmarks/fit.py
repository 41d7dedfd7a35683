"""Exact fits at size: `python -m benchmarks.fit [--pairs 1000]`.

Kernels from one pair of 640x480 in bytes and in floats, with how far the worst weight is off as a
part of the largest (targets: 1e-2 and 1e-5), and so many pairs of 640x480 from which a transposed
convolution learns to interpolate, with seconds and memory (targets: 3 minutes, 1 GB).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import correlate

UPDOWN = str(Path(sys.executable).with_name("updown"))
SIDES = 480, 640
MEGABYTE = 1024.0


def kernels() -> dict[str, NDArray[Any]]:
    """Return what is to be found again."""
    taps = np.exp(-((np.arange(7) - 3) ** 2) / 4.5)
    box = np.zeros((7, 7))
    box[3:6, 4:7] = 1 / 9
    drawn = np.random.default_rng(5).random((11, 11))
    return {
        "Sobel": np.array([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]]),
        "Gaussian 7x7": np.outer(taps, taps) / taps.sum() ** 2,
        "shifted box": box,
        "random 11x11": drawn / drawn.sum(),
    }


def scene(seed: int) -> NDArray[Any]:
    """Return blurred noise with grain: detail of all sizes."""
    random = np.random.default_rng(seed)
    low = Image.fromarray(random.integers(0, 256, (30, 40), dtype=np.uint8))
    smooth = np.asarray(low.resize(SIDES[::-1], Image.Resampling.BICUBIC), np.float64)
    grain = random.integers(0, 128, SIDES)
    return np.asarray(np.floor(smooth / 2 + grain))


def fitted(folder: Path, *line: str) -> NDArray[Any]:
    """Return the kernel that a fit finds."""
    target = str(folder / "W.npz")
    subprocess.run(
        [UPDOWN, "fit", *line, "-o", target, "-q", "--if-exists", "overwrite"], check=True
    )
    with np.load(target) as file:
        return np.asarray(file["0.weight"])


def off(folder: Path, kernel: NDArray[Any], *, as_bytes: bool) -> float:
    """Return how far the worst weight found of a kernel is off, as a part of the largest."""
    sharp = scene(0)
    seen = correlate(sharp, kernel, mode="constant")
    names = [str(folder / f"{name}.{'png' if as_bytes else 'npy'}") for name in ("sharp", "seen")]
    for name, values in zip(names, (sharp, seen), strict=True):
        if as_bytes:
            Image.fromarray((values.clip(0, 255) + 0.5).astype(np.uint8)).save(name)
        else:
            np.save(name, values.astype(np.float32))
    side = len(kernel)
    found = fitted(folder, f"conv -k {side} -p {side // 2}", "--pairs", *names)
    return float(abs(found - kernel).max() / abs(kernel).max())


def many(folder: Path, count: int) -> None:
    """Print what so many pairs take."""
    for number in range(count):
        image = Image.fromarray(scene(number).astype(np.uint8))
        for name, sides in (("small", (320, 240)), ("large", (640, 480))):
            (folder / name).mkdir(exist_ok=True)
            image.resize(sides).save(folder / name / f"{number:04d}.png", compress_level=1)
    began = time.perf_counter()
    pairs = ("--pairs", str(folder / "small"), str(folder / "large"))
    fitted(folder, "deconv -k 4 -s 2 -p 1", *pairs)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{count} pairs: {time.perf_counter() - began:.1f} s, of processors "
        f"{used.ru_utime + used.ru_stime:.1f} s with all before, {used.ru_maxrss / MEGABYTE:.0f} MB"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kernel, values in kernels().items():
            bytes_off, floats_off = (off(folder, values, as_bytes=each) for each in (True, False))
            print(f"{kernel:14} bytes {bytes_off:.1e}, floats {floats_off:.1e}", flush=True)
        many(folder, arguments.pairs)


if __name__ == "__main__":
    main()
