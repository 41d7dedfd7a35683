"""The set of weights that ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import updown_cli
from tests.conftest import SAMPLES, Updown, noise, picture, pixels

FOLDER = Path(updown_cli.__file__).parent / "weights"
DEGRADE = ("--mode", "bicubic", "--antialias", "--scale-factor")


def decibels(a: str, b: str) -> float:
    apart = pixels(a).astype(float) - pixels(b)
    return float(10 * np.log10(255**2 / (apart**2).mean()))


def test_it_is_small_and_tells_what_it_is_made_of() -> None:
    assert (FOLDER / "photo.safetensors").stat().st_size < 100_000
    card = (FOLDER / "photo.md").read_text()
    for told in ("benchmarks.photo_weights", "CC-BY", "GPL-2", "bicubic"):
        assert told in card


@pytest.mark.parametrize(("factor", "gain"), [(2, 0.5), (3, 0.1)])
def test_photographs_are_nearer_than_by_bicubic(factor: int, gain: float, updown: Updown) -> None:
    """The sample was not learned from."""
    Image.open(SAMPLES / "photo.png").convert("RGB").crop((0, 0, 300, 240)).save("large.png")
    updown("upsample", *DEGRADE, f"1/{factor}", "large.png", "-o", "small.png")
    block = ("--mode", "subpixel", "--upscale-factor", factor, "--weights", "photo")
    done = updown("upblock", *block, "small.png", "-o", "photo.png")
    assert (done.code, done.stderr) == (0, "")
    updown(
        "upsample", "--mode", "bicubic", "--scale-factor", factor, "small.png", "-o", "cubic.png"
    )
    assert decibels("photo.png", "large.png") > decibels("cubic.png", "large.png") + gain


def test_a_flat_picture_stays_flat(updown: Updown) -> None:
    """So that there is no checkerboard."""
    for level in (0, 30, 128, 200, 255):
        picture("flat.png", np.full((8, 8), level))
        block = ("--mode", "subpixel", "--weights", "photo", "--if-exists", "overwrite")
        updown("upblock", *block, "flat.png", "-o", "large.png")
        assert abs(pixels("large.png").astype(int) - level).max() <= 1


def test_any_scale_is_enlarged_by_meta(updown: Updown) -> None:
    picture("flat.png", np.full((20, 20, 3), 120))
    block = ("--mode", "meta", "--scale-factor", "1.7", "--weights", "photo")
    assert updown("upblock", *block, "flat.png", "-o", "large.png").code == 0
    assert pixels("large.png").shape == (34, 34, 3)
    assert abs(pixels("large.png").astype(int) - 120).max() <= 2


REFUSED = [
    (("--mode", "subpixel", "--upscale-factor", "4"), "x4"),
    (("--mode", "up-conv"), "--mode up-conv"),
]


@pytest.mark.parametrize(("options", "part"), REFUSED)
def test_what_it_is_not_for_is_refused(options: tuple[str, ...], part: str, updown: Updown) -> None:
    picture("x.png", noise(6, 6))
    done = updown("upblock", *options, "--weights", "photo", "x.png", "-o", "y.png")
    reason = "is for --mode subpixel by 2 or 3 and --mode meta, not for"
    assert (done.code, done.stderr) == (2, f"updown: --weights photo: {reason} {part}\n")
