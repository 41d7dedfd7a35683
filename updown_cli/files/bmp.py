"""BMP: grey, colour and alpha of 8 bits."""

from __future__ import annotations

from updown_cli.files.pillow_format import PillowFormat


class Bmp(PillowFormat):
    """Windows bitmaps."""

    name = "BMP"
    endings = (".bmp", ".dib")
    modes = ("L", "RGB", "RGBA")
    keeps = ("dpi",)

    def may_be(self, head: bytes) -> bool:
        """Whether a file begins with the two letters."""
        return head.startswith(b"BM")
