"""GIF: up to 256 colours a frame, each of them clear or opaque."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.gif.integrity import check_gif
from updown_cli.files.metadata import comment_of
from updown_cli.files.pillow_format import PillowFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.picture import Picture


class Gif(PillowFormat):
    """CompuServe's format (GIF89a)."""

    name = "GIF"
    endings = (".gif",)
    modes = ("L", "RGB", "RGBA")
    keeps = ("comment",)
    frames = True
    longest = 65535
    signatures = (b"GIF8",)
    readers = {"comment": comment_of}  # noqa: RUF012

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError for a file that is truncated or contradicts itself."""
        check_gif(file)

    def plays_of(self, image: Image.Image) -> int:
        """Return how often the frames are shown: a file tells how often they are repeated."""
        loop = image.info.get("loop")
        return 1 if loop is None else int(loop) and int(loop) + 1

    def fit(self, mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any], list[str]]:
        """Return pixels that are clear below half of opaque, and opaque from there."""
        from updown_cli.files.gif.write import part_alpha

        if mode not in ("LA", "RGBA"):
            return mode, pixels, []
        parted, soft = part_alpha(pixels)
        said = ["half-transparent pixels became clear below alpha 128, opaque from there"] * soft
        colours = parted[:, [0, 0, 0, 1]] if mode == "LA" else parted
        return "RGBA", colours, said

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file of these frames, exact where they have no more than 256 colours."""
        from updown_cli.files.gif.write import gif_file

        return gif_file(pixels, source.metadata)
