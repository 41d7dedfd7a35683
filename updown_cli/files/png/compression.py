"""How a PNG file is compressed: quickly, where that costs little size."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from updown_cli.files.png.chunks import walk

if TYPE_CHECKING:
    from PIL import Image

# Strips of rows that tell how a picture compresses.
STRIPS, STRIP_ROWS = 4, 4

# How much larger a file may be for speed: than with matches, and without run lengths than with.
LARGER, LARGER_THAN_RUNS = 1.03, 1.05

# What of zlib's memory Pillow lets it use, and the bytes of a file beside its compressed rows.
MEMORY, BESIDE = 9, 57


def compress_type(image: Image.Image) -> int:
    """Return zlib's quickest strategy for a picture that costs little size.

    Photographs have few repeats: entropy coding alone, or with run lengths, takes a fifth of the
    time that matches do. A few strips tell how much each saves.
    """
    rows = filtered_rows(_sample(image))
    kinds = zlib.Z_DEFAULT_STRATEGY, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY
    matches, runs, alone = (BESIDE + _compressed_size(rows, kind) for kind in kinds)
    if alone <= min(LARGER * matches, LARGER_THAN_RUNS * runs):
        return zlib.Z_HUFFMAN_ONLY
    return zlib.Z_RLE if runs <= LARGER * matches else zlib.Z_DEFAULT_STRATEGY


def _sample(image: Image.Image) -> Image.Image:
    """Return strips from all over a picture, one below the other; all of a low one."""
    if image.height <= STRIPS * STRIP_ROWS:
        return image
    sample = image.crop((0, 0, image.width, STRIPS * STRIP_ROWS))
    for number in range(STRIPS):
        top = (2 * number + 1) * (image.height - STRIP_ROWS) // (2 * STRIPS)
        strip = image.crop((0, top, image.width, top + STRIP_ROWS))
        sample.paste(strip, (0, number * STRIP_ROWS))
    return sample


def filtered_rows(image: Image.Image) -> bytes:
    """Return the rows of a picture as they are compressed, each behind the name of its filter."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=0)
    parts = []
    for name, at, length in walk(file):
        if name == b"IDAT":
            file.seek(at)
            parts.append(file.read(length))
    return zlib.decompress(b"".join(parts))


def _compressed_size(rows: bytes, compress_type: int) -> int:
    """Return how many bytes Pillow makes of rows."""
    encoder = zlib.compressobj(memLevel=MEMORY, strategy=compress_type)
    return len(encoder.compress(rows)) + len(encoder.flush())
