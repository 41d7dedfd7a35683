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

    #: What reads the kinds of metadata that not all formats have.
    readers: ClassVar[Mapping[str, Reader]] = {}

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

    def check_pixels_are_there(self, image: Image.Image, file: BinaryIO) -> None:
        """Raise InputError if a decoded image lacks pixels of which Pillow said nothing."""

    def encoding_of(self, image: Image.Image) -> dict[str, Any]:
        """Return how an opened image was encoded, as far as a result should be encoded so too."""
        return {}

    def metadata_settings(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return Pillow's settings for the kinds of metadata that are kept."""
        return kept

    def encoding_settings(
        self, source: Picture, images: list[Image.Image], asked: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return Pillow's settings beside metadata and what was asked: what is good."""
        return dict(self.defaults)

    def timing_settings(self, metadata: dict[str, Any], frames: int) -> dict[str, Any]:
        """Return durations and loop of an animation whose frames are still all there."""
        durations = metadata.get("duration", [])
        timing = {} if len(durations) != frames or None in durations else {"duration": durations}
        if metadata.get("loop") is not None:
            timing["loop"] = metadata["loop"]
        return timing
