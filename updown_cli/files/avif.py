"""AVIF: colour and alpha of 8 bits, moving or not; deeper files are cut, which is said."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from updown_cli.files.boxes import bits_of, brands_of
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.op.param_types import Choice, Int

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.picture import Picture

BRANDS = {b"avif", b"avis"}

# Bytes in which the boxes before the pixels stand.
BOXES = 4096


class Avif(PillowFormat):
    """AV1 picture files."""

    name = "AVIF"
    endings: ClassVar[tuple[str, ...]] = (".avif", ".avifs")
    modes = ("RGB", "RGBA")
    keeps = ("icc", "exif", "xmp")
    frames = True
    longest = 65535
    is_read_whole = True
    plugin = "AvifImagePlugin"
    options = {  # noqa: RUF012
        "quality": Int(min=0, max=100),
        "subsampling": Choice(("4:4:4", "4:2:2", "4:2:0")),
        "speed": Int(min=0, max=10),
    }
    defaults = {"quality": 90, "subsampling": "4:4:4"}  # noqa: RUF012

    def is_signed(self, head: bytes) -> bool:
        """Whether a file says that it holds AV1 pictures."""
        return bool(brands_of(head) & BRANDS)

    def main_image(self, image: Image.Image, file: BinaryIO) -> Image.Image:
        """Return the image, marked with the depth of its file."""
        place = file.tell()
        file.seek(0)
        image.info["bits"] = bits_of(file.read(BOXES))
        file.seek(place)
        return image

    def remarks_of(self, image: Image.Image) -> list[str]:
        """Return that bits were cut."""
        bits = image.info.get("bits", 8)
        return [f"its {bits} bits were cut to 8"] if bits > 8 else []

    def fit(self, mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any], list[str]]:
        """Return grey as colour."""
        return grey_as_colour(mode, pixels)

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file of these frames."""
        from updown_cli.files.pillow_write import parse_asked, to_image

        images = [to_image(frame, mode) for frame in pixels]
        settings = self.encoding_settings(source, images, parse_asked(self, asked))
        settings |= self.metadata_settings(source.metadata)
        if len(images) > 1:
            delays = source.metadata.get("duration", [])
            settings |= {"save_all": True, "append_images": images[1:]}
            settings |= {"duration": delays} if len(delays) == len(images) else {}
        self.load_plugin()
        file = io.BytesIO()
        images[0].save(file, self.name, **settings)
        return file.getvalue()


def grey_as_colour(mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any], list[str]]:
    """Return grey of 8 bits as colour; anything else as it is."""
    if mode not in ("L", "LA"):
        return mode, pixels, []
    return ("RGBA" if mode == "LA" else "RGB"), pixels[:, [0, 0, 0, *range(1, len(mode))]], []
