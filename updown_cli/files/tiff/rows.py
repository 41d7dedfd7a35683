"""TIFF and BigTIFF files that are written in pieces, whose strips are put into one page."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.exif import STRUCTURE, below_bytes
from updown_cli.files.picture import Picture
from updown_cli.files.pillow_write import parse_asked
from updown_cli.files.row_target import PieceTarget
from updown_cli.files.tag_directories import (
    LONG,
    LONG8,
    Directory,
    directory_bytes,
    number_entry,
    numbers_of,
    open_directories,
)
from updown_cli.files.tiff.integrity import HEIGHT, ROWS_PER_STRIP, STRIP_COUNTS, STRIP_OFFSETS
from updown_cli.files.tiff.write import described_page, encoded_pages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.tiff import Tiff

# Rows of a piece at most.
ROWS = 64

# Bytes of pixels from which on places may need more than 32 bits.
BIG = 3 << 30


class TiffTarget(PieceTarget):
    """An open TIFF file of one page."""

    def __init__(
        self,
        file: BinaryIO,
        shape: tuple[int, ...],
        dtype: str,
        *,
        fmt: Tiff,
        source: Picture,
        mode: str,
        asked: Mapping[str, str],
    ) -> None:
        import numpy as np

        super().__init__(file, shape, dtype)
        self.fmt, self.source, self.mode = fmt, source, mode
        self.compression = {**fmt.defaults, **parse_asked(fmt, asked)}["compression"]
        self.big = math.prod(shape) * np.dtype(dtype).itemsize > BIG
        self.piece = ROWS
        page, _ = self._page(np.zeros((shape[1], ROWS, shape[3]), dtype))
        (each,) = numbers_of(page, ROWS_PER_STRIP, ROWS)
        self.piece = each * max(1, ROWS // each)

    def begin(self) -> None:
        """Leave room for what points to the directory."""
        super().begin()
        self.file.write(self._header(0))
        self.page: Directory = {}
        self.offsets: list[int] = []
        self.counts: list[int] = []

    def _header(self, place: int) -> bytes:
        if self.big:
            return struct.pack("<2sHHHQ", b"II", 43, 8, 0, place)
        return struct.pack("<2sHI", b"II", 42, place)

    def _page(self, rows: NDArray[Any]) -> tuple[Directory, bytes]:
        """Return the directory of a piece that is a file of its own, and the file."""
        data = encoded_pages(self.fmt, self.source, rows[None], self.mode, self.compression)
        reader, place = open_directories(io.BytesIO(data), len(data))
        return reader.directory(place)[0], data

    def encode(self, rows: NDArray[Any]) -> None:
        """Write the strips of a piece."""
        page, data = self._page(rows)
        self.page = self.page or page
        places, counts = (numbers_of(page, tag) for tag in (STRIP_OFFSETS, STRIP_COUNTS))
        for place, count in zip(places, counts, strict=True):
            self.offsets.append(self.file.tell())
            self.counts.append(count)
            self.file.write(data[place : place + count])

    def finish(self) -> None:
        """Write the last piece and the directory, and point to it."""
        super().finish()
        self.file.write(b"\0" * (self.file.tell() % 2))
        kind = LONG8 if self.big else LONG
        structure = {tag: entry for tag, entry in self.page.items() if tag in STRUCTURE}
        (each,) = numbers_of(structure, ROWS_PER_STRIP, ROWS)
        structure |= {
            HEIGHT: number_entry(LONG, self.shape[2]),
            ROWS_PER_STRIP: number_entry(LONG, min(each, self.shape[2])),
            STRIP_OFFSETS: number_entry(kind, *self.offsets),
            STRIP_COUNTS: number_entry(kind, *self.counts),
        }
        pointers: Directory = {}
        if "exif" in self.source.metadata:
            exif = self.source.metadata["exif"]
            below, pointers = below_bytes(exif, self.file.tell(), "<", big=self.big)
            self.file.write(below)
        place = self.file.tell()
        whole = described_page(structure, self.source.metadata) | pointers
        self.file.write(directory_bytes(whole, place, "<", big=self.big))
        self.file.seek(0)
        self.file.write(self._header(place))
        self.file.seek(0, io.SEEK_END)
