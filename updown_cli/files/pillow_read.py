"""A file that Pillow has opened to a Picture."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.damage import DECODE_ERRORS, refuse_image
from updown_cli.files.exif import TURNED, orientation_of, turn_upright
from updown_cli.files.integrity import check_size
from updown_cli.files.metadata import gather_metadata
from updown_cli.files.modes import channels_first, conversion
from updown_cli.files.picture import BY_CHANNELS, Picture
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.reading import Reading, check_frame_count, check_pixels
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from PIL import Image


def read_image(fmt: PillowFormat, image: Image.Image, file: BinaryIO, reading: Reading) -> Picture:
    """Return every chosen frame of an opened image, upright."""
    if not fmt.frames:
        check_size(file, image.width * image.height)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _picture(fmt, image, file, reading)
        except DECODE_ERRORS as error:
            refuse_image(error, fmt.name)


def _picture(fmt: PillowFormat, image: Image.Image, file: BinaryIO, reading: Reading) -> Picture:
    count = getattr(image, "n_frames", 1)
    check_frame_count(count)
    encoding = fmt.encoding_of(image)  # before the image is turned
    chosen = reading.frames.of(count)
    check_pixels(image.width * image.height * len(chosen), reading.max_pixels)
    metadata: dict[str, Any] = {}
    remarks: list[str] = []
    frames: list[Image.Image] = []
    durations = []
    for index in chosen:
        if count > 1:
            image.seek(index)
            check_pixels(image.width * image.height * len(chosen), reading.max_pixels)
        upright, broken = turn_upright(image, alone=count == 1)
        if not frames:
            if not reading.accept_damaged:
                fmt.check_pixels_are_there(image, file)
            metadata, remarks = gather_metadata(image, upright, reading.keep, broken, fmt.readers)
            metadata |= encoding
            remarks += conversion(image.mode)
        durations.append(image.info.get("duration"))
        frames.append(_in_plain_mode(fmt, upright))
    if count > 1:
        metadata["loop"] = image.info.get("loop")
        metadata["duration"] = durations
    return _stacked(frames, fmt, metadata, tuple(remarks))


def _in_plain_mode(fmt: PillowFormat, image: Image.Image) -> Image.Image:
    wanted = fmt.plain_mode(image)
    return image if wanted == image.mode else image.convert(wanted)


def _stacked(
    frames: list[Image.Image], fmt: PillowFormat, metadata: dict[str, Any], remarks: tuple[str, ...]
) -> Picture:
    import numpy as np

    mode = max((frame.mode for frame in frames), key=len)
    arrays = [
        channels_first(frame if frame.mode == mode else frame.convert(mode)) for frame in frames
    ]
    if len({array.shape for array in arrays}) > 1:
        raise InputError("its frames differ in size", code="unsupported")
    pixels = arrays[0][None] if len(arrays) == 1 else np.stack(arrays)
    colour, alpha = ("CMYK", False) if mode == "CMYK" else BY_CHANNELS[pixels.shape[1]]
    return Picture(pixels, colour, alpha, fmt.name, metadata=metadata, remarks=remarks)


def image_shape(fmt: PillowFormat, image: Image.Image, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of an opened image, which is closed."""
    with image, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _shape(fmt, image, reading)
        except DECODE_ERRORS as error:
            refuse_image(error, fmt.name)


def _shape(fmt: PillowFormat, image: Image.Image, reading: Reading) -> tuple[Shape, int]:
    from PIL import ImageMode

    mode = fmt.plain_mode(image)
    channels = len(ImageMode.getmode(mode).bands)
    if reading.alpha == "drop" and mode in ("LA", "RGBA"):
        channels -= 1
    size = (image.height, image.width)
    if fmt.tells_orientation(image) and orientation_of(image) in TURNED:
        size = size[::-1]
    frames = len(reading.frames.of(getattr(image, "n_frames", 1)))
    if reading.frames.volume:
        return Shape(channels, frames, *size), 1
    return Shape(channels, *size), frames
