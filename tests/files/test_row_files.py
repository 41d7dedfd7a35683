"""Pictures that are written row by row are those that are written whole."""

from __future__ import annotations

import io
from collections.abc import Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from tests.healthy import photo, saved
from updown_cli.files import huge
from updown_cli.files.picture import Picture
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.tiff import rows
from updown_cli.files.write import encode, row_writer

pytestmark = pytest.mark.skipif(not huge.is_installed(), reason="needs the extra huge")

SIZES = [(700, 333), (64, 64), (129, 1000), (15, 40), (1, 1)]

#: What rows come at a time.
STRIPS = (1, 7, 100, 16, 300)


def from_jpeg(subsampling: int) -> Picture:
    """Return a source whose tables and subsampling are kept, with all that describes it."""
    exif = Image.Exif()
    exif[0x010E] = "what it is"
    image = Image.fromarray(photo(50, 60))
    data = saved(image, "JPEG", quality=70, subsampling=subsampling, exif=exif, dpi=(90, 90))
    return read_bytes(data, Reading())


def source(channels: int, colour: str, *, alpha: bool = False) -> Picture:
    return Picture(np.zeros((1, channels, 5, 6), np.uint8), colour, alpha)


SOURCES = {
    "420": from_jpeg(2),
    "422": from_jpeg(1),
    "444": from_jpeg(0),
    "grey": source(1, "L"),
    "grey and alpha": source(2, "L", alpha=True),
    "colour and alpha": source(4, "RGB", alpha=True),
    "inks": source(4, "CMYK"),
}

HELD = {
    ".jpg": ("420", "422", "444", "grey", "inks"),
    ".png": ("420", "grey", "grey and alpha", "colour and alpha"),
    ".tif": tuple(SOURCES),
}


def in_rows(
    made_from: Picture, pixels: NDArray[Any], suffix: str, asked: Mapping[str, str]
) -> bytes:
    """Return the file of pixels that come a few rows at a time."""
    writer = row_writer(made_from, pixels.shape, pixels.dtype.name, suffix, (None, asked))
    assert writer is not None
    file, first = io.BytesIO(), 0
    target = writer.open(file)
    for _ in range(2):  # what was begun may begin again
        target.begin()
        first = 0
        for height in cycle(STRIPS):
            last = min(first + height, pixels.shape[2])
            room = target.room(first, last)
            room[...] = pixels[:, :, first:last]
            target.take(first, room)
            first = last
            if last == pixels.shape[2]:
                break
    target.finish()
    return file.getvalue()


def check_same(one: bytes, other: bytes) -> None:
    pictures = [read_bytes(data, Reading()) for data in (one, other)]
    np.testing.assert_array_equal(pictures[0].pixels, pictures[1].pixels)
    assert pictures[0].metadata == pictures[1].metadata


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("suffix", "name"), [(suffix, name) for suffix, names in HELD.items() for name in names]
)
def test_pixels_and_description_are_the_same(suffix: str, name: str, size: tuple[int, int]) -> None:
    made_from = SOURCES[name]
    pixels = photo(*size, made_from.shape.channels).transpose(2, 0, 1)[None]
    whole = encode(made_from, pixels, suffix, None)
    check_same(in_rows(made_from, pixels, suffix, {}), whole)


@pytest.mark.parametrize(
    ("suffix", "asked"),
    [
        (".jpg", {"quality": "60", "subsampling": "4:2:0"}),
        (".png", {"compress_level": "1"}),
        (".png", {"optimize": "true"}),
        (".tif", {"compression": "raw"}),
        (".tif", {"compression": "tiff_lzw"}),
        (".tif", {"compression": "packbits"}),
    ],
)
def test_settings_are_kept(suffix: str, asked: dict[str, str]) -> None:
    pixels = photo(200, 100).transpose(2, 0, 1)[None]
    rows, whole = (
        in_rows(SOURCES["444"], pixels, suffix, asked),
        encode(SOURCES["444"], pixels, suffix, None, asked),
    )
    check_same(rows, whole)
    assert abs(len(rows) - len(whole)) < 0.05 * len(whole)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64", "int32"])
@pytest.mark.parametrize("name", ["420", "grey", "colour and alpha"])
def test_all_types_of_a_tiff_stay(name: str, dtype: str) -> None:
    made_from = SOURCES[name]
    pixels = photo(150, 70, made_from.shape.channels).transpose(2, 0, 1)[None].astype(dtype)
    check_same(in_rows(made_from, pixels, ".tif", {}), encode(made_from, pixels, ".tif", None))


def test_what_is_large_becomes_a_bigtiff(monkeypatch: pytest.MonkeyPatch) -> None:
    """With directories below the first, and places of 64 bits."""
    monkeypatch.setattr(rows, "BIG", 1000)
    pixels = photo(150, 70).transpose(2, 0, 1)[None]
    data = in_rows(SOURCES["420"], pixels, ".tif", {})
    assert data[:4] == b"II+\0"
    check_same(data, encode(SOURCES["420"], pixels, ".tif", None))
    np.testing.assert_array_equal(tifffile.imread(io.BytesIO(data)), pixels[0].transpose(1, 2, 0))


def test_grey_of_16_bits_stays() -> None:
    pixels = photo(100, 60, 1).transpose(2, 0, 1)[None].astype(np.uint16) * 257
    check_same(
        in_rows(SOURCES["grey"], pixels, ".png", {}), encode(SOURCES["grey"], pixels, ".png", None)
    )


@pytest.mark.parametrize(
    ("suffix", "asked"),
    [
        (".jpg", {"progressive": "true"}),
        (".jpg", {"optimize": "true"}),
        (".webp", {}),
        (".gif", {}),
    ],
)
def test_what_needs_the_whole_picture_has_no_writer(suffix: str, asked: dict[str, str]) -> None:
    assert row_writer(SOURCES["420"], (1, 3, 50, 60), "uint8", suffix, (None, asked)) is None
