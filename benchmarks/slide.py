"""A slide: a tiled BigTIFF of gigapixels, mostly flat, whose equal tiles share their bytes."""

from __future__ import annotations

import struct
import zlib

import numpy as np

TILE, TISSUE = 256, 16

LONG8, SHORT = 16, 3


def make_slide(path: str, side: int) -> None:
    """Write side x side pixels of colour: a flat ground, and tissue on every seventh tile."""
    across = -(-side // TILE)
    numbers = np.arange(across * across)
    kinds = np.where(numbers % 7 == 0, 1 + numbers % TISSUE, 0)
    with open(path, "wb") as file:
        file.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0))
        places, sizes = [], []
        for kind in range(TISSUE + 1):
            data = zlib.compress(_tile(kind).tobytes())
            places.append(file.tell())
            sizes.append(len(data))
            file.write(data)
        file.seek(-(-file.tell() // 16) * 16)
        offsets = file.tell()
        file.write(np.array(places, "<u8")[kinds].tobytes())
        counts = file.tell()
        file.write(np.array(sizes, "<u8")[kinds].tobytes())
        directory = file.tell()
        file.write(_directory(side, len(kinds), offsets, counts))
        file.seek(8)
        file.write(struct.pack("<Q", directory))


def _tile(kind: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a tile: of one colour if its number is 0, else of tissue of some kind."""
    if kind == 0:
        return np.full((TILE, TILE, 3), (236, 230, 238), np.uint8)
    y, x = np.mgrid[:TILE, :TILE]
    waves = 40 * np.sin((x + kind * y) / 9) + 30 * np.cos((kind * x - y) / 13)
    return np.stack([170 + waves, 110 + waves / 2, 180 - waves], -1).astype(np.uint8)


def _directory(side: int, tiles: int, offsets: int, counts: int) -> bytes:
    """Return the directory of the only page: RGB, 8 bits each, deflated tiles."""
    bits = int.from_bytes(struct.pack("<HHH", 8, 8, 8), "little")
    entries = [
        *((256, LONG8, 1, side), (257, LONG8, 1, side), (258, SHORT, 3, bits)),
        *((259, SHORT, 1, 8), (262, SHORT, 1, 2), (277, SHORT, 1, 3), (284, SHORT, 1, 1)),
        *((322, SHORT, 1, TILE), (323, SHORT, 1, TILE)),
        *((324, LONG8, tiles, offsets), (325, LONG8, tiles, counts)),
    ]
    parts = [struct.pack("<HHQQ", *entry) for entry in entries]
    return struct.pack("<Q", len(entries)) + b"".join(parts) + struct.pack("<Q", 0)
