"""A colour profile of inks, as printers have it: a table of colours of paper, made here."""

from __future__ import annotations

import struct
from itertools import product

#: Lab of the paper with each ink alone, as coated paper has it; all inks together are black.
PAPER, BLACK = (95.0, 0.0, -2.0), (16.0, 0.0, 0.0)
INKS = ((55.0, -37.0, -50.0), (48.0, 74.0, -3.0), (89.0, -5.0, 93.0), BLACK)


def lab_of(inks: tuple[int, ...]) -> tuple[float, float, float]:
    """Return Lab of inks that are there or not, as if each took its share of the light away."""
    light, red, yellow = PAPER
    for ink, amount in zip(INKS, inks, strict=True):
        if amount:
            light, red, yellow = light * ink[0] / PAPER[0], red + ink[1], yellow + ink[2]
    if inks[3]:
        red, yellow = 0.0, 0.0
    return light, max(min(red, 127.0), -128.0), max(min(yellow, 127.0), -128.0)


def ink_profile() -> bytes:
    """Return a profile of class prtr from CMYK to Lab, with a table of two steps an ink."""
    corners = [lab_of(inks) for inks in product((0, 1), repeat=4)]
    table = bytes(round(v) for light, a, b in corners for v in (light * 2.55, a + 128, b + 128))
    ramp = bytes(range(256))
    unit = struct.pack(">9i", *(0x10000 if i % 4 == 0 else 0 for i in range(9)))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + unit + ramp * 4 + table + ramp * 3
    text = b"ink"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + bytes(1 + 79)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": white,
        b"A2B0": lut,
    }
    place, index, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        index += name + struct.pack(">2I", place + len(body), len(data))
        body += padded
    head = struct.pack(
        ">I4sI4s4s4s", place + len(body), b"none", 0x02400000, b"prtr", b"CMYK", b"Lab "
    )
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + index + body
