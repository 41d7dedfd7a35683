"""The bytes of a picture to a Picture; what is broken or would lose bits is refused."""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from updown_cli.errors import InputError
from updown_cli.images import deep
from updown_cli.images.formats import FORMATS
from updown_cli.images.metadata import ORIENTATION, gathered, jpeg_encoding
from updown_cli.images.modes import channels_first, conversion, plain
from updown_cli.images.picture import BY_CHANNELS, Picture
from updown_cli.images.ppm import has_deep_colour, read_ppm
from updown_cli.images.reading import Reading, check_pixels

if TYPE_CHECKING:
    from PIL import Image

# Whatever Pillow's decoders raise for bytes that are not what they claim to be.
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    struct.error,
    zlib.error,
)

#: How files begin, whatever follows.
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    **dict.fromkeys(deep.TIFF_MAGIC, "TIFF"),
}

# Bytes of a file that tell its depth.
HEAD_BYTES = 256


def decode(data: bytes, reading: Reading) -> Picture:
    """Return the picture that these bytes hold, upright, every frame."""
    if not data:
        raise InputError("empty file", code="truncated")
    try:
        image = opened(io.BytesIO(data), reading)
    except InputError as error:
        if error.code == "corrupt" and data.startswith(deep.TIFF_MAGIC):
            return _limited(deep.read_tiff(data, {}, 1, reading.max_pixels), reading)
        raise
    if _has_deep_colour(image, data[:HEAD_BYTES]) and not _may_be_cut(image, reading):
        return _deep(image, data, reading)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _picture(image, reading)
        except DECODE_ERRORS as error:
            _refuse(error, image.format or "image")


def opened(file: BinaryIO, reading: Reading) -> Image.Image:
    """Return an image whose header is read and within the limits, its pixels not yet decoded."""
    from PIL import Image, UnidentifiedImageError

    head = file.read(HEAD_BYTES)
    file.seek(0)
    Image.MAX_IMAGE_PIXELS = None  # our own limit follows
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(file, formats=[f.name for f in FORMATS])
        except UnidentifiedImageError:
            raise _unidentified(head) from None
        except DECODE_ERRORS as error:
            _refuse(error, "image")
    check_pixels(image.width * image.height, reading.max_pixels)
    return image


def _unidentified(head: bytes) -> InputError:
    """Return the refusal of what Pillow takes for no image, though it may begin as one."""
    for signature, name in SIGNATURES.items():
        if head.startswith(signature):
            return InputError(f"damaged {name}", code="corrupt")
    return InputError("not a supported image", code="not_an_image")


def _refuse(error: Exception, what: str) -> NoReturn:
    cut = isinstance(error, EOFError) or "truncated" in str(error).lower()
    reason, code = ("truncated", "truncated") if cut else ("damaged", "corrupt")
    raise InputError(f"{reason} {what}", code=code) from None


def _may_be_cut(image: Image.Image, reading: Reading) -> bool:
    """Whether 8 bits were asked for, and nothing can read more of them."""
    return reading.depth == "8" and image.format != "PPM" and not deep.is_installed()


def _deep(image: Image.Image, data: bytes, reading: Reading) -> Picture:
    """Return a picture that Pillow would cut to 8 bits, read by other libraries in full."""
    try:
        orientation = image.getexif().pop(ORIENTATION, 1)
    except DECODE_ERRORS as error:
        _refuse(error, image.format or "image")
    metadata, remarks = gathered(image, image, reading.keep, frozenset())
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
    check_pixels(math.prod(pixels.shape[2:]) * len(chosen), reading.max_pixels)
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


def _picture(image: Image.Image, reading: Reading) -> Picture:
    count = getattr(image, "n_frames", 1)
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
        upright, broken = _upright(image, alone=count == 1)
        if not frames:
            metadata, remarks = gathered(image, upright, reading.keep, broken)
            metadata["jpeg"] = encoding
            remarks += conversion(image.mode)
        durations.append(image.info.get("duration"))
        frames.append(plain(upright))
    if count > 1:
        metadata["loop"] = image.info.get("loop")
        metadata["duration"] = durations
    return _stacked(frames, image.format or "", metadata, tuple(remarks), reading)


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
