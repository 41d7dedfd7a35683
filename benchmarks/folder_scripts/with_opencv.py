"""What one writes with OpenCV in two processes: `with_opencv.py FOLDER RESULTS CASE`."""

import sys
from multiprocessing import Pool
from pathlib import Path

import cv2

source, target, case = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

# The filters of these do not widen but the area's, which is no cubic: the time is what is compared.
SIZES = {"x0.4": (0, 0), "avg": (0, 0), "short": (341, 256)}
FACTORS = {"x0.4": 0.4, "avg": 0.5, "short": 0.0}


def shrink(name: str) -> None:
    """Read, shrink and save one file."""
    image = cv2.imread(str(source / name), cv2.IMREAD_COLOR)
    assert image is not None, name
    factor = FACTORS[case]
    small = cv2.resize(image, SIZES[case], fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    asked = [cv2.IMWRITE_JPEG_QUALITY, 90] if name.endswith(".jpg") else []
    cv2.imwrite(str(target / name), small, asked)


if __name__ == "__main__":
    target.mkdir()
    cv2.setNumThreads(1)
    with Pool(2) as pool:
        pool.map(shrink, [path.name for path in source.iterdir()])
