"""`updown sheet`: what each panel shows, read back from the file that the command wrote."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import structural_similarity

from tests.conftest import SAMPLES, Outcome, Updown, noise, picture, pixels
from updown_cli.batch.candidate_labels import short_labels
from updown_cli.figures.contact_sheet import (
    MARK,
    ContactSheet,
    SheetPanel,
    columns_for,
    draw_contact_sheet,
)
from updown_cli.figures.crop_type import CropType, Region
from updown_cli.figures.crop_zoom import CropZoom, Looking, most_detailed
from updown_cli.figures.lettering import Lettering
from updown_cli.figures.preview import Preview

PHOTO = SAMPLES / "photo.png"
DOUBLE = "upsample --mode {nearest,bilinear} --scale-factor 2"


def made(updown: Updown, *arguments: object, out: str = "sheet.png") -> NDArray[Any]:
    """Return the pixels of the sheet that a command writes."""
    done = updown("sheet", *arguments, "-o", out, "--no-times")
    assert done.code == 0, done.stderr
    return pixels(out)


def places(sheet: NDArray[Any], part: NDArray[Any]) -> list[tuple[int, int]]:
    """Return (top, left) of everywhere that a picture is on a sheet, exactly."""
    part = np.broadcast_to(part if part.ndim == 3 else part[..., None], (*part.shape[:2], 3))
    height, width = part.shape[:2]
    down, across = sheet.shape[0] - height + 1, sheet.shape[1] - width + 1
    corners = [
        (sheet[y : y + down, x : x + across] == part[y, x]).all(2)
        for y in (0, height - 1) for x in (0, width - 1)
    ]  # fmt: skip
    return [
        (y, x)
        for y, x in np.argwhere(np.logical_and.reduce(corners)).tolist()
        if np.array_equal(sheet[y : y + height, x : x + width], part)
    ]


def repeated(part: NDArray[Any], times: int) -> NDArray[Any]:
    return part.repeat(times, 0).repeat(times, 1)


# What panels show.


def test_a_crop_is_the_pixels_of_each_result_repeated(updown: Updown) -> None:
    picture("a.png", noise(60, 90, 3))
    sheet = made(updown, "a.png", "--try", DOUBLE, "--try", "pool -k 2",
                 "--crop", "10,20,16x12", "--zoom", 8)  # fmt: skip
    for steps, size in (("nearest", 2), ("bilinear", 2)):
        updown("upsample", "--mode", steps, "--scale-factor", size, "a.png", "-o", f"{steps}.png")
    updown("pool", "-k", 2, "a.png", "-o", "pool.png")
    crops = [
        repeated(pixels("a.png")[20:32, 10:26], 8),
        repeated(pixels("nearest.png")[40:64, 20:52], 4),
        repeated(pixels("bilinear.png")[40:64, 20:52], 4),
        repeated(pixels("pool.png")[10:16, 5:13], 16),
    ]
    # nearest repeats the source, so that the first two look alike
    source, nearest, bilinear, pool = (places(sheet, crop) for crop in crops)
    assert (len(source), nearest) == (2, source)
    every = [*source, *bilinear, *pool]
    assert (len(every), len({top for top, _ in every})) == (4, 1)
    assert sorted(every) == every


def test_a_crop_between_pixels_of_a_smaller_result_shows_parts_of_them() -> None:
    result = np.arange(6, dtype=np.uint8).reshape(2, 3)
    field = CropZoom((4, 6), 100, Region(1, 1, 3, 2), 4)
    crop = field.magnified(Preview(Image.fromarray(result)))
    # columns 1 to 3 of 6 are the right half of column 0 of 3 and all of column 1
    rows = np.repeat([0, 1], 4)
    columns = np.repeat([0, 1], [4, 8])
    np.testing.assert_array_equal(np.asarray(crop)[..., 0], result[np.ix_(rows, columns)])


def test_small_pictures_are_magnified_by_whole_numbers_and_large_ones_are_means(
    updown: Updown,
) -> None:
    picture("small.png", noise(20, 31))
    sheet = made(updown, "small.png", "--try", "pool -k 2", "--crop", "none", "--panel-size", 100)
    assert len(places(sheet, repeated(pixels("small.png"), 3))) == 1
    updown("pool", "-k", 2, "small.png", "-o", "half.png")
    assert len(places(sheet, repeated(pixels("half.png"), 6))) == 1

    picture("large.png", noise(120, 240, 3))
    sheet = made(updown, "large.png", "--try", "pool -k 1", "--crop", "none", "--panel-size", 60,
                 out="l.png")  # fmt: skip
    means = pixels("large.png").reshape(30, 4, 60, 4, 3).mean((1, 3))
    windows = np.lib.stride_tricks.sliding_window_view(sheet, (30, 60, 3))[:, :, 0]
    near = np.abs(windows[:, :, ::29, ::59] - means[::29, ::59]).max((2, 3, 4)) <= 1
    full = [p for p in np.argwhere(near) if np.abs(windows[tuple(p)] - means).max() <= 0.51]
    assert len(full) == 2


@pytest.mark.parametrize(
    ("size", "result", "factor", "of_result"),
    [
        ((300, 451), (300, 451), "1/2", "1/2"),
        ((300, 451), (600, 902), "1/2", "1/4"),
        ((300, 451), (150, 225), "1/2", "1"),
        ((300, 451), (1, 1), "1/2", "226"),
        ((4, 4), (8, 8), "48", "24"),
        ((1, 1), (3, 3), "48", "16"),
        ((384, 384), (400, 400), "1", "1/2"),
        ((1, 100000), (1, 50000), "1/261", "1/131"),
    ],
)
def test_results_are_shown_about_as_large_as_the_source(
    size: tuple[int, int], result: tuple[int, int], factor: str, of_result: str
) -> None:
    field = CropZoom(size, 384)
    assert (str(field.factor), str(field.factor_of(result))) == (factor, of_result)


def test_a_frame_shows_where_the_crop_is(updown: Updown) -> None:
    picture("a.png", np.full((50, 80), 77))
    sheet = made(updown, "a.png", "--try", "pool -k 1", "--crop", "10,20,16x12", "--zoom", 2,
                 "--panel-size", 80)  # fmt: skip
    panel = np.repeat(np.full((50, 80, 1), 77), 3, 2)
    panel[19:33, 9:27] = MARK
    panel[20:32, 10:26] = 77
    assert len(places(sheet, panel.astype(np.uint8))) == 2


@pytest.mark.parametrize(
    ("spot", "side", "expected"),
    [
        (None, 8, Region(0, 0, 8, 8)),
        ((30, 50), 9, Region(42, 22, 9, 9)),
        ((0, 0), 100, Region(0, 0, 90, 40)),
    ],
)
def test_the_most_detailed_square_is_the_first_that_holds_the_detail(
    spot: tuple[int, int] | None, side: int, expected: Region
) -> None:
    grey = np.full((40, 90), 100, np.uint8)
    if spot is not None:
        grey[spot] = 255
    assert most_detailed(Image.fromarray(grey), side) == expected


def test_detail_of_a_large_picture_is_found_in_a_smaller_one() -> None:
    grey = np.zeros((100, 5000), np.uint8)
    grey[60:90:2, 4960:] = 255
    region = most_detailed(Image.fromarray(grey), 30)
    assert (region.width, region.height) == (30, 30)
    assert region.left >= 4940
    assert region.top <= 70 <= region.top + 30


def test_what_hides_under_transparency_is_no_detail() -> None:
    rgba = np.zeros((20, 40, 4), np.uint8)
    rgba[:, :20, :3] = noise(20, 20, 3)
    rgba[10:12, 30:32] = 255
    assert most_detailed(Image.fromarray(rgba), 4).left >= 27


def test_transparency_is_over_squares(updown: Updown) -> None:
    rgba = np.zeros((32, 32, 4), np.uint8)
    rgba[:, 16:] = (200, 30, 4, 255)
    rgba[:, 8:16] = (200, 30, 4, 51)
    Image.fromarray(rgba).save("a.png")
    sheet = made(updown, "a.png", "--try", "pool -k 1", "--crop", "none", "--panel-size", 32)
    board = np.where(np.add.outer(np.arange(32) // 8, np.arange(32) // 8) % 2, 204, 255)
    alpha = rgba[..., 3:] / 255
    expected = np.floor(board[..., None] * (1 - alpha) + rgba[..., :3] * alpha + 0.5)
    assert len(places(sheet, expected.astype(np.uint8))) == 2


def test_16_bits_are_shown_by_their_upper_half(updown: Updown) -> None:
    values = np.arange(16 * 20, dtype=np.uint16).reshape(16, 20) * 200
    Image.fromarray(values).save("deep.png")
    sheet = made(updown, "deep.png", "--try", "pool -k 1", "--crop", "none", "--panel-size", 20)
    codes = np.floor(values / 257 + 0.5).astype(np.uint8)
    assert len(places(sheet, codes)) == 2


def test_floats_are_shown_between_the_extremes_of_the_source(updown: Updown) -> None:
    values = np.array([[-1, 0, 0.5], [1, 3, np.nan]], np.float32)
    np.save("f.npy", values)
    sheet = made(updown, "f.npy", "--try", "conv --kernel '2'", "--crop", "none")
    codes = np.array([[0, 64, 96], [128, 255, 0]], np.uint8)
    assert len(places(sheet, repeated(codes, 48))) == 1
    doubled = np.array([[0, 64, 128], [191, 255, 0]], np.uint8)
    assert len(places(sheet, repeated(doubled, 48))) == 1


def test_cmyk_and_palettes_are_shown_in_their_colours(updown: Updown) -> None:
    cmyk = noise(16, 16, 4)
    Image.fromarray(cmyk, "CMYK").save("c.tif")
    Image.fromarray(noise(16, 16, 3)).quantize(20).save("p.png")
    for name in ("c.tif", "p.png"):
        sheet = made(updown, name, "--try", "pool -k 1", "--crop", "none", "--panel-size", 16,
                     out=f"{name}.png")  # fmt: skip
        with Image.open(name) as image:
            assert len(places(sheet, np.asarray(image.convert("RGB")))) == 2


def test_of_an_animation_the_first_frame_is_shown_and_said(updown: Updown) -> None:
    animation = SAMPLES / "animation.gif"
    arguments = (animation, "--try", "pool -k 1", "--crop", "none", "--panel-size", 96)
    done = updown("sheet", *arguments, "-o", "a.png", "--json")
    assert (done.code, done.records[0]["psnr"]) == (0, "inf")
    assert done.stderr == f"updown: warning: {animation}: of 7 frames only the first is shown\n"
    with Image.open(animation) as image:
        assert len(places(pixels("a.png"), np.asarray(image.convert("RGB")))) == 2
        image.seek(3)
        third = np.asarray(image.convert("RGB"))
    done = updown("sheet", *arguments, "--frames", 3, "-o", "b.png")
    assert done.stderr == ""
    assert len(places(pixels("b.png"), third)) == 2


def test_the_four_panels_of_a_sobel_pair(updown: Updown) -> None:
    """Tutorial 003: a picture, its two gradients, and what a deconvolution makes of them (D6)."""
    picture("grey.png", noise(40, 50))
    pair = "--kernel sobel-h,sobel-v -p 1"
    sheet = made(updown, "grey.png", "--try", f"conv {pair}", "--try",
                 f"conv {pair} | deconv {pair}", "--crop", "none", "--panel-size", 50)  # fmt: skip
    updown("conv", *pair.split(), "grey.png", "-o", "two.npy")
    updown("deconv", *pair.split(), "two.npy", "-o", "one.npy")
    two, one = np.load("two.npy").astype(float), np.load("one.npy").astype(float)[None]
    panels = [pixels("grey.png")]
    for maps in (two, one.reshape(1, 40, 50)):
        # 0 is middle grey, the largest value of both maps is an end
        panels += [*np.floor(maps * 127 / abs(maps).max() + 128.5).astype(np.uint8)]
    found = [places(sheet, panel) for panel in panels]
    assert [len(place) for place in found] == [1, 1, 1, 1]
    (tops,) = {tuple(top for ((top, _),) in found)}
    assert len(set(tops)) == 1
    assert sorted(found, key=lambda place: place[0][1]) == found


@pytest.mark.parametrize("how", ["clamp", "minmax", "abs", "center", "symmetric"])
def test_a_range_is_that_of_a_run(updown: Updown, how: str) -> None:
    picture("a.png", noise(20, 24))
    steps = "conv --kernel sobel-h -p 1"
    sheet = made(updown, "a.png", "--try", steps, "--range", how, "--crop", "none",
                 "--panel-size", 24)  # fmt: skip
    updown(*steps.split(), "a.png", "--range", how, "-o", "b.png")
    assert len(places(sheet, pixels("b.png"))) == 1


# What is told.


def record_of(updown: Updown, *arguments: object) -> dict[str, Any]:
    done = updown("sheet", *arguments, "-o", "s.png", "--json")
    assert done.code == 0, done.stderr
    (record,) = done.records
    found: dict[str, Any] = record
    return found


def test_psnr_and_ssim_are_those_of_what_a_run_writes(updown: Updown) -> None:
    steps = "pool --mode avg -k 2 --ceil-mode | upsample --mode bicubic --size 300x451"
    record = record_of(updown, PHOTO, "--try", steps)
    updown("chain", steps, PHOTO, "-o", "there.png")
    a, b = pixels(PHOTO).astype(float), pixels("there.png").astype(float)
    assert record["psnr"] == pytest.approx(10 * np.log10(255**2 / ((a - b) ** 2).mean()))
    ssim = structural_similarity(  # type: ignore[no-untyped-call]
        a, b, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
        data_range=255, full=True,
    )[1][5:-5, 5:-5].mean()  # fmt: skip
    assert record["ssim"] == pytest.approx(ssim, abs=1e-6)
    updown("sheet", PHOTO, "--try", steps, "-o", "s.html")
    (facts,) = [text for text in Page(Path("s.html").read_text()).words if "PSNR" in text]
    told = f"{steps}: 3x300x451, TIME ms, PSNR {record['psnr']:.2f} dB, SSIM {ssim:.4f}"
    assert re.sub(r"\d+\.\d (?=ms)", "TIME ", facts) == told
    assert (record["shape"], record["try"], record["label"]) == ([3, 300, 451], 1, steps)
    assert [step["op"] for step in record["steps"]] == ["pool", "upsample"]
    assert 0 < record["seconds"] < 60


def test_what_has_another_size_or_meaning_is_not_compared(updown: Updown) -> None:
    picture("a.png", noise(20, 24))
    for steps in ("pool -k 2", "conv --kernel sobel-h -p 1"):
        record = record_of(updown, "a.png", "--try", steps, "--if-exists", "overwrite")
        assert (record["psnr"], record["ssim"]) == (None, None)


def test_an_equal_result_is_infinitely_near_in_json(updown: Updown) -> None:
    picture("a.png", noise(8, 24))
    record = record_of(updown, "a.png", "--try", "pool -k 1", "--no-times")
    assert (record["psnr"], record["ssim"], record["seconds"]) == ("inf", 1.0, None)


def test_the_table_tells_the_same(updown: Updown) -> None:
    picture("a.png", noise(20, 24))
    done = updown("sheet", "a.png", "--try", "{pool,unpool --mode zero} -k 2", "-o", "s.png",
                  "--no-times")  # fmt: skip
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["image", "try", "out", "op", "psnr", "ssim"],
        ["a.png", "pool", "1x10x12"],
        ["unpool", "--mode", "zero", "1x40x48"],
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["upsample --mode nearest -p 1", "upsample --mode area -p 1"], ["nearest", "area"]),
        (["pool -k 2", "pool -k 3"], ["-k 2", "-k 3"]),
        (["pool  -k 2"], ["pool -k 2"]),
        (["conv --kernel box", "conv --kernel box | pool"], ["conv", "conv | pool"]),
        (["pool", "pool -k 3"], ["pool", "pool -k 3"]),
        (["pool -k 2 | unpool", "conv --kernel box"], ["pool -k 2 | unpool", "conv --kernel box"]),
        (["pool -k 2", "pool -k 2"], ["pool -k 2", "pool -k 2"]),
        (["pool -k 2 | pool", "pool -k 3 | pool"], ["-k 2", "-k 3"]),
        (
            [
                "pool --mode avg -k 2 | upsample --mode area",
                "pool --mode lp -k 3 | upsample --mode area",
            ],
            ["avg, -k 2", "lp, -k 3"],
        ),
        (["pool -k 2", "conv -p 2"], ["pool -k 2", "conv -p 2"]),
        (["pool -k 2", "unpool -k 2"], ["pool", "unpool"]),
        (["pool -k 2", "pool -k 3 -s 2"], ["-k 2", "-k 3 -s 2"]),
        (
            ["conv --kernel '1 2 1'", "conv --kernel '1 3 1'"],
            ["--kernel '1 2 1'", "--kernel '1 3 1'"],
        ),
        (["conv --bias -1 -p 1", "conv --bias -inf -p 1"], ["--bias -1", "--bias -inf"]),
        (["upsample --size=3", "upsample --size 4"], ["--size=3", "--size 4"]),
        (["pool --mode=avg", "pool --mode=max"], ["avg", "max"]),
        (
            [
                "upsample --mode nearest --scale-factor 2",
                "upsample --mode bicubic --antialias --scale-factor 2",
            ],
            ["--mode nearest", "--mode bicubic --antialias"],
        ),
        (
            [
                "upsample --mode nearest --scale-factor 2",
                "upsample --mode bicubic --antialias --scale-factor 4",
            ],
            ["--mode nearest --scale-factor 2", "--mode bicubic --antialias --scale-factor 4"],
        ),
        (
            ["pool -k 2", "pool -k 2 | unpool -k 2", "pool -k 2 | unpool -k 3"],
            ["pool -k 2", "pool -k 2 | unpool -k 2", "pool -k 2 | unpool -k 3"],
        ),
        (
            ["pool -k 2 | unpool", "pool -k 2 | conv --kernel box | unpool"],
            ["pool | unpool", "pool | conv | unpool"],
        ),
    ],
)
def test_labels_are_what_differs(texts: list[str], expected: list[str]) -> None:
    assert short_labels(texts) == expected


def test_the_same_call_gives_the_same_bytes(updown: Updown) -> None:
    picture("c.png", noise(60, 90, 3))
    for name in ("a.png", "b.png", "a.html", "b.html"):
        done = updown("sheet", "c.png", "--try", DOUBLE, "-o", name, "--no-times")
        assert done.code == 0, done.stderr
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()


# Where it goes.


@pytest.mark.parametrize("suffix", ["jpg", "tif", "webp", "gif", "bmp", "npy"])
def test_a_sheet_is_any_picture(updown: Updown, suffix: str) -> None:
    picture("a.png", noise(20, 24))
    sheet = made(updown, "a.png", "--try", "pool -k 2").astype(int)
    assert (
        updown("sheet", "a.png", "--try", "pool -k 2", "--no-times", "-o", f"s.{suffix}").code == 0
    )
    if suffix == "npy":
        other = np.load("s.npy").transpose(1, 2, 0)
    else:
        with Image.open(f"s.{suffix}") as image:
            other = np.asarray(image.convert("RGB"))
    assert other.shape == sheet.shape
    assert np.abs(other - sheet).mean() < 4  # JPEG, WebP and palettes lose some


def test_standard_output_takes_a_png(
    installed: Callable[..., subprocess.CompletedProcess[bytes]],
) -> None:
    picture("a.png", noise(20, 24))
    data = Path("a.png").read_bytes()
    done = installed("sheet", "-", "--try", "pool -k 2", "-o", "-", input=data)
    assert (done.returncode, done.stderr) == (0, b"")
    with Image.open(BytesIO(done.stdout)) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")


def test_a_sheet_that_is_there_stays(updown: Updown) -> None:
    picture("a.png", noise(20, 24))
    Path("s.png").write_bytes(b"mine")
    done = updown("sheet", "a.png", "--try", "pool -k 2", "-o", "s.png")
    assert (done.code, done.stderr) == (
        2, "updown: s.png exists; choose --if-exists overwrite\n"
    )  # fmt: skip
    assert Path("s.png").read_bytes() == b"mine"
    overwritten = ("-o", "s.png", "--if-exists", "overwrite")
    assert updown("sheet", "a.png", "--try", "pool -k 2", *overwritten).code == 0
    assert Path("s.png").read_bytes().startswith(b"\x89PNG")


def refused(updown: Updown, *arguments: object) -> tuple[int, str]:
    """Return exit code and message of a command that must leave nothing."""
    before = sorted(os.listdir())
    done: Outcome = updown("sheet", *arguments)
    assert sorted(os.listdir()) == before
    return done.code, done.stderr.removeprefix("updown: ").removesuffix("\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("a.png --try pool", 2, "missing option '--output' / '-o'; see updown sheet --help"),
        ("a.png -o s.png", 2, "missing option '--try'; see updown sheet --help"),
        ("-o s.png --try pool", 2, "missing argument 'INPUT...'; see updown sheet --help"),
        ("a.png -o a.png --try pool --if-exists overwrite", 2,
         "-o a.png: is the input a.png; updown never writes over what it reads"),
        ("a.png -o link.png --try pool --if-exists overwrite", 2,
         "-o link.png: is the input a.png; updown never writes over what it reads"),
        ("a.png -o s.pgn --try pool", 2, "s.pgn: unknown ending '.pgn'; did you mean .pnm?"),
        ("a.png -o no/s.png --try pool", 3, "no/s.png: no such folder"),
        ("no.png -o s.png --try pool_-k_2", 1, "no.png: no such file"),
        (
            "a.png -o s.png --try pool_-k_2 --try pool_-k_2_|_conv_--krenel_box", 2,
            "try 2: step 2, conv: no such option --krenel; did you mean --kernel?",
        ),
        (
            "a.png -o s.png --try pool_-k_{2,0}", 2,
            "try 2: step 1, pool: --kernel-size 0: must be from 1 to 65535",
        ),
        (
            "a.png -o s.png --try pool_-k_2_--save-indices_F.npz", 2,
            "try 1: --save-indices does not go with a sheet; use updown chain",
        ),
        (
            "a.png -o s.png --try pool_-k_2_--print-indices", 2,
            "try 1: --print-indices does not go with a sheet; use updown chain",
        ),
        ("a.png -o - --json --try pool_-k_2", 2, "--json, -o -: both write to standard output"),
        (
            "a.png -o s.html --crop 0,0,2x2 --try pool_-k_2", 2,
            "--crop: is not for a page, which can be magnified",
        ),
        (
            "a.png -o s.png --crop none --zoom 3 --try pool_-k_2", 2, "--zoom: goes with a crop",
        ),
        (
            "a.png -o s.png --crop 1,2 --try pool_-k_2", 2,
            "--crop 1,2: must be X,Y,WxH in pixels of the input, or none",
        ),
        (
            "a.png -o s.png --crop 20,0,5x5 --try pool_-k_2", 1,
            "a.png: --crop 20,0,5x5 is not inside of 24x20; X,Y,WxH count from the top left",
        ),
        ("a.png b.png -o s.png --columns 2 --try pool_-k_2", 2, "--columns: goes with one input"),
        (
            "signal.npy -o s.png --try pool_-k_2", 1,
            "signal.npy: 1-D data is no picture; a sheet shows pictures",
        ),
        (
            "a.png -o s.png --max-pixels 10000 --try pool_-k_2", 1,
            "the sheet: 0.246 megapixels, limit is 0.01 (--max-pixels)",
        ),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line_and_leaves_nothing(
    updown: Updown, arguments: str, code: int, message: str
) -> None:
    for name in ("a.png", "b.png"):
        picture(name, noise(20, 24))
    os.link("a.png", "link.png")
    np.save("signal.npy", np.zeros(9, np.float32))
    words = [word.replace("_", " ") for word in arguments.split()]
    assert refused(updown, *words) == (code, message)


def test_a_try_that_fails_is_a_panel_with_its_reason(updown: Updown) -> None:
    picture("a.png", noise(5, 5))
    done = updown("sheet", "a.png", "--try", "pool -k {2,9}", "-o", "s.png", "--json")
    assert done.code == 1
    reason = "pool: nothing is left of a 1x5x5 image; the window is 9x9"
    assert done.stderr == f"updown: a.png: try 2: {reason}\n"
    assert [record["status"] for record in done.records] == ["done", "failed"]
    assert done.records[1]["error"] == {"code": "bad_shape", "message": reason}
    assert (pixels("s.png") == MARK).all(2).any()


@pytest.mark.parametrize(
    ("failing", "reason"),
    [
        ("upsample --scale-factor 40", "23 megapixels, limit is 2 (--max-pixels)"),
        ("upsample --size 3x3 | pool -k 9", "step 2, pool: nothing is left of a 1x3x3 image; "
         "the window is 9x9"),
        ("unpool -k 40 --indices no.npz", "no.npz: no such file"),
        ("pool -k 3 -s 1 | conv --kernel '1 2' -p same | unpool -k 3 -s 1 | "
         "upsample --scale-factor 11",
         "step 3, unpool: several different values have index 3 in channel 0; say what to do with "
         "--duplicates last, sum, max or mean"),
    ],
)  # fmt: skip
def test_a_try_that_fails_leaves_the_crop_of_the_others(
    updown: Updown, failing: str, reason: str
) -> None:
    picture("a.png", noise(120, 120))
    done = updown("sheet", "a.png", "--try", "pool -k 1", "--try", failing, "-o", "s.png",
                  "--max-pixels", 2_000_000)  # fmt: skip
    assert (done.code, done.stderr) == (1, f"updown: a.png: try 2: {reason}\n")
    region = most_detailed(Image.open("a.png"), 32)
    part = pixels("a.png")[region.top :, region.left :][:32, :32]
    assert len(places(pixels("s.png"), repeated(part, 8))) == 2


def test_many_maps_of_several_inputs_go_on_below(updown: Updown) -> None:
    for name in ("a.png", "b.png"):
        picture(name, noise(20, 24, 3, seed=ord(name[0])))
    kernels = "conv --kernel sobel-h,sobel-v,sharpen,gaussian -p 1"
    sheet = made(updown, "a.png", "b.png", "--try", kernels, "--try", "pool -k 1",
                 "--crop", "none", "--panel-size", 24)  # fmt: skip
    # 14 panels each in 5 columns: the pool of each is the fourth of its third line
    found = [places(sheet, pixels(name)) for name in ("a.png", "b.png")]
    assert [[x for _, x in sorted(corners)] for corners in found] == [[17, 593], [17, 593]]
    assert sheet.shape[1] == 5 * (176 + 16) + 16


def test_an_input_that_fails_does_not_stop_the_others(updown: Updown) -> None:
    for name in ("a.png", "c.png"):
        picture(name, noise(20, 24, seed=ord(name[0])))
    Path("b.png").write_bytes(b"")
    done = updown("sheet", "a.png", "b.png", "c.png", "--try", "pool -k 2", "-o", "s.png",
                  "--crop", "none", "--panel-size", 24)  # fmt: skip
    assert (done.code, done.stderr) == (1, "updown: b.png: empty file\n")
    ((top, left),) = places(pixels("s.png"), pixels("a.png"))
    ((below, beside),) = places(pixels("s.png"), pixels("c.png"))
    assert (left, below > top) == (beside, True)


def test_panels_of_one_try_stand_below_each_other(updown: Updown) -> None:
    picture("grey.png", noise(20, 24))
    picture("colour.png", noise(20, 24, 3))
    sheet = made(updown, "grey.png", "colour.png", "--try", "conv --kernel sobel-h,sobel-v -p 1",
                 "--try", "pool -k 1", "--crop", "none", "--panel-size", 24)  # fmt: skip
    lefts = [[x for _, x in places(sheet, pixels(name))] for name in ("grey.png", "colour.png")]
    assert len(lefts[0]) == 2
    assert lefts[0] == lefts[1]


def test_a_crop_that_leaves_out_pixels_is_told(updown: Updown) -> None:
    picture("a.png", noise(40, 40))
    done = updown(
        "sheet", "a.png", "--try", "upsample --scale-factor 4", "--zoom", 2, "-o", "s.png"
    )
    expected = "a.png: try 1: the crop leaves out pixels; choose a larger --zoom"
    assert (done.code, done.stderr) == (0, f"updown: warning: {expected}\n")


# Layout.

TEXTS = ["x", "upsample --mode bicubic --scale-factor 2 " * 6, "W" * 500, "a\nb\udcff\x1b[31m"]
SIZES = [(1, 1), (384, 5), (5, 384), (384, 384), (2000, 3)]


def panel(text: str, size: tuple[int, int], *, part: bool) -> SheetPanel:
    image = Image.new("RGB", size, (9, 9, 9))
    crop = Image.new("RGB", (256, 256), (8, 8, 8)) if part else None
    return SheetPanel(text, (text, "3x300x451, 12.3 ms"), ("shown at 1/2",), image, crop)


EXAMPLES = (
    [
        ContactSheet([("name", [panel("x", size, part=part)])], ["foot"])
        for size in SIZES
        for part in (True, False)
    ]
    + [
        ContactSheet(
            [
                (text, [panel(text, size, part=True), None, SheetPanel(text, reason=text)])
                for size in SIZES[-2:]
            ],
            [text, text],
        )
        for text in TEXTS
    ]
    + [ContactSheet([("", [panel(text, (50, 40), part=False) for text in TEXTS * 3])] * 3)]
)


@pytest.mark.parametrize("sheet", EXAMPLES, ids=range(len(EXAMPLES)))
def test_nothing_lies_on_another_or_beyond_the_edge(sheet: ContactSheet) -> None:
    width, height = sheet.size
    for item in sheet.items:
        left, top, right, bottom = item.box
        assert 0 <= left <= right <= width - 16
        assert 0 <= top <= bottom <= height - 16
        if item.text:
            a, b, c, d = item.lettering.font.getbbox(item.text)
            assert left + min(a, 0) >= left - 1
            assert (left + c <= right + 1, b >= 0, top + d <= bottom) == (True, True, True)
    for one, other in combinations([item.box for item in sheet.items], 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] or other[3] <= one[1], (one, other)


@pytest.mark.parametrize("sheet", [EXAMPLES[0], EXAMPLES[-1]], ids=["one", "many"])
def test_a_sheet_is_opaque_with_paper_at_its_edges(sheet: ContactSheet) -> None:
    image = np.asarray(draw_contact_sheet(sheet))
    assert image.shape == (*sheet.size[::-1], 3)
    for edge in (image[:12], image[-12:], image[:, :12], image[:, -12:]):
        assert (edge == 255).all()


@pytest.mark.parametrize("most", [1, 2, 3])
def test_long_text_loses_its_middle(most: int) -> None:
    letters = Lettering(13)
    text = "begin " + "word " * 200 + "end"
    lines = letters.wrapped(text, 150, most)
    assert (len(lines), "".join(lines).count("…")) == (most, 1)
    assert (lines[0].startswith("begin"), lines[-1].endswith("end")) == (True, True)
    assert max(map(letters.width_of, lines)) <= 150


@pytest.mark.parametrize(("count", "across"), [(1, 1), (5, 5), (6, 3), (7, 4), (13, 5), (60, 10)])
def test_many_panels_are_a_broad_block(count: int, across: int) -> None:
    assert columns_for(count) == across


def test_columns_are_as_many_as_asked_for(updown: Updown) -> None:
    picture("a.png", noise(20, 24))
    arguments = ("a.png", "--try", "pool -k 1", "--crop", "none", "--panel-size", 24)
    for columns, rows in ((1, 2), (2, 1)):
        sheet = made(updown, *arguments, "--columns", columns, out=f"{columns}.png")
        assert len({top for top, _ in places(sheet, pixels("a.png"))}) == rows


@pytest.mark.parametrize("text", ["1,2,0x3", "1,2,3x0", "-1,0,2x2", "1,2,3", "a", ""])
def test_a_crop_has_a_corner_and_a_size(text: str) -> None:
    with pytest.raises(ValueError, match=r"must (be X,Y,WxH|have a width)"):
        CropType().check(CropType().parse(text))


@pytest.mark.parametrize(
    ("size", "sizes", "region", "zoom"),
    [
        ((300, 451), [(600, 902)], Region(0, 0, 28, 28), 8),
        ((300, 451), [(900, 1353), (1, 1)], Region(0, 0, 25, 25), 9),
        ((300, 451), [(4800, 7216)], Region(0, 0, 14, 14), 16),
        ((90, 90), [(90000, 90000)], None, 1),
        ((100, 3000), [], Region(0, 0, 32, 32), 8),
    ],
)
def test_every_pixel_of_the_finest_result_is_in_the_crop(
    size: tuple[int, int], sizes: list[tuple[int, int]], region: Region | None, zoom: int
) -> None:
    field = Looking(384).field(Preview(Image.new("L", size[::-1])), sizes)
    assert (field.region, field.zoom) == (region, zoom)


# The page.


class Page(HTMLParser):
    """What a page holds; fails where tags do not nest."""

    EMPTY = frozenset({"meta", "img", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.pictures: list[NDArray[Any]] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [str(given[name]) for name in ("src", "href", "srcset") if name in given]
        if tag == "img":
            head, data = str(given["src"]).split(",")
            assert head == "data:image/png;base64"
            with Image.open(BytesIO(base64.b64decode(data, validate=True))) as image:
                self.pictures.append(np.array(image))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_page_holds_every_pixel_of_every_result(updown: Updown) -> None:
    picture("c.png", noise(60, 90, 3))
    done = updown("sheet", "c.png", "--try", DOUBLE, "-o", "s.html")
    assert done.code == 0, done.stderr
    text = Path("s.html").read_text()
    page = Page(text)
    for mode in ("nearest", "bilinear"):
        updown("upsample", "--mode", mode, "--scale-factor", 2, "c.png", "-o", f"{mode}.png")
    expected = [pixels(name) for name in ("c.png", "nearest.png", "bilinear.png")]
    assert len(page.pictures) == 3
    for found, wanted in zip(page.pictures, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    bare = re.sub(r"base64,[\w+/=]+", "", text)
    assert not re.search(r"https?:|//\w|@import|url\(", bare)
    assert all(link.startswith("data:") for link in page.links)
    assert "prefers-color-scheme: dark" in bare


def test_names_are_escaped_on_a_page(updown: Updown) -> None:
    name = "<script>alert(1)<&\">'.png"
    picture("a.png", noise(5, 5))
    os.rename("a.png", name)
    done = updown("sheet", name, "--try", "pool -k {2,9}", "-o", "s.html")
    assert done.code == 1
    text = Path("s.html").read_text()
    page = Page(text)
    assert text.count("<script>") == 1
    assert name in page.words
    assert "pool: nothing is left of a 1x5x5 image; the window is 9x9" in page.words
    assert len(page.pictures) == 2
    buttons = re.findall(r'<button type="button">(.*?)</button>', text)
    assert [name.endswith("(failed)") for name in buttons] == [False, False, True]


def test_a_page_keeps_transparency(updown: Updown) -> None:
    transparent = SAMPLES / "palette-transparent.png"
    assert updown("sheet", transparent, "--try", "pool -k 1", "-o", "s.htm").code == 0
    source, _ = Page(Path("s.htm").read_text()).pictures
    with Image.open(transparent) as image:
        np.testing.assert_array_equal(source, np.asarray(image.convert("RGBA")))


def test_json_is_one_object_per_input_and_try(updown: Updown) -> None:
    for name in ("a.png", "b.png"):
        picture(name, noise(20, 24))
    done = updown("sheet", "a.png", "b.png", "--try", "pool -k {2,3}", "-o", "s.html", "--json")
    told = [
        (record["source"], record["text"]) for record in map(json.loads, done.stdout.splitlines())
    ]
    assert told == [(name, f"pool -k {k}") for name in ("a.png", "b.png") for k in (2, 3)]


def test_alpha_is_alpha_in_any_range(updown: Updown) -> None:
    rgba = noise(20, 24, 4)
    Image.fromarray(rgba).save("a.png")
    arguments = ("--alpha", "straight", "--range", "minmax")
    assert updown("sheet", "a.png", "--try", "pool -k 1", *arguments, "-o", "s.html").code == 0
    _, result = Page(Path("s.html").read_text()).pictures
    np.testing.assert_array_equal(result[..., 3], rgba[..., 3])
    low, high = float(rgba[..., :3].min()), float(rgba[..., :3].max())
    expected = np.floor((rgba[..., :3] - low) * (255 / (high - low)) + 0.5)
    np.testing.assert_array_equal(result[..., :3], expected)


@pytest.mark.parametrize("kind", ["bool", "int8", "int32", "uint32", "float16", "float64"])
def test_arrays_of_any_type_are_shown(updown: Updown, kind: str) -> None:
    np.save("x.npy", (noise(16, 16) % 2).astype(kind))
    sheet = made(updown, "x.npy", "--try", "pool -k 1", "--crop", "none", "--panel-size", 16)
    assert len(places(sheet, noise(16, 16) % 2 * 255)) == 2


def test_positions_of_a_file_are_taken(updown: Updown) -> None:
    picture("a.png", noise(20, 24))
    updown("pool", "-k", 2, "--save-indices", "F.npz", "a.png", "-o", "small.png")
    updown("unpool", "--indices", "F.npz", "small.png", "-o", "large.png")
    sheet = made(updown, "small.png", "--try", "unpool --indices F.npz", "--crop", "none",
                 "--panel-size", 24)  # fmt: skip
    assert len(places(sheet, pixels("large.png"))) == 1


def test_too_many_panels_are_refused_before_there_are_any(updown: Updown) -> None:
    for number in range(6):
        picture(f"{number}.png", noise(2, 2))
    tries = "pool -k 1 {" + ",".join(["-s 1"] * 199) + "}"
    done = refused(updown, *[f"{n}.png" for n in range(6)], "--try", tries, "-o", "s.png")
    assert done == (2, "more than 1000 panels; make several sheets")


def test_of_a_folder_what_is_no_picture_is_left_out(updown: Updown) -> None:
    Path("in").mkdir()
    shutil.copy(SAMPLES / "gray.png", "in/a.png")
    Path("in/notes.txt").write_text("no picture")
    done = updown("sheet", "in", "--try", "pool", "-o", "out.png", "-q")
    assert (done.code, done.stderr) == (0, "")
    named = updown("sheet", "in/notes.txt", "--try", "pool", "-o", "other.png")
    assert (named.code, named.stderr) == (1, "updown: in/notes.txt: not a supported image\n")
    assert not Path("other.png").exists()
