"""Files that are written row by row: nothing of the picture is whole in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.engine.rows import RowTarget, new_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FileTarget(RowTarget):
    """An open file that takes the rows of frames x channels x sides."""

    def __init__(self, file: BinaryIO, shape: tuple[int, ...], dtype: str) -> None:
        self.file, self.shape, self.dtype = file, shape, dtype

    def begin(self) -> None:
        """Empty the file."""
        self.file.seek(0)
        self.file.truncate()

    def room(self, first: int, last: int) -> NDArray[Any]:
        """Return room for rows, channels side by side."""
        frames, channels, _, *sides = self.shape
        return new_rows((frames, channels, last - first, *sides), self.dtype, channels_last=True)

    def finish(self) -> None:
        """Write what stands behind the last row."""


@dataclass(frozen=True, kw_only=True)
class RowWriter:
    """How a result is written row by row, and what its file cannot hold."""

    open: Callable[[BinaryIO], FileTarget]
    remarks: tuple[str, ...] = ()
