"""Large pictures that are left in their file, to be read row by row with the extra `huge`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from updown_cli.files import huge
from updown_cli.files.deep import read_description
from updown_cli.files.exif import turn_array
from updown_cli.files.format import Format
from updown_cli.files.frames import Frames
from updown_cli.files.integrity import check_size
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading
from updown_cli.stores.names import on_disk

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.pillow_format import PillowFormat

UPRIGHT, MIRRORED = 1, 2


def leave_in_file(fmt: Format, file: BinaryIO, head: bytes, reading: Reading) -> Picture | None:
    """Return a large picture whose pixels stay in its open file; None of all others."""
    least = reading.unread_from
    if least is None or fmt.most_values_per_byte == 0 or reading.accept_damaged:
        return None
    if reading.frames.volume or not on_disk(file):
        return None
    if os.fstat(file.fileno()).st_size * fmt.most_values_per_byte < least:
        return None
    return fmt.leave(file, head, reading) if huge.is_found() else None


def is_large(values: int, reading: Reading) -> bool:
    """Whether so many values are left in their file."""
    return reading.unread_from is not None and values >= reading.unread_from


def leave_image(
    fmt: PillowFormat,
    image: Image.Image,
    file: BinaryIO,
    reading: Reading,
    kind: tuple[str, int, str],
) -> Picture | None:
    """Return an opened image whose pixels stay in its file; None if it is not so large.

    `kind` are its colour model, channels and type.
    """
    colour, channels, dtype = kind
    one = reading.frames in (Frames(), Frames(0, 0)) and len(fmt.frames_of(image)) == 1
    if not one or not is_large(image.width * image.height * channels, reading):
        return None
    check_size(file, image.width * image.height)
    own = fmt.encoding_of(image)
    orientation, metadata, remarks = read_description(image, fmt, reading)
    return unread_picture(
        file,
        fmt.name,
        colour,
        expected=(channels, dtype),
        orientation=orientation,
        reading=reading,
        description=(own | metadata, remarks),
    )


def kind_of(fmt: PillowFormat, image: Image.Image) -> tuple[str, int, str]:
    """Return colour model, channels and type of an image of bytes."""
    mode = fmt.plain_mode(image)
    colour = mode.removesuffix("A") if mode in ("LA", "RGB", "RGBA", "CMYK") else "L"
    return colour, fmt.channels_of(image), "uint8"


def unread_picture(
    file: BinaryIO,
    fmt: str,
    colour: str,
    *,
    expected: tuple[int, str],
    orientation: int,
    reading: Reading,
    description: tuple[dict[str, Any], tuple[str, ...]],
    page: int = 0,
) -> Picture | None:
    """Return a picture whose pixels stay in an open file; None if libvips sees another one.

    One that is turned is unpacked on the disk: its rows are columns of the file.
    """
    if not huge.is_installed():
        return None
    channels = expected[0]
    alpha = channels > len(colour)
    if alpha and reading.alpha == "drop":
        channels, alpha = channels - 1, False
    mirrored = orientation == MIRRORED
    rows = huge.VipsRows(file, fmt, channels, page=page, mirrored=mirrored)
    if (rows.bands, rows.dtype.name) != expected:
        return None
    pixels = cast("NDArray[Any]", rows)
    if orientation not in (UPRIGHT, MIRRORED):
        pixels = turn_array(rows.on_disk(), orientation).transpose(2, 0, 1)[None]
    metadata, remarks = description
    return Picture(pixels, colour, alpha, fmt, metadata=metadata, remarks=remarks)
