"""The bytes of a picture to a Picture; what is broken or would lose bits is refused."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files import deep, integrity
from updown_cli.files.formats import FORMATS
from updown_cli.files.metadata import ORIENTATION, gather_metadata, jpeg_encoding
from updown_cli.files.modes import channels_first, conversion, to_plain_mode
from updown_cli.files.opening import (
    DECODE_ERRORS,
    TIFF_MAGIC,
    claimed_format,
    head_of,
    open_image,
    refuse_image,
)
from updown_cli.files.picture import BY_CHANNELS, Picture
from updown_cli.files.ppm import has_deep_colour, read_ppm
from updown_cli.files.reading import Reading, check_frame_count, check_pixels, check_values

if TYPE_CHECKING:
    from PIL import Image

#: Refusals of what a file's own structure or its decoder finds wrong.
DAMAGE = ("truncated", "corrupt")


def decode(file: BinaryIO, reading: Reading) -> Picture:
    """Return the picture that an open file holds, upright, every frame.

    Raises InputError for what is damaged, unless `reading` accepts it: then for what nothing can
    be had of.
    """
    strict = replace(reading, accept_damaged=False)
    try:
        return _decoded(file, strict)
    except InputError as error:
        if not reading.accept_damaged or error.code not in DAMAGE:
            raise
        reason = error.reason
    with _taking_what_there_is():
        picture = _decoded(file, reading)
    remark = f"{reason}, read as far as it goes"
    return replace(picture, remarks=(remark, *picture.remarks))


@contextmanager
def _taking_what_there_is() -> Iterator[None]:
    """Let Pillow fill up what is missing."""
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _decoded(file: BinaryIO, reading: Reading) -> Picture:
    head = head_of(file)
    if not head:
        raise InputError("empty file", code="truncated")
    if not reading.accept_damaged:
        integrity.check_integrity(file, claimed_format(head))
    try:
        image = open_image(file, reading)
    except InputError as error:
        if error.code == "corrupt" and head.startswith(TIFF_MAGIC):
            return _limited(deep.read_tiff(_bytes(file), {}, 1, reading.max_pixels), reading)
        raise
    if not _may_have_frames(image):
        integrity.check_size(file, image.width * image.height)
    data = _bytes(file)
    if _has_deep_colour(image, head) and not _may_be_cut(image, reading):
        return _deep(image, data, reading)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _picture(open_image(io.BytesIO(data), reading), data, reading)
        except DECODE_ERRORS as error:
            refuse_image(error, image.format or "image")


def _bytes(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _may_have_frames(image: Image.Image) -> bool:
    return next(fmt.frames for fmt in FORMATS if fmt.name == image.format)


def _may_be_cut(image: Image.Image, reading: Reading) -> bool:
    """Whether 8 bits were asked for, and nothing can read more of them."""
    return reading.depth == "8" and image.format != "PPM" and not deep.is_installed()


def _deep(image: Image.Image, data: bytes, reading: Reading) -> Picture:
    """Return a picture that Pillow would cut to 8 bits, read by other libraries in full."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            orientation = image.getexif().pop(ORIENTATION, 1)
            metadata, remarks = gather_metadata(image, image, reading.keep, frozenset())
        except DECODE_ERRORS as error:
            refuse_image(error, image.format or "image")
    if image.format == "PPM":
        picture = Picture(read_ppm(data)[None], "RGB", format="PPM")
    elif image.format == "PNG":
        picture = deep.read_png(data, metadata, orientation)
    else:
        picture = deep.read_tiff(data, metadata, orientation, reading.max_pixels)
    return _limited(replace(picture, remarks=tuple(remarks)), reading)


def _limited(picture: Picture, reading: Reading) -> Picture:
    """Return the chosen frames, if they are within the limits."""
    chosen = reading.frames.of(picture.frames)
    pixels = picture.pixels[chosen.start : chosen.stop]
    check_values(len(chosen), picture.shape, reading.max_pixels)
    return _arranged(replace(picture, pixels=pixels), reading)


def _arranged(picture: Picture, reading: Reading) -> Picture:
    """Return a picture without alpha if that is dropped, its frames as depth if they are one."""
    pixels, alpha = picture.pixels, picture.alpha
    if alpha and reading.alpha == "drop":
        pixels, alpha = pixels[:, :-1], False
    if reading.frames.volume:
        pixels = pixels.swapaxes(0, 1)[None]
    return replace(picture, pixels=pixels, alpha=alpha)


def _has_deep_colour(image: Image.Image, head: bytes) -> bool:
    """Whether Pillow would cut 16 bits of colour to 8."""
    if image.format == "PNG":
        depth, colour = head[24], head[25]
        return depth == 16 and colour != 0
    if image.format == "TIFF":
        bits = image.tag_v2.get(258, (8,))  # type: ignore[attr-defined]
        return len(bits) > 1 and max(bits) > 8
    return image.format == "PPM" and has_deep_colour(head)


def _picture(image: Image.Image, data: bytes, reading: Reading) -> Picture:
    count = getattr(image, "n_frames", 1)
    check_frame_count(count)
    encoding = jpeg_encoding(image)  # before the image is turned
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
        upright, broken = _upright(image, alone=count == 1)
        if not frames:
            if not reading.accept_damaged:
                _check_last_row(image, data)
            metadata, remarks = gather_metadata(image, upright, reading.keep, broken)
            metadata["jpeg"] = encoding
            remarks += conversion(image.mode)
        durations.append(image.info.get("duration"))
        frames.append(to_plain_mode(upright))
    if count > 1:
        metadata["loop"] = image.info.get("loop")
        metadata["duration"] = durations
    return _stacked(frames, image.format or "", metadata, tuple(remarks), reading)


def _check_last_row(image: Image.Image, data: bytes) -> None:
    """Raise InputError for rows that Pillow has left black because the file ends before them.

    Where the last row is not black it was there, but in an interlaced file, whose rows come in
    passes.
    """
    if image.format != "PNG":
        return
    last = image.crop((0, image.height - 1, image.width, image.height))
    if image.info.get("interlace") or last.getbbox(alpha_only=False) is None:
        integrity.check_rows(io.BytesIO(data))


def _upright(image: Image.Image, *, alone: bool) -> tuple[Image.Image, frozenset[str]]:
    """Return an image with its EXIF orientation applied, and the kinds of metadata that are broken.

    The only frame itself is turned, others are copied.
    """
    from PIL import ImageOps

    image.load()
    upright = image if alone else image.copy()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            ImageOps.exif_transpose(upright, in_place=True)
    except DECODE_ERRORS:
        return upright, frozenset({"exif"})
    return upright, frozenset({"exif"} if caught else ())


def _stacked(
    frames: list[Image.Image],
    fmt: str,
    metadata: dict[str, Any],
    remarks: tuple[str, ...],
    reading: Reading,
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
    picture = Picture(pixels, colour, alpha, fmt, metadata=metadata, remarks=remarks)
    return _arranged(picture, reading)
