"""Small plain pictures, read at one look: what the formats' quick ways have in common.

Whatever is unusual, damaged or over a limit is left to those who look closely, and say what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.files.frames import Frames
from updown_cli.files.modes import channels_first
from updown_cli.files.unread import is_large
from updown_cli.files.zero_copy import use_one_block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.reading import Reading

ALL = Frames()

# Values of a picture that is small.
MOST_VALUES = 1 << 21


def takes_all(reading: Reading) -> bool:
    """Whether whole files are wanted, and sound ones."""
    return not reading.accept_damaged and reading.frames == ALL


def is_small(size: tuple[int, int], channels: int, reading: Reading) -> bool:
    """Whether a picture of (width, height) is small, is there, and is within all limits."""
    pixels = size[0] * size[1]
    values = pixels * channels
    return (
        0 < values <= MOST_VALUES and pixels <= reading.max_pixels and not is_large(values, reading)
    )


def unpack(
    mode: str, size: tuple[int, int], packed: bytes, decoder: tuple[str, ...], *, black: bool
) -> NDArray[Any] | None:
    """Return channels x H x W bytes as one of Pillow's decoders has them; None of what is broken.

    `decoder` is its name, and what it wants to know. Rows that it leaves out are `black` if that
    is asked, and else whatever was in memory.
    """
    from PIL import Image

    use_one_block()
    image = Image.new(mode, size, 0 if black else None)
    try:
        image.frombytes(packed, *decoder)
    except (ValueError, OSError):
        return None
    return channels_first(image)
