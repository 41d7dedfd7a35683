"""JPEG files that are written in pieces, each encoded by Pillow, joined at restart markers.

A restart marker makes the coder forget what was before (ISO 10918-1, F.1.1.5.1). So the blocks of
a piece are what they would be in a picture that was encoded whole, and are decoded to its pixels.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.picture import Picture
from updown_cli.files.pillow_write import parse_asked, to_image
from updown_cli.files.row_target import PieceTarget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.jpeg import Jpeg

# Rows of a piece are a multiple of the highest block of colours, and at most so many.
HIGHEST, MOST_ROWS = 16, 64

# Blocks of the smallest kind between two markers; 16 bits tell how many there are.
BLOCK, MOST_BLOCKS = 8, 65535

START_OF_FRAME, START_OF_SCAN, END = (0xC0, 0xC1), 0xDA, b"\xff\xd9"


def can_be_cut(asked: Mapping[str, Any]) -> bool:
    """Whether settings let pieces be joined: no statistics, and no passes over the whole."""
    return not asked.get("progressive") and not asked.get("optimize")


class JpegTarget(PieceTarget):
    """An open JPEG file."""

    def __init__(
        self,
        file: BinaryIO,
        shape: tuple[int, ...],
        *,
        fmt: Jpeg,
        source: Picture,
        mode: str,
        asked: Mapping[str, str],
    ) -> None:
        super().__init__(file, shape, "uint8")
        self.fmt, self.source, self.mode = fmt, source, mode
        self.asked = parse_asked(fmt, asked)
        blocks = -(-shape[3] // BLOCK)
        self.piece = min(MOST_ROWS, MOST_BLOCKS // blocks * BLOCK // HIGHEST * HIGHEST)

    def encode(self, rows: NDArray[Any]) -> None:
        """Write the header with the first piece, a marker before each of the others."""
        image, file = to_image(rows, self.mode, cells=True), io.BytesIO()
        settings = self.fmt.encoding_settings(self.source, [image], self.asked)
        if self.number == 0:
            settings |= self.fmt.metadata_settings(self.source.metadata)
        image.save(file, self.fmt.name, **settings)
        data = file.getvalue()
        frame, scan, blocks = _places(data)
        if self.number == 0:
            whole = self.fmt.finish(data, self.source.metadata)
            height = struct.pack(">H", self.shape[2])
            head = whole[: frame + 5] + height + whole[frame + 7 : scan]
            restarts = struct.pack(">HHH", 0xFFDD, 4, self._interval(data, frame))
            self.file.write(head + restarts + whole[scan:blocks])
        else:
            self.file.write(bytes((0xFF, 0xD0 + (self.number - 1) % 8)))
        self.file.write(memoryview(data)[blocks:-2])

    def _interval(self, data: bytes, frame: int) -> int:
        """Return the groups of blocks of a piece, of which a header tells the sides."""
        components = data[frame + 9]
        sampling = [data[frame + 11 + 3 * number] for number in range(components)]
        wide = BLOCK * max(factors >> 4 for factors in sampling)
        high = BLOCK * max(factors & 15 for factors in sampling)
        return -(-self.shape[3] // wide) * (self.piece // high)

    def finish(self) -> None:
        """Write the last piece and the end."""
        super().finish()
        self.file.write(END)


def _places(data: bytes) -> tuple[int, int, int]:
    """Return where a file's frame and scan begin, and the blocks of the scan."""
    frame, at = 0, 2
    while data[at + 1] != START_OF_SCAN:
        if data[at + 1] in START_OF_FRAME:
            frame = at
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return frame, at, at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
