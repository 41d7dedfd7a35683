"""Pixels to a file that Pillow writes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.files.metadata import metadata_settings
from updown_cli.files.picture import Picture
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.op.channels import interleave_channels

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image


def write_images(
    fmt: PillowFormat,
    source: Picture,
    pixels: NDArray[Any],
    mode: str,
    asked: Mapping[str, str],
) -> bytes:
    """Return the file that holds frames x channels x H x W in one of Pillow's modes."""
    images = [to_image(frame, mode) for frame in pixels]
    file = io.BytesIO()
    images[0].save(file, fmt.name, **_settings(fmt, source, images, asked))
    return file.getvalue()


def to_image(frame: NDArray[Any], mode: str) -> Image.Image:
    """Return C x H x W as an image of this mode."""
    import numpy as np
    from PIL import Image

    array = np.ascontiguousarray(frame[0]) if len(frame) == 1 else interleave_channels(frame)
    image = Image.fromarray(array)
    if image.mode == mode:
        return image
    return Image.frombytes(mode, image.size, array.tobytes())


def _settings(
    fmt: PillowFormat, source: Picture, images: list[Image.Image], asked: Mapping[str, str]
) -> dict[str, Any]:
    """Return Pillow's settings for a file: what is kept, what is good, what was asked."""
    settings = metadata_settings(source.metadata, fmt, images[0].size)
    settings.update(fmt.encoding_settings(source, images, asked))
    settings.update(parse_asked(fmt, asked))
    if len(images) > 1:
        settings.update(save_all=True, append_images=images[1:])
        settings.update(fmt.timing_settings(source.metadata, len(images)))
    return settings


def parse_asked(fmt: PillowFormat, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what was asked with `--co` of what a format knows."""
    known = fmt.options
    return {name: known[name].parse(text) for name, text in asked.items() if name in known}
