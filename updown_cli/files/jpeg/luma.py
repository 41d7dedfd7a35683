"""The light and dark of a JPEG: its own, and what its table makes of other pixels."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.files.damage import DECODE_ERRORS
from updown_cli.files.exif import UPRIGHT, orientation_of, turn_array, turn_back

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Pixels of a side of what is coded by itself.
BLOCK = 8


@dataclass(frozen=True)
class JpegLuma:
    """The luma of a JPEG, H x W bytes, and the table by which it was rounded.

    It is upright; `orientation` is how EXIF data says that it was stored.
    """

    pixels: NDArray[Any]
    table: tuple[int, ...]
    orientation: int = UPRIGHT

    @property
    def is_upright(self) -> bool:
        """Whether its blocks begin at the first row and column."""
        return self.orientation == UPRIGHT

    def of(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the luma of C x H x W bytes once they have been such a JPEG."""
        import numpy as np
        from PIL import Image

        file = io.BytesIO()
        stored = turn_back(np.moveaxis(pixels, 0, -1), self.orientation)
        _grey(stored).save(file, "JPEG", qtables=[list(self.table)])
        return turn_array(np.asarray(Image.open(file)), self.orientation)


def _grey(pixels: NDArray[Any]) -> Any:
    """Return the luma of H x W x C bytes, which Pillow computes as libjpeg does."""
    import numpy as np
    from PIL import Image

    if pixels.shape[-1] < 3:
        return Image.fromarray(np.ascontiguousarray(pixels[..., 0]))
    return Image.fromarray(np.ascontiguousarray(pixels[..., :3])).convert("L")


def read_luma(path: str) -> JpegLuma | None:
    """Return the luma of a JPEG of grey or colours; None of any other file."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(path) as image:
            if image.format not in ("JPEG", "MPO") or image.mode not in ("L", "RGB"):
                return None
            orientation = orientation_of(image)
            table = tuple(image.quantization[0])  # type: ignore[attr-defined]
            image.draft("L", image.size)
            luma = turn_array(np.asarray(image.convert("L")), orientation)
            return JpegLuma(luma, table, orientation)
    except (*DECODE_ERRORS, OSError):
        return None
