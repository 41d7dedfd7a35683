"""The resize of other libraries: `--like`."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from tests.conftest import Updown, noise, picture, pixels

SIZES = [(7, 90), (61, 13), (47, 33), (200, 3)]


@pytest.mark.parametrize("mode", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_pillow_is_pillow(mode: str, channels: tuple[int, ...], updown: Updown) -> None:
    values = noise(47, 33, *channels)
    picture("a.png", values)
    for height, width in SIZES:
        words = ("upsample", "--like", "pillow", "--mode", mode, "--size", f"{height}x{width}")
        assert updown(*words, "a.png", "-o", "b.png", "--if-exists", "overwrite").code == 0
        resample = Image.Resampling[mode.upper()]
        expected = Image.fromarray(values).resize((width, height), resample)
        assert (pixels("b.png") == np.asarray(expected)).all()


def test_pillow_rounds_between_its_passes(updown: Updown) -> None:
    """1 and 0 beside each other are 0.5, up to 1; above 0 and 0 that is 0.5 again, and not 0.25."""
    picture("a.png", [[1, 0], [0, 0]])
    assert updown("upsample", "--like", "pillow", "--size", "1", "a.png", "-o", "p.png").code == 0
    exact = ("upsample", "--mode", "bilinear", "--antialias", "--size", "1", "a.png", "-o", "t.png")
    assert updown(*exact).code == 0
    assert (pixels("p.png").item(), pixels("t.png").item()) == (1, 0)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("antialias", [True, False])
def test_torchvision_is_torch_with_bytes(mode: str, antialias: bool, updown: Updown) -> None:
    values = noise(47, 33, 3)
    picture("a.png", values)
    x = torch.from_numpy(values).permute(2, 0, 1)[None].contiguous()
    for size in SIZES:
        y = functional.interpolate(
            x, size=size, mode=mode, antialias=antialias, align_corners=False
        )
        words = [
            "upsample",
            "--like",
            "torchvision",
            "--mode",
            mode,
            "--size",
            "x".join(map(str, size)),
        ]
        words += [] if antialias else ["--no-antialias"]
        assert updown(*words, "a.png", "-o", "b.png", "--if-exists", "overwrite").code == 0
        assert (pixels("b.png") == y[0].permute(1, 2, 0).numpy()).all()


def test_one_pixel_of_three_bytes_is_what_torch_gives_of_a_picture(updown: Updown) -> None:
    """torch 2.13 fails at it where each channel lies by itself in memory, as no picture does."""
    values = noise(4, 4, 3)
    picture("a.png", values)
    assert (
        updown("upsample", "--like", "torchvision", "--size", "1", "a.png", "-o", "b.png").code == 0
    )
    x = torch.from_numpy(values).permute(2, 0, 1)[None]
    y = functional.interpolate(x, size=(1, 1), mode="bilinear", antialias=True)
    assert pixels("b.png").tolist() == [[y.flatten().tolist()]]


ONE_WIDE = ("upsample", "--like", "torchvision", "--size", "5x1", "-o", "b.png")
REPEATED = "every row is the first one: torch's antialias fails where the result is 1 pixel wide"


def test_a_result_one_pixel_wide_is_right_where_torch_is(updown: Updown) -> None:
    """torch repeats the first row where each channel lies by itself, and never of bytes."""
    for channels in ((), (3,)):
        values = noise(9, 8, *channels)
        picture("a.png", values)
        done = updown(*ONE_WIDE, "a.png", "--if-exists", "overwrite")
        expected = Image.fromarray(values).resize((1, 5), Image.Resampling.BILINEAR)
        assert np.abs(pixels("b.png").astype(int) - np.asarray(expected)).max() <= 1
        assert (REPEATED in done.stderr) == (not channels)


@pytest.mark.parametrize("channels", [(), (3,)])
def test_rows_that_torch_repeats_are_told(channels: tuple[int, ...], updown: Updown) -> None:
    picture("a.png", noise(9, 8, *channels))
    done = updown(*ONE_WIDE, "--no-in-bytes", "a.png")
    assert f"updown: warning: {REPEATED}\n" in done.stderr
    assert (pixels("b.png") == pixels("b.png")[0]).all()
    done = updown(*ONE_WIDE, "--no-antialias", "--no-in-bytes", "a.png", "--if-exists", "overwrite")
    assert REPEATED not in done.stderr


def test_torchvision_without_bytes_rounds_half_to_even(updown: Updown) -> None:
    """1 and 2 make 1.5, which is 2; 2 and 3 make 2.5, which is 2 as well."""
    picture("a.png", [[1, 2, 2, 3]])
    words = ("upsample", "--like", "torchvision", "--no-in-bytes", "--size", "1x2")
    assert updown(*words, "a.png", "-o", "b.png").code == 0
    assert pixels("b.png").tolist() == [[2, 2]]


def test_a_recipe_keeps_the_library(updown: Updown) -> None:
    picture("a.png", noise(9, 9))
    steps = "upsample --like pillow --mode hamming --size 5 | pool -k 2"
    assert updown("chain", steps, "a.png", "-o", "b.png", "--save-recipe", "r.json").code == 0
    assert updown("chain", "--recipe", "r.json", "a.png", "-o", "c.png").code == 0
    assert (pixels("b.png") == pixels("c.png")).all()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--mode", "hamming"], "--mode hamming goes with --like pillow"),
        (
            ["--like", "pillow", "--mode", "area"],
            "--like pillow has --mode bilinear, bicubic, lanczos, nearest, box, hamming",
        ),
        (
            ["--like", "pillow", "--antialias"],
            "--like pillow has no --antialias",
        ),
    ],
)
def test_modes_of_other_libraries_are_refused(
    words: list[str], reason: str, updown: Updown
) -> None:
    done = updown("upsample", *words, "--size", "5", "a.png")
    assert (done.code, done.stderr) == (2, f"updown: {reason}\n")


MODES = ["nearest", "bilinear", "bicubic", "lanczos"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["uint16", "int32", "float32"])
def test_pillow_is_pillow_beyond_bytes(mode: str, dtype: str, updown: Updown) -> None:
    """I;16 rounds between the passes too; I and F do not clip."""
    values = (np.random.default_rng(5).random((21, 30)) * 60000).astype(dtype)
    np.save("a.npy", values)
    for height, width in ((7, 40), (33, 9)):
        words = ("upsample", "--like", "pillow", "--mode", mode, "--size", f"{height}x{width}")
        assert updown(*words, "a.npy", "-o", "b.npy", "--if-exists", "overwrite").code == 0
        image = Image.fromarray(values).resize((width, height), Image.Resampling[mode.upper()])
        assert np.load("b.npy").dtype == dtype
        np.testing.assert_array_equal(np.load("b.npy"), np.asarray(image))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("filtered", MODES)
def test_pillow_weighs_colours_by_alpha(mode: str, filtered: str, updown: Updown) -> None:
    image = Image.fromarray(noise(21, 30, len(mode)), mode)
    image.save("a.png")
    words = ("upsample", "--like", "pillow", "--mode", filtered, "--size", "9x40")
    assert updown(*words, "a.png", "-o", "b.png").code == 0
    expected = image.resize((40, 9), Image.Resampling[filtered.upper()])
    assert (pixels("b.png") == np.asarray(expected)).all()
    assert updown(*words, "a.png", "-o", "c.png", "--alpha", "straight").code == 0
    if filtered != "nearest":
        assert (pixels("c.png") != pixels("b.png")).any()


def test_a_box_and_a_gap_are_pillows(updown: Updown) -> None:
    values = noise(90, 70, 3)
    picture("a.png", values)
    box = (3.5, 1.0, 66.0, 88.25)
    words = ("upsample", "--like", "pillow", "--mode", "bicubic", "--size", "9x8")
    more = ("--box", ",".join(map(str, box)), "--reducing-gap", "2")
    assert updown(*words, *more, "a.png", "-o", "b.png").code == 0
    expected = Image.fromarray(values).resize((8, 9), Image.Resampling.BICUBIC, box, 2.0)
    assert (pixels("b.png") == np.asarray(expected)).all()


@pytest.mark.parametrize(
    ("box", "code", "reason"),
    [
        ("1,2,3", 2, "--box 1,2,3: must be left,upper,right,lower"),
        ("5,0,5,9", 2, "--box 5,0,5,9: has nothing in it; left is before right"),
        ("0,0,9,4", 1, "a.png: --box reaches outside of an image 5 wide and 4 high"),
    ],
)
def test_a_wrong_box_is_refused(box: str, code: int, reason: str, updown: Updown) -> None:
    picture("a.png", noise(4, 5))
    done = updown("upsample", "--like", "pillow", "--box", box, "--size", "2", "a.png", "-q")
    assert (done.code, done.stderr) == (code, f"updown: {reason}\n")


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_torchvision_computes_deep_values_with_floats(dtype: str, updown: Updown) -> None:
    values = (np.random.default_rng(5).random((21, 30)) * 60000).astype(dtype)
    np.save("a.npy", values)
    words = ("upsample", "--like", "torchvision", "--size", "9x40", "a.npy", "-o", "b.npy")
    assert updown(*words).code == 0
    x = torch.from_numpy(values.astype(np.float32))[None, None]
    y = functional.interpolate(x, size=(9, 40), mode="bilinear", antialias=True)[0, 0]
    expected = y.numpy() if dtype == "float32" else y.round().numpy().astype(dtype)
    np.testing.assert_array_equal(np.load("b.npy"), expected)
