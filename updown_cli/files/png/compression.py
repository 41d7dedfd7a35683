"""How a PNG file is compressed: quickly, where that costs little size."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

# Strips of rows that tell how a picture compresses.
STRIPS, STRIP_ROWS = 4, 4

# How much larger a file may be for speed: than with matches, and without run lengths than with.
LARGER, LARGER_THAN_RUNS = 1.03, 1.05

# What of zlib's memory Pillow lets it use, and the bytes of a file beside its compressed rows.
MEMORY, BESIDE = 9, 57

# Bytes of a picture for which trying takes longer than compressing, and wins nothing on a disk.
TINY_BYTES = 1 << 12

#: The strategies that are tried: with matches, with run lengths, and entropy coding alone.
KINDS = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY)

# How files store what Pillow has otherwise in memory: the high byte first, and no fourth byte.
RAW_MODES = {"I;16": "I;16B", "RGBX": "RGB"}

#: zlib's levels: by default, of what is only packed, and where size is all.
DEFAULT, STORED, SMALLEST = -1, 0, 9

NO_DICTIONARY = b""


def compress_type(image: Image.Image) -> int:
    """Return zlib's quickest strategy for a picture that costs little size.

    Photographs have few repeats: entropy coding alone, or with run lengths, takes a fifth of the
    time that matches do. A few strips tell how much each saves.
    """
    if _is_tiny(image):
        return zlib.Z_DEFAULT_STRATEGY
    return _chosen(_compressed(filtered_rows(_sample(image))))


def _is_tiny(image: Image.Image) -> bool:
    """Whether a picture takes a block of a disk at most, however it is compressed."""
    stored = [band for band in image.getbands() if band != "X"]
    return image.width * image.height * len(stored) <= TINY_BYTES


def _chosen(tried: dict[int, bytes]) -> int:
    """Return the strategy of which what it made of rows tells that it is the best."""
    matches, runs, alone = (BESIDE + len(tried[kind]) for kind in KINDS)
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


def deflated(image: Image.Image, *, optimize: bool, level: int, strategy: int) -> bytes:
    """Return the rows of a picture filtered and compressed by Pillow.

    To `optimize` is the highest level; a strategy is one of zlib's.
    """
    raw = RAW_MODES.get(image.mode, image.mode)
    return image.tobytes("zip", raw, optimize, level, strategy, NO_DICTIONARY)


def filtered_rows(image: Image.Image) -> bytes:
    """Return the rows of a picture as they are compressed, each behind the name of its filter."""
    kind = zlib.Z_DEFAULT_STRATEGY
    return zlib.decompress(deflated(image, optimize=False, level=STORED, strategy=kind))


def _compressed(rows: bytes) -> dict[int, bytes]:
    """Return what Pillow makes of rows by each strategy."""
    made = {}
    for kind in KINDS:
        encoder = zlib.compressobj(memLevel=MEMORY, strategy=kind)
        made[kind] = encoder.compress(rows) + encoder.flush()
    return made
