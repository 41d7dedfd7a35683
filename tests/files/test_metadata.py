"""What a file holds beside its pixels is kept, corrected, or left out with a word."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.conftest import SAMPLES, YCBCR, Updown, noise, pixels
from updown_cli.errors import InputError, UsageError
from updown_cli.files.frames import Frames, check_frames
from updown_cli.files.keep import KINDS, check_keep
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading

BROKEN_EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01\x0e"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:title/></x:xmpmeta>'
with Image.open(SAMPLES / "photo.jpg") as photo:
    PROFILE = photo.info["icc_profile"]


def exif() -> Image.Exif:
    """Return EXIF data of a picture 60 x 40 that lies on its side."""
    data = Image.Exif()
    data[0x0112], data[0x010E] = 6, "a test"
    data.get_ifd(0x8769).update({0xA002: 60, 0xA003: 40, 0x8827: 200, 0xA434: "a lens"})
    data.get_ifd(0x8825).update({1: "N", 2: (52.0, 3.0, 8.5)})
    return data


def full_png(path: str = "full.png") -> str:
    """Write a PNG with everything that is kept."""
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Title", "a title")
    settings: dict[str, Any] = {"exif": exif(), "icc_profile": PROFILE, "dpi": (300, 300)}
    Image.fromarray(noise(40, 60, 3)).save(path, pnginfo=texts, **settings)
    return path


def saved(path: str) -> tuple[Image.Image, dict[Any, Any]]:
    """Return an open file and its info."""
    image = Image.open(io.BytesIO(Path(path).read_bytes()))
    image.load()
    return image, image.info


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tif"])
def test_profile_xmp_and_description_are_kept(updown: Updown, ending: str) -> None:
    assert updown("pool", full_png(), "-o", "out" + ending).code == 0
    image, info = saved("out" + ending)
    assert info["icc_profile"] == PROFILE
    xmp = info["xmp"]
    assert (xmp if isinstance(xmp, bytes) else xmp.encode()) == XMP
    assert image.getexif()[0x010E] == "a test"


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tif"])
def test_exif_tells_the_new_size_and_no_orientation(updown: Updown, ending: str) -> None:
    updown("pool", full_png(), "-o", "out" + ending)
    image, _ = saved("out" + ending)
    data = image.getexif()
    details = data.get_ifd(0x8769)
    assert 0x0112 not in data
    assert (details[0xA002], details[0xA003]) == image.size == (20, 30)
    assert details[0x8827] == 200


@pytest.mark.parametrize(
    "endings", [[".png"], [".jpg"], [".webp"], [".tif"], [".tif", ".tif"], [".tif", ".jpg"]]
)
def test_position_and_lens_are_kept(updown: Updown, endings: list[str]) -> None:
    name = full_png()
    for number, ending in enumerate(endings):
        assert updown("pool", name, "-o", f"{number}{ending}").code == 0
        name = f"{number}{ending}"
    data = saved(name)[0].getexif()
    assert data.get_ifd(0x8769)[0xA434] == "a lens"
    assert data.get_ifd(0x8825) == {1: "N", 2: (52.0, 3.0, 8.5)}


def test_every_page_is_there_beside_the_camera_settings(updown: Updown) -> None:
    """The first page's directory is written anew, and must point to the second."""
    pages = [Image.fromarray(noise(4, 6, seed=page)) for page in range(3)]
    data = exif()
    del data[0x0112]
    pages[0].save("in.tif", save_all=True, append_images=pages[1:], exif=data.tobytes())
    assert updown("pool", "-k", "1", "in.tif", "-o", "out.tif").code == 0
    with Image.open("out.tif") as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]
        assert image.getexif().get_ifd(0x8769)[0xA434] == "a lens"
        image.seek(2)
        np.testing.assert_array_equal(np.asarray(image), np.asarray(pages[2]))


@pytest.mark.parametrize("ending", [".png", ".jpg", ".tif", ".bmp"])
def test_resolution_is_kept(updown: Updown, ending: str) -> None:
    updown("pool", full_png(), "-o", "out" + ending)
    dpi = [float(number) for number in saved("out" + ending)[1]["dpi"]]
    np.testing.assert_allclose(dpi, (300, 300), atol=0.02)  # PNG and BMP count in metres


def test_texts_of_a_png_are_kept(updown: Updown) -> None:
    updown("pool", full_png(), "-o", "out.png")
    assert saved("out.png")[1]["Title"] == "a title"


@pytest.mark.parametrize(("source", "target"), [(".jpg", ".jpg"), (".gif", ".gif")])
def test_comments_are_kept(updown: Updown, source: str, target: str) -> None:
    Image.fromarray(noise(8, 8)).save("in" + source, comment=b"a comment")
    updown("pool", "in" + source, "-o", "out" + target)
    assert saved("out" + target)[1]["comment"] == b"a comment"


def test_keep_none_leaves_everything_out(updown: Updown) -> None:
    updown("pool", full_png(), "-o", "out.png", "--keep", "none")
    image, info = saved("out.png")
    assert (info, dict(image.getexif())) == ({}, {})


def test_keep_takes_what_it_names(updown: Updown) -> None:
    updown("pool", full_png(), "-o", "out.jpg", "--keep", "icc,dpi")
    _, info = saved("out.jpg")
    assert {"icc_profile", "dpi"} <= set(info)
    assert not {"exif", "xmp", "comment"} & set(info)


def test_orientation_is_applied_whatever_is_kept(updown: Updown) -> None:
    updown("pool", full_png(), "-o", "out.png", "--keep", "none")
    assert pixels("out.png").shape == (30, 20, 3)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"icc_profile": b"no profile"}, "icc"),
        ({"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01\x0e"}, "exif"),
    ],
)
def test_broken_metadata_is_left_out_with_a_word(settings: dict[str, Any], kind: str) -> None:
    file = io.BytesIO()
    Image.fromarray(noise(8, 8)).save(file, "PNG", **settings)
    picture = read_bytes(file.getvalue(), Reading())
    assert picture.remarks == (f"its {kind} data is damaged and was left out",)
    assert kind not in picture.metadata


def test_a_jpeg_keeps_its_quality_and_subsampling(updown: Updown) -> None:
    Image.fromarray(noise(32, 32, 3)).save("in.jpg", quality=31, subsampling="4:2:0")
    updown("upsample", "--scale-factor", "1", "in.jpg", "-o", "same.jpg")
    before, after = saved("in.jpg")[0], saved("same.jpg")[0]
    assert after.quantization == before.quantization  # type: ignore[attr-defined]
    assert after.layer == before.layer  # type: ignore[attr-defined]


def test_a_grey_jpeg_keeps_its_quality(updown: Updown) -> None:
    Image.fromarray(noise(32, 32)).save("in.jpg", quality=31)
    assert updown("pool", "in.jpg", "-o", "out.jpg").code == 0
    tables = [saved(name)[0].quantization for name in ("in.jpg", "out.jpg")]  # type: ignore[attr-defined]
    assert tables[0] == tables[1]


def test_an_asked_quality_wins(updown: Updown) -> None:
    Image.fromarray(noise(32, 32, 3)).save("in.jpg", quality=31)
    updown("pool", "in.jpg", "-o", "out.jpg", "--co", "quality=80")
    Image.fromarray(noise(4, 4, 3)).save("other.jpg", quality=80)
    tables = [saved(name)[0].quantization for name in ("out.jpg", "other.jpg")]  # type: ignore[attr-defined]
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("all", Frames()),
        ("volume", Frames(volume=True)),
        ("2", Frames(2, 2)),
        ("1-3", Frames(1, 3)),
    ],
)
def test_frames_are_named(text: str, frames: Frames) -> None:
    assert check_frames(text) == frames


@pytest.mark.parametrize("text", ["first", "3-1", "-1", "1-", "1,2"])
def test_other_frames_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_frames(text)
    assert str(refused.value) == f"--frames {text}: must be all, volume, N or A-B, from 0"


def test_a_frame_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        Frames(2, 7).of(7)
    assert str(refused.value) == "there is no frame 7; its frames are 0 to 6"


@pytest.mark.parametrize(("text", "count"), [("all", 7), ("2-4", 3), ("6", 1)])
def test_chosen_frames_come_out(updown: Updown, text: str, count: int) -> None:
    source = SAMPLES / "animation.gif"
    assert updown("pool", source, "-o", "out.tif", "--frames", text).code == 0
    assert saved("out.tif")[0].n_frames == count  # type: ignore[attr-defined]


def test_chosen_frames_keep_their_durations(updown: Updown) -> None:
    updown("pool", SAMPLES / "animation.gif", "-o", "out.gif", "--frames", "1-3")
    durations = read_bytes(Path("out.gif").read_bytes(), Reading()).metadata["duration"]
    assert durations == [60, 80, 100]


def test_a_template_gives_every_frame_a_file(updown: Updown) -> None:
    done = updown("pool", SAMPLES / "pages.tif", "-o", "page-{frame}.png")
    assert done.code == 0, done.stderr
    pages = read_bytes((SAMPLES / "pages.tif").read_bytes(), Reading()).pixels
    for number, page in enumerate(pages):
        wanted = page[:, :120, :160].reshape(3, 60, 2, 80, 2).max((2, 4))
        np.testing.assert_array_equal(pixels(f"page-{number}.png").transpose(2, 0, 1), wanted)


def test_a_template_gives_chosen_frames_their_own_numbers(updown: Updown) -> None:
    chosen = ["--frames", "2-3", "-o", "{stem}-{frame:02d}.png"]
    assert updown("pool", SAMPLES / "animation.gif", *chosen).code == 0
    assert sorted(path.name for path in Path().iterdir()) == [
        "animation-02.png",
        "animation-03.png",
    ]


def test_pages_become_the_depth_of_a_volume(updown: Updown) -> None:
    pages = SAMPLES / "pages.tif"
    pool = ["pool", "-k", "3x1x1", "--frames", "volume"]
    done = updown(*pool, pages, "-o", "deepest.tif")
    assert done.code == 0, done.stderr
    stack = read_bytes(pages.read_bytes(), Reading()).pixels
    largest = read_bytes(Path("deepest.tif").read_bytes(), Reading()).pixels
    np.testing.assert_array_equal(largest, stack.max(0, keepdims=True))


def test_one_frame_is_taken_where_the_format_holds_one(updown: Updown) -> None:
    done = updown("pool", SAMPLES / "pages.tif", "-o", "out.bmp")
    assert done.code == 0
    assert "updown: warning: of 3 frames only the first: .bmp holds one" in done.stderr
    assert pixels("out.bmp").shape == (60, 80, 3)


@pytest.mark.parametrize(
    ("text", "kinds"), [("all", set(KINDS)), ("none", set()), ("exif", {"exif"})]
)
def test_kinds_are_named(text: str, kinds: set[str]) -> None:
    assert check_keep(text) == kinds


def test_other_kinds_are_refused() -> None:
    with pytest.raises(UsageError) as refused:
        check_keep("exif,gps")
    assert str(refused.value) == (
        "--keep exif,gps: must be all, none, or some of icc,exif,xmp,dpi,comment,text"
    )


@pytest.mark.parametrize("mode", [YCBCR, "LAB"])
def test_other_colour_models_are_converted_with_a_word(mode: str) -> None:
    file = io.BytesIO()
    Image.frombytes(mode, (8, 8), noise(8, 8, 3).tobytes()).save(file, "TIFF")
    read = read_bytes(file.getvalue(), Reading())
    assert (read.colour, read.remarks) == ("RGB", (f"{mode} was converted to RGB",))


def test_a_resolution_that_exif_data_do_not_tell_is_not_made_up(updown: Updown) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a bridge"
    for name, told in (
        ("plain.jpg", exif.tobytes()),
        ("broken.jpg", b"Exif\0\0II*\0\xff\xff\xff\0"),
    ):
        Image.new("RGB", (4, 4)).save(name, exif=told)
        assert updown("pool", "-k", "1", name, "-o", name + ".png").code == 0
        with Image.open(name + ".png") as png:
            assert "dpi" not in png.info
    exif[0x011A] = exif[0x011B] = 300.0
    exif[0x0128] = 2
    Image.new("RGB", (4, 4)).save("told.jpg", exif=exif)
    assert updown("pool", "-k", "1", "told.jpg", "-o", "told.png").code == 0
    with Image.open("told.png") as png:
        assert round(png.info["dpi"][0]) == 300
