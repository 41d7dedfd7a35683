"""What every kind of picture becomes, and that nothing is lost when nothing is done."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import SAMPLES, YCBCR, Updown, noise
from updown_cli.files.modes import READ_AS, READABLE
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading

GREY, COLOUR, FOUR = noise(4, 6), noise(4, 6, 3), noise(4, 6, 4)
DEEP = np.random.default_rng(0).integers(0, 1 << 16, (4, 6)).astype("<u2")
PALETTE = list(range(256)) * 3


def image(mode: str) -> Image.Image:
    """Return a picture of this mode whose values are known."""
    raw: dict[str, NDArray[Any]] = {
        "L": GREY, "LA": FOUR[..., :2], "RGB": COLOUR, "RGBA": FOUR, "CMYK": FOUR, "I;16": DEEP,
        "I;16B": DEEP.astype(">u2"), "I;16L": DEEP, "I": DEEP.astype("<i4"),
        "F": DEEP.astype("<f4"), "P": GREY, "PA": FOUR[..., :2], "RGBX": FOUR, "YCbCr": COLOUR,
        "LAB": COLOUR, "HSV": COLOUR, "La": FOUR[..., :2], "RGBa": FOUR,
    }  # fmt: skip
    if mode == "1":
        return Image.fromarray((GREY > 127).astype(np.uint8) * 255).convert("1")
    made = Image.frombytes(mode, (6, 4), np.ascontiguousarray(raw[mode]).tobytes())
    if mode in ("P", "PA"):
        made.putpalette(PALETTE)
    return made


def read_as(mode: str) -> NDArray[Any]:
    """Return what a picture of this mode is read as, C x H x W, worked out here."""
    wanted: dict[str, Any] = {
        "L": GREY, "LA": FOUR[..., :2], "RGB": COLOUR, "RGBA": FOUR, "CMYK": FOUR, "I;16": DEEP,
        "I;16B": DEEP, "I;16L": DEEP, "I": DEEP.astype(np.int32), "F": DEEP.astype(np.float32),
        "1": (GREY > 127) * np.uint8(255),
        "P": np.array(PALETTE, np.uint8).reshape(256, 3)[GREY],
    }  # fmt: skip
    array = np.asarray(wanted[mode])
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


WORKED_OUT = ("L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I;16B", "I", "F", "1", "P")


def saved(picture: Image.Image) -> bytes:
    """Return a TIFF file of a picture."""
    file = io.BytesIO()
    picture.save(file, "TIFF")
    return file.getvalue()


@pytest.mark.parametrize("mode", WORKED_OUT)
def test_a_mode_is_read_as_its_row_says(mode: str) -> None:
    picture = read_bytes(saved(image(mode)), Reading())
    np.testing.assert_array_equal(picture.pixels[0], read_as(mode))
    name = picture.colour + "A" * picture.alpha
    assert name == {"I;16": "L", "I;16B": "L", "I": "L", "F": "L"}.get(
        mode, READ_AS.get(mode, mode)
    )


@pytest.mark.parametrize("mode", [YCBCR, "LAB"])
def test_other_colour_models_become_what_pillow_makes_of_them(mode: str) -> None:
    picture = read_bytes(saved(image(mode)), Reading())
    wanted = np.asarray(image(mode).convert("RGB")).transpose(2, 0, 1)
    np.testing.assert_array_equal(picture.pixels[0], wanted)


def test_every_mode_has_a_test() -> None:
    """But for those that no file opens as: they come from conversions."""
    never_opened = {"I;16L", "PA", "RGBX", "HSV", "La", "RGBa"}
    assert {*READABLE, *READ_AS} - never_opened == {*WORKED_OUT, "YCbCr", "LAB"}


NOTHING = (["upsample", "--scale-factor", "1"], ["pool", "-k", "1"])


@pytest.mark.parametrize("command", NOTHING, ids=lambda command: command[0])
@pytest.mark.parametrize(
    "name",
    ["photo.png", "gray.png", "gray16.png", "transparent.png", "palette.png", "text.png",
     "palette-transparent.png", "pages.tif", "animation.gif", "zoneplate.png", "volume.npy",
     "signal.npy"],
)  # fmt: skip
def test_nothing_done_is_nothing_lost(updown: Updown, command: list[str], name: str) -> None:
    """GIF has a palette of its own for every frame here, so that its colours are kept as well."""
    before = SAMPLES / name
    done = updown(*command, before, "-o", "same" + before.suffix)
    assert done.code == 0, done.stderr
    after = Path("same" + before.suffix)
    if before.suffix == ".npy":
        assert np.load(after).dtype == np.load(before).dtype
        np.testing.assert_array_equal(np.load(after), np.load(before))
        return
    first, second = (read_bytes(path.read_bytes(), Reading()) for path in (before, after))
    np.testing.assert_array_equal(second.pixels, first.pixels)
    assert second.pixels.dtype == first.pixels.dtype
    kept = {key: value for key, value in first.metadata.items() if key not in ("jpeg", "dpi")}
    assert {key: second.metadata.get(key) for key in kept} == kept


@pytest.mark.parametrize("ending", [".webp", ".png", ".gif"])
def test_animations_keep_their_times(updown: Updown, ending: str) -> None:
    """APNG, WebP and GIF: seven frames of 300, 60, ... ms, for ever."""
    arguments = ["upsample", "--scale-factor", "1", SAMPLES / "animation.gif", "-o", "a" + ending]
    lossless = ["--co", "lossless=true"] if ending == ".webp" else []
    done = updown(*arguments, *lossless)
    assert done.code == 0, done.stderr
    again = read_bytes(Path("a" + ending).read_bytes(), Reading())
    first = read_bytes((SAMPLES / "animation.gif").read_bytes(), Reading())
    np.testing.assert_array_equal(again.pixels[:, :3], first.pixels)
    assert again.metadata["duration"] == first.metadata["duration"]
    assert again.metadata["loop"] == 0


LINEAR = (
    ["upsample", "--mode", "bilinear", "--antialias", "--size", "1x3"],
    ["upsample", "--mode", "bicubic", "--antialias", "--size", "1x3"],
    ["upsample", "--mode", "lanczos", "--size", "1x3"],
    ["upsample", "--mode", "area", "--size", "1x3"],
    ["pool", "--mode", "adaptive-avg", "--output-size", "1x3"],
    ["pool", "--mode", "avg", "-k", "1x4", "-s", "1x2"],
)


@pytest.mark.parametrize("command", LINEAR, ids=lambda command: " ".join(command[:3]))
def test_hidden_colour_bleeds_into_nothing(updown: Updown, command: list[str]) -> None:
    """Opaque red beside transparent green, 8 pixels to 3: half-transparent red in the middle."""
    row = [(255, 0, 0, 255)] * 4 + [(0, 255, 0, 0)] * 4
    Image.fromarray(np.array([row], np.uint8)).save("in.png")
    assert updown(*command, "in.png", "-o", "out.png").code == 0
    with Image.open("out.png") as result:
        red, green, blue, alpha = np.asarray(result)[0, 1].tolist()
    assert (red, green, blue) == (255, 0, 0)
    assert alpha == pytest.approx(128, abs=1)  # 127.5, rounded half up


def test_a_checkerboard_halved_is_188_in_linear_light(updown: Updown) -> None:
    halve = ["pool", "--mode", "avg", SAMPLES / "checkerboard.png", "-o"]
    updown(*halve, "light.png", "--linear-light")
    updown(*halve, "codes.png")
    with Image.open("light.png") as light, Image.open("codes.png") as codes:
        assert (light.getextrema(), codes.getextrema()) == ((188, 188), (128, 128))


def test_linear_light_of_an_array_is_refused(updown: Updown) -> None:
    done = updown("pool", "--mode", "avg", SAMPLES / "signal.npy", "-o", "s.npy", "--linear-light")
    assert done.code == 1
    assert done.stderr.endswith("signal.npy: an array has no sRGB values to decode\n")


PAIRS = [
    (40, 20), (41, 17), (64, 63), (33, 8), (50, 1), (7, 5), (100, 30), (31, 30), (48, 16), (90, 13),
    (20, 40), (17, 41), (63, 64), (8, 33), (5, 7), (30, 100), (30, 31), (16, 48), (13, 90), (2, 9),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_antialiased_results_are_those_of_pillow(
    updown: Updown, mode: str, before: int, after: int
) -> None:
    """Pillow weighs in float64, torch in float32 (S8)."""
    grey = noise(before, 12, seed=before)
    np.save("in.npy", grey.astype(np.float32))
    command = ["upsample", "--mode", mode, "--antialias", "--size", f"{after}x_"]
    assert updown(*command, "in.npy", "-o", "out.npy").code == 0
    exact = Image.fromarray(grey.astype(np.float32))
    theirs = np.asarray(exact.resize((12, after), getattr(Image.Resampling, mode.upper())))
    ours = np.load("out.npy")
    np.testing.assert_allclose(ours, theirs, atol=2e-3)
    rounded = [np.floor(result.clip(0, 255) + 0.5) for result in (ours, theirs)]
    assert np.abs(rounded[0] - rounded[1]).max() <= 1
