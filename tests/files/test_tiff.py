"""TIFF pages: what their values mean, which are pictures, and what describes each."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import Updown, noise
from updown_cli.errors import InputError
from updown_cli.files.picture import Picture
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading

SAME = ["pool", "-k", "1"]


def written(*pages: NDArray[Any], **settings: Any) -> bytes:
    """Return a TIFF file of pages."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for page in pages:
            kind = "rgb" if page.ndim == 3 and page.shape[-1] > 2 else "minisblack"
            writer.write(page, **{"photometric": kind, "metadata": None, **settings})
    return file.getvalue()


def picture_of(*pages: NDArray[Any], **settings: Any) -> Picture:
    return read_bytes(written(*pages, **settings), Reading())


def deep(*shape: int) -> NDArray[Any]:
    return np.random.default_rng(5).integers(0, 65536, shape).astype(np.uint16)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_where_white_is_zero_values_are_inverted_at_every_depth(dtype: Any) -> None:
    values = noise(5, 6).astype(dtype)
    found = picture_of(values, photometric="miniswhite").pixels[0, 0]
    np.testing.assert_array_equal(found, np.iinfo(dtype).max - values)


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.uint16, 65535)])
def test_premultiplied_colours_are_divided_by_alpha(dtype: Any, white: int) -> None:
    half = np.full((2, 2, 4), (white // 2, white // 4, 0, white // 2), dtype)
    found = picture_of(half, extrasamples=["assocalpha"])
    assert found.alpha
    assert np.abs(found.pixels[0, :, 0, 0] - [white, white / 2, 0, white / 2]).max() <= 2


@pytest.mark.parametrize("colours", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_bands_beside_the_colours_stay_and_are_no_alpha(
    updown: Updown, colours: int, dtype: Any
) -> None:
    values = noise(4, 4, colours + 2).astype(dtype)
    kind = "rgb" if colours == 3 else "minisblack"
    how = {"photometric": kind, "planarconfig": "contig", "extrasamples": ["unspecified"] * 2}
    Path("in.tif").write_bytes(written(values, **how))
    assert updown(*SAME, "in.tif", "-o", "out.tif").code == 0
    np.testing.assert_array_equal(tifffile.imread("out.tif"), values)
    with tifffile.TiffFile("out.tif") as file:
        assert [int(extra) for extra in file.pages[0].extrasamples] == [0, 0]  # type: ignore[union-attr]
    refused = updown(*SAME, "in.tif", "-o", "out.png")
    assert refused.code == 1
    assert "PNG cannot hold bands beside its colours" in refused.stderr


@pytest.mark.parametrize(
    "dtype", ["int8", "int16", "uint32", "int64", "uint64", "float16", "float64"]
)
def test_grey_of_every_type_keeps_its_values(updown: Updown, dtype: str) -> None:
    values = (np.arange(16).reshape(4, 4) * 7 % 100).astype(dtype)
    Path("in.tif").write_bytes(written(values))
    done = updown(*SAME, "in.tif", "-o", "out.tif")
    assert done.code == 0, done.stderr
    found = tifffile.imread("out.tif")
    np.testing.assert_array_equal(found, values)
    assert found.dtype == ("int32" if dtype == "int16" else dtype)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_white_of_odd_depths_becomes_white(bits: int) -> None:
    values = np.linspace(0, (1 << bits) - 1, 64).astype(np.uint16).reshape(8, 8)
    found = picture_of(values, bitspersample=bits)
    wanted = np.floor(values / ((1 << bits) - 1) * 65535 + 0.5)
    np.testing.assert_array_equal(found.pixels[0, 0], wanted)
    assert found.remarks == (f"white of {bits} bits became 65535",)


def test_smaller_copies_are_left_out_and_that_is_said() -> None:
    file, pixels = io.BytesIO(), noise(16, 16, 3)
    with tifffile.TiffWriter(file) as writer:
        for step in (1, 2, 4):
            page = np.ascontiguousarray(pixels[::step, ::step])
            writer.write(page, photometric="rgb", subfiletype=int(step > 1), metadata=None)
    found = read_bytes(file.getvalue(), Reading())
    np.testing.assert_array_equal(found.pixels[0].transpose(1, 2, 0), pixels)
    assert found.remarks == ("2 smaller copies were left out",)


@pytest.mark.parametrize("photometric", [32803, 34892])
def test_what_a_sensor_saw_is_refused_by_name(photometric: int) -> None:
    values = deep(8, 8) if photometric == 32803 else deep(8, 8, 3)
    data = written(values, photometric=photometric)
    with pytest.raises(
        InputError, match=r"^camera raw files are not read; develop it to TIFF first$"
    ) as refused:
        read_bytes(data, Reading())
    assert refused.value.code == "unsupported"


def test_pages_of_different_models_and_depths_lose_nothing() -> None:
    file, grey, colour = io.BytesIO(), noise(8, 8, 2), deep(8, 8, 3)
    with tifffile.TiffWriter(file) as writer:
        how: Any = {"planarconfig": "contig", "extrasamples": ["unassalpha"], "metadata": None}
        writer.write(grey, photometric="minisblack", **how)
        writer.write(colour, photometric="rgb", metadata=None)
    pixels = read_bytes(file.getvalue(), Reading()).pixels
    wanted = grey[..., [0, 0, 0, 1]].astype(np.uint16) * 257
    np.testing.assert_array_equal(pixels[0].transpose(1, 2, 0), wanted)
    np.testing.assert_array_equal(pixels[1, :3].transpose(1, 2, 0), colour)
    assert (pixels[1, 3] == 65535).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_orientation_resolution_and_texts_hold_at_every_depth(
    updown: Updown, dtype: Any, orientation: int
) -> None:
    values = noise(4, 6, 3).astype(dtype)
    artist = "Jürgen 0.5 µm\0".encode()
    tags = [(274, "H", 1, orientation, True), (315, "s", len(artist), artist, True),
            (700, "B", 13, b"<x:xmpmeta/> ", True)]  # fmt: skip
    data = written(values, resolution=(300, 150), resolutionunit=2, extratags=tags)
    Path("in.tif").write_bytes(data)
    assert updown(*SAME, "in.tif", "-o", "out.tif").code == 0
    turned = {1: values, 3: values[::-1, ::-1], 6: np.rot90(values, 3), 8: np.rot90(values)}
    np.testing.assert_array_equal(tifffile.imread("out.tif"), turned[orientation])
    with tifffile.TiffFile("out.tif") as file:
        found = file.pages[0].tags  # type: ignore[union-attr]
        sides = (found[282].value, found[283].value)
        assert sides == (((300, 1), (150, 1)) if orientation in (1, 3) else ((150, 1), (300, 1)))
        assert 274 not in found
        assert found[700].value == b"<x:xmpmeta/> "
    assert artist in Path("out.tif").read_bytes()


def test_each_page_keeps_its_own_tags(updown: Updown) -> None:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for name in ("first", "second"):
            page = noise(4, 6, 3)
            writer.write(page, photometric="rgb", description=name, metadata=None)
    Path("in.tif").write_bytes(file.getvalue())
    assert updown("pool", "-k", "2", "in.tif", "-o", "out.tif").code == 0
    with tifffile.TiffFile("out.tif") as out:
        assert [page.description for page in out.pages] == ["first", "second"]  # type: ignore[union-attr]
        assert [page.imagewidth for page in out.pages] == [3, 3]  # type: ignore[union-attr]


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "packbits", "tiff_deflate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_co_compression_holds_at_every_depth(updown: Updown, compression: str, dtype: Any) -> None:
    Path("in.tif").write_bytes(written(noise(8, 8, 3).astype(dtype)))
    updown(*SAME, "in.tif", "-o", "out.tif", "--co", f"compression={compression}")
    codes = {"raw": 1, "tiff_lzw": 5, "packbits": 32773, "tiff_deflate": 8}
    with tifffile.TiffFile("out.tif") as file:
        assert file.pages[0].compression == codes[compression]


@pytest.mark.parametrize(("packed", "name"), [("webp", "WEBP"), ("jpeg2000", "JPEG 2000")])
def test_packed_tiff_is_read_or_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, packed: str, name: str
) -> None:
    pixels, strip = noise(16, 16, 3), io.BytesIO()
    how: Any = {"lossless": True} if packed == "webp" else {"no_jp2": True}
    Image.fromarray(pixels).save(strip, packed, **how)
    file = io.BytesIO()
    settings: Any = {"photometric": "rgb", "rowsperstrip": 16, "compression": packed}
    tifffile.imwrite(file, iter([strip.getvalue()]), shape=pixels.shape, dtype="u1", **settings)
    found = read_bytes(file.getvalue(), Reading())
    np.testing.assert_array_equal(found.pixels[0].transpose(1, 2, 0), pixels)
    monkeypatch.setitem(__import__("sys").modules, "imagecodecs", None)
    with pytest.raises(InputError, match=f"^{name} compression needs the extra deep"):
        read_bytes(file.getvalue(), Reading())


def test_lists_of_frames_that_programs_keep_are_left_out(updown: Updown) -> None:
    tifffile.imwrite("in.tif", noise(5, 8, 8), imagej=True)
    done = updown(*SAME, "--frames", "0", "in.tif", "-o", "out.tif")
    assert "its ImageJ description, which counts frames, was left out" in done.stderr
    assert b"images=" not in Path("out.tif").read_bytes()


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "uint16", "float64", "uint32"])
@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "packbits"])
def test_packed_values_of_big_endian_files_keep_their_bytes(
    dtype: str, compression: str | None
) -> None:
    values = (np.arange(20).reshape(4, 5) * 300).astype(dtype)
    file = io.BytesIO()
    tifffile.imwrite(file, values, byteorder=">", compression=compression)
    found = read_bytes(file.getvalue(), Reading()).pixels[0, 0]
    np.testing.assert_array_equal(found, values)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_premultiplied_colours_in_planes_are_read_as_those_in_pixels(dtype: Any) -> None:
    values = np.sort(noise(5, 6, 4), -1).astype(dtype)
    pixels = picture_of(values, extrasamples=["assocalpha"])
    planes = io.BytesIO()
    tifffile.imwrite(
        planes,
        np.moveaxis(values, -1, 0),
        photometric="rgb",
        planarconfig="separate",
        extrasamples=["assocalpha"],
    )
    found = read_bytes(planes.getvalue(), Reading())
    assert np.abs(found.pixels.astype(int) - pixels.pixels).max() <= 1
