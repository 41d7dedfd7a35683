"""Formats that Pillow reads and writes; most are no more than their declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from updown_cli.files.format import Format
from updown_cli.files.metadata import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.picture import Picture
    from updown_cli.files.reading import Reading
    from updown_cli.op.shape import Shape


class PillowFormat(Format):
    """A format that Pillow reads and writes; what is particular to one stands in its hooks."""

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return what an open file holds, upright, every chosen frame."""
        from updown_cli.files.pillow_read import read_image

        return read_image(self, self.open(file, head, reading), file, reading)

    def peek(self, file: BinaryIO, head: bytes, reading: Reading) -> tuple[Shape, int]:
        """Return (shape, frames) of an open file from its header."""
        from updown_cli.files.pillow_read import image_shape

        return image_shape(self, self.open(file, head, reading), reading)

    def open(self, file: BinaryIO, head: bytes, reading: Reading) -> Image.Image:
        """Return an image whose header is read and within the limits."""
        from updown_cli.files.opening import open_image

        return open_image(file, self, head, reading)

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file that holds frames x channels x H x W of a mode that it holds."""
        from updown_cli.files.pillow_write import write_images

        return write_images(self, source, pixels, mode, asked)

    #: Pillow's module, where it does not load that by itself.
    plugin: ClassVar[str] = ""

    #: Whether Pillow reads the whole file to learn the size of the picture.
    is_read_whole: ClassVar[bool] = False

    #: Whether its encoder takes colour of four bytes for a pixel, which Pillow calls RGBX, as RGB.
    takes_cells: ClassVar[bool] = False

    #: What reads the kinds of metadata that not all formats have.
    readers: ClassVar[Mapping[str, Reader]] = {}

    def load_plugin(self) -> None:
        """Let Pillow know the format, and not look for it among all that it could know."""
        import importlib

        if self.plugin:
            importlib.import_module(f"PIL.{self.plugin}")

    def main_image(self, image: Image.Image, file: BinaryIO) -> Image.Image:
        """Return the image that is meant, of what Pillow opened."""
        return image

    def plain_mode(self, image: Image.Image) -> str:
        """Return the mode in which the channels of an image are numbers to compute with."""
        from updown_cli.files.modes import plain_mode

        return plain_mode(image)

    def tells_orientation(self, image: Image.Image) -> bool:
        """Whether the header tells which side is up, if anything does."""
        return True

    def frames_of(self, image: Image.Image) -> range:
        """Return the numbers of an opened image's frames, by Pillow's count."""
        return range(getattr(image, "n_frames", 1))

    def channels_of(self, image: Image.Image) -> int:
        """Return how many channels the pixels of an opened image have."""
        from PIL import ImageMode

        return len(ImageMode.getmode(self.plain_mode(image)).bands)

    def plays_of(self, image: Image.Image) -> int:
        """Return how often the frames are shown; 0 is for ever."""
        return int(image.info.get("loop", 0))

    def check_pixels_are_there(self, image: Image.Image, file: BinaryIO) -> None:
        """Raise InputError if a decoded image lacks pixels of which Pillow said nothing."""

    def encoding_of(self, image: Image.Image) -> dict[str, Any]:
        """Return how an opened image was encoded, as far as a result should be encoded so too."""
        return {}

    def exif_of(self, image: Image.Image) -> bytes | None:
        """Return the EXIF data of a loaded image as it stands in the file."""
        found = image.info.get("exif")
        return found if isinstance(found, bytes) else None

    def remarks_of(self, image: Image.Image) -> list[str]:
        """Return what an opened image has of which nothing is kept."""
        return []

    def metadata_settings(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return Pillow's settings for metadata that this format holds."""
        from updown_cli.files.exif import exif_bytes

        settings: dict[str, Any] = {}
        if "exif" in kept:
            settings["exif"] = exif_bytes(kept["exif"])
        if "icc" in kept:
            settings["icc_profile"] = kept["icc"]
        if "dpi" in kept:
            settings["dpi"] = (float(kept["dpi"].x), float(kept["dpi"].y))
        return settings | {kind: kept[kind] for kind in ("xmp", "comment") if kind in kept}

    def encoding_settings(
        self, source: Picture, images: list[Image.Image], asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return Pillow's settings beside metadata: what is good, and what was asked."""
        return {**self.defaults, **asked}

    def finish(self, data: bytes, kept: dict[str, Any]) -> bytes:
        """Return an encoded still picture with what Pillow cannot write into it."""
        return data

    def animate(self, stills: list[bytes], source: Picture) -> bytes:
        """Return one file of several, each a frame."""
        raise NotImplementedError
