"""Small plain PNG files are read at one look, and nobody can tell."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.files.looks import READINGS, at_two_looks, outcome
from updown_cli.files.png import Png
from updown_cli.files.png.chunks import chunk
from updown_cli.files.reading import Reading

END = chunk(b"IEND", b"")


def saved(mode: str, size: tuple[int, int] = (5, 4), **settings: Any) -> bytes:
    """Return a file of a mode that Pillow writes."""
    channels = {"LA": 2, "RGB": 3, "RGBA": 4}.get(mode, 1)
    random = np.random.default_rng(len(mode))
    pixels = random.integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
    image, file = Image.fromarray(pixels.squeeze()).convert(mode), io.BytesIO()
    image.save(file, "PNG", **settings)
    return file.getvalue()


def described() -> bytes:
    """Return a file with a resolution, a gamma and texts."""
    info = PngInfo()
    info.add_text("Title", "a title")
    info.add(b"gAMA", struct.pack(">I", 45455))
    return saved("RGB", dpi=(72, 144), pnginfo=info)


def in_two_parts(data: bytes, between: bytes = b"") -> bytes:
    """Return a file with its packed rows in two chunks."""
    at = data.index(b"IDAT") - 4
    body = data[at + 8 : at + 8 + struct.unpack(">I", data[at : at + 4])[0]]
    parts = chunk(b"IDAT", body[:20]) + between + chunk(b"IDAT", body[20:])
    return data[:at] + parts + END


def with_chunk(data: bytes, name: bytes, body: bytes) -> bytes:
    """Return a file with a chunk behind its header."""
    return data[:33] + chunk(name, body) + data[33:]


RGB = saved("RGB")

PLAIN = {
    **{mode: saved(mode) for mode in ("L", "LA", "RGB", "RGBA")},
    "described": described(),
    "in two parts": in_two_parts(RGB),
    "with a time": with_chunk(RGB, b"tIME", bytes(7)),
    "followed by more": RGB + b"more",
}

OTHERS = {
    **{mode: saved(mode) for mode in ("1", "P", "I;16")},
    "with a hole": in_two_parts(RGB, chunk(b"tIME", bytes(7))),
    "clear": with_chunk(RGB, b"tRNS", bytes(6)),
    "with EXIF data": saved("RGB", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"),
    "with a text of another kind": with_chunk(RGB, b"tEXt", b"transparency\0white"),
    "with an odd gamma": with_chunk(RGB, b"gAMA", b"\0"),
    "with two headers": with_chunk(RGB, b"IHDR", RGB[16:29]),
    "with rows too few": RGB[:8] + chunk(b"IHDR", b"\0\0\0\5\0\0\0\5" + RGB[24:29]) + RGB[33:],
    "with a black row": saved("L")[:33] + chunk(b"IDAT", zlib.compress(b"\0" * 24)) + END,
    "without an end": RGB[:-12],
    "without rows": RGB[:33] + chunk(b"IDAT", zlib.compress(b"\0" * 30)) + END,
    "large": saved("L", (1500, 1500)),
}

FILES = PLAIN | OTHERS


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
def test_one_look_tells_what_a_close_one_tells(
    name: str, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pixels, what describes them, and what is refused."""
    expected = at_two_looks(Png, FILES[name], reading, monkeypatch)
    assert outcome(FILES[name], reading) == expected


@pytest.mark.parametrize("name", FILES)
def test_only_plain_files_are_read_at_one_look(name: str) -> None:
    """Whatever is special is left to those who look closely."""
    assert (Png().read_plain(FILES[name], Reading()) is not None) == (name in PLAIN)


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_damage_anywhere_is_told_alike(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every byte is changed, and every length is tried."""
    data = saved(mode)
    broken = [data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :] for at in range(len(data))]
    for each in [*broken, *(data[:length] for length in range(len(data)))]:
        assert outcome(each, Reading()) == at_two_looks(Png, each, Reading(), monkeypatch)
