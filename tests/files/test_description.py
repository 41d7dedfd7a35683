"""What describes a picture: limits of the formats, bytes of texts, colours, resolutions."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.conftest import Updown, noise
from tests.healthy import chunk
from updown_cli.files.exif import Exif
from updown_cli.files.picture import Picture
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.resolution import resolution
from updown_cli.files.tag_directories import ASCII, bytes_entry
from updown_cli.files.write import encode, encoded_parts

PIXELS = noise(1, 3, 8, 8)
LONG = 70_000


def png(*chunks: bytes) -> bytes:
    """Return a PNG file with chunks behind its header."""
    file = io.BytesIO()
    Image.fromarray(PIXELS[0].transpose(1, 2, 0)).save(file, "PNG")
    data = file.getvalue()
    return data[:33] + b"".join(chunks) + data[33:]


def resaved(data: bytes, ending: str = ".png") -> bytes:
    picture = read_bytes(data, Reading())
    return encode(picture, picture.pixels, ending, None)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("xmp", b"<x>" + b" " * LONG),
        ("comment", b"c" * LONG),
        ("exif", Exif(main={270: bytes_entry(ASCII, b"d" * LONG)})),
    ],
)
def test_what_a_jpeg_cannot_hold_is_left_out_and_said(kind: str, value: Any) -> None:
    picture = Picture(PIXELS, "RGB", metadata={kind: value})
    (data,), said = encoded_parts(picture, PIXELS, ".jpg", None, {})
    assert len(said) == 1
    assert said[0].startswith(f"its {kind} data of 7")
    assert said[0].endswith("bytes is more than JPEG holds and was left out")
    assert len(data) < LONG


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif", ".bmp"])
@pytest.mark.parametrize("x", ["0/0", "1/0", 0, float("nan"), float("inf"), -1])
def test_numbers_that_are_no_resolution_are_none(ending: str, x: Any) -> None:
    value = np.float64("nan") if isinstance(x, str) else x
    picture = Picture(PIXELS, "RGB", metadata={"dpi": resolution(value, value)})
    assert picture.metadata["dpi"] is None


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif", ".bmp"])
def test_a_resolution_that_no_number_can_say_is_left_out(ending: str) -> None:
    picture = Picture(PIXELS, "RGB", metadata={"dpi": resolution(2**32 - 1, 2**32 - 1)})
    found = read_bytes(encode(picture, PIXELS, ending, None), Reading()).metadata.get("dpi")
    assert found is None or float(found.x) in (2**32 - 1, pytest.approx(96, abs=0.02))


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif", ".webp", ".avif"])
def test_texts_beyond_ascii_stay_the_bytes_that_they_are(ending: str) -> None:
    for text in ("Jürgen © 0.5 µm\0".encode(), "Jürgen\0".encode("latin-1")):
        exif = Exif(main={315: bytes_entry(ASCII, text)})
        picture = Picture(PIXELS, "RGB", metadata={"exif": exif})
        data = encode(picture, PIXELS, ending, None)
        assert text in data
        assert text in resaved(data, ending)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"gAMA", struct.pack(">I", 100000)),
        (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)),
        (b"sRGB", b"\1"),
        (b"cICP", bytes([9, 16, 0, 1])),
        (b"pHYs", struct.pack(">IIB", 2, 1, 0)),
        (b"pHYs", struct.pack(">IIB", 11811, 5906, 1)),
        (b"iTXt", b"Title\0\0\0de\0Titel\0ein Haus"),
        (b"zTXt", b"Comment\0\0" + zlib.compress(b"a comment")),
    ],
)
def test_a_png_keeps_the_chunk(name: bytes, body: bytes) -> None:
    assert chunk(name, body) in resaved(png(chunk(name, body)))


def test_a_png_keeps_texts_of_one_keyword() -> None:
    texts = [chunk(b"tEXt", b"Comment\0" + text) for text in (b"one", b"two")]
    data = resaved(png(*texts))
    assert all(text in data for text in texts)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_the_clear_value_of_grey_is_clear_at_every_depth(bits: int) -> None:
    values = np.arange(16).reshape(4, 4) % (1 << bits)
    clear, white = int(values[0, 1]), 65535 if bits == 16 else 255
    packed = [np.binary_repr(int(value), bits) for value in values.ravel()]
    rows = ["".join(packed[at : at + 4]).ljust(-(-4 * bits // 8) * 8, "0") for at in (0, 4, 8, 12)]
    raw = b"".join(b"\0" + int(row, 2).to_bytes(len(row) // 8, "big") for row in rows)
    header = struct.pack(">IIBBBBB", 4, 4, bits, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"tRNS", struct.pack(">H", clear))
    data += chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    found = read_bytes(data, Reading())
    assert found.alpha
    np.testing.assert_array_equal(found.pixels[0, 1], np.where(values == clear, 0, white))


def test_a_profile_for_other_channels_is_left_out_and_said() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = Picture(PIXELS, "RGB", metadata={"icc": profile})
    (_,), said = encoded_parts(source, PIXELS[:, :1], ".png", None, {})
    assert said == ["its colour profile is for colour, not for grey, and was left out"]


@pytest.mark.parametrize(
    ("size", "wanted"), [((4, 4), (200, 100)), ((4, 8), (100, 100)), ((8, 4), (200, 50))]
)
def test_a_resolution_goes_with_unequal_factors(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    source = Picture(PIXELS, "RGB", metadata={"dpi": resolution(200, 100)})
    width, height = size
    result = np.ascontiguousarray(PIXELS[:, :, :height, :width])
    data = encode(source, result, ".tif", None)
    found = read_bytes(data, Reading()).metadata["dpi"]
    assert (found.x, found.y) == wanted


def test_the_ratio_of_a_pixel_s_sides_is_kept_in_jpeg() -> None:
    file = io.BytesIO()
    Image.fromarray(PIXELS[0].transpose(1, 2, 0)).save(file, "JPEG", dpi=(72, 72))
    data = file.getvalue().replace(b"\1\1\1\0\x48\0\x48", b"\1\1\0\0\2\0\1", 1)
    with Image.open(io.BytesIO(resaved(data, ".jpg"))) as image:
        assert (image.info["jfif_unit"], image.info["jfif_density"]) == (0, (2, 1))


@pytest.mark.parametrize("factors", [0x11, 0x21, 0x22, 0x12, 0x41])
def test_subsampling_stays_or_becomes_full(factors: int) -> None:
    sampling = {0x11: "4:4:4", 0x21: "4:2:2", 0x12: "4:2:2"}.get(factors, "4:2:0")
    file = io.BytesIO()
    Image.fromarray(noise(64, 64, 3)).save(file, "JPEG", subsampling=sampling)
    data = bytearray(file.getvalue())
    data[data.find(b"\xff\xc0") + 11] = factors
    again = resaved(bytes(data), ".jpg")
    found = again[again.find(b"\xff\xc0") + 11]
    assert found == (factors if factors in (0x11, 0x21, 0x22) else 0x11)


def test_iptc_is_kept_between_jpeg_and_tiff() -> None:
    iptc = b"\x1c\x02\x05\0\x05title"
    source = Picture(PIXELS, "RGB", metadata={"iptc": iptc})
    for path in ([".jpg", ".tif", ".jpg"], [".tif", ".jpg"]):
        picture = source
        for ending in path:
            picture = read_bytes(encode(picture, PIXELS, ending, None), Reading())
            assert picture.metadata["iptc"].startswith(iptc)


def test_alpha_in_a_bmp_is_marked() -> None:
    pixels = noise(1, 4, 5, 7)
    data = encode(Picture(pixels, "RGB", alpha=True), pixels, ".bmp", None)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGBA"
        np.testing.assert_array_equal(np.asarray(image), pixels[0].transpose(1, 2, 0))


@pytest.mark.parametrize("asked", [{}, {"lossless": "true"}])
def test_a_webp_without_loss_stays_so_under_clear_pixels_as_well(asked: dict[str, str]) -> None:
    pixels = noise(1, 4, 8, 8)
    pixels[:, 3, ::2] = 0
    file = io.BytesIO()
    image = Image.fromarray(pixels[0].transpose(1, 2, 0))
    image.save(file, "WEBP", lossless=True, exact=True)
    picture = read_bytes(file.getvalue(), Reading())
    data = encode(picture, picture.pixels, ".webp", None, asked)
    np.testing.assert_array_equal(read_bytes(data, Reading()).pixels, pixels)


def test_an_encoder_that_fails_costs_one_file(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    Path("in").mkdir()
    Image.fromarray(noise(8, 8, 3)).save("in/a.bmp")
    Image.fromarray(noise(8, 8, 3)).save("in/b.png")
    monkeypatch.setattr("updown_cli.files.bmp.Bmp.encode", broken)
    done = updown("pool", "in", "-o", "out", "-j", "1")
    assert done.code == 1
    assert "a.bmp: BMP cannot be written of it; write .tif or .npy" in done.stderr
    assert Path("out/b.png").exists()
