"""TIFF: pages of any depth; those that Pillow cannot hold with the extra `deep`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.tiff.integrity import check_tiff
from updown_cli.op.param_types import Choice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.picture import Picture
    from updown_cli.files.reading import Reading
    from updown_cli.files.resolution import Resolution
    from updown_cli.files.row_target import Opener
    from updown_cli.op.shape import Shape

#: Types of Pillow's modes; of others the name begins with it.
TYPES = {
    **dict.fromkeys(("L", "LA", "RGB", "RGBA", "CMYK"), "uint8"),
    "I;16": "uint16",
    "I": "int32",
    "F": "float32",
}

# The largest resolution that 32 bits hold.
MOST_DPI = (1 << 32) - 1


class Tiff(PillowFormat):
    """TIFF and BigTIFF files, with all their pages."""

    name = "TIFF"
    endings = (".tif", ".tiff")
    plugin = "TiffImagePlugin"
    modes = ("L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F")
    deep_types = (
        *("uint16", "float32", "float64", "int32", "uint32"),
        *("uint8", "int8", "int16", "float16", "int64", "uint64"),
    )
    keeps = ("icc", "exif", "xmp", "dpi")
    frames = True
    bands = True
    signatures = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
    options = {  # noqa: RUF012
        "compression": Choice(("raw", "tiff_deflate", "tiff_lzw", "packbits"))
    }
    most_values_per_byte = 1 << 20  # tiles may share their bytes
    defaults = {"compression": "tiff_deflate"}  # noqa: RUF012

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for pages that loop or are too many, and for missing strips."""
        check_tiff(file)

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return what an open file holds, upright, every chosen page."""
        from updown_cli.files.tiff.read import read_pages

        return read_pages(self, file, reading)

    def leave(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture | None:
        """Return a large page whose pixels stay in its open file; None of all others."""
        from updown_cli.files.tiff.leave import leave_page

        return leave_page(file, reading)

    def peek(self, file: BinaryIO, head: bytes, reading: Reading) -> tuple[Shape, int]:
        """Return (shape, frames) of an open file from its directories."""
        from updown_cli.files.integrity import guarded
        from updown_cli.files.tiff.read import pages_shape

        with guarded(self.name):
            return pages_shape(file, reading)

    def can_state(self, stated: Resolution) -> bool:
        """Whether a resolution can be stated."""
        return max(stated.x, stated.y) <= MOST_DPI

    def row_opener(
        self, source: Picture, shape: tuple[int, ...], mode: str, asked: Mapping[str, str]
    ) -> Opener | None:
        """Return how 1 x channels x H x W of a mode is written row by row; None if it cannot."""
        from updown_cli.files.tiff.rows import TiffTarget

        dtype = TYPES.get(mode) or mode.partition(" ")[0]
        return partial(
            TiffTarget, shape=shape, dtype=dtype, fmt=self, source=source, mode=mode, asked=asked
        )

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file that holds frames x channels x H x W of a mode that it holds."""
        from updown_cli.files.tiff.write import write_pages

        return write_pages(self, source, pixels, mode, asked)
