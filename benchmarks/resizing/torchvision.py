"""torchvision: what transforms.v2 gives of tensors, transforms of bytes, and both of PIL images.

Tensors lie in memory as those of pictures do, the channels of a pixel side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, UINT8, Case

PICKING, SMOOTH = ("nearest", "nearest-exact"), ("bilinear", "bicubic")
OF_PILLOW = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
EITHER, BYTES = (UINT8, FLOAT32), (UINT8,)
PIL: dict[str, Any] = {"variant": "L and RGB as PIL images (--like pillow)", "like": "pillow"}
WITH_ALPHA = {**PIL, "variant": "LA and RGBA as PIL images (--like pillow)", "alpha": True}
CASES = [
    *(Case(mode, dtypes=EITHER) for mode in PICKING),
    *(Case(mode, dtypes=EITHER) for mode in (*SMOOTH, "lanczos")),
    *(Case(mode, {"antialias": False}, EITHER) for mode in SMOOTH),
    *(Case(mode, {"in_bytes": False}, BYTES) for mode in SMOOTH),
    *(Case(mode, dtypes=BYTES, channels=(1, 3), **PIL) for mode in OF_PILLOW),
    *(Case(mode, dtypes=BYTES, channels=(2, 4), **WITH_ALPHA) for mode in OF_PILLOW),
]


def version() -> str:
    """Return the version."""
    import torch
    import torchvision

    return f"torchvision {torchvision.__version__}, torch {torch.__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    from torchvision import transforms
    from torchvision.transforms import v2

    settings = dict(case["settings"])
    functional = v2.functional if settings.pop("in_bytes", True) else transforms.functional
    name = case["mode"].upper().replace("-", "_")
    how = transforms.InterpolationMode[name]
    done = functional.resize(_image(pixels, case), list(size), how, **settings)
    if case["like"]:
        return np.asarray(done).reshape(*size, -1)
    return np.moveaxis(done.numpy(), 0, -1)


def _image(pixels: Any, case: dict[str, Any]) -> Any:
    import torch
    from PIL import Image

    if not case["like"]:
        return torch.from_numpy(np.array(pixels)).permute(2, 0, 1)
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[pixels.shape[2]]
    return Image.frombytes(mode, pixels.shape[1::-1], pixels.tobytes())
