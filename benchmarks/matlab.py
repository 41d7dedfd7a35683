"""Compare `upsample --like matlab` with what MATLAB R2015b made of a published picture.

The folder is `test` of github.com/fatheral/matlab_imresize:
    python -m benchmarks.matlab FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.resizes import ours
from benchmarks.resizing.case import Case

SIZE = (123, 234)


def main() -> None:
    """Print the largest difference of bytes, and of floats as MATLAB stores them."""
    folder = Path(sys.argv[1])

    def read(name: str) -> Any:
        return np.asarray(Image.open(folder / f"lena_{name}.png"))

    picture, case = read("512x512"), Case("bicubic")
    floats = ours("matlab", case, (picture / 255).astype(np.float32), SIZE)
    results = {
        "uint8": ours("matlab", case, picture, SIZE),
        "double": np.floor(np.clip(floats, 0, 1) * 255.0 + 0.5),
    }
    for name, result in results.items():
        apart = np.abs(read(f"123x234_{name}").astype(int) - result)
        print(f"bicubic, {name}: {apart.max():.0f} of 255, {(apart > 0).mean():.2g} of the values")


if __name__ == "__main__":
    main()
