"""Frames to a GIF file: each whole, none left out, with a palette of its own colours."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

# An alpha from which a pixel is opaque.
OPAQUE = 128

# What becomes of a frame when the next is shown: it stays, or gives way to clear ground.
STAYS, GIVES_WAY = 1, 2

# The sizes of the header, and of a frame's description.
HEADER, FRAME = 13, 10

# The longest delay, in hundredths of a second, and the longest piece of a comment.
LONGEST, PIECE = 65535, 255


def part_alpha(pixels: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    """Return pixels whose alpha is 0 or 255, and whether it was another."""
    import numpy as np

    alpha = pixels[:, -1:]
    parted = np.where(alpha < OPAQUE, 0, 255).astype(np.uint8)
    return np.concatenate([pixels[:, :-1], parted], axis=1), bool((parted != alpha).any())


def gif_file(pixels: NDArray[Any], metadata: dict[str, Any]) -> bytes:
    """Return a GIF file of frames x channels x H x W."""
    height, width = pixels.shape[2:]
    parts = [b"GIF89a", struct.pack("<HHBBB", width, height, 0x70, 0, 0)]
    plays = metadata.get("loop", 0)
    if len(pixels) > 1 and plays != 1:
        parts.append(b"!\xff\x0bNETSCAPE2.0\3\1" + struct.pack("<HB", max(plays - 1, 0), 0))
    parts.append(_comment(metadata.get("comment", b"")))
    delays = metadata.get("duration", [])
    delays = delays if len(delays) == len(pixels) else [0] * len(pixels)
    for frame, delay in zip(pixels, delays, strict=True):
        parts.append(_frame(frame, min(round(delay / 10), LONGEST), moves=len(pixels) > 1))
    return b"".join([*parts, b";"])


def _comment(comment: bytes | str) -> bytes:
    data = comment.encode() if isinstance(comment, str) else comment
    pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
    blocks = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    return b"!\xfe" + blocks + b"\0" if data else b""


def _frame(frame: NDArray[Any], delay: int, *, moves: bool) -> bytes:
    """Return a frame with its palette and how long it is shown."""
    image, clear = _with_palette(frame)
    disposal = GIVES_WAY if clear is not None else STAYS
    flags = (disposal << 2 if moves else 0) | (clear is not None)
    control = b"!\xf9\4" + struct.pack("<BHBB", flags, delay, clear or 0, 0)
    file = io.BytesIO()
    image.save(file, "GIF", optimize=False, interlace=False)
    return (control if moves or clear is not None else b"") + _packed(file.getvalue())


def _packed(data: bytes) -> bytes:
    """Return the only frame of a GIF file, with the palette of the file as its own."""
    bits = data[10] & 7
    after = HEADER + (3 << bits + 1)
    start = data.index(b",", after)
    described = data[start : start + FRAME - 1] + bytes([0x80 | bits])
    return described + data[HEADER:after] + data[start + FRAME : -1]


def _with_palette(frame: NDArray[Any]) -> tuple[Image.Image, int | None]:
    """Return C x H x W with a palette, and the number of the clear colour if there is one."""
    import numpy as np
    from PIL import Image

    grey = len(frame) == 1
    clear = frame[3] == 0 if len(frame) == 4 else np.zeros(frame.shape[1:], bool)
    rgb = np.moveaxis(frame[[0, 0, 0]] if grey else frame[:3], 0, -1)
    codes = (rgb.astype(np.uint32) * np.array([1 << 16, 1 << 8, 1], np.uint32)).sum(-1, np.uint32)
    colours, numbers = np.unique(codes[~clear], return_inverse=True)
    most = 256 - bool(clear.any())
    indices = np.zeros(clear.shape, np.uint8)
    if len(colours) <= most:
        indices[~clear] = numbers
        palette = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], -1)
    else:
        few = Image.fromarray(np.ascontiguousarray(rgb)).quantize(most)
        indices[~clear] = np.asarray(few)[~clear]
        palette = np.asarray(few.getpalette()).reshape(-1, 3)[:most]
    if clear.any():
        indices[clear] = len(palette)
        palette = np.concatenate([palette, np.zeros((1, 3), palette.dtype)])
    image = Image.fromarray(indices)
    image = image.convert("P") if image.mode != "P" else image
    image.putpalette(palette.astype(np.uint8).tobytes())
    return image, len(palette) - 1 if clear.any() else None
