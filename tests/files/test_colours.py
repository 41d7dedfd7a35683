"""Colours and backgrounds before anything else, against Pillow's own conversions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.conftest import Updown
from tests.files.ink_profile import ink_profile
from updown_cli.files.peek import peek
from updown_cli.files.read import read
from updown_cli.files.reading import Reading

DICE = np.random.default_rng(5)


def saved(folder: Path, image: Image.Image, name: str = "in.png", **options: Any) -> str:
    path = folder / name
    image.save(path, **options)
    return str(path)


def noise(mode: str, channels: int) -> Image.Image:
    values = DICE.integers(0, 256, (9, 11, channels), dtype=np.uint8)
    return Image.fromarray(values.squeeze(), mode)


def pixels(path: str, **reading: Any) -> Any:
    """Return rows x columns x channels as they are read, of the shape that the header tells."""
    picture = read(path, Reading(**reading))
    assert peek(path, Reading(**reading)) == (picture.shape, 1)
    return np.moveaxis(picture.pixels[0], 0, -1)


@pytest.mark.parametrize(
    ("mode", "channels", "name"),
    [("L", 1, "in.png"), ("RGB", 3, "in.png"), ("CMYK", 4, "in.tif")],
)
@pytest.mark.parametrize(("colour", "wanted"), [("rgb", "RGB"), ("gray", "L")])
def test_pillow_converts_the_same(
    tmp_path: Path, mode: str, channels: int, name: str, colour: str, wanted: str
) -> None:
    image = noise(mode, channels)
    expected = image.convert("RGB").convert(wanted) if mode == "CMYK" else image.convert(wanted)
    found = pixels(saved(tmp_path, image, name), colour=colour)
    np.testing.assert_array_equal(found.squeeze(), np.asarray(expected))


def test_palettes_become_grey(tmp_path: Path) -> None:
    image = noise("RGB", 3).quantize(16)
    found = pixels(saved(tmp_path, image), colour="gray")
    np.testing.assert_array_equal(found[..., 0], np.asarray(image.convert("RGB").convert("L")))


def test_transparency_stays_without_a_background(tmp_path: Path) -> None:
    image = noise("RGBA", 4)
    path = saved(tmp_path, image)
    np.testing.assert_array_equal(pixels(path, colour="rgb"), np.asarray(image))
    grey = pixels(path, colour="gray")
    np.testing.assert_array_equal(grey[..., 0], np.asarray(image.convert("RGB").convert("L")))
    np.testing.assert_array_equal(grey[..., 1], np.asarray(image)[..., 3])
    assert pixels(path, colour="gray", alpha="drop").shape == (9, 11, 1)


@pytest.mark.parametrize("background", [(255, 255, 255), (10, 200, 90)])
def test_pillow_pastes_the_same(tmp_path: Path, background: tuple[int, int, int]) -> None:
    image = noise("RGBA", 4)
    expected = Image.new("RGB", image.size, background)
    expected.paste(image, mask=image.getchannel("A"))
    path = saved(tmp_path, image)
    found = pixels(path, background=background)
    np.testing.assert_array_equal(found, np.asarray(expected))
    grey = pixels(path, background=background, colour="gray")
    np.testing.assert_array_equal(grey[..., 0], np.asarray(expected.convert("L")))


def test_grey_on_a_colour_has_three_channels(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(np.array([[[100, 0], [100, 255]]], np.uint8), "LA"))
    assert pixels(path, background=(255, 0, 0)).tolist() == [[[255, 0, 0], [100, 100, 100]]]
    assert pixels(path, background=(9, 9, 9)).tolist() == [[[9], [100]]]


def test_sixteen_bits_stay_sixteen(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(np.array([[1, 60_000]], np.uint16)))
    assert pixels(path, colour="rgb").tolist() == [[[1] * 3, [60_000] * 3]]


@pytest.mark.parametrize("name", ["in.tif", "in.jpg"])
@pytest.mark.parametrize("colour", ["rgb", "gray"])
def test_inks_are_converted_by_their_profile(tmp_path: Path, name: str, colour: str) -> None:
    """Cyan on coated paper is a blue that no screen's cyan is."""
    inks = np.concatenate([np.asarray(noise("CMYK", 4)), [[[255, 0, 0, 0]] * 11]]).astype(np.uint8)
    path = saved(tmp_path, Image.fromarray(inks, "CMYK"), name, icc_profile=ink_profile())
    with Image.open(path) as image:
        own = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        srgb = ImageCms.createProfile("sRGB")
        expected = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
        assert expected is not None
        plain = np.asarray(image.convert("RGB"), int)
    wanted = np.asarray(expected if colour == "rgb" else expected.convert("L"))
    assert np.array_equal(pixels(path, colour=colour), wanted.reshape(*wanted.shape[:2], -1))
    assert np.abs(np.asarray(expected, int) - plain).mean() > 10


def test_the_profile_of_inks_is_no_longer_that_of_the_result(
    tmp_path: Path, updown: Updown
) -> None:
    image = Image.fromarray(np.full((4, 4, 4), (255, 0, 0, 0), np.uint8), "CMYK")
    path = saved(tmp_path, image, "in.tif", icc_profile=ink_profile())
    done = updown("pool", "--colour", "rgb", path, "-o", "out.png", "-q")
    with Image.open("out.png") as result:
        assert (done.code, result.getpixel((0, 0)), result.info.get("icc_profile")) == (
            0, (0, 150, 221), None,
        )  # fmt: skip


def test_a_profile_of_light_says_nothing_of_inks(tmp_path: Path) -> None:
    image = noise("CMYK", 4)
    srgb = ImageCms.createProfile("sRGB")
    profile = ImageCms.ImageCmsProfile(srgb).tobytes()
    path = saved(tmp_path, image, "in.tif", icc_profile=profile)
    with pytest.raises(Exception, match="its colour profile cannot be used; use --colour keep"):
        pixels(path, colour="rgb")  # a profile of light for inks


def test_the_profile_is_read_but_not_kept(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = saved(tmp_path, noise("RGB", 3), icc_profile=profile)
    assert "icc" not in read(path, Reading(colour="rgb", keep=frozenset())).metadata
    assert "icc" in read(path, Reading(colour="rgb")).metadata


@pytest.mark.parametrize(
    ("typed", "rgb"),
    [("white", [255] * 3), ("#808080", [128] * 3), ("1,2,3", [1, 2, 3])],
)
def test_colours_as_they_are_typed(
    updown: Updown, tmp_path: Path, typed: str, rgb: list[int]
) -> None:
    path = saved(tmp_path, Image.new("RGBA", (2, 2)))
    out = tmp_path / "out.png"
    done = updown("pool", "--background", typed, path, "-o", out)
    assert (done.code, done.stderr) == (0, "")
    with Image.open(io.BytesIO(out.read_bytes())) as image:
        assert (image.mode, list(image.getpixel((0, 0)))) == ("RGB", rgb)  # type: ignore[arg-type]


def test_what_is_no_colour(updown: Updown, tmp_path: Path) -> None:
    done = updown("pool", "--background", "whit", tmp_path / "x.png", "-o", tmp_path / "y.png")
    assert done.code == 2
    assert done.stderr == (
        "updown: --background whit: must be a colour such as white, #808080 or 128,128,128\n"
    )
