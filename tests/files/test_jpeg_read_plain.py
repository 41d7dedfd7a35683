"""Small plain JPEG files are read at one look, and nobody can tell."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image

from tests.conftest import noise
from tests.files.looks import READINGS, at_two_looks, outcome
from updown_cli.files.jpeg import Jpeg
from updown_cli.files.reading import Reading

EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"

JFIF, TABLES, FRAME, CODES, SCAN = b"\xff\xe0", b"\xff\xdb", b"\xff\xc0", b"\xff\xc4", b"\xff\xda"


def saved(mode: str, size: tuple[int, int] = (19, 13), **settings: Any) -> bytes:
    """Return a file of a mode that Pillow writes."""
    channels = {"CMYK": 4, "RGB": 3}.get(mode, 1)
    image = Image.fromarray(noise(size[1], size[0], channels).squeeze())
    file = io.BytesIO()
    (image if image.mode == mode else image.convert(mode)).save(file, "JPEG", **settings)
    return file.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    """Return a segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def begun_with(data: bytes, *segments: bytes) -> bytes:
    """Return a file with segments before all others."""
    return data[:2] + b"".join(segments) + data[2:]


def jfif(unit: int, across: int, down: int, preview: bytes = bytes(2)) -> bytes:
    """Return a header that states a resolution."""
    return segment(0xE0, b"JFIF\0\x01\x01" + struct.pack(">BHH", unit, across, down) + preview)


def stating(unit: int, across: int, down: int) -> bytes:
    """Return a file whose header states a resolution."""
    return RGB[:2] + jfif(unit, across, down) + RGB[20:]


def in_deep_tables(data: bytes) -> bytes:
    """Return a file whose first table of divisors has 16 bits each."""
    at = data.index(TABLES)
    divisors = data[at + 5 : at + 69]
    deep = segment(0xDB, b"\x10" + b"".join(struct.pack(">H", number) for number in divisors))
    return data[:at] + deep + data[at + 69 :]


RGB = saved("RGB", subsampling=0)
END = RGB[-2:]

PLAIN = {
    "grey": saved("L"),
    "4:4:4": RGB,
    "4:2:2": saved("RGB", subsampling=1),
    "4:2:0": saved("RGB", subsampling=2),
    "own tables of codes": saved("RGB", optimize=True),
    "finest": saved("RGB", quality=100),
    "in inches": stating(1, 72, 144),
    "in centimetres": stating(2, 100, 100),
    "of wide pixels": stating(0, 4, 3),
    "of no resolution": stating(1, 0, 0),
    "in units that there are not": stating(3, 72, 72),
    "without a header": RGB[:2] + RGB[20:],
    "with a comment": begun_with(RGB, segment(0xFE, b"a comment")),
    "with an empty comment": begun_with(RGB, segment(0xFE, b"")),
    "with two headers": begun_with(RGB, jfif(1, 300, 300)),
}

OTHERS = {
    "inks": saved("CMYK"),
    "progressive": saved("RGB", progressive=True),
    "restarts": saved("RGB", restart_marker_rows=1),
    "turned": saved("RGB", exif=EXIF),
    "with a profile": saved("RGB", icc_profile=b"\0" * 36 + b"acsp" + b"\0" * 88),
    "with XMP": saved("RGB", xmp=b"<x/>"),
    "of Adobe": begun_with(RGB, segment(0xEE, b"Adobe\0\x64\0\0\0\0\0")),
    "with two comments": begun_with(RGB, segment(0xFE, b"one"), segment(0xFE, b"two")),
    "with a preview": RGB[:2] + jfif(1, 72, 72, b"\x01\x01abc") + RGB[20:],
    "with fill bytes": RGB.replace(TABLES, b"\xff\xff" + TABLES),
    "with deep divisors": in_deep_tables(RGB),
    "with a divisor of zero": begun_with(RGB, segment(0xDB, b"\0" + bytes(64))),
    "with two codes for one symbol": RGB.replace(
        CODES, segment(0xC4, b"\0\0\x02" + bytes(14) + b"\x05\x05") + CODES, 1
    ),
    "of odd sampling": RGB.replace(b"\x03\x01\x11\0", b"\x03\x01\x41\0"),
    "without a frame": RGB[: RGB.index(FRAME)] + RGB[RGB.index(CODES) :],
    "of two frames": RGB.replace(FRAME, RGB[RGB.index(FRAME) : RGB.index(CODES)] + FRAME),
    "of some frequencies": RGB.replace(b"\0\x3f\0", b"\0\x3e\0"),
    "without an end": RGB[:-2],
    "followed by more": RGB + b"more",
    "of two scans": RGB[:-2] + RGB[RGB.index(SCAN) :],
    "without codes": RGB[: RGB.index(SCAN)] + END,
    "with a restart": RGB[:-2] + b"\xff\xd0" + END,
    "large": saved("L", (1500, 1500)),
}

FILES = PLAIN | OTHERS


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
def test_one_look_tells_what_a_close_one_tells(
    name: str, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pixels, what describes them, and what is refused."""
    expected = at_two_looks(Jpeg, FILES[name], reading, monkeypatch)
    assert outcome(FILES[name], reading) == expected


@pytest.mark.parametrize("name", FILES)
def test_only_plain_files_are_read_at_one_look(name: str) -> None:
    """Whatever is special is left to those who look closely."""
    assert (Jpeg().read_plain(FILES[name], Reading()) is not None) == (name in PLAIN)


@pytest.mark.parametrize("settings", [{}, {"comment": b"a comment", "dpi": (72, 72)}], ids=str)
def test_damage_anywhere_is_told_alike(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every byte is changed, and every length is tried."""
    data = saved("RGB", **settings)
    broken = [data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :] for at in range(len(data))]
    for each in [*broken, *(data[:length] for length in range(len(data)))]:
        assert outcome(each, Reading()) == at_two_looks(Jpeg, each, Reading(), monkeypatch)


def test_a_file_says_how_it_is_written_again() -> None:
    """Pixels are Pillow's; so are the divisors, row after row, and the sampling."""
    data = saved("RGB", quality=50, subsampling=1, dpi=(300, 300))
    picture = Jpeg().read_plain(data, Reading())
    assert picture is not None
    with Image.open(io.BytesIO(data)) as image:
        tables = image.quantization  # type: ignore[attr-defined]
        assert picture.metadata["jpeg"] == {"qtables": tables, "subsampling": 1}
        assert picture.metadata["jpeg"]["qtables"][0][:4] == [16, 11, 10, 16]  # T.81, table K.1
        assert (picture.metadata["dpi"].x, picture.metadata["dpi"].y) == (300, 300)
        assert picture.pixels[0].transpose(1, 2, 0).tobytes() == image.tobytes()
