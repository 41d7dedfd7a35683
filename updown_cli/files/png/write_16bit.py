"""PNG files of 16-bit colour, for which Pillow has no mode."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from updown_cli.files.deep import missing_extra
from updown_cli.files.exif import with_new_size
from updown_cli.files.png.texts import XMP_KEYWORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bytes of a PNG file up to the end of its header chunk.
PNG_HEADER = 33


def encode_deep(pixels: NDArray[Any], metadata: dict[str, Any]) -> bytes:
    """Return a PNG file that holds 1 x channels x H x W of 16 bits."""
    import numpy as np

    rows = np.moveaxis(pixels[0], 0, -1).copy()  # with plain strides, whatever the sides
    if "exif" in metadata:
        with_new_size(metadata["exif"], (rows.shape[1], rows.shape[0]))
    return _png(rows, metadata)


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
