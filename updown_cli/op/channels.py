"""Channels side by side, as pictures have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Bytes that Pillow has for a pixel of three.
CELL = 4


def interleave_channels(planes: NDArray[Any]) -> NDArray[Any]:
    """Return C x H x W as H x W x C without gaps, which is a view where the memory is so."""
    import numpy as np

    pixels = planes.transpose(1, 2, 0)
    if pixels.flags.c_contiguous:
        return pixels
    if (cells := whole_cells(planes)) is not None:
        return _close_together(cells)
    room = np.empty(pixels.shape, pixels.dtype)
    copy_into(room.transpose(2, 0, 1), planes)
    return room


def whole_cells(planes: NDArray[Any]) -> NDArray[Any] | None:
    """Return H x W x 4 where C x H x W are the first three of them; None if they lie otherwise."""
    import numpy as np

    channels, height, width = planes.shape
    expected = (1, CELL * width, CELL)
    base = planes.base
    if planes.dtype != np.uint8 or channels != CELL - 1 or planes.strides != expected:
        return None
    if not isinstance(base, np.ndarray) or not base.flags.c_contiguous:
        return None
    place = _address(planes) - _address(base)
    if place + CELL * height * width > base.nbytes:
        return None
    cells = np.ndarray((height, width, CELL), np.uint8, base, place)
    cells.flags.writeable = False
    return cells


def in_cells(planes: NDArray[Any]) -> NDArray[Any] | None:
    """Return three planes of bytes as H x W x 4, a view where they lie so.

    None of what has another type or number, or lies without gaps already.
    """
    import numpy as np

    channels, height, width = planes.shape
    if channels != CELL - 1 or planes.dtype != np.uint8 or planes.strides[2] == channels:
        return None
    if (cells := whole_cells(planes)) is not None:
        return cells
    room = np.empty((height, width, CELL), np.uint8)
    copy_into(room[..., :channels].transpose(2, 0, 1), planes)
    return room


def _address(array: NDArray[Any]) -> int:
    """Return where the first value of an array is; its `ctypes` would be slow to make."""
    address: int = array.__array_interface__["data"][0]
    return address


def _close_together(cells: NDArray[Any]) -> NDArray[Any]:
    """Return the first three bytes of each cell, without gaps.

    Whole cells are copied, each over the fourth byte of the one before it: three times as fast as
    one channel after the other.
    """
    import numpy as np

    height, width, _ = cells.shape
    room = np.empty((CELL - 1) * height * width + 1, np.uint8)
    words = np.ndarray((height * width,), np.uint32, room, 0, (CELL - 1,))
    words[...] = cells.reshape(-1).view(np.uint32)
    return room[:-1].reshape(height, width, CELL - 1)


def copy_into(place: NDArray[Any], planes: NDArray[Any]) -> None:
    """Copy C x H x W to a place whose channels may be side by side.

    Where they lie otherwise there, one by one is faster.
    """
    if place.strides == planes.strides:
        place[...] = planes
        return
    for channel, plane in zip(place, planes, strict=True):
        channel[...] = plane
