"""Channels side by side, as pictures have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def interleave_channels(planes: NDArray[Any]) -> NDArray[Any]:
    """Return C x H x W as H x W x C without gaps, which is a view where the memory is so."""
    import numpy as np

    pixels = planes.transpose(1, 2, 0)
    if pixels.flags.c_contiguous:
        return pixels
    room = np.empty(pixels.shape, pixels.dtype)
    copy_into(room.transpose(2, 0, 1), planes)
    return room


def copy_into(place: NDArray[Any], planes: NDArray[Any]) -> None:
    """Copy C x H x W to a place whose channels may be side by side.

    Where they lie otherwise there, one by one is faster.
    """
    if place.strides == planes.strides:
        place[...] = planes
        return
    for channel, plane in zip(place, planes, strict=True):
        channel[...] = plane
