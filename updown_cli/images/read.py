"""A file to a Picture."""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from updown_cli.errors import InputError
from updown_cli.images.arrays import read_array
from updown_cli.images.formats import FORMATS, is_array
from updown_cli.images.picture import BY_CHANNELS, Picture
from updown_cli.ops.files import open_regular, read_error

if TYPE_CHECKING:
    from numpy.typing import NDArray
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

# Pillow's own limit, a third of what fills a gigabyte with RGB.
MAX_PIXELS = 178_956_970

#: The mode each Pillow mode is read as; transparency adds an A.
READ_AS = {
    "1": "L",
    "P": "RGB",
    "PA": "RGBA",
    "RGBX": "RGB",
    "YCbCr": "RGB",
    "HSV": "RGB",
    "La": "LA",
    "RGBa": "RGBA",
}

#: The modes whose pixels are computed with.
READABLE = ("L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I;16B", "I;16L", "I", "F")

# Bytes of a file that tell its depth.
HEAD_BYTES = 64

NPY_MAGIC = b"\x93NUMPY"

KEPT = ("icc_profile", "dpi", "loop", "duration")


@dataclass(frozen=True)
class Reading:
    """How files are read."""

    layout: str | None = None
    dims: int | None = None
    alpha: str = "premultiply"
    max_pixels: int = MAX_PIXELS


def read(path: str, reading: Reading) -> Picture:
    """Return what a file holds, by its content; raise InputError if it cannot be read."""
    with open_regular(path) as file:
        try:
            if file.read(len(NPY_MAGIC)) == NPY_MAGIC:
                return _limited(read_array(file, reading.layout, reading.dims), reading)
            file.seek(0)
            data = file.read()
        except OSError as error:
            raise read_error(error) from None
    if data and is_array(path):
        raise InputError("not a .npy file", code="corrupt")
    return decode(data, reading)


def read_bytes(data: bytes, reading: Reading) -> Picture:
    """Return what these bytes of a file hold; raise InputError if they cannot be read."""
    if data.startswith(NPY_MAGIC):
        return _limited(read_array(io.BytesIO(data), reading.layout, reading.dims), reading)
    return decode(data, reading)


def _limited(picture: Picture, reading: Reading) -> Picture:
    pixels = math.prod(picture.shape.size)
    if pixels > reading.max_pixels:
        raise too_large(pixels, reading.max_pixels)
    return picture


def too_large(pixels: int, limit: int) -> InputError:
    """Return the refusal of more pixels than --max-pixels allows."""
    return InputError(
        f"{pixels / 1e6:.3g} megapixels, limit is {limit / 1e6:.3g} (--max-pixels)",
        code="too_large",
    )


def decode(data: bytes, reading: Reading) -> Picture:
    """Return the picture that these bytes hold, upright, every frame."""
    if not data:
        raise InputError("empty file", code="truncated")
    image = opened(io.BytesIO(data), reading)
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
            raise InputError("not a supported image", code="not_an_image") from None
        except DECODE_ERRORS as error:
            _refuse(error, "image")
    _check_limits(image, head, reading.max_pixels)
    return image


def _refuse(error: Exception, what: str) -> NoReturn:
    cut = isinstance(error, EOFError) or "truncated" in str(error).lower()
    reason, code = ("truncated", "truncated") if cut else ("damaged", "corrupt")
    raise InputError(f"{reason} {what}", code=code) from None


def _check_limits(image: Image.Image, head: bytes, max_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise too_large(pixels, max_pixels)
    if _has_deep_colour(image, head):
        raise InputError(
            "16-bit colour, of which 8 bits would be lost",
            hint="convert it to .npy",
            code="unsupported",
        )


def _has_deep_colour(image: Image.Image, head: bytes) -> bool:
    """Whether Pillow would cut 16 bits of colour to 8."""
    if image.format == "PNG":
        depth, colour = head[24], head[25]
        return depth == 16 and colour != 0
    if image.format == "TIFF":
        bits = image.tag_v2.get(258, (8,))  # type: ignore[attr-defined]
        return len(bits) > 1 and max(bits) > 8
    return image.format == "PPM" and head[:2] in (b"P3", b"P6") and b"65535" in head


def _picture(image: Image.Image, reading: Reading) -> Picture:
    from PIL import ImageOps, ImageSequence

    metadata = {name: image.info[name] for name in KEPT if name in image.info}
    durations, frames = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(frame.info.get("duration"))
        upright = ImageOps.exif_transpose(frame)
        frames.append(_plain(upright))
        if exif := upright.getexif():
            metadata.setdefault("exif", exif)
    if len(frames) > 1 and any(durations):
        metadata["duration"] = durations
    return _stacked(frames, image.format or "", metadata, drop_alpha=reading.alpha == "drop")


def plain_mode(image: Image.Image) -> str:
    """Return the mode in which the image's channels are numbers to compute with."""
    mode = READ_AS.get(image.mode, image.mode)
    transparent = "transparency" in image.info and mode in ("L", "RGB")
    wanted = mode + "A" if transparent else mode
    if wanted not in READABLE:
        raise InputError(f"{image.mode} pixels are not supported", code="unsupported")
    return wanted


def _plain(image: Image.Image) -> Image.Image:
    wanted = plain_mode(image)
    return image if wanted == image.mode else image.convert(wanted)


def _stacked(
    frames: list[Image.Image], fmt: str, metadata: dict[str, Any], *, drop_alpha: bool
) -> Picture:
    import numpy as np

    mode = max((frame.mode for frame in frames), key=len)
    arrays = [
        _channels_first(frame if frame.mode == mode else frame.convert(mode)) for frame in frames
    ]
    if len({array.shape for array in arrays}) > 1:
        raise InputError("its frames differ in size", code="unsupported")
    pixels = arrays[0][None] if len(arrays) == 1 else np.stack(arrays)
    if mode == "CMYK":
        return Picture(pixels, "CMYK", format=fmt, metadata=metadata)
    colour, alpha = BY_CHANNELS[pixels.shape[1]]
    if alpha and drop_alpha:
        pixels, alpha = pixels[:, :-1], False
    return Picture(pixels, colour, alpha, fmt, metadata=metadata)


def _channels_first(image: Image.Image) -> NDArray[Any]:
    import numpy as np

    array = np.asarray(image)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("="))
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
