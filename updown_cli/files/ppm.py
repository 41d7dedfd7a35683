"""PPM files of 16-bit colour, of which Pillow keeps 8 bits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Width, height and largest value, with comments between them.
HEADER = re.compile(rb"P([36])" + rb"\s+(?:#[^\n]*\n\s*)*(\d+)" * 3 + rb"\s")

WHITE = 65535


def has_deep_colour(head: bytes) -> bool:
    """Whether a file that begins so is a PPM of more than 8 bits."""
    match = HEADER.match(head)
    return match is not None and 255 < int(match[4]) <= WHITE


def read_ppm(data: bytes) -> NDArray[Any]:
    """Return a PPM file of more than 8 bits as 3 x H x W, its white scaled to 65535."""
    import numpy as np

    match = HEADER.match(data)
    assert match is not None
    width, height, white = (int(match[group]) for group in (2, 3, 4))
    values = _text(data[match.end() :]) if match[1] == b"3" else _binary(data, match.end())
    if len(values) < width * height * 3:
        raise InputError("truncated PPM", code="truncated")
    values = values[: width * height * 3]
    if values.max() > white:
        raise InputError("damaged PPM", code="corrupt")
    scaled = (values.astype(np.uint64) * (2 * WHITE) + white) // (2 * white)
    return scaled.astype(np.uint16).reshape(height, width, 3).transpose(2, 0, 1)


def _text(body: bytes) -> NDArray[Any]:
    import numpy as np

    words = re.sub(rb"#[^\n]*", b"", body).split()
    try:
        return np.array(words, dtype=np.bytes_).astype(np.uint32)
    except (ValueError, OverflowError):
        raise InputError("damaged PPM", code="corrupt") from None


def _binary(data: bytes, start: int) -> NDArray[Any]:
    import numpy as np

    return np.frombuffer(data, ">u2", (len(data) - start) // 2, start)


def encode_ppm(pixels: NDArray[Any]) -> bytes:
    """Return 3 x H x W of 16 bits as a binary PPM file."""
    height, width = pixels.shape[1:]
    rows = pixels.transpose(1, 2, 0).astype(">u2")
    return b"P6\n%d %d\n%d\n" % (width, height, WHITE) + rows.tobytes()
