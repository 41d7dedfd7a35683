"""Which axis of an array is which, and back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError, UsageError
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray


SIDES = {1: "L", 2: "HW", 3: "DHW"}


#: Dimensions of an array by its rank, where --dims says nothing: HW, CHW and NCHW, NCDHW.
DIMS_BY_RANK = {1: 1, 2: 2, 3: 2, 4: 2, 5: 3}


def check_layout(layout: str | None, dims: int | None) -> None:
    """Raise UsageError for letters that do not name axes, each once."""
    if layout is None:
        return
    letters = sorted(layout.replace("N", "").replace("C", ""))
    if len(set(layout)) != len(layout) or letters not in [sorted(s) for s in SIDES.values()]:
        raise UsageError(
            "must name each axis once: N, C, and L, HW or DHW", subject=f"--layout {layout}"
        )
    if dims is not None and len(letters) != dims:
        raise UsageError(f"is not {dims}-D", subject=f"--layout {layout}")


def default_layout(rank: int, dims: int | None) -> str:
    """Return the layout of an array: sides alone, then C before them, then N before that."""
    dims = dims or DIMS_BY_RANK.get(rank, 0)
    missing = rank - dims
    if dims == 0 or not 0 <= missing <= 2:
        what = f"{dims}-D data" if dims else "an image"
        raise InputError(
            f"an array of rank {rank} is not {what}",
            hint="use --layout or --dims",
            code="bad_shape",
        )
    return "NC"[2 - missing :] + SIDES[dims]


def checked_layout(rank: int, layout: str | None, dims: int | None) -> str:
    """Return the layout of an array of this rank; raise InputError if it has another."""
    layout = layout or default_layout(rank, dims)
    if len(layout) != rank:
        raise InputError(
            f"an array of rank {rank} is not {layout}",
            hint="use another --layout",
            code="bad_shape",
        )
    return layout


def array_shape(sides: tuple[int, ...], layout: str | None, dims: int | None) -> tuple[Shape, int]:
    """Return (shape, frames) of an array with these sides."""
    axes = dict(zip(checked_layout(len(sides), layout, dims), sides, strict=True))
    size = [axes[axis] for axis in "DHWL" if axis in axes]
    return Shape(axes.get("C", 1), *size), axes.get("N", 1)


def to_planes(array: NDArray[Any], layout: str) -> NDArray[Any]:
    """Return an array of this layout as N x C x sides."""
    import numpy as np

    order = [layout.index(axis) for axis in "NCDHWL" if axis in layout]
    array = np.asarray(array).transpose(order)
    for position, axis in enumerate("NC"):
        if axis not in layout:
            array = np.expand_dims(array, position)
    return array


def full_layout(shape: tuple[int, ...], layout: str) -> str:
    """Return the axes of an array made of N x C x sides.

    N and C are put in front if the layout has no place for them, and left out of a single one.
    """
    if "C" not in layout and shape[1] > 1:
        layout = "C" + layout if "N" not in layout else layout.replace("N", "NC")
    return "N" + layout if "N" not in layout and shape[0] > 1 else layout


def from_planes(planes: NDArray[Any], layout: str) -> NDArray[Any]:
    """Return N x C x sides in this layout, as `full_layout` completes it."""
    layout = full_layout(planes.shape, layout)
    absent = tuple(position for position, axis in enumerate("NC") if axis not in layout)
    present = [axis for axis in "NC" + SIDES[planes.ndim - 2] if axis in layout]
    return planes.squeeze(absent).transpose([present.index(axis) for axis in layout])


def array_bytes(array: NDArray[Any]) -> bytes:
    """Return an array as a `.npy` file."""
    return b"".join(array_parts(array))


def array_parts(array: NDArray[Any]) -> tuple[bytes, memoryview]:
    """Return what a `.npy` file begins with, and the array's own memory."""
    import numpy as np

    header = io.BytesIO()
    array = np.asarray(array, order="C")
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    return header.getvalue(), array.reshape(-1).view(np.uint8).data
