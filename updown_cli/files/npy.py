"""`.npy` arrays: which axis is which, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.picture import Picture
from updown_cli.stores.names import status_of
from updown_cli.tensors.layout import checked_layout, to_planes
from updown_cli.tensors.npy import Allow, read_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bytes of a file that is not read at once, but mapped.
MAPPED_FROM = 1 << 29


def read_array(file: BinaryIO, layout: str | None, dims: int | None, allow: Allow) -> Picture:
    """Return an open `.npy` file, whose bytes are allowed first, as N x C x sides."""
    return as_picture(read_numbers(file, allow, MAPPED_FROM), layout, dims)


def is_mapped(path: str) -> bool:
    """Whether an array is so large that it is mapped: then a process of its own may have it."""
    if not path.lower().endswith(".npy"):
        return False
    status = status_of(path)
    return status is not None and (status.size or 0) >= MAPPED_FROM


def as_picture(array: NDArray[Any], layout: str | None, dims: int | None) -> Picture:
    """Return an array as N x C x sides."""
    layout = checked_layout(array.ndim, layout, dims)
    return Picture(to_planes(array, layout), layout=layout)
