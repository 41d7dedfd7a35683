"""A file that Pillow has opened to a Picture."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, BinaryIO

from updown_cli.files.colours import channels_read
from updown_cli.files.damage import DECODE_ERRORS, refuse_image
from updown_cli.files.exif import TURNED, orientation_of, turn_upright
from updown_cli.files.integrity import check_size
from updown_cli.files.joining import Frame, join_frames
from updown_cli.files.metadata import gather_metadata, turn_metadata
from updown_cli.files.modes import channels_first, conversion
from updown_cli.files.picture import Picture
from updown_cli.files.pillow_format import PillowFormat
from updown_cli.files.reading import (
    Reading,
    bytes_to_read,
    check_frame_count,
    check_pixels,
    check_unpacked,
)
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from PIL import Image


#: Modes that are called as the colours are, and alpha.
NAMED = ("L", "LA", "RGB", "RGBA", "CMYK")

#: Bytes of a value in modes where it is more than one.
ITEMSIZES = {"I;16": 2, "I;16B": 2, "I;16L": 2, "I": 4, "F": 4}


def read_image(fmt: PillowFormat, image: Image.Image, file: BinaryIO, reading: Reading) -> Picture:
    """Return every chosen frame of an opened image, upright."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _picture(fmt, image, file, reading)
        except DECODE_ERRORS as error:
            refuse_image(error, fmt.name)


def _picture(fmt: PillowFormat, image: Image.Image, file: BinaryIO, reading: Reading) -> Picture:
    numbers = fmt.frames_of(image)
    check_frame_count(len(numbers))
    metadata = fmt.encoding_of(image)  # before the image is turned
    chosen = reading.frames.of(len(numbers))
    _check_room(fmt, image, file, reading)
    remarks: list[str] = []
    frames: list[Image.Image] = []
    durations = []
    for number in numbers[chosen.start : chosen.stop]:
        if len(numbers) > 1 or number:
            image.seek(number)
            check_pixels(image.width * image.height * len(chosen), reading.max_pixels)
        image.load()
        exif, orientation = fmt.exif_of(image), orientation_of(image)
        upright = turn_upright(image, alone=len(numbers) == 1)
        if not frames:
            if not reading.accept_damaged:
                fmt.check_pixels_are_there(image, file)
            found, remarks = gather_metadata(image, exif, reading.keep, fmt.readers)
            metadata |= turn_metadata(found, orientation)
            remarks += [*fmt.remarks_of(image), *conversion(image.mode)]
        durations.append(image.info.get("duration") or 0)
        frames.append(_in_plain_mode(fmt, upright))
    if len(numbers) > 1:
        metadata |= {"loop": fmt.plays_of(image), "duration": durations}
    return join_frames([_frame(image) for image in frames], fmt.name, metadata, tuple(remarks))


def _check_room(fmt: PillowFormat, image: Image.Image, file: BinaryIO, reading: Reading) -> None:
    """Raise InputError for a file, or frames, that would take too much, before they are decoded."""
    count, pixels = len(fmt.frames_of(image)), image.width * image.height
    check_size(file, pixels * count)
    chosen = len(reading.frames.of(count))
    check_pixels(pixels * chosen, reading.max_pixels)
    itemsize = ITEMSIZES.get(fmt.plain_mode(image), 1)
    check_unpacked(bytes_to_read(pixels, chosen, fmt.channels_of(image), itemsize), file, reading)


def _in_plain_mode(fmt: PillowFormat, image: Image.Image) -> Image.Image:
    wanted = fmt.plain_mode(image)
    return image if wanted == image.mode else image.convert(wanted)


def _frame(image: Image.Image) -> Frame:
    colour = image.mode.removesuffix("A") if image.mode in NAMED else "L"
    return Frame(pixels=channels_first(image), colour=colour, alpha=image.mode.endswith("A"))


def image_shape(fmt: PillowFormat, image: Image.Image, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of an opened image, which is closed."""
    with image, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _shape(fmt, image, reading)
        except DECODE_ERRORS as error:
            refuse_image(error, fmt.name)


def _shape(fmt: PillowFormat, image: Image.Image, reading: Reading) -> tuple[Shape, int]:
    channels = fmt.channels_of(image)
    alpha = channels in (2, 4) and fmt.plain_mode(image) != "CMYK"
    channels = channels_read(channels - alpha, alpha, reading)
    size = (image.height, image.width)
    if fmt.tells_orientation(image) and orientation_of(image) in TURNED:
        size = size[::-1]
    frames = len(reading.frames.of(len(fmt.frames_of(image))))
    if reading.frames.volume:
        return Shape(channels, frames, *size), 1
    return Shape(channels, *size), frames
