"""PNG files of eight bits, and of 16-bit grey: Pillow filters and compresses, chunks are put here.

Pillow's own way of saving does the same, and asks each picture for much that ours never have.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.files.picture import Picture
from updown_cli.files.pillow_write import parse_asked, to_image
from updown_cli.files.png.chunks import KINDS, SIGNATURE, chunk, description
from updown_cli.files.png.compression import (
    DEFAULT,
    compress_type,
    deflated,
)
from updown_cli.files.png.frames import animated_png

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.png import Png

# Pillow writes chunks of at most so many bytes, or of four for each pixel of a row.
CHUNK_BYTES, PER_PIXEL = 1 << 16, 4

END = chunk(b"IEND", b"")


def head(mode: str, width: int, height: int) -> bytes:
    """Return how a file begins that holds pixels of a mode."""
    kind, bits = KINDS[mode]
    return SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))


def encode_png(
    fmt: Png, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
) -> bytes:
    """Return the file that holds frames x channels x H x W in one of KINDS.

    Each frame is encoded by itself, so that none is left out because it repeats another.
    """
    images = [to_image(frame, mode, cells=True) for frame in pixels]
    begin = head(mode, *images[0].size)
    first = begin + description(source.metadata)
    told = parse_asked(fmt, asked)
    compress = partial(
        deflated,
        optimize=told.get("optimize", False),
        level=told.get("compress_level", DEFAULT),
        strategy=compress_type(images[0]),
    )
    heads = [first, *[begin] * (len(images) - 1)]
    stills = [_still(*pair, compress(pair[1])) for pair in zip(heads, images, strict=True)]
    return stills[0] if len(stills) == 1 else animated_png(stills, source.metadata)


def _still(begin: bytes, image: Image.Image, data: bytes) -> bytes:
    """Return one file of an image whose rows are compressed to `data`; `begin` is how it begins."""
    most = max(CHUNK_BYTES, PER_PIXEL * image.width)
    parts = [chunk(b"IDAT", data[at : at + most]) for at in range(0, len(data), most)]
    return b"".join([begin, *parts, END])
