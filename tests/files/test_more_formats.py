"""AVIF, HEIF, JPEG 2000, JPEG XL, ICO, QOI, PFM: read, written, and what each cannot."""

from __future__ import annotations

import importlib.util
import io
import struct
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import SAMPLES, Updown, noise
from tests.healthy import photo
from updown_cli.errors import InputError
from updown_cli.files.peek import peek
from updown_cli.files.read import read, read_bytes
from updown_cli.files.reading import Reading

HEIF = bool(importlib.util.find_spec("pillow_heif"))
RGB, RGBA = photo(20, 30), photo(20, 30, 4)


def first(path: str) -> NDArray[Any]:
    """Return the only frame of a file, H x W x C, checked against what its header tells."""
    picture = read(path, Reading())
    assert peek(path, Reading()) == (picture.shape, picture.frames)
    pixels: NDArray[Any] = picture.pixels[0].transpose(1, 2, 0)
    return pixels


@pytest.mark.parametrize("ending", [".jp2", ".j2k", ".qoi", ".ico", ".jxl"])
@pytest.mark.parametrize("array", [RGB, RGBA], ids=["RGB", "RGBA"])
def test_formats_without_loss_give_the_pixels_back(
    updown: Updown, ending: str, array: NDArray[Any]
) -> None:
    Image.fromarray(array).save("in.png")
    done = updown("pool", "-k", "1", "in.png", "-o", "out" + ending)
    assert done.code == 0, done.stderr
    np.testing.assert_array_equal(first("out" + ending), array)


@pytest.mark.parametrize("ending", [".jp2", ".jxl", ".pfm", ".qoi", ".ico"])
def test_grey_gives_its_values_back(updown: Updown, ending: str) -> None:
    Image.fromarray(RGB[..., 0]).save("in.png")
    depth = ["--depth", "float"] if ending == ".pfm" else []
    assert updown("pool", "-k", "1", "in.png", "-o", "out" + ending, *depth).code == 0
    values = first("out" + ending)[..., :1]
    np.testing.assert_array_equal(values, RGB[..., :1])


@pytest.mark.parametrize("name", ["out.avif", pytest.param("out.heic", marks=pytest.mark.skipif(
    not HEIF, reason="without the extra heif"))])  # fmt: skip
def test_lossy_formats_come_close(updown: Updown, name: str) -> None:
    done = updown("pool", "-k", "2", SAMPLES / "photo.png", "-o", name)
    assert done.code == 0, done.stderr
    updown("pool", "-k", "2", SAMPLES / "photo.png", "-o", "exact.png")
    assert np.abs(first(name).astype(int) - first("exact.png")).mean() < 3


def test_a_moving_avif_keeps_its_frames(updown: Updown) -> None:
    assert updown("pool", "-k", "1", SAMPLES / "animation.gif", "-o", "out.avif").code == 0
    with Image.open("out.avif") as image:
        assert image.n_frames == 7  # type: ignore[attr-defined]


def test_the_largest_picture_of_an_icon_is_read() -> None:
    file = io.BytesIO()
    Image.fromarray(photo(64, 64, 4)).save(file, "ICO", sizes=[(16, 16), (64, 64), (32, 32)])
    picture = read_bytes(file.getvalue(), Reading())
    assert picture.shape.size == (64, 64)
    assert picture.remarks == ("its smaller pictures were left out",)


def test_a_jpeg_2000_of_16_bits_in_colour_loses_none() -> None:
    deep = noise(9, 11, 3).astype(np.uint16) * 257 ^ 0x55
    picture = read_bytes(bytes(imagecodecs.jpeg2k_encode(deep)), Reading())
    np.testing.assert_array_equal(picture.pixels[0].transpose(1, 2, 0), deep)


def test_a_jpeg_xl_of_16_bits_loses_none(updown: Updown) -> None:
    deep = noise(9, 11, 3).astype(np.uint16) * 257 ^ 0x55
    Path("in.jxl").write_bytes(bytes(imagecodecs.jpegxl_encode(deep, lossless=True)))
    assert updown("pool", "-k", "1", "in.jxl", "-o", "out.png").code == 0
    np.testing.assert_array_equal(imagecodecs.png_decode(Path("out.png").read_bytes()), deep)


def test_pfm_rows_go_up_and_its_scale_tells_the_order() -> None:
    values = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    for order, scale in (("<", b"-1.0"), (">", b"1.0")):
        rows = values[::-1].astype(order + "f4").tobytes()
        picture = read_bytes(b"PF\n2 2\n" + scale + b"\n" + rows, Reading())
        np.testing.assert_array_equal(picture.pixels[0].transpose(1, 2, 0), values)
    with pytest.raises(InputError, match=r"^truncated PFM$"):
        read_bytes(b"PF\n2 2\n-1.0\n" + bytes(47), Reading())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(200), "camera raw files are not read"),
        (struct.pack(">I4s4sI4s", 20, b"ftyp", b"crx ", 1, b"crx ") + bytes(99),
         "camera raw files are not read"),
        (b"FUJIFILMCCD-RAW 0201" + bytes(200), "camera raw files are not read"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG is not read"),
        (b"8BPS\0\1" + bytes(99), "Photoshop files are not read"),
        (bytes(128) + b"DICM" + bytes(99), "DICOM is not read"),
    ],
)  # fmt: skip
def test_a_picture_of_a_kind_that_is_not_read_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(InputError) as refused:
        read_bytes(data, Reading())
    assert (refused.value.reason, refused.value.code) == (reason, "unsupported")


def test_heic_without_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80)
    with pytest.raises(InputError, match=r"^HEIC needs the extra heif; pip install") as refused:
        read_bytes(data, Reading())
    assert refused.value.code == "unsupported"


def test_what_is_no_picture_is_called_so() -> None:
    for data in (b"a bridge at night\n", b"%PDF-1.7\n", b"\0\0\0\x18ftypisom\0\0\0\0isommp41"):
        with pytest.raises(InputError, match=r"^not a supported image$") as refused:
            read_bytes(data, Reading())
        assert refused.value.code == "not_an_image"


def test_a_bitmap_of_a_layout_that_is_not_read_is_not_called_damaged() -> None:
    header = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 74, 0, 0, 70, 40, 2, 1, 1, 2, 0, 4, 0, 0, 0, 0)
    with pytest.raises(InputError, match="of a layout that is not supported"):
        read_bytes(header.ljust(74, b"\0"), Reading())
