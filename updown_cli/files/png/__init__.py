"""PNG: grey, colour and alpha of 8 bits, grey of 16; 16-bit colour with the extra `deep`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files import deep
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.png import chunks
from updown_cli.files.png.chunks import Scan
from updown_cli.files.png.integrity import check_png, check_rows
from updown_cli.op.param_types import Flag, Int

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.picture import Picture
    from updown_cli.files.reading import Reading
    from updown_cli.files.resolution import Resolution
    from updown_cli.files.row_target import Opener

GREY, DEEP = 0, 16

# Where Pillow's image keeps what was found in its file.
SCAN = "updown scan"


def _read_scan(read: Callable[[Scan], Any], image: Image.Image) -> Any:
    return read(image.info[SCAN])


class Png(PillowFormat):
    """PNG files, moving or not."""

    name = "PNG"
    endings = (".png", ".apng")
    modes = ("L", "LA", "RGB", "RGBA", "I;16")
    deep_types = ("uint16",)
    keeps = ("icc", "exif", "xmp", "dpi", "text")
    frames = True
    signatures = (chunks.SIGNATURE,)
    options = {"compress_level": Int(min=0, max=9), "optimize": Flag()}  # noqa: RUF012
    most_values_per_byte = 8256  # what deflate packs best, of one bit each
    most_plain_bytes = 1 << 21
    readers = {kind: partial(_read_scan, read) for kind, read in chunks.READERS.items()}  # noqa: RUF012

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for a wrong checksum or a missing end."""
        check_png(file)

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return what an open file holds, upright, every chosen frame."""
        from updown_cli.files.png.read_16bit_colour import read_deep, with_clear_value

        depth, colour = head[chunks.DEPTH : chunks.COLOUR + 1].ljust(2, b"\0")
        if depth == DEEP and colour == GREY:
            return with_clear_value(super().read(file, head, reading))
        cut = reading.cuts and not deep.is_installed()
        if depth != DEEP or cut:
            return super().read(file, head, reading)
        return read_deep(self, self.open(file, head, reading), file, reading)

    def read_plain(self, data: bytes, reading: Reading) -> Picture | None:
        """Return a small sound picture from its whole file at one look; None of all others."""
        from updown_cli.files.png.read_plain import read_plain

        return read_plain(self, data, reading)

    def leave(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture | None:
        """Return a large picture whose pixels stay in its open file; None of all others."""
        from updown_cli.files.png.leave import leave_png

        return leave_png(self, file, head, reading)

    def main_image(self, image: Image.Image, file: BinaryIO) -> Image.Image:
        """Return the image, marked with what its file holds beside the pixels."""
        image.info[SCAN] = chunks.scan(file)
        clear = image.info.get("transparency")
        if image.mode == "L" and isinstance(clear, int):
            place = file.tell()
            file.seek(chunks.DEPTH)
            image.info["transparency"] = clear * 255 // ((1 << file.read(1)[0]) - 1)
            file.seek(place)
        return image

    def frames_of(self, image: Image.Image) -> range:
        """Return the numbers of the frames: a picture for viewers that do not move is none."""
        found: Scan = image.info[SCAN]
        first = int(found.starts_with_default and getattr(image, "n_frames", 1) > 1)
        return range(first, getattr(image, "n_frames", 1))

    def channels_of(self, image: Image.Image) -> int:
        """Return how many channels the pixels have: one value of 16-bit grey may be clear."""
        clear = image.mode == "I;16" and "transparency" in image.info
        return super().channels_of(image) + clear

    def encoding_of(self, image: Image.Image) -> dict[str, Any]:
        """Return the value of 16-bit grey that is clear."""
        clear = image.info.get("transparency") if image.mode == "I;16" else None
        return {} if clear is None else {"clear": clear}

    def remarks_of(self, image: Image.Image) -> list[str]:
        """Return that a picture for viewers that do not move was left out."""
        left_out = self.frames_of(image).start > 0
        return ["its default picture, which is no frame, was left out"] * left_out

    def tells_orientation(self, image: Image.Image) -> bool:
        """Whether EXIF data stands before the pixels: it may also follow them."""
        return bool({"exif", "Raw profile type exif"} & set(image.info))

    def exif_of(self, image: Image.Image) -> bytes | None:
        """Return the EXIF data of a loaded image, which old writers keep as a text."""
        found = super().exif_of(image)
        if found is None and "Raw profile type exif" in image.info:
            return image.getexif().tobytes()
        return found

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

    def can_state(self, stated: Resolution) -> bool:
        """Whether a resolution can be stated."""
        return chunks.can_state(stated)

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file that holds frames x channels x H x W of a mode that it holds."""
        if mode in self.modes:
            from updown_cli.files.png.write import encode_png

            return encode_png(self, source, pixels, mode, asked)
        from updown_cli.files.png.write_16bit_colour import encode_deep

        return encode_deep(pixels, source.metadata, asked)

    def row_opener(
        self, source: Picture, shape: tuple[int, ...], mode: str, asked: Mapping[str, str]
    ) -> Opener | None:
        """Return how 1 x channels x H x W of a mode is written row by row; None if it cannot."""
        from updown_cli.files.png.rows import PngTarget

        if mode not in chunks.KINDS:
            return None
        return partial(PngTarget, shape=shape, fmt=self, source=source, mode=mode, asked=asked)
