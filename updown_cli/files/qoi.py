"""QOI: colour and alpha of 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.files.avif import grey_as_colour
from updown_cli.files.pillow_format import PillowFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Qoi(PillowFormat):
    """The quite OK image format."""

    name = "QOI"
    endings = (".qoi",)
    modes = ("RGB", "RGBA")
    signatures = (b"qoif",)
    plugin = "QoiImagePlugin"

    def fit(self, mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any], list[str]]:
        """Return grey as colour."""
        return grey_as_colour(mode, pixels)
