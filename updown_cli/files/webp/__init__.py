"""WebP: colour and alpha of 8 bits, lossy or not; RIFF tells how long a file is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.avif import grey_as_colour
from updown_cli.files.blocks import check_part_count, unpack_next
from updown_cli.files.damage import truncated_error
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.webp.frames import animated_webp, chunks_of, is_lossless
from updown_cli.op.param_types import Flag, Int

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.picture import Picture

RIFF_HEADER_BYTES = 8


class Webp(PillowFormat):
    """WebP files, moving or not."""

    name = "WEBP"
    endings = (".webp",)
    plugin = "WebPImagePlugin"
    modes = ("RGB", "RGBA")
    keeps = ("icc", "exif", "xmp")
    frames = True
    longest = 16383
    is_read_whole = True
    options = {  # noqa: RUF012
        "quality": Int(min=0, max=100),
        "lossless": Flag(),
        "method": Int(min=0, max=6),
    }

    def is_signed(self, head: bytes) -> bool:
        """Whether it is RIFF that holds pictures, not sounds."""
        return head.startswith(b"RIFF") and head[8:12] == b"WEBP"

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for a truncated file."""
        check_webp(file)

    def main_image(self, image: Image.Image, file: BinaryIO) -> Image.Image:
        """Return the image, marked if it was encoded without loss."""
        image.info["lossless"] = is_lossless(file)
        return image

    def encoding_of(self, image: Image.Image) -> dict[str, Any]:
        """Return whether an image was encoded without loss."""
        return {"lossless": image.info["lossless"]}

    def encoding_settings(
        self, source: Picture, images: list[Image.Image], asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return Pillow's settings: without loss where the source is, with hidden colours too."""
        same = source.metadata.get("lossless", False) and "quality" not in asked
        lossless = asked.get("lossless", same)
        return {"lossless": lossless, "exact": lossless, **asked}

    def fit(self, mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any], list[str]]:
        """Return grey as colour."""
        return grey_as_colour(mode, pixels)

    def animate(self, stills: list[bytes], source: Picture) -> bytes:
        """Return one file of several, each a frame."""
        return animated_webp(stills, source.metadata)


def check_webp(file: BinaryIO) -> None:
    """Raise InputError for a file that is shorter than its header tells."""
    _, length = unpack_next(file, "<4sI", "WEBP")
    if file.seek(0, os.SEEK_END) < RIFF_HEADER_BYTES + length:
        raise truncated_error("WEBP")
    for count, (_, place, _) in enumerate(chunks_of(file)):
        check_part_count(count, place, "WEBP")
