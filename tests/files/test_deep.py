"""Colour of more than 8 bits: in full with the extra, refused without it, cut only if asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import SAMPLES, Updown
from updown_cli.files import deep
from updown_cli.files.exif import Exif
from updown_cli.files.png.write_16bit_colour import encode_deep
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.resolution import resolution
from updown_cli.files.tag_directories import ASCII, SHORT, bytes_entry, number_entry

SAME = ["upsample", "--scale-factor", "1"]


def values(channels: int, dtype: str = "uint16") -> NDArray[Any]:
    """Return 5 x 7 values whose low bits matter."""
    random = np.random.default_rng(channels)
    if dtype.startswith("float"):
        return random.normal(size=(5, 7, channels)).astype(dtype)
    return random.integers(0, 1 << 16, (5, 7, channels)).astype(dtype)


def write_png(path: str, channels: int) -> NDArray[Any]:
    """Write a 16-bit PNG and return its values."""
    Path(path).write_bytes(imagecodecs.png_encode(values(channels)))
    return values(channels)


def write_tiff(path: str, array: NDArray[Any], **settings: Any) -> NDArray[Any]:
    """Write a TIFF file in colour and return its values."""
    extra = ["unassalpha"] if array.shape[-1] == 4 else None
    tifffile.imwrite(path, array, photometric="rgb", extrasamples=extra, metadata=None, **settings)
    return array


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_a_png_of_16_bits_in_colour_loses_none(updown: Updown, channels: int) -> None:
    array = write_png("in.png", channels)
    done = updown(*SAME, "in.png", "-o", "out.png")
    assert done.code == 0, done.stderr
    np.testing.assert_array_equal(imagecodecs.png_decode(Path("out.png").read_bytes()), array)


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    "settings",
    [{}, {"compression": "zlib"}, {"planarconfig": "separate"}, {"byteorder": ">"}],
    ids=str,
)
def test_a_tiff_of_any_depth_in_colour_loses_nothing(
    updown: Updown, dtype: str, channels: int, settings: dict[str, Any]
) -> None:
    array = values(channels, dtype)
    if settings.get("planarconfig"):
        written = np.ascontiguousarray(np.moveaxis(array, -1, 0))
        extra = ["unassalpha"] if channels == 4 else None
        tifffile.imwrite(
            "in.tif", written, photometric="rgb", extrasamples=extra, metadata=None, **settings
        )
    else:
        write_tiff("in.tif", array, **settings)
    done = updown(*SAME, "in.tif", "-o", "out.tif")
    assert done.code == 0, done.stderr
    np.testing.assert_array_equal(tifffile.imread("out.tif"), array)


def test_pages_of_16_bits_stay_pages(updown: Updown) -> None:
    with tifffile.TiffWriter("in.tif") as writer:
        for channels in (3, 3):
            writer.write(values(channels), photometric="rgb", metadata=None)
    updown(*SAME, "in.tif", "-o", "out.tif")
    assert tifffile.imread("out.tif").shape == (2, 5, 7, 3)


def test_the_mean_of_16_bits_is_that_of_16_bits(updown: Updown) -> None:
    array = write_png("in.png", 3)
    updown("pool", "--mode", "avg", "-k", "5x7", "in.png", "-o", "mean.png")
    mean = imagecodecs.png_decode(Path("mean.png").read_bytes())
    wanted = np.floor(array.reshape(-1, 3).mean(0) + 0.5)
    np.testing.assert_array_equal(mean.ravel(), wanted)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(orientation: int) -> None:
    """As Pillow applies it to 8 bits."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    array = values(3)
    told = Exif(main={0x0112: number_entry(SHORT, orientation)})
    data = encode_deep(np.moveaxis(array, -1, 0)[None], {"exif": told})
    ours = read_bytes(data, Reading()).pixels[0]
    from PIL import ImageOps

    stored = Image.fromarray((array >> 8).astype(np.uint8))
    stored.info["exif"] = exif.tobytes()
    theirs = np.asarray(ImageOps.exif_transpose(stored)).transpose(2, 0, 1)
    np.testing.assert_array_equal(ours >> 8, theirs)


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_profile_and_resolution_are_kept(updown: Updown, ending: str) -> None:
    with Image.open(SAMPLES / "photo.png") as photo:
        profile = photo.info["icc_profile"]
    metadata = {"icc": profile, "dpi": resolution(300, 300)}
    pixels = np.moveaxis(values(3), -1, 0)[None]
    Path("in.png").write_bytes(encode_deep(pixels, metadata))
    updown(*SAME, "in.png", "-o", "out" + ending)
    with Image.open("out" + ending) as image:
        assert image.info["icc_profile"] == profile
        dpi = [float(number) for number in image.info["dpi"]]
    np.testing.assert_allclose(dpi, (300, 300), atol=0.02)  # PNG counts in metres


def test_without_the_extra_the_file_is_refused(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_png("in.png", 3)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    done = updown(*SAME, "in.png", "-o", "out.png")
    assert (done.code, done.stderr) == (
        1,
        "updown: in.png: 16-bit colour needs the extra deep; pip install 'updown-cli[deep]', or "
        "take 8 bits with --depth 8\n",
    )


def test_without_the_extra_8_bits_can_be_taken(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = write_png("in.png", 3)
    monkeypatch.setattr(deep, "is_installed", lambda: False)
    assert updown(*SAME, "in.png", "-o", "out.png", "--depth", "8").code == 0
    with Image.open("out.png") as image:
        np.testing.assert_array_equal(np.asarray(image), array >> 8)


def test_with_the_extra_8_bits_are_rounded_from_16(updown: Updown) -> None:
    array = write_png("in.png", 3)
    updown(*SAME, "in.png", "-o", "out.png", "--depth", "8")
    with Image.open("out.png") as image:
        wanted = np.floor(array / 257 + 0.5)
        np.testing.assert_allclose(np.asarray(image), wanted, atol=0)


def test_8_bits_become_16_and_white_stays_white(updown: Updown) -> None:
    updown(*SAME, SAMPLES / "gray.png", "-o", "out.png", "--depth", "16")
    with Image.open("out.png") as deep_image, Image.open(SAMPLES / "gray.png") as image:
        np.testing.assert_array_equal(np.asarray(deep_image), np.asarray(image) * np.uint16(257))


def test_8_bit_colour_becomes_16_bit_colour(updown: Updown) -> None:
    done = updown(*SAME, SAMPLES / "photo.png", "-o", "out.png", "--depth", "16")
    assert done.code == 0, done.stderr
    with Image.open(SAMPLES / "photo.png") as image:
        wanted = np.asarray(image) * np.uint16(257)
    np.testing.assert_array_equal(imagecodecs.png_decode(Path("out.png").read_bytes()), wanted)


def test_floats_are_the_code_values_unrounded(updown: Updown) -> None:
    mean = ["pool", "--mode", "avg", SAMPLES / "checkerboard.png", "-o", "out.tif"]
    updown(*mean, "--depth", "float")
    assert np.unique(tifffile.imread("out.tif")).tolist() == [127.5]


def test_damaged_files_are_refused(updown: Updown) -> None:
    write_png("in.png", 3)
    data = Path("in.png").read_bytes()
    Path("in.png").write_bytes(data[:150] + bytes(40) + data[190:])
    done = updown(*SAME, "in.png", "-o", "out.png")
    assert (done.code, done.stderr) == (1, "updown: in.png: damaged PNG\n")


def test_a_tiff_that_is_none_is_refused(updown: Updown) -> None:
    Path("in.tif").write_bytes(b"II*\0" + bytes(100))
    done = updown(*SAME, "in.tif", "-o", "out.tif")
    assert (done.code, done.stderr) == (1, "updown: in.tif: damaged TIFF\n")


@pytest.mark.parametrize("model", ["separated", "cielab"])
def test_other_colour_models_of_16_bits_are_refused(updown: Updown, model: str) -> None:
    """Four inks are no colour with alpha."""
    array = values(4 if model == "separated" else 3)
    tifffile.imwrite("in.tif", array, photometric=model, metadata=None)
    done = updown(*SAME, "in.tif", "-o", "out.tif")
    name = model.upper()
    assert (done.code, done.stderr) == (
        1,
        f"updown: in.tif: {name} pixels of this depth are not supported\n",
    )


PPM_HEADERS = [
    (b"P6 2 1 65535\n", 65535),
    (b"P6\n# a\n# b\n2 1\n#c\n1023\n", 1023),
]


@pytest.mark.parametrize(("header", "white"), PPM_HEADERS)
def test_a_ppm_of_16_bits_is_read_in_full(updown: Updown, header: bytes, white: int) -> None:
    """Its white becomes 65535, half up: 513 of 1023 are 32863.5."""
    numbers = [0, 1, 513, 700, 1022, white]
    Path("in.ppm").write_bytes(header + np.array(numbers, ">u2").tobytes())
    for target in ("out.png", "out.ppm"):
        assert updown(*SAME, "in.ppm", "-o", target).code == 0
    expected = {
        65535: [0, 1, 513, 700, 1022, 65535],
        1023: [0, 64, 32864, 44843, 65471, 65535],
    }[white]
    assert imagecodecs.png_decode(Path("out.png").read_bytes()).flatten().tolist() == expected
    data = b"P6\n2 1\n65535\n" + np.array(expected, ">u2").tobytes()
    assert Path("out.ppm").read_bytes() == data


def test_a_ppm_of_16_bits_in_words_is_read_in_full(updown: Updown) -> None:
    Path("in.ppm").write_bytes(b"P3 1 2 65535\n1 2 3 # red\n40000 50000 65535")
    assert updown(*SAME, "in.ppm", "-o", "out.npy").code == 0
    assert np.load("out.npy").tolist() == [[[1], [40000]], [[2], [50000]], [[3], [65535]]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"P6 2 1 65535\n" + bytes(11), "truncated PPM"),
        (b"P3 2 1 65535\n1 2 3 4 5", "truncated PPM"),
        (b"P6 1 1 1000\n" + b"\xff" * 6, "damaged PPM"),
        (b"P3 1 1 1000\n1 2 x", "damaged PPM"),
        (b"P3 1 1 1000\n1 2 -7", "damaged PPM"),
        (b"P3 1 1 1000\n1 2 99999999999999999999999", "damaged PPM"),
    ],
)
def test_a_damaged_ppm_of_16_bits_is_refused(updown: Updown, data: bytes, reason: str) -> None:
    Path("in.ppm").write_bytes(data)
    done = updown(*SAME, "in.ppm", "-o", "out.npy")
    assert (done.code, done.stderr) == (1, f"updown: in.ppm: {reason}\n")


def test_a_ppm_of_16_bits_is_cut_if_asked(updown: Updown) -> None:
    Path("in.ppm").write_bytes(b"P6 1 1 65535\n" + bytes([255, 255, 128, 0, 0, 0]))
    assert updown(*SAME, "in.ppm", "-o", "out.ppm", "--depth", "8").code == 0
    assert Path("out.ppm").read_bytes() == b"P6\n1 1\n255\n\xff\x80\0"


def test_a_dry_run_knows_the_shape_of_floats(updown: Updown) -> None:
    write_tiff("in.tif", values(3, "float32"))
    (record,) = updown("pool", "in.tif", "-o", "out.tif", "--dry-run", "--json").records
    assert (record["status"], record["steps"][0]["in"]) == ("planned", [3, 5, 7])


def test_floats_of_too_many_pixels_are_refused_from_the_header(updown: Updown) -> None:
    write_tiff("in.tif", values(3, "float32"))
    done = updown("pool", "in.tif", "-o", "out.tif", "--max-pixels", "34")
    assert (done.code, done.stderr) == (
        1,
        "updown: in.tif: 3.5e-05 megapixels, limit is 3.4e-05 (--max-pixels)\n",
    )


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_xmp_and_description_are_kept(updown: Updown, ending: str) -> None:
    exif = Exif(main={270: bytes_entry(ASCII, b"a test\0")})
    texts = [(b"tEXt", b"Title\0a title")]
    metadata = {"exif": exif, "xmp": b"<x:xmpmeta/>", "text": texts}
    pixels = np.moveaxis(values(3), -1, 0)[None]
    Path("in.png").write_bytes(encode_deep(pixels, metadata))
    assert updown(*SAME, "in.png", "-o", "out" + ending).code == 0
    with Image.open("out" + ending) as image:
        image.load()
        xmp = image.info["xmp"]
        assert (xmp if isinstance(xmp, bytes) else xmp.encode()) == b"<x:xmpmeta/>"
        assert image.getexif()[270] == "a test"
        assert ending == ".tif" or image.info["Title"] == "a title"
