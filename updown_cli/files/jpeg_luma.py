"""The light and dark of a JPEG: its own, and what its table makes of other pixels."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.files.damage import DECODE_ERRORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The tag of EXIF data that says how a picture is turned, and that it is not.
ORIENTATION, UPRIGHT = 274, 1

#: Pixels of a side of what is coded by itself.
BLOCK = 8


@dataclass(frozen=True)
class JpegLuma:
    """The luma of a JPEG, H x W bytes, and the table by which it was rounded."""

    pixels: NDArray[Any]
    table: tuple[int, ...]

    def of(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the luma of C x H x W bytes once they have been such a JPEG."""
        import numpy as np
        from PIL import Image

        file = io.BytesIO()
        _grey(pixels).save(file, "JPEG", qtables=[list(self.table)])
        return np.asarray(Image.open(file))


def _grey(pixels: NDArray[Any]) -> Any:
    """Return the luma of bytes, which Pillow computes as libjpeg does."""
    import numpy as np
    from PIL import Image

    if len(pixels) < 3:
        return Image.fromarray(np.ascontiguousarray(pixels[0]))
    return Image.fromarray(np.ascontiguousarray(np.moveaxis(pixels[:3], 0, -1))).convert("L")


def read_luma(path: str) -> JpegLuma | None:
    """Return the luma of a JPEG of grey or colours; None of any other file."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(path) as image:
            upright = image.getexif().get(ORIENTATION, UPRIGHT) == UPRIGHT
            if image.format not in ("JPEG", "MPO") or image.mode not in ("L", "RGB") or not upright:
                return None
            table = tuple(image.quantization[0])  # type: ignore[attr-defined]
            image.draft("L", image.size)
            return JpegLuma(np.asarray(image.convert("L")), table)
    except (*DECODE_ERRORS, OSError):
        return None
