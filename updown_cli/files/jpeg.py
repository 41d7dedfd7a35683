"""JPEG: grey, colour and inks of 8 bits; the end marker, without which libjpeg only warns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.blocks import BLOCK, unpack_next
from updown_cli.files.damage import truncated_error
from updown_cli.files.metadata import comment_of
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.op.param_types import Choice, Flag, Int

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.picture import Picture

START_OF_SCAN, END_OF_IMAGE = 0xFFDA, b"\xff\xd9"


class Jpeg(PillowFormat):
    """JPEG files (ISO 10918-1), of which the first picture is meant."""

    name = "JPEG"
    endings = (".jpg", ".jpeg", ".jpe", ".jfif")
    modes = ("L", "RGB", "CMYK")
    keeps = ("icc", "exif", "xmp", "dpi", "comment")
    longest = 65500
    signatures = (b"\xff\xd8\xff",)
    options = {  # noqa: RUF012
        "quality": Int(min=1, max=100),
        "subsampling": Choice(("4:4:4", "4:2:2", "4:2:0")),
        "progressive": Flag(),
        "optimize": Flag(),
    }
    readers = {"comment": comment_of}  # noqa: RUF012
    defaults = {"quality": 95, "subsampling": "4:4:4"}  # noqa: RUF012

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for a file without an end."""
        check_jpeg(file)

    def main_image(self, image: Image.Image, file: BinaryIO) -> Image.Image:
        """Return the photograph of a file that holds previews or gain maps behind it."""
        from PIL.JpegImagePlugin import JpegImageFile

        if image.format != "MPO":
            return image
        file.seek(0)
        return JpegImageFile(file)

    def encoding_of(self, image: Image.Image) -> dict[str, Any]:
        """Return quality and subsampling as Pillow wants them."""
        from PIL.JpegImagePlugin import get_sampling

        tables = image.quantization  # type: ignore[attr-defined]
        return {"jpeg": {"qtables": dict(tables), "subsampling": get_sampling(image)}}

    def encoding_settings(
        self, source: Picture, images: list[Image.Image], asked: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the tables and subsampling of a JPEG that the picture came from, or good ones."""
        if "quality" in asked or not source.metadata.get("jpeg"):
            return dict(self.defaults)
        return dict(source.metadata["jpeg"])


def check_jpeg(file: BinaryIO) -> None:
    """Raise InputError if no end follows the first scan; more may follow the end."""
    _skip_to_scan(file)
    last = b""
    while block := file.read(BLOCK):
        if END_OF_IMAGE in last + block:
            return
        last = block[-1:]
    raise truncated_error("JPEG")


def _skip_to_scan(file: BinaryIO) -> None:
    """Go past the segments before the first scan: a preview among them has an end of its own."""
    file.seek(2)
    while (marker := unpack_next(file, ">H", "JPEG")[0]) != START_OF_SCAN:
        if marker < 0xFF00:
            return  # the decoder knows what this is
        if marker == 0xFFFF:
            file.seek(-1, 1)  # fill bytes may precede a marker
            continue
        file.seek(max(unpack_next(file, ">H", "JPEG")[0] - 2, 0), 1)
