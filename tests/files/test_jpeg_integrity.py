"""Damage of JPEG files that libjpeg reads with a warning, of which Pillow says nothing."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image

from tests.conftest import noise
from updown_cli.errors import InputError
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading


def jpeg(**settings: Any) -> bytes:
    """Return a picture of noise, 50 x 37."""
    file = io.BytesIO()
    Image.fromarray(noise(37, 50, 3)).save(file, "JPEG", **settings)
    return file.getvalue()


PLAIN, RESTARTS = jpeg(), jpeg(restart_marker_rows=1)
HUFFMAN, DIVISORS, SCAN = b"\xff\xc4", b"\xff\xdb", b"\xff\xda"

HEALTHY = {
    "4:2:0": PLAIN,
    "4:4:4": jpeg(subsampling=0),
    "own tables": jpeg(optimize=True),
    "progressive": jpeg(progressive=True),
    "restarts": RESTARTS,
    "restarts of each block": jpeg(restart_marker_blocks=1),
    "progressive restarts": jpeg(progressive=True, restart_marker_blocks=3),
    "a restart at the end": RESTARTS[:-2] + b"\xff\xd2\xff\xd9",
    "fill bytes": PLAIN.replace(DIVISORS, b"\xff\xff" + DIVISORS),
}


def with_byte(data: bytes, at: int, value: int) -> bytes:
    """Return bytes with another one in a place."""
    return data[:at] + bytes([value]) + data[at + 1 :]


def _restarts() -> list[int]:
    """Return where restarts are: noise of three rows of blocks has two."""
    start = RESTARTS.index(SCAN)
    return [RESTARTS.index(b"\xff" + bytes([0xD0 + number]), start) for number in (0, 1)]


def _damaged() -> dict[str, bytes]:
    codes, divisors = PLAIN.index(HUFFMAN), PLAIN.index(DIVISORS)
    first, second = _restarts()
    amid = PLAIN.index(SCAN) + 200
    return {
        "a byte between segments": PLAIN[:codes] + b"\r" + PLAIN[codes:],
        "a symbol that has two codes": with_byte(PLAIN, codes + 22, PLAIN[codes + 23]),
        "a divisor of 0": with_byte(PLAIN, divisors + 9, 0),
        "a restart missing": RESTARTS[:second] + RESTARTS[second + 2 :],
        "restarts in another order": with_byte(RESTARTS, first + 1, 0xD1),
        "a restart that was not announced": PLAIN[:amid] + b"\xff\xd0" + PLAIN[amid:],
        "more restarts than blocks": RESTARTS[:-2]
        + b"".join(struct.pack(">H", 0xFFD0 + number % 8) for number in range(2, 40))
        + b"\xff\xd9",
    }


@pytest.mark.parametrize("data", HEALTHY.values(), ids=HEALTHY)
def test_healthy_files_are_read(data: bytes) -> None:
    assert read_bytes(data, Reading()).shape == (3, 37, 50)


@pytest.mark.parametrize("data", _damaged().values(), ids=_damaged())
def test_what_libjpeg_warns_of_is_damage(data: bytes) -> None:
    """Pillow reads all of them."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
    with pytest.raises(InputError, match=r"^damaged JPEG$"):
        read_bytes(data, Reading())
    picture = read_bytes(data, Reading(accept_damaged=True))
    assert picture.remarks[0] == "damaged JPEG, read as far as it goes"
