"""Boxes of ISO's media files: which kind of picture one holds, and how deep it is."""

from __future__ import annotations

FTYP = b"ftyp"

# Sizes of a box's header and of a brand.
HEADER, BRAND = 8, 4

PIXI = b"pixi"


def brands_of(head: bytes) -> frozenset[bytes]:
    """Return the brands that a file that begins so says it follows, if any."""
    if head[4:8] != FTYP:
        return frozenset()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    names = (head[at : at + BRAND] for at in range(HEADER, end - 3, BRAND))
    return frozenset(name for name in names)


def bits_of(head: bytes) -> int:
    """Return the most bits of a channel that a file's first bytes tell; 8 if they tell none."""
    at = head.find(PIXI)
    if at < 0 or len(head) < at + 9:
        return 8
    count = head[at + 8]
    return max(head[at + 9 : at + 9 + count], default=8)
