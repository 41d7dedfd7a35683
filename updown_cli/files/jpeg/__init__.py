"""JPEG: grey, colour and inks of 8 bits; the end marker, without which libjpeg only warns."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.damage import DECODE_ERRORS
from updown_cli.files.jpeg.encoding import FULL, encoding, stated_density
from updown_cli.files.jpeg.integrity import check_jpeg
from updown_cli.files.metadata import comment_of, dpi_of, whole_dpi, xmp_of
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.resolution import Resolution
from updown_cli.op.param_types import Choice, Flag, Int

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.picture import Picture
    from updown_cli.files.reading import Reading
    from updown_cli.files.row_target import Opener

# What a segment holds, and how much IPTC data is put into one.
SEGMENT, MOST_IPTC = 65533, 65000

# Where a JFIF header tells the unit of its resolution, and Photoshop's number for IPTC data.
UNIT, IPTC = 13, 0x0404

# The tag of a resolution in EXIF data.
X_RESOLUTION = 282


def iptc_segment(iptc: bytes) -> bytes:
    """Return IPTC data as a segment of a JPEG file, as Photoshop packs it."""
    block = b"8BIM" + struct.pack(">HHI", IPTC, 0, len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
    body = b"Photoshop 3.0\0" + block
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body


def iptc_of(image: Image.Image) -> Any:
    """Return the IPTC data of an image, which stands in Photoshop's block."""
    return image.info.get("photoshop", {}).get(IPTC)


def density_of(image: Image.Image) -> Any:
    """Return the resolution of an image, or the ratio of a pixel's sides."""
    unit, density = (image.info.get(f"jfif_{name}") for name in ("unit", "density"))
    stated = None if unit is None or density is None else stated_density(unit, density)
    return stated or (dpi_of(image) if _exif_states_one(image) else None)


def _exif_states_one(image: Image.Image) -> bool:
    """Whether EXIF data tell a resolution; where they do not, Pillow says 72."""
    try:
        return X_RESOLUTION in image.getexif()
    except DECODE_ERRORS:
        return False


class Jpeg(PillowFormat):
    """JPEG files (ISO 10918-1), of which the first picture is meant."""

    name = "JPEG"
    endings = (".jpg", ".jpeg", ".jpe", ".jfif")
    modes = ("L", "RGB", "CMYK")
    keeps = ("icc", "exif", "xmp", "dpi", "comment")
    longest = 65500
    signatures = (b"\xff\xd8\xff",)
    most_bytes = {"exif": SEGMENT, "xmp": SEGMENT - 29, "comment": SEGMENT}  # noqa: RUF012
    options = {  # noqa: RUF012
        "quality": Int(min=1, max=100),
        "subsampling": Choice(("4:4:4", "4:2:2", "4:2:0")),
        "progressive": Flag(),
        "optimize": Flag(),
    }
    most_values_per_byte = 512  # a bit for each of the blocks of three components
    most_plain_bytes = 1 << 20
    takes_cells = True
    readers = {"comment": comment_of, "dpi": density_of, "iptc": iptc_of}  # noqa: RUF012
    defaults = {"quality": 95, "subsampling": "4:4:4"}  # noqa: RUF012

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for a file without an end, or with damaged tables."""
        check_jpeg(file)

    def read_plain(self, data: bytes, reading: Reading) -> Picture | None:
        """Return a small sound picture from its whole file at one look; None of all others."""
        from updown_cli.files.jpeg.read_plain import read_plain

        return read_plain(self, data, reading)

    def leave(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture | None:
        """Return a large picture whose pixels stay in its open file; None of all others."""
        from updown_cli.files.unread import kind_of, leave_image

        image = self.open(file, head, reading)
        return leave_image(self, image, file, reading, kind_of(self, image))

    def main_image(self, image: Image.Image, file: BinaryIO) -> Image.Image:
        """Return the photograph of a file that holds previews or gain maps behind it."""
        from PIL.JpegImagePlugin import JpegImageFile

        if image.format != "MPO":
            return image
        file.seek(0)
        photograph = JpegImageFile(file)
        photograph.info["mp"] = True
        return photograph

    def encoding_of(self, image: Image.Image) -> dict[str, Any]:
        """Return quality and subsampling as Pillow wants them, of odd kinds none."""
        from PIL.JpegImagePlugin import get_sampling

        tables = image.quantization  # type: ignore[attr-defined]
        sampling = get_sampling(image)
        if sampling < 0 and image.mode in ("RGB", "YCbCr"):
            sampling = FULL
        return encoding(tables, sampling)

    def remarks_of(self, image: Image.Image) -> list[str]:
        """Return what stands behind the photograph, of which nothing is kept."""
        xmp = xmp_of(image) or b""
        film = any(word in xmp for word in (b"MotionPhoto", b"MicroVideo"))
        more = any(word in xmp for word in (b"hdrgm:", b"GainMap")) or "mp" in image.info
        return ["its film was left out"] * film + [
            "what stands behind the picture (gain map, depth, preview) was left out"
        ] * (more and not film)

    def encoding_settings(
        self, source: Picture, images: list[Image.Image], asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the tables and subsampling of a JPEG that the picture came from, or good ones."""
        if "quality" in asked or not source.metadata.get("jpeg"):
            return {**self.defaults, **asked}
        return {**source.metadata["jpeg"], **asked}

    def can_state(self, stated: Resolution) -> bool:
        """Whether a resolution can be stated: whole numbers of 16 bits."""
        return whole_dpi(stated, (1 << 16) - 1)

    def metadata_settings(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return Pillow's settings for metadata, IPTC data among them."""
        settings = super().metadata_settings(kept)
        if "iptc" in kept and len(kept["iptc"]) < MOST_IPTC:
            settings["extra"] = iptc_segment(kept["iptc"])
        return settings

    def row_opener(
        self, source: Picture, shape: tuple[int, ...], mode: str, asked: Mapping[str, str]
    ) -> Opener | None:
        """Return how 1 x channels x H x W of a mode is written row by row; None if it cannot."""
        from updown_cli.files.jpeg.rows import JpegTarget, can_be_cut
        from updown_cli.files.pillow_write import parse_asked

        if not can_be_cut(parse_asked(self, asked)):
            return None
        return partial(JpegTarget, shape=shape, fmt=self, source=source, mode=mode, asked=asked)

    def finish(self, data: bytes, kept: dict[str, Any]) -> bytes:
        """Return an encoded picture that states the ratio of a pixel's sides, if it has one."""
        if "dpi" in kept and kept["dpi"].ratio and data[6:11] == b"JFIF\0":
            return data[:UNIT] + b"\0" + data[UNIT + 1 :]
        return data
