"""`.npy` files that are written row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.row_target import FileTarget
from updown_cli.tensors.layout import SIDES, from_planes, full_layout

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rows_are_runs(shape: tuple[int, ...], layout: str) -> bool:
    """Whether the rows of one frame, and of one channel, follow each other in such an array."""
    full = full_layout(shape, layout)
    return set(full[: full.index(_rows(shape))]) <= set("NC")


def _rows(shape: tuple[int, ...]) -> str:
    return SIDES[len(shape) - 2][0]


class NpyTarget(FileTarget):
    """An open `.npy` file; every frame and channel gets its rows where they belong."""

    def __init__(self, file: BinaryIO, shape: tuple[int, ...], dtype: str, layout: str) -> None:
        import numpy as np

        super().__init__(file, shape, dtype)
        self.layout = layout
        self.array = from_planes(np.broadcast_to(np.zeros((), dtype), shape), layout)
        self.axis = full_layout(shape, layout).index(_rows(shape))

    def begin(self) -> None:
        """Write what the file begins with."""
        import numpy as np

        super().begin()
        header: dict[str, Any] = {
            "descr": np.lib.format.dtype_to_descr(self.array.dtype),
            "fortran_order": False,
            "shape": self.array.shape,
        }
        np.lib.format.write_array_header_1_0(self.file, header)
        self.start = self.file.tell()

    def take(self, first: int, rows: NDArray[Any]) -> None:
        """Write rows where they belong."""
        import numpy as np

        part = np.ascontiguousarray(from_planes(rows, self.layout))
        outer, height = self.array.shape[: self.axis], self.array.shape[self.axis]
        row_bytes = self.array[(0,) * len(outer)][0].nbytes
        for number, index in enumerate(np.ndindex(outer)):
            self.file.seek(self.start + (number * height + first) * row_bytes)
            self.file.write(part[index].data)
