"""ICO: the largest picture of an icon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.files.pillow_format import PillowFormat

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.picture import Picture


class Ico(PillowFormat):
    """Windows icons, of which the largest picture is read, and one is written."""

    name = "ICO"
    endings = (".ico",)
    modes = ("L", "LA", "RGB", "RGBA")
    longest = 256
    plugin = "IcoImagePlugin"

    def may_be(self, head: bytes) -> bool:
        """Whether a file begins as an icon does."""
        return head.startswith(b"\0\0\1\0")

    def remarks_of(self, image: Image.Image) -> list[str]:
        """Return that smaller pictures were left out."""
        return ["its smaller pictures were left out"] * (len(image.info.get("sizes", ())) > 1)

    def encoding_settings(
        self, source: Picture, images: list[Image.Image], asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return Pillow's settings: no smaller copies."""
        return {"sizes": [images[0].size]}
