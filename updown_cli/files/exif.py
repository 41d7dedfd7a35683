"""EXIF data: which side is up, and what must change in it when the picture does."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.files.damage import DECODE_ERRORS
from updown_cli.files.tag_directories import (
    LONG,
    LONG8,
    SHORT,
    Directory,
    directory_bytes,
    number_entry,
    numbers_of,
    open_directories,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

ORIENTATION = 0x0112

#: The directories below the first: camera settings and position (EXIF 2.32, section 4.6.3).
EXIF_IFD, GPS_IFD = 0x8769, 0x8825

# What only says how other programs read these directories.
INTEROPERABILITY = 0xA005

WIDTH, HEIGHT = 0xA002, 0xA003

#: TIFF tags that say how the pixels are stored; all others describe the picture.
STRUCTURE = frozenset((
    *range(254, 267), *range(273, 275), *range(277, 285), *range(290, 294), *range(296, 298), 301,
    *range(317, 326), 330, 332, *range(338, 342), 347, *range(512, 522), *range(529, 533), 700,
    33723, 34377, 34675,
))  # fmt: skip

#: What EXIF data in another file than TIFF begins with.
PREFIX = b"Exif\0\0"

#: How a picture is that is not turned.
UPRIGHT = 1

#: Orientations that swap height and width.
TURNED = (5, 6, 7, 8)

#: What an orientation does to H x W: turn by so many quarters to the left, then mirror.
TURNS = {1: (0, 0), 2: (0, 1), 3: (2, 0), 4: (2, 1), 5: (3, 1), 6: (3, 0), 7: (1, 1), 8: (1, 0)}


@dataclass(frozen=True, kw_only=True)
class Exif:
    """What describes a picture: the tags of the picture itself, and the directories below."""

    main: Directory = field(default_factory=dict)
    below: dict[int, Directory] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.main or any(self.below.values()))


def parse_exif(data: bytes) -> Exif:
    """Return EXIF data, without orientation and structure; raise for what is no such data."""
    data = data.removeprefix(PREFIX)
    reader, first = open_directories(io.BytesIO(data), len(data))
    reader.ends = False
    main, _ = reader.directory(first)
    below = {
        tag: reader.directory(main[tag].numbers()[0])[0]
        for tag in (EXIF_IFD, GPS_IFD)
        if tag in main
    }
    return described_by(main, below)


def described_by(main: Directory, below: dict[int, Directory]) -> Exif:
    """Return what describes a picture, of all the tags of a file."""
    left_out = STRUCTURE | {ORIENTATION, EXIF_IFD, GPS_IFD}
    return Exif(
        main={tag: entry for tag, entry in main.items() if tag not in left_out},
        below={
            pointer: {tag: entry for tag, entry in tags.items() if tag != INTEROPERABILITY}
            for pointer, tags in below.items()
        },
    )


def exif_bytes(exif: Exif, order: str = "<") -> bytes:
    """Return EXIF data as a file of another format than TIFF holds it."""
    head = {"<": b"II*\0\x08\0\0\0", ">": b"MM\0*\0\0\0\x08"}[order]
    pointers = {tag: number_entry(LONG, 0) for tag, tags in exif.below.items() if tags}
    end = len(head) + len(directory_bytes({**exif.main, **pointers}, len(head), order))
    parts, places = below_bytes(exif, end, order)
    main = directory_bytes({**exif.main, **places}, len(head), order)
    return PREFIX + head + main + parts


def below_bytes(
    exif: Exif, offset: int, order: str, *, big: bool = False
) -> tuple[bytes, Directory]:
    """Return the directories below as they must stand at an offset, and what points to them."""
    parts, places = b"", {}
    for pointer, tags in exif.below.items():
        if tags:
            places[pointer] = number_entry(LONG8 if big else LONG, offset + len(parts))
            parts += directory_bytes(tags, offset + len(parts), order, big=big)
    return parts, places


def with_new_size(exif: Exif, size: tuple[int, int]) -> Exif:
    """Return EXIF data with the (width, height) of the result, where it tells one."""
    details = dict(exif.below.get(EXIF_IFD, {}))
    for tag, side in zip((WIDTH, HEIGHT), size, strict=True):
        if tag in details:
            details[tag] = number_entry(SHORT if side < 1 << 16 else LONG, side)
    return Exif(main=exif.main, below={**exif.below, EXIF_IFD: details})


def orientation_in(directory: Directory) -> int:
    """Return the orientation of a page; 1 where none is told."""
    return numbers_of(directory, ORIENTATION, 1)[0]


def orientation_of(image: Image.Image) -> int:
    """Return the orientation that a header tells; 1 where it tells none that can be read."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except DECODE_ERRORS:
        return 1  # what is broken is left out


def turn_upright(image: Image.Image, *, alone: bool) -> Image.Image:
    """Return a decoded image with its orientation applied: the only frame itself, or a copy."""
    from PIL import ImageOps

    upright = image if alone else image.copy()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ImageOps.exif_transpose(upright, in_place=True)
    except DECODE_ERRORS:
        return upright  # what is broken is left out, and said of the EXIF data
    return upright


def turn_array(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return H x W, or H x W x C, with its orientation applied."""
    import numpy as np

    quarters, mirrored = TURNS.get(orientation, (0, 0))
    turned = np.rot90(array, quarters)
    return turned[:, ::-1] if mirrored else turned


def turn_back(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return H x W, or H x W x C, that is upright as it is stored with an orientation."""
    import numpy as np

    quarters, mirrored = TURNS.get(orientation, (0, 0))
    return np.rot90(array[:, ::-1] if mirrored else array, -quarters)
