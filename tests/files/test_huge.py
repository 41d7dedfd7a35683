"""Large pictures that are read row by row with libvips are those that Pillow reads whole."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.conftest import Updown, noise
from tests.damaged import cases
from tests.healthy import healthy, photo, png, saved
from updown_cli.engine.rows import UnreadPixels
from updown_cli.errors import InputError
from updown_cli.files import huge
from updown_cli.files.picture import Picture
from updown_cli.files.read import read
from updown_cli.files.reading import Reading

pytestmark = pytest.mark.skipif(not huge.is_installed(), reason="needs the extra huge")

ANY_SIZE = Reading(unread_from=1)

# So little that a picture of 400 kB is large.
LITTLE = ("--max-memory", "1MiB")

RGB = Image.fromarray(photo(103, 151))
GREY = RGB.convert("L")
DEEP = noise(60, 70, 3).astype(np.uint16) * 251


def clear(mode: str) -> Image.Image:
    """Return a picture with transparency."""
    image = RGB.convert(mode)
    image.putalpha(Image.fromarray(noise(103, 151)))
    return image


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112], tags[0x010E] = orientation, "what it is"
    return tags


def tiff(pixels: Any, **settings: Any) -> bytes:
    file = io.BytesIO()
    colour = "rgb" if pixels.ndim == 3 else "minisblack"
    tifffile.imwrite(file, pixels, photometric=colour, metadata=None, **settings)
    return file.getvalue()


LEFT: dict[str, Callable[[], bytes]] = {
    "444.jpg": lambda: saved(RGB, "JPEG", subsampling=0, dpi=(300, 150), comment=b"hello"),
    "422.jpg": lambda: saved(RGB, "JPEG", subsampling=1),
    "420.jpg": lambda: saved(RGB, "JPEG", subsampling=2, quality=60),
    "progressive.jpg": lambda: saved(RGB, "JPEG", progressive=True),
    "grey.jpg": lambda: saved(GREY, "JPEG"),
    "inks.jpg": lambda: saved(RGB.convert("CMYK"), "JPEG"),
    "mirrored.jpg": lambda: saved(RGB, "JPEG", exif=exif(2)),
    "rgb.png": lambda: saved(RGB, "PNG"),
    "grey.png": lambda: saved(GREY, "PNG"),
    "bits.png": lambda: saved(RGB.convert("1"), "PNG"),
    "palette.png": lambda: saved(RGB.quantize(200), "PNG"),
    "clear-palette.png": lambda: saved(RGB.quantize(100), "PNG", transparency=5),
    "clear-colour.png": lambda: saved(RGB, "PNG", transparency=RGB.getpixel((3, 3))),
    "clear-grey.png": lambda: saved(GREY, "PNG", transparency=100),
    "alpha.png": lambda: saved(clear("RGBA"), "PNG"),
    "grey-alpha.png": lambda: saved(clear("LA"), "PNG"),
    "grey16.png": lambda: saved(Image.fromarray(DEEP[..., 0]), "PNG"),
    "rgb16.png": lambda: bytes(imagecodecs.png_encode(DEEP)),
    "raw.tif": lambda: saved(RGB, "TIFF"),
    "lzw.tif": lambda: saved(RGB, "TIFF", compression="tiff_lzw"),
    "deflate.tif": lambda: saved(RGB, "TIFF", compression="tiff_deflate"),
    "jpeg.tif": lambda: saved(RGB, "TIFF", compression="jpeg"),
    "alpha.tif": lambda: saved(clear("RGBA"), "TIFF"),
    "inks.tif": lambda: saved(RGB.convert("CMYK"), "TIFF"),
    "rgb16.tif": lambda: tiff(DEEP, tile=(16, 16), compression="zlib", bigtiff=True),
    "big-endian.tif": lambda: tiff(DEEP[..., 0], byteorder=">", compression="zlib"),
    "floats.tif": lambda: tiff(DEEP[..., 0].astype(np.float32), tile=(32, 32)),
}

TURNED = {f"{number}.jpg": number for number in range(3, 9)}

#: What is read whole.
WHOLE: dict[str, Callable[[], bytes]] = {
    "passes.png": lambda: healthy()["interlaced.png"],
    "pages.tif": lambda: healthy()["pages.tif"],
    "signed.tif": lambda: tiff(DEEP[..., 0].astype(np.int16)),
    "a.webp": lambda: saved(RGB, "WEBP"),
}


def same(one: Picture, other: Picture) -> bool:
    """Whether two pictures are the same, with all that describes them."""
    pixels = np.asarray(one.pixels), np.asarray(other.pixels)
    np.testing.assert_array_equal(*pixels)
    bare = [vars(picture) | {"pixels": None} for picture in (one, other)]
    return pixels[0].dtype == pixels[1].dtype and bare[0] == bare[1]


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left_in_its_file_is_the_same_picture(name: str) -> None:
    Path(name).write_bytes(LEFT[name]())
    found = read(name, ANY_SIZE)
    assert isinstance(found.pixels, UnreadPixels)
    assert same(found, read(name, Reading()))


@pytest.mark.parametrize("name", ["alpha.png", "grey-alpha.png", "alpha.tif"])
def test_alpha_is_dropped(name: str) -> None:
    Path(name).write_bytes(LEFT[name]())
    assert same(read(name, replace(ANY_SIZE, alpha="drop")), read(name, Reading(alpha="drop")))


@pytest.mark.parametrize("name", TURNED)
def test_a_turned_picture_is_unpacked_on_the_disk(name: str) -> None:
    Path(name).write_bytes(saved(RGB, "JPEG", exif=exif(TURNED[name])))
    found = read(name, ANY_SIZE)
    assert isinstance(found.pixels.base, np.memmap) or isinstance(found.pixels, np.memmap)
    assert same(found, read(name, Reading()))


@pytest.mark.parametrize("name", WHOLE)
def test_others_are_read_whole(name: str) -> None:
    Path(name).write_bytes(WHOLE[name]())
    found = read(name, ANY_SIZE)
    assert type(found.pixels) is np.ndarray
    assert same(found, read(name, Reading()))


def test_exif_behind_the_pixels_counts() -> None:
    data = saved(RGB, "PNG", exif=exif(2))
    at = data.index(b"eXIf") - 4
    length = 12 + int.from_bytes(data[at : at + 4], "big")
    chunk, rest = data[at : at + length], data[:at] + data[at + length :]
    Path("a.png").write_bytes(rest[:-12] + chunk + rest[-12:])
    found = read("a.png", ANY_SIZE)
    assert isinstance(found.pixels, UnreadPixels)
    assert same(found, read("a.png", Reading()))


@pytest.mark.parametrize("name", ["420.jpg", "alpha.png", "rgb16.tif"])
def test_rows_may_be_asked_for_again_and_from_the_start(name: str) -> None:
    Path(name).write_bytes(LEFT[name]())
    whole, rows = read(name, Reading()).pixels, read(name, ANY_SIZE).pixels
    assert isinstance(rows, UnreadPixels)
    for first, last in ((0, 1), (0, 20), (10, 33), (33, 34), (50, 60), (5, 9), (9, 60)):
        np.testing.assert_array_equal(rows.read(first, last), whole[:, :, first:last])


#: Damage that libtiff lets through in colours of 16 bits, which others read without the extra.
LET_THROUGH = [
    "tif-rgb16-flip-in-first-half.tif",
    "tif-rgb16-hole-of-16.tif",
    "tif-rgb16-hole-at-end.tif",
]


def test_damage_is_refused() -> None:
    """Whatever Pillow refuses, and more: libjpeg's warnings."""
    accepted = []
    for case in cases():
        if case.ending in (".jpg", ".png", ".tif"):
            Path("a").write_bytes(case.data)
            if _refuses(Reading()) and not _refuses(ANY_SIZE):
                accepted.append(case.name)
    assert accepted == LET_THROUGH


def _refuses(reading: Reading) -> bool:
    try:
        np.asarray(read("a", reading).pixels)
    except InputError:
        return True
    return False


STEPS = {
    "interpolated": ("upsample", "--mode", "bicubic", "--antialias", "--scale-factor", "0.5"),
    "averaged": ("pool", "--mode", "avg", "-k", "3", "-s", "2", "-p", "1"),
    "selected": ("pool", "--mode", "max", "-k", "2"),
    "chained": ("chain", "pool -k 2 | upsample --mode bilinear --scale-factor 2"),
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "alpha.png", "a.tif"])
def test_the_result_is_the_same(updown: Updown, steps: tuple[str, ...], name: str) -> None:
    image = Image.fromarray(photo(500, 400))
    if name == "alpha.png":
        image.putalpha(Image.fromarray(noise(500, 400)))
    image.save(name)
    assert updown(*steps, name, "-o", "whole.png", "-q").code == 0
    done = updown(*steps, name, "-o", "strips.png", "-v", *LITTLE)
    assert done.code == 0, done.stderr
    assert done.stderr.startswith("updown: note: read ")
    assert done.stderr.endswith("in strips\n")
    with Image.open("whole.png") as whole, Image.open("strips.png") as strips:
        apart = np.abs(np.asarray(whole, int) - np.asarray(strips, int))
    ties = 1e-4 if name == "alpha.png" else 0  # which floats in another order round differently
    assert apart.max() <= 1
    assert (apart > 0).mean() <= ties


@pytest.mark.parametrize("orientation", TURNED.values())
def test_the_result_of_a_turned_picture_is_the_same(updown: Updown, orientation: int) -> None:
    Image.fromarray(photo(500, 400)).save("a.jpg", exif=exif(orientation))
    assert updown("pool", "-k", "2", "a.jpg", "-o", "whole.png", "-q").code == 0
    done = updown("pool", "-k", "2", "a.jpg", "-o", "strips.png", "-q", *LITTLE)
    assert (done.code, done.stderr) == (0, "")
    with Image.open("whole.png") as whole, Image.open("strips.png") as strips:
        np.testing.assert_array_equal(np.asarray(whole), np.asarray(strips))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_cut_file_is_one_line_and_leaves_nothing(updown: Updown, name: str, part: float) -> None:
    Image.fromarray(photo(500, 400)).save("whole" + name)
    data = Path("whole" + name).read_bytes()
    Path(name).write_bytes(data[: int(len(data) * part)])
    done = updown("pool", "-k", "2", name, "-o", "b.npy", *LITTLE)
    fmt = {"a.jpg": "JPEG", "a.png": "PNG", "a.tif": "TIFF"}[name]
    assert (done.code, done.stderr) == (1, f"updown: {name}: truncated {fmt}\n")
    assert sorted(path.name for path in Path().iterdir()) == sorted([name, "whole" + name])


def test_pixels_that_are_missing_are_found_amid_the_strips(updown: Updown) -> None:
    """The file is whole, but its pixels are not: nothing is left of the result that was begun."""
    rows = b"".join(b"\0" + bytes(1500) for _ in range(300))
    Path("a.png").write_bytes(png(1500, 500, 8, 0, rows))
    done = updown("upsample", "--scale-factor", "2", "a.png", "-o", "made/{stem}/b.npy", *LITTLE)
    assert (done.code, done.stderr) == (1, "updown: a.png: damaged PNG\n")
    assert [path.name for path in Path().iterdir()] == ["a.png"]


def test_a_small_picture_does_not_wait_for_libvips() -> None:
    """It is not loaded, whatever the size of the file."""
    Path("a.png").write_bytes(saved(Image.fromarray(noise(400, 500, 3)), "PNG"))
    Path("a.jpg").write_bytes(saved(Image.fromarray(noise(900, 900, 3)), "JPEG", quality=95))
    Path("a.tif").write_bytes(saved(RGB, "TIFF"))
    code = """
import sys
from updown_cli.files.read import read
from updown_cli.files.reading import Reading
for name in ("a.png", "a.jpg", "a.tif"):
    read(name, Reading(unread_from=256 << 20))
sys.exit("pyvips" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_dry_run_foresees_strips(updown: Updown) -> None:
    Image.fromarray(photo(900, 700)).save("a.png")
    command = ("pool", "-k", "2", "a.png", "-o", "b.png", "--max-memory", "2MiB")
    assert updown(*command, "--dry-run").code == 0
    assert updown(*command).code == 0


def test_without_the_extra_all_is_read_whole(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huge, "is_installed", lambda: False)
    Image.fromarray(photo(500, 400)).save("a.png")
    done = updown("pool", "-k", "2", "a.png", "-o", "b.png", "-v", "--max-memory", "2MiB")
    assert done.code == 0
    assert "in strips" not in done.stderr
