"""PNG: grey, colour and alpha of 8 bits, grey of 16; 16-bit colour with the extra `deep`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files import deep
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.png.integrity import check_png, check_rows
from updown_cli.files.png.texts import png_texts, texts_of
from updown_cli.op.param_types import Flag, Int

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.picture import Picture
    from updown_cli.files.reading import Reading

GREY, DEEP = 0, 16


class Png(PillowFormat):
    """PNG files, moving or not."""

    name = "PNG"
    endings = (".png", ".apng")
    modes = ("L", "LA", "RGB", "RGBA", "I;16")
    deep_types = ("uint16",)
    keeps = ("icc", "exif", "xmp", "dpi", "text")
    frames = True
    signatures = (b"\x89PNG\r\n\x1a\n",)
    readers = {"text": texts_of}  # noqa: RUF012
    options = {"compress_level": Int(min=0, max=9), "optimize": Flag()}  # noqa: RUF012

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for a wrong checksum or a missing end."""
        check_png(file)

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return what an open file holds, upright, every chosen frame."""
        depth, colour = head[24:26].ljust(2, b"\0")
        cut = reading.depth == "8" and not deep.is_installed()
        if depth != DEEP or colour == GREY or cut:
            return super().read(file, head, reading)
        from updown_cli.files.png.read_16bit import read_deep

        return read_deep(self, self.open(file, head, reading), file, reading)

    def tells_orientation(self, image: Image.Image) -> bool:
        """Whether EXIF data stands before the pixels: it may also follow them."""
        return bool({"exif", "Raw profile type exif"} & set(image.info))

    def check_pixels_are_there(self, image: Image.Image, file: BinaryIO) -> None:
        """Raise InputError for rows that Pillow has left black because the file ends before them.

        Where the last row is not black it was there, but in an interlaced file, whose rows come in
        passes.
        """
        last = image.crop((0, image.height - 1, image.width, image.height))
        if image.info.get("interlace") or last.getbbox(alpha_only=False) is None:
            place = file.tell()
            check_rows(file)
            file.seek(place)

    def holds(self, mode: str, frames: int) -> bool:
        """Whether pixels of a mode can be written in so many frames: of 16-bit colour only one."""
        return mode in self.modes or (frames == 1 and super().holds(mode, frames))

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file that holds frames x channels x H x W of a mode that it holds."""
        if mode in self.modes:
            return super().encode(source, pixels, mode, asked)
        from updown_cli.files.png.write_16bit import encode_deep

        return encode_deep(pixels, source.metadata)

    def metadata_settings(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return Pillow's settings for the kinds of metadata that are kept."""
        return kept | {"pnginfo": png_texts(kept.pop("text", {}), kept.pop("xmp", None))}

    def encoding_settings(
        self, source: Picture, images: list[Image.Image], asked: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the quickest way of compressing that costs little size."""
        from updown_cli.files.png.compression import compress_type

        return {"compress_type": compress_type(images[0])}
