"""Pixels of a row again and again, as words where these have room for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bytes of a word.
WORD = 8


def repeated_pixels(rows: NDArray[Any], size: int, times: int) -> NDArray[Any]:
    """Return H x W pixels of so many bytes, each so many times, for H x values without gaps."""
    import numpy as np

    kind = np.dtype(f"V{size}")
    if size * times > WORD:
        pixels = rows.view(kind)
        room = np.empty((*pixels.shape, times), kind)
        room[...] = pixels[..., None]
        return room.reshape(len(rows), -1)
    return _by_words(rows, size, times).view(kind).reshape(len(rows), -1)


def _by_words(rows: NDArray[Any], size: int, times: int) -> NDArray[Any]:
    """Return the bytes in a row: of each word what is too much is written over by the next."""
    import numpy as np

    count = rows.nbytes // size
    whole = np.empty(count * size + WORD, np.uint8)
    whole[: count * size] = rows.reshape(-1).view(np.uint8)
    words = np.ndarray((count,), "<u8", whole, 0, (size,)) & np.uint64((1 << 8 * size) - 1)
    words *= np.uint64(sum(1 << 8 * size * place for place in range(times)))
    room = np.empty(count * size * times + WORD, np.uint8)
    np.ndarray((count,), "<u8", room, 0, (size * times,))[...] = words
    return room[: count * size * times]
