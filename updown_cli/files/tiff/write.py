"""Pages to a TIFF file: one way out, whichever package encodes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.files.picture import Picture, colour_and_alpha
from updown_cli.files.pillow_write import write_images
from updown_cli.files.tiff.exif import with_directories
from updown_cli.files.tiff.write_deep import encode_deep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.tiff import Tiff


def write_pages(
    fmt: Tiff, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
) -> bytes:
    """Return a file that holds frames x channels x H x W, with what describes the picture."""
    if mode in fmt.modes:
        data = write_images(fmt, source, pixels, mode, asked)
    else:
        alpha = colour_and_alpha(source, pixels.shape[1])[1]
        data = encode_deep(pixels, source.metadata, alpha=alpha)
    exif = source.metadata.get("exif")
    return with_directories(data, exif) if exif else data
