"""PNG files of 16 bits: colour, which Pillow would cut to 8, and grey of which a value is clear."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.deep import deep_picture, missing_extra, read_description
from updown_cli.files.exif import turn_array
from updown_cli.files.integrity import check_size
from updown_cli.files.picture import Picture
from updown_cli.files.png.frames import check_places, compose, split_frames
from updown_cli.files.reading import (
    Reading,
    bytes_to_read,
    check_frame_count,
    check_pixels,
    check_unpacked,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.pillow_format import PillowFormat

WHITE = 65535


def read_deep(fmt: PillowFormat, image: Image.Image, file: BinaryIO, reading: Reading) -> Picture:
    """Return a 16-bit PNG file in full; Pillow has opened it."""
    numbers = fmt.frames_of(image)
    check_frame_count(len(numbers))
    chosen = reading.frames.of(len(numbers))
    pixels = image.width * image.height
    check_size(file, pixels * len(numbers))
    check_pixels(pixels * len(numbers), reading.max_pixels)
    check_unpacked(bytes_to_read(pixels, len(numbers), fmt.channels_of(image), 2), file, reading)
    size, loop = (image.height, image.width), fmt.plays_of(image)
    orientation, metadata, remarks = read_description(image, fmt, reading)
    file.seek(0)
    data = file.read()
    if getattr(image, "is_animated", False) or numbers.start:
        parts = split_frames(data)
        controls = [control for _, control in parts]
        check_places(controls, size)
        whole = compose([_decode(still) for still, _ in parts], controls, size)
        frames = whole[chosen.start : chosen.stop]
        durations = [1000 * c[4] / (c[5] or 100) for c in controls][chosen.start : chosen.stop]
        metadata |= {"duration": durations, "loop": loop}
    else:
        frames = [_decode(data)]
    turned = [turn_array(frame, orientation) for frame in frames]
    return deep_picture(turned, "PNG", metadata, remarks)


def _decode(data: bytes) -> NDArray[Any]:
    """Return a 16-bit PNG file as H x W x C."""
    try:
        from imagecodecs import png_decode
    except ImportError:
        raise missing_extra("16-bit colour") from None
    try:
        return png_decode(data)
    except Exception:  # imagecodecs has an error type for every codec
        raise InputError("damaged PNG", code="corrupt") from None


def with_clear_value(picture: Picture) -> Picture:
    """Return 16-bit grey with alpha, where one of its values means that nothing is there."""
    import numpy as np

    clear = picture.metadata.get("clear")
    if clear is None:
        return picture
    alpha = np.where(picture.pixels == clear, 0, WHITE).astype(np.uint16)
    return replace(picture, pixels=np.concatenate([picture.pixels, alpha], axis=1), alpha=True)
