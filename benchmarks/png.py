"""PNG files of a photograph beside Pillow's default: `python benchmarks/png.py [--photo FILE]`.

Both sides run alternately; ratios of the median times and of the sizes are printed. Target: at
most 0.4 of the time, and a file no more than 3 % larger.
"""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from updown_cli.files.picture import Picture
from updown_cli.files.write import encode

ROUNDS = 3
PHOTO = Path(__file__).parent.parent / "sample_images" / "photo.png"


def measured(save: Callable[[], bytes]) -> tuple[float, int]:
    """Return (seconds, bytes) of one call."""
    began = time.perf_counter()
    size = len(save())
    return time.perf_counter() - began, size


def photograph(path: str | None, megapixels: float = 8) -> Image.Image:
    """Return a photograph, or the sample enlarged, with the noise of a sensor."""
    if path is not None:
        with Image.open(path) as photo:
            return photo.convert("RGB")
    with Image.open(PHOTO) as photo:
        scale = (megapixels * 1e6 / (photo.width * photo.height)) ** 0.5
        size = (round(photo.width * scale), round(photo.height * scale))
        large = np.asarray(photo.resize(size, Image.Resampling.BICUBIC), np.float32)
    noise = np.random.default_rng(0).normal(0, 3, large.shape)
    return Image.fromarray((large + noise).clip(0, 255).astype(np.uint8))


def with_pillow(image: Image.Image) -> bytes:
    """Return the file that Pillow writes by default."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", help="a photograph; the sample, enlarged to 8 MP, if none")
    image = photograph(parser.parse_args().photo)
    pixels = np.asarray(image).transpose(2, 0, 1)[None]
    picture = Picture(pixels, "RGB")
    sides = {
        "Pillow": lambda: with_pillow(image),
        "updown": lambda: encode(picture, pixels, ".png", None),
    }
    runs = {name: [measured(save) for _ in range(ROUNDS)] for name, save in sides.items()}
    seconds = {name: statistics.median(took for took, _ in run) for name, run in runs.items()}
    sizes = {name: run[0][1] for name, run in runs.items()}
    for name in sides:
        print(
            f"{name}  {seconds[name]:6.3f} s  {seconds[name] / seconds['Pillow']:5.2f} x   "
            f"{sizes[name] / 1e6:6.2f} MB  {sizes[name] / sizes['Pillow']:5.3f} x"
        )


if __name__ == "__main__":
    main()
