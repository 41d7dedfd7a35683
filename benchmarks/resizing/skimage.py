"""scikit-image: what transform.resize gives, integers again as they were."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, Case

CASES = [
    *(Case("resize", {"order": order}) for order in range(6)),
    *(Case("resize", {"order": order, "anti_aliasing": "off"}) for order in (0, 1, 3)),
    *(Case("resize", {"edge": edge, "order": 3}) for edge in ("symmetric", "edge", "wrap")),
    Case("resize", {"edge": "constant", "order": 1}),
    Case("resize", {"order": 3, "clip": False}, (FLOAT32,)),
]


def version() -> str:
    """Return the version."""
    import skimage

    return f"scikit-image {skimage.__version__}"  # type: ignore[attr-defined]


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    from skimage import transform, util

    options = dict(case["settings"])
    options["mode"] = options.pop("edge", "reflect")
    blurs = {"on": True, "off": False}.get(options.pop("anti_aliasing", "auto"))
    image = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    done = transform.resize(image, size, anti_aliasing=blurs, **options)  # type: ignore[no-untyped-call]
    back = {"uint8": util.img_as_ubyte, "uint16": util.img_as_uint}.get(pixels.dtype.name)
    done = done if back is None or done.dtype == pixels.dtype else back(done)  # type: ignore[no-untyped-call]
    return np.asarray(done).reshape(*size, -1)
