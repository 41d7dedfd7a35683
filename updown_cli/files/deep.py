"""Colour of more than 8 bits, which Pillow would cut or cannot read: the extra `deep`."""

from __future__ import annotations

import importlib.util
import io
import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.metadata import XMP_KEYWORD, XMP_TAG, with_new_size
from updown_cli.files.opening import silence
from updown_cli.files.picture import BY_CHANNELS, Picture
from updown_cli.files.reading import check_pixels
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tifffile import TiffFile

INSTALL = "pip install 'updown-cli[deep]', or take 8 bits with --depth 8"

#: Types that each format holds in colour.
DTYPES = {"PNG": ("uint16",), "TIFF": ("uint16", "float32", "float64", "int32", "uint32")}

#: The TIFF colour models, by tifffile's names, whose channels are grey or red, green, blue.
COLOUR_MODELS = {"RGB", "MINISBLACK"}

# The TIFF tag of a picture's description.
DESCRIPTION = 270

# Bytes of a PNG file up to the end of its header chunk.
PNG_HEADER = 33

#: What an EXIF orientation does to H x W: turn by so many quarters to the left, then mirror.
TURNS = {1: (0, 0), 2: (0, 1), 3: (2, 0), 4: (2, 1), 5: (3, 1), 6: (3, 0), 7: (1, 1), 8: (1, 0)}


def can_hold(fmt: str, dtype: str, frames: int) -> bool:
    """Whether a format can hold colour of this type in so many frames."""
    return dtype in DTYPES.get(fmt, ()) and (frames == 1 or fmt == "TIFF")


def is_installed() -> bool:
    """Whether the extra is there."""
    return all(importlib.util.find_spec(name) for name in ("imagecodecs", "tifffile"))


def missing_extra(what: str) -> InputError:
    """Return the refusal of a file that needs the extra."""
    return InputError(f"{what} needs the extra deep", hint=INSTALL, code="unsupported")


def read_png(data: bytes, metadata: dict[str, Any], orientation: int) -> Picture:
    """Return a 16-bit PNG file in full."""
    try:
        from imagecodecs import png_decode
    except ImportError:
        raise missing_extra("16-bit colour") from None
    try:
        array = png_decode(data)
    except Exception:  # imagecodecs has an error type for every codec
        raise InputError("damaged PNG", code="corrupt") from None
    return _picture([_upright(array, orientation)], "PNG", metadata)


def read_tiff(data: bytes, metadata: dict[str, Any], orientation: int, limit: int) -> Picture:
    """Return every page of a TIFF file of any depth, if it has no more pixels than the limit."""
    shape, frames = peek_tiff(io.BytesIO(data))
    pixels = math.prod(shape.size) * frames
    check_pixels(pixels, limit)
    with _opened(io.BytesIO(data)) as file:
        pages = [_page(page) for page in file.pages]
        profile = file.pages.first.iccprofile
    if profile and "icc" not in metadata:
        metadata = {**metadata, "icc": profile}
    return _picture([_upright(page, orientation) for page in pages], "TIFF", metadata)


def peek_tiff(file: BinaryIO) -> tuple[Shape, int]:
    """Return (shape, frames) of a TIFF file of any depth, from its tags."""
    with _opened(file) as tiff:
        if not (tiff.is_bigtiff or all(_is_deep(page) for page in tiff.pages)):
            raise InputError("damaged TIFF", code="corrupt")  # or Pillow had read it
        models = {_colour_model(page) for page in tiff.pages}
        first = tiff.pages.first
        shape = Shape(first.samplesperpixel, first.imagelength, first.imagewidth)
        frames = len(tiff.pages)
    if not models <= COLOUR_MODELS:
        model = min(models - COLOUR_MODELS)
        raise InputError(f"{model} pixels of this depth are not supported", code="unsupported")
    return shape, frames


@contextmanager
def _opened(file: BinaryIO) -> Iterator[TiffFile]:
    """Give an open TIFF file; whatever goes wrong with it is damage."""
    try:
        import imagecodecs  # noqa: F401 (tifffile needs it for compressed files)
        from tifffile import TiffFile
    except ImportError:
        raise missing_extra("colour of this depth") from None
    silence("tifffile")
    try:
        with TiffFile(file, name="picture") as tiff:  # a descriptor has a number for a name
            yield tiff
    except Exception:  # tifffile raises whatever the file makes it
        raise InputError("damaged TIFF", code="corrupt") from None


def _is_deep(page: Any) -> bool:
    """Whether a page has colour of more than 8 bits, or numbers that Pillow has no mode for."""
    return page.dtype is not None and page.dtype.itemsize > 1


def _colour_model(page: Any) -> str:
    return str(page.photometric.name)


def _page(page: Any) -> NDArray[Any]:
    import numpy as np

    array: NDArray[Any] = page.asarray()
    if array.ndim < 2:  # a page without sides has no values
        raise InputError("damaged TIFF", code="corrupt")
    return np.moveaxis(array, 0, -1) if page.axes.startswith("S") else array


def _upright(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    import numpy as np

    quarters, mirrored = TURNS.get(orientation, (0, 0))
    turned = np.rot90(array, quarters)
    return turned[:, ::-1] if mirrored else turned


def _picture(frames: list[NDArray[Any]], fmt: str, metadata: dict[str, Any]) -> Picture:
    import numpy as np

    if len({frame.shape for frame in frames}) > 1:
        raise InputError("its frames differ in size", code="unsupported")
    stack = np.stack(frames)
    pixels = stack[:, None] if stack.ndim == 3 else np.moveaxis(stack, -1, 1)
    if pixels.ndim != 4 or pixels.shape[1] not in BY_CHANNELS or pixels.dtype.kind not in "uif":
        raise InputError("its pixels are not supported", code="unsupported")
    colour, alpha = BY_CHANNELS[pixels.shape[1]]
    native = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    return Picture(np.ascontiguousarray(native), colour, alpha, fmt, metadata=metadata)


def encode_deep(pixels: NDArray[Any], fmt: str, metadata: dict[str, Any], *, alpha: bool) -> bytes:
    """Return a PNG or TIFF file that holds frames x channels x H x W in full."""
    import numpy as np

    rows = np.moveaxis(pixels, 1, -1).copy()  # with plain strides, whatever the sides
    if "exif" in metadata:
        with_new_size(metadata["exif"], (rows.shape[2], rows.shape[1]))
    return _png(rows[0], metadata) if fmt == "PNG" else _tiff(rows, metadata, alpha=alpha)


def _png(rows: NDArray[Any], metadata: dict[str, Any]) -> bytes:
    try:
        from imagecodecs import png_encode
    except ImportError:
        raise missing_extra("16-bit colour") from None
    data = bytes(png_encode(rows))
    chunks = b""
    if "icc" in metadata:
        chunks += _chunk(b"iCCP", b"profile\0\0" + zlib.compress(metadata["icc"]))
    if "dpi" in metadata:
        per_metre = [round(number / 0.0254) for number in metadata["dpi"]]
        chunks += _chunk(b"pHYs", struct.pack(">IIB", *per_metre, 1))
    if "exif" in metadata:
        chunks += _chunk(b"eXIf", metadata["exif"].tobytes().removeprefix(b"Exif\0\0"))
    texts = {key: text.encode() for key, text in metadata.get("text", {}).items()}
    if "xmp" in metadata:
        texts[XMP_KEYWORD] = metadata["xmp"]
    for key, text in texts.items():
        chunks += _chunk(b"iTXt", key.encode("latin-1", "replace") + b"\0\0\0\0\0" + text)
    return data[:PNG_HEADER] + chunks + data[PNG_HEADER:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _tiff(rows: NDArray[Any], metadata: dict[str, Any], *, alpha: bool) -> bytes:
    try:
        import imagecodecs  # noqa: F401 (tifffile compresses with it)
        from tifffile import TiffWriter
    except ImportError:
        raise missing_extra("colour of this depth") from None
    file, xmp = io.BytesIO(), metadata.get("xmp")
    with TiffWriter(file, byteorder="<") as writer:
        for frame in rows:
            writer.write(
                frame.squeeze(-1) if frame.shape[-1] == 1 else frame,
                photometric="rgb" if frame.shape[-1] > 2 else "minisblack",
                extrasamples=["unassalpha"] if alpha else None,
                compression="zlib",
                iccprofile=metadata.get("icc"),
                resolution=metadata.get("dpi"),
                resolutionunit="INCH" if "dpi" in metadata else None,
                description=metadata.get("exif", {}).get(DESCRIPTION),
                extratags=[(XMP_TAG, "B", len(xmp), xmp, True)] if xmp else (),
                metadata=None,
            )
    return file.getvalue()
