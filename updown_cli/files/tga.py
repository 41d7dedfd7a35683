"""TGA: grey, colour and alpha of 8 bits; a file has no signature."""

from __future__ import annotations

from updown_cli.files.pillow_format import PillowFormat

# The sizes of the identification, of colour maps or none, and the kinds of images.
COLOUR_MAPS, KINDS = (0, 1), (1, 2, 3, 9, 10, 11)


class Tga(PillowFormat):
    """Truevision's format."""

    name = "TGA"
    endings = (".tga",)
    plugin = "TgaImagePlugin"
    modes = ("L", "LA", "RGB", "RGBA")
    longest = 65535

    def may_be(self, head: bytes) -> bool:
        """Whether the first bytes are those of a header."""
        return len(head) > 2 and head[1] in COLOUR_MAPS and head[2] in KINDS
