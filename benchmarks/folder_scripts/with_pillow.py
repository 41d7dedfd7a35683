"""What one writes with Pillow in two processes: `with_pillow.py FOLDER RESULTS CASE`."""

import sys
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from PIL import Image

source, target, case = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]


def max_pool(image: Image.Image) -> Image.Image:
    """Return the largest of every two by two pixels, for which Pillow needs NumPy."""
    import numpy as np

    pixels = np.asarray(image)
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    squares = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, -1)
    return Image.fromarray(squares.max(3).max(1))


def tensor(image: Image.Image) -> Any:
    """Return the middle of the shorter side of 224 as 1 x 3 x 224 x 224, as CLIP has it."""
    import numpy as np

    small = middle(image.convert("RGB").resize((298, 224), Image.Resampling.BICUBIC))
    unit = np.asarray(small, np.float32) / np.float32(255)
    mean = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
    std = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
    return np.ascontiguousarray(((unit - mean) / std).transpose(2, 0, 1)[None])


def middle(image: Image.Image) -> Image.Image:
    """Return the middle 224 pixels."""
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    return image.crop((left, top, left + 224, top + 224))


def shrink(name: str) -> None:
    """Read, shrink and save one file."""
    with Image.open(source / name) as image:
        match case:
            case "x0.4":
                size = (image.width * 2 // 5, image.height * 2 // 5)
                small = image.resize(size, Image.Resampling.BICUBIC)
            case "short":
                small = image.resize((341, 256), Image.Resampling.BILINEAR)
            case "crop":
                small = middle(image.resize((341, 256), Image.Resampling.BILINEAR))
            case "tensor":
                import numpy as np

                np.save((target / name).with_suffix(".npy"), tensor(image))
                return
            case "avg":
                small = image.reduce(2)
            case _:
                small = max_pool(image)
    small.save(target / name, quality=90)


if __name__ == "__main__":
    target.mkdir()
    with Pool(2) as pool:
        pool.map(shrink, [path.name for path in source.iterdir()])
