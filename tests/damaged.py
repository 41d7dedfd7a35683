"""Damaged files: every healthy one, cut, overwritten, and with headers that lie."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.healthy import healthy

CORE = (".png", ".jpg", ".tif", ".gif", ".webp")

#: Widths and heights that a header may claim.
SIDES = (0, 1 << 31, (1 << 31) - 1, (1 << 32) - 1)


@dataclass(frozen=True)
class Case:
    """A file to read; `kind` is what befell it, and `must` whether it has to be refused.

    `base` is the healthy file that it was, if it was one that was hurt.
    """

    name: str
    data: bytes
    kind: str
    must: bool = False
    base: str = ""

    @property
    def ending(self) -> str:
        """Ending of the file name."""
        return "." + self.name.rpartition(".")[2]


Damage = Callable[[bytes, random.Random], bytes]


def cut(part: float) -> Damage:
    """Keep the first part of a file: a share below 1, or so many bytes; negative: of the end."""
    return lambda data, _: data[: round(len(data) * part) if 0 < part < 1 else int(part)]


def flip(first: float, last: float, count: int = 1) -> Damage:
    """Flip bits between two shares of a file."""

    def flipped(data: bytes, moments: random.Random) -> bytes:
        found = bytearray(data)
        for _ in range(count):
            place = moments.randrange(int(len(data) * first), max(int(len(data) * last), 1))
            found[place] ^= 1 << moments.randrange(8)
        return bytes(found)

    return flipped


def hole(at: float, size: int, fill: int = 0) -> Damage:
    """Overwrite bytes with one value."""

    def holed(data: bytes, _: random.Random) -> bytes:
        start = int(len(data) * at)
        filled = bytes([fill]) * len(data[start : start + size])
        return data[:start] + filled + data[start + size :]

    return holed


def head(size: int) -> Damage:
    """Flip one bit of the first bytes."""

    def flipped(data: bytes, moments: random.Random) -> bytes:
        place = moments.randrange(min(size, len(data)))
        return data[:place] + bytes([data[place] ^ 1 << moments.randrange(8)]) + data[place + 1 :]

    return flipped


CUTS: dict[str, Damage] = {
    "one-byte-left": cut(1),
    "12-bytes-left": cut(12),
    "header-left": cut(34),
    "half-left": cut(0.5),
    "90-percent-left": cut(0.9),
    "99-percent-left": cut(0.99),
    "12-bytes-missing": cut(-12),
    "last-byte-missing": cut(-1),
}

HURTS: dict[str, Damage] = {
    "flip-in-signature": head(8),
    "flip-in-header-1": head(64),
    "flip-in-header-2": head(64),
    "flip-in-first-half": flip(0.1, 0.5),
    "flip-in-second-half": flip(0.5, 0.99),
    "ten-flips": flip(0.1, 0.99, 10),
    "hole-of-16": hole(0.4, 16),
    "hole-of-ff": hole(0.6, 64, 0xFF),
    "hole-at-end": hole(0.9, 1 << 20),
    "hole-at-start": hole(0, 16),
    "cr-added": lambda data, _: data.replace(b"\n", b"\r\n"),
    "cr-removed": lambda data, _: data.replace(b"\r\n", b"\n"),
    "seventh-bit-lost": lambda data, _: bytes(byte & 127 for byte in data),
    "a-piece-missing": lambda data, _: data[: len(data) // 3] + data[len(data) // 2 :],
    "a-piece-twice": lambda data, _: data[: len(data) // 2] + data[len(data) // 3 :],
}


def _applied(kind: str, damages: dict[str, Damage]) -> Iterator[Case]:
    for base, data in healthy().items():
        stem, ending = base.split(".")
        for name, damage in damages.items():
            hurt = damage(data, random.Random(f"{base} {name}"))
            if hurt and hurt != data:
                yield Case(f"{ending}-{stem}-{name}.{ending}", hurt, kind, base=base)


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return bytes with the first occurrence of others replaced; there must be one."""
    assert old in data
    return data.replace(old, new, 1)


def patched(data: bytes, place: int, form: str, *values: int) -> bytes:
    """Return bytes with numbers written at a place, packed in this form."""
    return data[:place] + struct.pack(form, *values) + data[place + struct.calcsize(form) :]


def png_header(data: bytes, *, crc: int = 0, **lies: int) -> bytes:
    """Return a PNG file whose header says something else, its checksum right but for `crc`."""
    names = ("width", "height", "depth", "colour", "compression", "filter", "interlace")
    told = dict(zip(names, struct.unpack(">IIBBBBB", data[16:29]), strict=True)) | lies
    body = b"IHDR" + struct.pack(">IIBBBBB", *(told[name] for name in names))
    return data[:12] + body + struct.pack(">I", zlib.crc32(body) ^ crc) + data[33:]


def jpeg_size(data: bytes, height: int, width: int) -> bytes:
    """Return a baseline JPEG file that tells another size."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def tiff_tag(data: bytes, tag: int, value: int) -> bytes:
    """Return a little-endian TIFF file with another value in the first entry of a tag."""
    offset, count = struct.unpack_from("<I", data, 4)[0], 0
    (count,) = struct.unpack_from("<H", data, offset)
    for at in range(offset + 2, offset + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, at)[0] == tag:
            entry = struct.pack("<HHII", tag, 4, 1, value)
            return data[:at] + entry + data[at + 12 :]
    raise AssertionError(f"no tag {tag}")


def _png_lies(files: dict[str, bytes]) -> Iterator[tuple[str, bytes, bool]]:
    picture = files["rgb.png"]
    for side in SIDES:
        yield f"png-width-{side}.png", png_header(picture, width=side), True
        yield f"png-height-{side}.png", png_header(picture, height=side), True
    for field in ("depth", "colour", "compression", "filter", "interlace"):
        yield f"png-{field}-7.png", png_header(picture, **{field: 7}), True
    wrong_data = picture[:-13] + bytes([picture[-13] ^ 1]) + picture[-12:]
    yield "png-taller.png", png_header(picture, height=31), True
    yield "png-wider.png", png_header(picture, width=42), True
    yield "png-wrong-crc-of-header.png", png_header(picture, crc=1), True
    yield "png-wrong-crc-of-data.png", wrong_data, True
    yield "png-wrong-crc-of-end.png", picture[:-1] + b"\0", True
    yield "png-no-end.png", picture[:-12], True
    yield "png-no-data.png", picture[:33] + picture[-12:], True
    yield "png-no-header.png", picture[:8] + picture[33:], True
    yield "png-no-palette.png", replaced(files["palette.png"], b"PLTE", b"pLTe"), True


def _jpeg_and_gif_lies(files: dict[str, bytes]) -> Iterator[tuple[str, bytes, bool]]:
    picture = files["rgb.jpg"]
    for height, width in ((0, 41), (30, 0), (31, 65535), (65535, 41)):
        yield f"jpg-{height}x{width}.jpg", jpeg_size(picture, height, width), True
    yield "jpg-no-end.jpg", picture[:-2], True
    # Motion JPEG leaves these tables out, so decoders have them.
    yield "jpg-no-tables.jpg", replaced(picture, b"\xff\xc4", b"\xff\xed"), False
    yield "gif-no-size.gif", patched(files["still.gif"], 6, "<HH", 0, 0), False
    yield "gif-no-trailer.gif", files["still.gif"][:-1], True
    yield "gif-no-trailer-animated.gif", files["animated.gif"][:-1], True


def _tiff_lies(files: dict[str, bytes]) -> Iterator[tuple[str, bytes, bool]]:
    picture = files["raw.tif"]
    for side in SIDES:
        yield f"tif-width-{side}.tif", tiff_tag(picture, 256, side), True
        yield f"tif-height-{side}.tif", tiff_tag(picture, 257, side), True
        yield f"tif-strip-at-{side}.tif", tiff_tag(picture, 273, side), side > 0
        yield f"tif-strip-of-{side}.tif", tiff_tag(files["lzw.tif"], 279, side), False
    yield "tif-depth-7.tif", tiff_tag(files["packbits.tif"], 258, 7), False
    yield "tif-compression-7777.tif", tiff_tag(picture, 259, 7777), True
    yield "tif-no-strips.tif", replaced(picture, struct.pack("<H", 273), b"\xff\xee"), True
    eight, most = struct.pack("<HHI", 273, 4, 8), struct.pack("<HHI", 273, 4, (1 << 31) - 1)
    many = replaced(files["strips.tif"], eight, most)
    yield "tif-2147483647-strips.tif", many, True


def _other_lies(files: dict[str, bytes]) -> Iterator[tuple[str, bytes, bool]]:
    for side in SIDES:
        yield f"bmp-width-{side}.bmp", patched(files["rgb.bmp"], 18, "<I", side), True
        # A negative height tells that the first row is the top one.
        upside_down = side == (1 << 32) - 1
        yield f"bmp-height-{side}.bmp", patched(files["rgb.bmp"], 22, "<I", side), not upside_down
    yield "bmp-depth-7.bmp", patched(files["rgb.bmp"], 28, "<H", 7), True
    for name, old, new in (
        ("no-width", b"41 30", b"00 30"),
        ("negative", b"41 30", b"-1 30"),
        ("white-0", b"\n255\n", b"\n0\n"),
        ("white-99999", b"\n255\n", b"\n99999\n"),
    ):
        yield f"ppm-{name}.ppm", replaced(files["rgb.ppm"], old, new), True
    yield "tga-no-size.tga", patched(files["rgb.tga"], 12, "<HH", 0, 0), True
    yield "tga-depth-7.tga", patched(files["rgb.tga"], 16, "<B", 7), True
    yield "webp-larger.webp", patched(files["lossless.webp"], 24, "<I", 0xFFFFFF), False


@cache
def cases() -> tuple[Case, ...]:
    """Return every damaged file; the same ones each time."""
    files = healthy()
    told = (part(files) for part in (_png_lies, _jpeg_and_gif_lies, _tiff_lies, _other_lies))
    lies = (Case(name, data, "lie", must) for part in told for name, data, must in part)
    return (*_applied("cut", CUTS), *_applied("hurt", HURTS), *lies)
