"""What one writes with Pillow in two processes: `with_pillow.py FOLDER RESULTS CASE`."""

import sys
from multiprocessing import Pool
from pathlib import Path

from PIL import Image

source, target, case = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]


def max_pool(image: Image.Image) -> Image.Image:
    """Return the largest of every two by two pixels, for which Pillow needs NumPy."""
    import numpy as np

    pixels = np.asarray(image)
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    squares = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, -1)
    return Image.fromarray(squares.max(3).max(1))


def shrink(name: str) -> None:
    """Read, shrink and save one file."""
    with Image.open(source / name) as image:
        match case:
            case "x0.4":
                size = (image.width * 2 // 5, image.height * 2 // 5)
                small = image.resize(size, Image.Resampling.BICUBIC)
            case "short":
                small = image.resize((341, 256), Image.Resampling.BILINEAR)
            case "avg":
                small = image.reduce(2)
            case _:
                small = max_pool(image)
    small.save(target / name, quality=90)


if __name__ == "__main__":
    target.mkdir()
    with Pool(2) as pool:
        pool.map(shrink, [path.name for path in source.iterdir()])
