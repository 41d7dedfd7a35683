"""PNG files that are written in pieces: Pillow filters the rows, one compressor takes them all."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.picture import Picture
from updown_cli.files.pillow_write import parse_asked, to_image
from updown_cli.files.png.chunks import chunk, description
from updown_cli.files.png.compression import (
    DEFAULT,
    MEMORY,
    SMALLEST,
    compress_type,
    filtered_rows,
)
from updown_cli.files.png.write import END, head
from updown_cli.files.row_target import PieceTarget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.png import Png

# Rows of a piece.
ROWS = 64


class PngTarget(PieceTarget):
    """An open PNG file."""

    piece = ROWS

    def __init__(
        self,
        file: BinaryIO,
        shape: tuple[int, ...],
        *,
        fmt: Png,
        source: Picture,
        mode: str,
        asked: Mapping[str, str],
    ) -> None:
        super().__init__(file, shape, "uint16" if mode == "I;16" else "uint8")
        self.source, self.mode, self.asked = source, mode, parse_asked(fmt, asked)

    def begin(self) -> None:
        """Write the header and what describes the picture."""
        super().begin()
        _, _, height, width = self.shape
        self.file.write(head(self.mode, width, height) + description(self.source.metadata))
        self.above: NDArray[Any] | None = None

    def encode(self, rows: NDArray[Any]) -> None:
        """Write a piece; how the first one compresses decides for all."""
        import numpy as np

        if self.above is None:
            self.compressor = self._compressor(rows)
            filtered = filtered_rows(to_image(rows, self.mode, cells=True))
        else:  # the row above tells how the first one is filtered
            both = np.concatenate([self.above, rows], 1)
            filtered = filtered_rows(to_image(both, self.mode, cells=True))
            filtered = filtered[len(filtered) // both.shape[1] :]
        self.above = rows[:, -1:].copy()
        self._write(self.compressor.compress(filtered))

    def _compressor(self, rows: NDArray[Any]) -> zlib._Compress:
        level = self.asked.get("compress_level", DEFAULT)
        level = SMALLEST if self.asked.get("optimize") else level
        strategy = compress_type(to_image(rows, self.mode, cells=True))
        return zlib.compressobj(level, memLevel=MEMORY, strategy=strategy)

    def _write(self, data: bytes) -> None:
        if data:
            self.file.write(chunk(b"IDAT", data))

    def finish(self) -> None:
        """Write the last piece and the end."""
        super().finish()
        self._write(self.compressor.flush())
        self.file.write(END)
