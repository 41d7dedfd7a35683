"""Small files that would take long: of a million parts, or whose values all stand in one place."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import Updown
from tests.healthy import chunk, healthy

#: Seconds in which each is refused, on a machine that does much else.
SECONDS = 10

MIB = 1 << 20


def _png(part: bytes, count: int) -> bytes:
    data = healthy()["rgb.png"]
    return data[:33] + part * count + data[33:]


def _gif(block: bytes) -> bytes:
    return healthy()["still.gif"][:-1] + block + b";"


def _jpeg(segments: bytes) -> bytes:
    data = healthy()["rgb.jpg"]
    return data[:2] + segments + data[2:]


def _webp(chunks: bytes) -> bytes:
    body = healthy()["lossless.webp"][8:] + chunks
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _scans() -> bytes:
    """Return a JPEG of a megapixel with ten thousand empty passes over it."""
    file = io.BytesIO()
    Image.new("RGB", (1000, 1000)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    start = data.rindex(b"\xff\xda")
    return data[:-2] + data[start:-2] * 10_000 + b"\xff\xd9"


def _directory(tags: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)


def _tags(heap: int, strips: int = 1) -> list[tuple[int, int, int, int]]:
    place = heap if strips > 1 else 8
    return [(256, 4, 1, 8), (257, 4, 1, 8 * strips), (258, 3, 1, 8), (259, 3, 1, 1),
            (262, 3, 1, 1), (273, 4, strips, place), (277, 3, 1, 1), (278, 4, 1, 8),
            (279, 4, strips, place if strips > 1 else 64)]  # fmt: skip


def _shared_values(count: int) -> bytes:
    """Return a TIFF whose tags all have the same ten megabytes."""
    heap = 8 + 2 + 12 * (9 + count) + 4
    shared = [(40_000 + number, 1, 10 * MIB, heap) for number in range(count)]
    return b"II*\0" + struct.pack("<I", 8) + _directory(_tags(heap) + shared) + bytes(10 * MIB)


def _shared_pages(count: int) -> bytes:
    """Return a TIFF whose pages all have the same four megabytes as a tag."""
    size = 2 + 12 * 10 + 4
    heap = 8 + size * count
    pages = b"".join(
        _directory([*_tags(heap), (40_000, 1, 4 * MIB, heap)], 8 + size * number % heap)
        for number in range(1, count + 1)
    )
    return b"II*\0" + struct.pack("<I", 8) + pages + bytes(4 * MIB)


def _strips(count: int) -> bytes:
    tags = _directory(_tags(8 + 2 + 12 * 9 + 4, count))
    return b"II*\0" + struct.pack("<I", 8) + tags + struct.pack("<I", 8) * count


def _comments(kind: bytes, body: bytes) -> bytes:
    return kind + body + b"#\n" * 5_000_000 + b"1 " * 192


SLOW: dict[str, tuple[Callable[[], bytes], str]] = {
    "chunks.png": (lambda: _png(chunk(b"teSt", b""), 10**6), "damaged PNG"),
    "texts.png": (lambda: _png(chunk(b"tEXt", b"a\0b"), 10**6), "damaged PNG"),
    "pixels.png": (lambda: _png(chunk(b"IDAT", b""), 10**6), "damaged PNG"),
    "extensions.gif": (lambda: _gif(b"!\xfe\0" * 10**6), "damaged GIF"),
    "pieces.gif": (lambda: _gif(b"!\xfe" + b"\1a" * 10**6 + b"\0"), "damaged GIF"),
    "comments.jpg": (lambda: _jpeg(b"\xff\xfe\0\2" * 10**6), "damaged JPEG"),
    "profiles.jpg": (
        lambda: _jpeg((b"\xff\xe2\0\x12ICC_PROFILE\0\1\1ab") * 10**5), "damaged JPEG"
    ),
    "fill-bytes.jpg": (lambda: _jpeg(b"\xff" * 10**7), "damaged JPEG"),
    "scans.jpg": (_scans, "damaged JPEG"),
    "tables.jpg": (
        lambda: _jpeg((b"\xff\xdb\xfe\x6c" + (b"\0" + b"\1" * 64) * 1002) * 20),
        "damaged JPEG",
    ),
    "chunks.webp": (lambda: _webp(b"JUNK\0\0\0\0" * 10**6), "damaged WEBP"),
    "values.tif": (lambda: _shared_values(200), "damaged TIFF"),
    "pages.tif": (lambda: _shared_pages(9_000), "damaged TIFF"),
    "strips.tif": (lambda: _strips(10**6), "damaged TIFF"),
    "comments.ppm": (lambda: _comments(b"P6\n", b""), "damaged PPM"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_a_file_that_would_take_long_is_refused(updown: Updown, name: str) -> None:
    make, said = SLOW[name]
    Path(name).write_bytes(make())
    began = time.process_time()
    done = updown("pool", "-k", "1", name, "-o", "out.npy")
    assert time.process_time() - began < SECONDS
    assert (done.code, done.stderr) == (1, f"updown: {name}: {said}\n")


def test_tags_in_one_place_are_left_out_of_metadata(updown: Updown) -> None:
    """EXIF data are no pixels: what is wrong with them costs them alone."""
    count, size = 5_000, 10 * MIB
    directory = _directory([(40_000 + number, 1, size, 8) for number in range(count)])
    exif = b"II*\0" + struct.pack("<I", 8) + directory + bytes(size)
    Path("exif.png").write_bytes(_png(chunk(b"eXIf", exif), 1))
    began = time.process_time()
    done = updown("pool", "-k", "1", "exif.png", "-o", "out.png")
    assert time.process_time() - began < SECONDS
    assert done.code == 0
    assert "its exif data is damaged and was left out" in done.stderr


@pytest.mark.parametrize("count", [2, 40])
def test_as_many_scans_as_files_have_are_read(updown: Updown, count: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    start = data.rindex(b"\xff\xda")
    Path("a.jpg").write_bytes(data[:-2] + data[start:-2] * count + b"\xff\xd9")
    assert updown("pool", "-k", "1", "a.jpg", "-o", "out.png").code == 0
