"""`.npy` arrays: which axis is which, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.picture import Picture
from updown_cli.tensors.layout import checked_layout, to_planes
from updown_cli.tensors.npy import read_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray


def read_array(file: BinaryIO, layout: str | None, dims: int | None) -> Picture:
    """Return an open `.npy` file as N x C x sides."""
    return as_picture(read_numbers(file), layout, dims)


def as_picture(array: NDArray[Any], layout: str | None, dims: int | None) -> Picture:
    """Return an array as N x C x sides."""
    layout = checked_layout(array.ndim, layout, dims)
    return Picture(to_planes(array, layout), layout=layout)
