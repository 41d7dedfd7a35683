"""Files that are written row by row: nothing of the picture is whole in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.engine.rows import RowTarget, new_rows
from updown_cli.errors import InputError

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


class PieceTarget(FileTarget):
    """An open file of one frame that is encoded in pieces of so many rows; the last is lower."""

    piece: int

    def begin(self) -> None:
        """Empty the file."""
        super().begin()
        self.number = 0
        self._waiting: list[NDArray[Any]] = []

    def take(self, first: int, rows: NDArray[Any]) -> None:
        """Encode as many pieces as there are by now."""
        import numpy as np

        self._waiting.append(rows[0])
        while sum(part.shape[1] for part in self._waiting) >= self.piece:
            whole = self._waiting[0]
            if len(self._waiting) > 1:
                whole = np.concatenate(self._waiting, 1)
            self._waiting = [whole[:, self.piece :]] if whole.shape[1] > self.piece else []
            self._encode(whole[:, : self.piece])

    def finish(self) -> None:
        """Encode what is left."""
        import numpy as np

        if self._waiting:
            self._encode(np.concatenate(self._waiting, 1))

    def _encode(self, rows: NDArray[Any]) -> None:
        """Encode a piece; whatever an encoder raises costs this file alone."""
        try:
            self.encode(rows)
        except (InputError, OSError, MemoryError):
            raise
        except Exception:
            raise InputError("it cannot be written of it", hint="write .npy") from None
        self.number += 1

    def encode(self, rows: NDArray[Any]) -> None:
        """Write piece `number`: C x H x W."""
        raise NotImplementedError


#: How a file that is open takes the rows of a result.
Opener = Callable[[BinaryIO], FileTarget]


@dataclass(frozen=True, kw_only=True)
class RowWriter:
    """How a result is written row by row, and what its file cannot hold."""

    open: Opener
    remarks: tuple[str, ...] = ()
