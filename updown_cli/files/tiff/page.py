"""What a page of a TIFF file is, from its tags: sides, samples, what they mean, how packed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.damage import damaged_error
from updown_cli.files.exif import EXIF_IFD, GPS_IFD
from updown_cli.files.reading import check_frame_count
from updown_cli.files.tag_directories import Directory, DirectoryFile, numbers_of, open_directories
from updown_cli.op.windows import ceil_div

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
SAMPLES, PLANAR, SUB_IFDS, EXTRA, FORMAT = 277, 284, 330, 338, 339

TILE_WIDTH, TILE_HEIGHT = 322, 323

#: Tags without which nobody knows what the values are.
NEEDED = (WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, PLANAR, EXTRA, FORMAT,
          TILE_WIDTH, TILE_HEIGHT)  # fmt: skip

#: What a page is beside the picture: a smaller copy, a mask.
REDUCED, MASK = 1, 4

#: Photometric interpretations.
MIN_IS_WHITE, MIN_IS_BLACK, RGB, PALETTE, SEPARATED, YCBCR, CIELAB = 0, 1, 2, 3, 5, 6, 8
CFA, LINEAR_RAW = 32803, 34892
RAW_PHOTOMETRICS = (CFA, LINEAR_RAW)
PHOTOMETRIC_NAMES = {SEPARATED: "SEPARATED", YCBCR: "YCBCR", CIELAB: "CIELAB", 9: "ICCLAB",
                     10: "ITULAB", 32844: "LOGL", 32845: "LOGLUV", 4: "MASK"}  # fmt: skip

# Cameras' own ways of packing, and the tag that only digital negatives have.
RAW_COMPRESSIONS, DNG_VERSION = (32767, 34713, 65535), 50706

#: What kinds of packing are called, where Pillow does not undo them.
COMPRESSION_NAMES = {
    33003: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA",
    34933: "PNG", 34934: "JPEG XR", 22610: "JPEG XR", 50000: "Zstandard", 50001: "WEBP",
    50002: "JPEG XL", 52546: "JPEG XL", 34661: "JBIG", 34676: "SGILOG",
}  # fmt: skip

# Pages below a page that are looked at.
MOST_HIDDEN = 16

#: Kinds of packing that Pillow undoes.
PILLOW_COMPRESSIONS = (1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946)

#: Sample formats.
UNSIGNED, SIGNED, FLOAT = 1, 2, 3

#: Formats and bits of single values that Pillow keeps.
WIDE = ((UNSIGNED, 16), (SIGNED, 16), (SIGNED, 32), (FLOAT, 32))

UNSPECIFIED, ASSOCIATED, UNASSOCIATED = 0, 1, 2

UNPACKED, SEPARATE_PLANES = 1, 2


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: its number in the file, and its tags."""

    number: int
    tags: Directory
    below: dict[int, Directory]

    def get(self, tag: int, *default: int) -> tuple[int, ...]:
        """Return the numbers of a tag, or the default."""
        return numbers_of(self.tags, tag, *default)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width, as stored."""
        try:
            return self.tags[HEIGHT].numbers()[0], self.tags[WIDTH].numbers()[0]
        except (KeyError, IndexError):
            raise damaged_error("TIFF") from None

    @property
    def pixels(self) -> int:
        """Number of pixels, with those that fill up the last tiles, which are unpacked too."""
        height, width = self.size
        tiles = (self.get(TILE_HEIGHT, 1)[0] or 1, self.get(TILE_WIDTH, 1)[0] or 1)
        return ceil_div(height, tiles[0]) * tiles[0] * ceil_div(width, tiles[1]) * tiles[1]

    @property
    def bytes(self) -> int:
        """Bytes of a pixel when it is unpacked."""
        return self.samples * ceil_div(self.bits, 8)

    @property
    def samples(self) -> int:
        """Number of values of a pixel."""
        return self.get(SAMPLES, 1)[0]

    @property
    def bits(self) -> int:
        """Bits of a value, of the widest."""
        return max(self.get(BITS, 1))

    @property
    def format(self) -> int:
        """Whether values are unsigned, signed, or floats."""
        found = self.get(FORMAT, UNSIGNED)[0]
        return found if found in (SIGNED, FLOAT) else UNSIGNED

    @property
    def photometric(self) -> int:
        """What the values mean."""
        return self.get(PHOTOMETRIC, MIN_IS_BLACK)[0]

    @property
    def compression(self) -> int:
        """How the values are packed."""
        return self.get(COMPRESSION, 1)[0]

    @property
    def colours(self) -> int:
        """How many of the values are colours."""
        return {RGB: 3, YCBCR: 3, CIELAB: 3, 9: 3, 10: 3, SEPARATED: 4}.get(self.photometric, 1)

    @property
    def extra(self) -> tuple[int, ...]:
        """What the values beyond the colours mean."""
        count = max(self.samples - self.colours, 0)
        if count == 1 and EXTRA not in self.tags:
            return (UNASSOCIATED,)  # which old writers did not say
        return (*self.get(EXTRA), *[UNSPECIFIED] * count)[:count]

    @property
    def palette_colours(self) -> int:
        """How many colours a value of a palette means; 0 without one."""
        return 3 if self.photometric == PALETTE else 0

    @property
    def model(self) -> str:
        """What the colours are: L, RGB or CMYK."""
        return {1: "L", 3: "RGB", 4: "CMYK"}[self.palette_colours or self.colours]

    @property
    def has_alpha(self) -> bool:
        """Whether the last value is transparency, and the only one that is no colour."""
        return len(self.extra) == 1 and self.extra[0] != UNSPECIFIED

    @property
    def is_smaller_copy(self) -> bool:
        """Whether it is a thumbnail, an overview, or a mask, and no picture of its own."""
        return bool(self.get(SUBFILE, 0)[0] & (REDUCED | MASK))

    @property
    def is_raw(self) -> bool:
        """Whether it holds what a sensor saw."""
        return self.photometric in RAW_PHOTOMETRICS or self.compression in RAW_COMPRESSIONS

    @property
    def needs_deep(self) -> bool:
        """Whether Pillow would cut, misread or not read its values."""
        plain = self.format == UNSIGNED and self.bits <= 8 and not self.other_bands
        one = self.samples == 1 and self.photometric == MIN_IS_BLACK
        wide = one and (self.format, self.bits) in WIDE and not self.is_swapped_twice
        packed = self.compression not in PILLOW_COMPRESSIONS or self.is_separate_premultiplied
        return packed or not (plain or wide)

    @property
    def is_swapped_twice(self) -> bool:
        """Whether libtiff swaps bytes of values when it unpacks them, and Pillow does it again."""
        big_endian = self.tags[WIDTH].order == ">" if WIDTH in self.tags else False
        unsigned = (self.format, self.bits) == (UNSIGNED, 16)
        return big_endian and self.compression != UNPACKED and not unsigned

    @property
    def is_separate_premultiplied(self) -> bool:
        """Whether its colours are premultiplied and in planes, which Pillow does not know."""
        return self.get(PLANAR, 1)[0] == SEPARATE_PLANES and self.extra == (ASSOCIATED,)

    @property
    def other_bands(self) -> bool:
        """Whether there are values that are neither colour nor transparency."""
        return bool(self.extra) and not self.has_alpha


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The pages of a file that are pictures of their own, and how many others there are."""

    pages: tuple[Page, ...]
    left_out: int


def scan_pages(file: BinaryIO) -> Pages:
    """Return the pages of an open file; raise InputError for a camera's raw file."""
    size = file.seek(0, os.SEEK_END)
    reader, first = open_directories(file, size)
    found: list[Page] = []
    seen: set[int] = set()
    while first:
        if first in seen:
            raise damaged_error("TIFF")
        seen.add(first)
        check_frame_count(len(seen))
        tags, first = reader.directory(first, must=NEEDED)
        found.append(Page(number=len(found), tags=tags, below=_below(reader, tags)))
    _refuse_raw(reader, found)
    whole = [page for page in found if not page.is_smaller_copy] or found[:1]
    return Pages(pages=tuple(whole), left_out=len(found) - len(whole))


def _below(reader: DirectoryFile, tags: Directory) -> dict[int, Directory]:
    """Return the directories of camera settings and position, as far as they can be read."""
    below = {}
    for pointer in (EXIF_IFD, GPS_IFD):
        try:
            if place := numbers_of(tags, pointer):
                below[pointer] = reader.directory(place[0])[0]
        except InputError:
            pass  # what is broken is left out
    return below


def _refuse_raw(reader: DirectoryFile, pages: list[Page]) -> None:
    hidden = []
    for page in pages[:4]:
        for place in page.get(SUB_IFDS)[:MOST_HIDDEN]:
            try:
                tags = reader.directory(place, must=())[0]
            except InputError:
                continue
            hidden.append(Page(number=0, tags=tags, below={}))
    if any(page.is_raw for page in (*pages, *hidden)) or (pages and DNG_VERSION in pages[0].tags):
        raise raw_error()


def raw_error() -> InputError:
    """Return the refusal of what a camera's sensor saw."""
    return InputError(
        "camera raw files are not read", hint="develop it to TIFF first", code="unsupported"
    )
