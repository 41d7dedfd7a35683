"""Pictures that models are shown: odd sizes, grey, inks, transparency, turned by EXIF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def write_pictures(folder: Path) -> list[Path]:
    """Write the five pictures, the same every time, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by a quarter
    colour, grey = _waves(203, 301, 3), _waves(130, 97, 1)[..., 0]
    inks, clear = _waves(150, 221, 4), _waves(181, 120, 4)
    pictures: dict[str, tuple[Image.Image, dict[str, Any]]] = {
        "odd.png": (Image.fromarray(colour), {}),
        "grey.png": (Image.fromarray(grey), {}),
        "inks.tif": (Image.frombytes("CMYK", (221, 150), inks.tobytes()), {}),
        "clear.png": (Image.fromarray(clear), {}),
        "turned.png": (Image.fromarray(colour[:173, :260]), {"exif": turned}),
    }
    for name, (image, options) in pictures.items():
        image.save(folder / name, **options)
    return [folder / name for name in pictures]


def _waves(height: int, width: int, channels: int) -> NDArray[np.uint8]:
    """Return waves that get finer to the right and down, with edges and noise, in whole numbers."""
    y, x, channel = np.mgrid[:height, :width, :channels]
    waves = (x * x * (3 + channel) + y * y * (5 - channel) + 977 * channel) // 64 % 512
    triangle = np.where(waves < 256, waves, 511 - waves)
    noise = (x * 7919 + y * 104729 + channel * 1299709) % 31
    edge = np.where((x // 37 + y // 29) % 3 == 0, 90, 0)
    pixels: NDArray[np.uint8] = np.clip(triangle * 2 // 3 + noise + edge, 0, 255).astype(np.uint8)
    return pixels
