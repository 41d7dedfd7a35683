"""TIFF: pages of any depth; those that Pillow cannot hold with the extra `deep`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.tiff.integrity import check_tiff
from updown_cli.op.param_types import Choice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.picture import Picture
    from updown_cli.files.reading import Reading
    from updown_cli.op.shape import Shape


class Tiff(PillowFormat):
    """TIFF and BigTIFF files, with all their pages."""

    name = "TIFF"
    endings = (".tif", ".tiff")
    modes = ("L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F")
    deep_types = ("uint16", "float32", "float64", "int32", "uint32")
    keeps = ("icc", "exif", "xmp", "dpi")
    frames = True
    signatures = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
    options = {  # noqa: RUF012
        "compression": Choice(("raw", "tiff_deflate", "tiff_lzw", "packbits"))
    }
    defaults = {"compression": "tiff_deflate"}  # noqa: RUF012

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for pages that loop or are too many, and for missing strips."""
        check_tiff(file)

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return what an open file holds, upright, every chosen page."""
        from updown_cli.files.tiff.read import read_pages

        return read_pages(self, file, head, reading)

    def peek(self, file: BinaryIO, head: bytes, reading: Reading) -> tuple[Shape, int]:
        """Return (shape, frames) of an open file from its directories."""
        from updown_cli.files.tiff.read import pages_shape

        return pages_shape(self, file, head, reading)

    def metadata_settings(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return Pillow's settings for the kinds of metadata that are kept."""
        from updown_cli.files.tiff.exif import plain_tags

        return kept | {"tiffinfo": plain_tags(kept.pop("exif", {}), kept.pop("xmp", None))}

    def timing_settings(self, metadata: dict[str, Any], frames: int) -> dict[str, Any]:
        """Return nothing: pages have no durations."""
        return {}

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file that holds frames x channels x H x W of a mode that it holds."""
        from updown_cli.files.tiff.write import write_pages

        return write_pages(self, source, pixels, mode, asked)
