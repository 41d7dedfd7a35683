"""Pixels to a file that Pillow writes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.files.format import Format
from updown_cli.files.picture import Picture
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.op.channels import in_cells, interleave_channels

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image


# Modes whose pixels are bytes side by side.
OF_BYTES = ("L", "LA", "RGB", "RGBA")


def write_images(
    fmt: PillowFormat,
    source: Picture,
    pixels: NDArray[Any],
    mode: str,
    asked: Mapping[str, str],
) -> bytes:
    """Return the file that holds frames x channels x H x W in one of Pillow's modes.

    Each frame is encoded by itself, so that none is left out because it repeats another.
    """
    images = [to_image(frame, mode, cells=fmt.takes_cells) for frame in pixels]
    encoding = fmt.encoding_settings(source, images, parse_asked(fmt, asked))
    first = encoding | fmt.metadata_settings(source.metadata)
    data = fmt.finish(_encode(images[0], fmt, first), source.metadata)
    if len(images) == 1:
        return data
    return fmt.animate([data, *(_encode(image, fmt, encoding) for image in images[1:])], source)


def _encode(image: Image.Image, fmt: PillowFormat, settings: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    fmt.load_plugin()
    image.save(file, fmt.name, **settings)
    return file.getvalue()


def to_image(frame: NDArray[Any], mode: str, *, cells: bool = False) -> Image.Image:
    """Return C x H x W as an image of this mode.

    For an encoder that takes `cells` RGB may become RGBX: four bytes of memory for a pixel, which
    Pillow sees where they are, and need not copy.
    """
    import numpy as np
    from PIL import Image

    if cells and mode == "RGB" and (laid := in_cells(frame)) is not None:
        return _of_bytes(laid, "RGBX")
    array = np.ascontiguousarray(frame[0]) if len(frame) == 1 else interleave_channels(frame)
    if mode in OF_BYTES and array.dtype == np.uint8:
        return _of_bytes(array, mode)
    image = Image.fromarray(array)
    if image.mode == mode:
        return image
    return Image.frombytes(mode, image.size, array.tobytes())


def _of_bytes(array: NDArray[Any], mode: str) -> Image.Image:
    """Return bytes side by side as an image."""
    from PIL import Image

    return Image.frombuffer(mode, array.shape[1::-1], array, "raw", mode, 0, 1)


def parse_asked(fmt: Format, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what was asked with `--co` of what a format knows."""
    known = fmt.options
    return {name: known[name].parse(text) for name, text in asked.items() if name in known}
