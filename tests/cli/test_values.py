"""`updown values`: numbers shown as they are stored, and written with everything else kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.conftest import SAMPLES, Updown, noise, picture, pixels
from updown_cli.cli.values_show import side_by_side
from updown_cli.files.pixel_access import Statistics

PHOTO = SAMPLES / "photo.png"


def test_a_window_of_a_picture(updown: Updown) -> None:
    picture("ramp.png", np.arange(30).reshape(5, 6))
    done = updown("values", "ramp.png", "--at", "0,1,2", "--window", "2x3")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout == (
        "ramp.png: PNG, L, uint8, 1x5x6 (channels x height x width)\n"
        "min 0, max 29, mean 14.5, NaN 0\n"
        "\n"
        "channel 0 (grey)\n"
        "y\\x   2   3   4\n"
        "  1   8   9  10\n"
        "  2  14  15  16\n"
    )


def test_every_channel_of_a_pixel_has_its_name(updown: Updown) -> None:
    picture("rgba.png", [[[0, 0, 0, 0], [200, 30, 4, 255]]])
    done = updown("values", "rgba.png", "--at", "_,0,1")
    assert done.stdout.splitlines()[3:] == [
        "c         0,1",
        "0    red  200",
        "1  green   30",
        "2   blue    4",
        "3  alpha  255",
    ]


def test_negative_indices_count_from_the_end(updown: Updown) -> None:
    image = noise(5, 6, 3)
    picture("noise.png", image)
    done = updown("values", "noise.png", "--at", "-1,-2,-3", "--json")
    (record,) = done.records
    assert (record["at"], record["values"]) == ([2, 3, 3], [[[image[3, 3, 2]]]])


def test_a_window_ends_at_the_edge(updown: Updown) -> None:
    picture("ramp.png", np.arange(30).reshape(5, 6))
    done = updown("values", "ramp.png", "--at", "0,-1,-2", "--window", "4", "--json")
    assert done.records[0]["window"] == [1, 1, 2]
    assert done.records[0]["values"] == [[[28, 29]]]


def test_what_is_small_is_shown_whole_and_of_the_rest_the_beginning(updown: Updown) -> None:
    np.save("wide.npy", np.zeros((6, 16, 17), np.float32))
    assert updown("values", "wide.npy", "--json").records[0]["window"] == [4, 16, 8]


def test_a_photograph_is_upright(updown: Updown) -> None:
    with Image.open(SAMPLES / "photo.jpg") as image:
        turned = np.rot90(np.array(image), 3)  # orientation 6
    (record,) = updown("values", SAMPLES / "photo.jpg", "--at", "_,7,5", "--json").records
    assert record["shape"] == [3, 300, 451]
    assert np.ravel(record["values"]).tolist() == turned[7, 5].tolist()


def test_sixteen_bits_are_shown_in_full(updown: Updown) -> None:
    (record,) = updown("values", SAMPLES / "gray16.png", "--window", "3x2", "--json").records
    assert record["dtype"] == "uint16"
    assert record["values"] == [pixels(SAMPLES / "gray16.png")[:3, :2].tolist()]


def test_a_frame_of_an_animation(updown: Updown) -> None:
    animation = SAMPLES / "animation.gif"
    with Image.open(animation) as image:
        image.seek(3)
        expected = np.array(image.convert("RGB"))[4, 5].tolist()
    done = updown("values", animation, "--frames", "3", "--at", "_,4,5", "--json")
    assert np.ravel(done.records[0]["values"]).tolist() == expected
    assert "frame 3 of 7\n" in updown("values", animation, "--frames", "3").stdout


@pytest.mark.parametrize(
    ("shape", "options", "at", "index"),
    [
        ((7,), (), "0,3", (3,)),
        ((2, 7), ("--layout", "CL"), "1,3", (1, 3)),
        ((4, 5), (), "0,2,3", (2, 3)),
        ((2, 4, 5), (), "1,2,3", (1, 2, 3)),
        ((4, 5, 2), ("--layout", "HWC"), "1,2,3", (2, 3, 1)),
        ((3, 2, 4, 5), ("--frames", "2"), "1,2,3", (2, 1, 2, 3)),
        ((6, 4, 5), ("--dims", "3"), "0,3,2,1", (3, 2, 1)),
        ((2, 2, 6, 4, 5), ("--frames", "1"), "1,3,2,1", (1, 1, 3, 2, 1)),
    ],
)
def test_an_element_of_an_array(
    updown: Updown, shape: tuple[int, ...], options: tuple[str, ...], at: str, index: Any
) -> None:
    array = np.random.default_rng(0).standard_normal(shape)
    np.save("a.npy", array)
    (record,) = updown("values", "a.npy", *options, "--at", at, "--json").records
    assert np.ravel(record["values"]).tolist() == [array[index]]


def test_a_signal_is_one_table(updown: Updown) -> None:
    np.save("s.npy", np.array([[0, 1.5, -2], [3, 1e-7, 123456789]], np.float32))
    done = updown("values", "s.npy", "--layout", "CL")
    assert done.stdout.splitlines()[3:] == [
        "c\\x  0      1            2",
        "  0  0    1.5           -2",
        "  1  3  1e-07  1.23457e+08",
    ]


def test_a_volume_is_a_table_for_every_plane(updown: Updown) -> None:
    np.save("v.npy", np.arange(24).reshape(2, 3, 4))
    done = updown("values", "v.npy", "--dims", "3", "--at", "0,0,1,2", "--window", "2x1x2")
    assert done.stdout.splitlines()[3:] == [
        "channel 0, z 0", "y\\x  2  3", "  1  6  7", "",
        "channel 0, z 1", "y\\x   2   3", "  1  18  19",
    ]  # fmt: skip


def test_json_tells_neighbouring_floats_apart_and_stays_json(updown: Updown) -> None:
    near = np.nextafter(np.float32(0.1), np.float32(1))
    np.save("f.npy", np.array([[0.1, near, np.nan, np.inf, -np.inf]], np.float32))
    done = updown("values", "f.npy", "--json")
    strict = json.loads(done.stdout, parse_constant=pytest.fail)
    values = strict["values"][0][0]
    assert np.array(values[:2], np.float32).tolist() == [float(np.float32(0.1)), float(near)]
    assert values[0] != values[1]
    assert values[2:] == ["nan", "inf", "-inf"]
    assert (strict["min"], strict["max"], strict["nans"]) == ("-inf", "inf", 1)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1.0, np.nan, 4.0], Statistics(1.0, 4.0, 2.5, 1)),
        ([np.inf, 1.0], Statistics(1.0, np.inf, np.inf, 0)),
    ],
)
def test_statistics_leave_nans_out(numbers: list[float], expected: Statistics) -> None:
    assert Statistics.of(np.array(numbers, np.float32)) == expected


def test_nothing_but_nans_has_no_statistics(updown: Updown) -> None:
    np.save("n.npy", np.full((2, 2), np.nan))
    assert "min nan, max nan, mean nan, NaN 4\n" in updown("values", "n.npy").stdout


def test_the_mean_of_floats_is_taken_in_float64() -> None:
    """In float32 100,000,001 is 100,000,000."""
    assert Statistics.of(np.array([1e8, 1, 1, 1], np.float32)).mean == 25_000_000.75


def test_the_mean_of_large_whole_numbers_does_not_overflow() -> None:
    assert Statistics.of(np.full((3, 3), 2**62, np.int64)).mean == 2.0**62


def test_numbers_are_written_and_all_else_stays(updown: Updown) -> None:
    """Profile, pixels and size; a place may be written twice."""
    done = updown(
        "values", PHOTO, "--set", "0,10,20=255", "--set", "_,-1,-1=7", "--set", "0,10,20=254",
        "-o", "out.png",
    )  # fmt: skip
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout == (
        "       at  before  after\n"
        "  0,10,20     151    254\n"
        "0,299,450     162      7\n"
        "1,299,450     138      7\n"
        "2,299,450     128      7\n"
    )
    expected = pixels(PHOTO)
    expected[10, 20, 0] = 254
    expected[-1, -1] = 7
    np.testing.assert_array_equal(pixels("out.png"), expected)
    with Image.open(PHOTO) as before, Image.open("out.png") as after:
        assert after.info["icc_profile"] == before.info["icc_profile"]


@pytest.mark.parametrize("name", ["gray16.png", "transparent.png", "pages.tif", "animation.gif"])
def test_a_value_in_each_kind_of_picture(updown: Updown, name: str) -> None:
    """Depth, alpha, pages and frames with their durations stay."""
    assert updown("values", SAMPLES / name, "--set", "0,3,4=9", "-o", name).code == 0
    with Image.open(SAMPLES / name) as before, Image.open(name) as after:
        frames = getattr(before, "n_frames", 1)
        assert (after.mode, getattr(after, "n_frames", 1)) == (before.mode, frames)
        for frame in range(frames):
            before.seek(frame)
            after.seek(frame)
            assert after.info.get("duration") == before.info.get("duration")
            old, new = (
                np.array(i.convert("RGB") if name[-1] == "f" else i) for i in (before, after)
            )
            changed = np.argwhere(old != new).tolist()
            assert changed == ([[3, 4, 0][: old.ndim]] if frame == 0 else [])


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "float64"])
def test_an_array_keeps_its_type_and_layout(updown: Updown, dtype: str) -> None:
    np.save("a.npy", np.zeros((4, 5, 2), dtype))
    done = updown("values", "a.npy", "--layout", "HWC", "--set", "1,2,3=1", "-o", "b.npy", "--json")
    assert json.loads(done.stdout) == {
        "frame": 0, "set": [{"at": [1, 2, 3], "before": 0, "after": 1}],
    }  # fmt: skip
    result = np.load("b.npy")
    assert (result.dtype, result.shape) == (dtype, (4, 5, 2))
    assert np.argwhere(result).tolist() == [[2, 3, 1]]


def test_the_largest_number_of_a_type_is_exact(updown: Updown) -> None:
    np.save("a.npy", np.zeros((1, 1), np.uint64))
    updown("values", "a.npy", "--set", f"0,0,0={2**64 - 1}", "-o", "b.npy")
    assert np.load("b.npy").tolist() == [[2**64 - 1]]


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_floats_hold_what_is_no_number(updown: Updown, text: str) -> None:
    np.save("a.npy", np.zeros((1, 1), np.float32))
    assert updown("values", "a.npy", "--set", f"0,0,0={text}", "-o", "b.npy").code == 0
    np.testing.assert_equal(np.load("b.npy"), np.array([[float(text)]], np.float32))


def test_a_format_that_loses_values_is_told_of(updown: Updown) -> None:
    done = updown("values", PHOTO, "--set", "0,0,0=255", "-o", "out.jpg")
    assert done.code == 0
    assert done.stderr == "updown: warning: .jpg does not keep every value; write .png or .npy\n"


def test_a_file_is_overwritten_only_when_asked(updown: Updown) -> None:
    """The input never: its numbers may be mapped from the disk."""
    np.save("a.npy", np.zeros((2, 2)))
    np.save("b.npy", np.ones(3))
    command = ["values", "a.npy", "--set", "0,1,1=5", "--if-exists"]
    done = updown(*command, "error", "-o", "b.npy")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == "updown: b.npy exists; choose --if-exists overwrite\n"
    assert updown(*command, "overwrite", "-o", "b.npy").code == 0
    assert np.load("b.npy").tolist() == [[0, 0], [0, 5]]
    done = updown(*command, "overwrite", "-o", "a.npy")
    said = "-o a.npy: is the input a.npy; updown never writes over what it reads"
    assert (done.code, done.stderr) == (2, f"updown: {said}\n")
    assert np.load("a.npy").tolist() == [[0, 0], [0, 0]]


def test_a_pipe_in_and_out(installed: Callable[..., Any]) -> None:
    made = installed("values", "-", "--set", "2,0,0=1", "-o", "-", input=PHOTO.read_bytes())
    assert (made.returncode, made.stderr) == (0, b"")
    shown = installed("values", "-", "--at", "2,0,0", "--json", input=made.stdout)
    record = json.loads(shown.stdout)
    assert (record["file"], record["format"], record["values"]) == ("-", "PNG", [[[1]]])


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("missing.png", 1, "missing.png: no such file"),
        (".", 1, ".: is a folder"),
        ("cut.png", 1, "cut.png: truncated PNG"),
        ("i.png --at 3,0,0", 1, "i.png: --at 3,0,0: c must be from -3 to 2"),
        ("i.png --at _,-5,0", 1, "i.png: --at _,-5,0: y must be from -4 to 3"),
        ("i.png --at 0,1", 1, "i.png: --at 0,1: must be c,y,x; it is 3x4x6"),
        ("i.png --window 2x2x2", 1, "i.png: --window 2x2x2: 3x4x6 has 2 sides; see --dims"),
        ("i.png --frames 1", 1, "i.png: there is no frame 1; it has frame 0 only"),
        ("big.npy --window 2000x2000", 1,
         "big.npy: 4000000 numbers are too many to show; at most 1048576"),
        ("i.png --at 1", 2, "--at 1: must be c,y,x, of a signal c,x, of a volume c,z,y,x"),
        ("i.png --at 1,_,2", 2,
         "--at 1,_,2: must be whole numbers between commas; c may be _"),
        ("i.png --at 1,2.5,2", 2,
         "--at 1,2.5,2: must be whole numbers between commas; c may be _"),
        ("i.png --window 0", 2, "--window 0: must be from 1 to 1048576"),
        ("i.png --set 0,0,0=256 -o o.png", 1,
         "i.png: --set 0,0,0=256: uint8 holds numbers from 0 to 255"),
        ("i.png --set 0,0,0=1.5 -o o.png", 1, "i.png: --set 0,0,0=1.5: uint8 holds whole numbers"),
        ("i.png --set 0,9,0=1 -o o.png", 1, "i.png: --set 0,9,0=1: y must be from -4 to 3"),
        ("big.npy --set 0,0,0=1e39 -o o.npy", 1,
         "big.npy: --set 0,0,0=1e39: float32 holds numbers up to 3.40282e+38"),
        ("big.npy --set 0,0,0=x -o o.npy", 1, "big.npy: --set 0,0,0=x: must be a number"),
        ("big.npy --set 0,0,0=1 -o o.png", 1,
         "big.npy: PNG cannot hold floats; write .npy"),
        ("i.png --set 0,0,0 -o o.png", 2, "--set 0,0,0: must be C,Y,X=V"),
        ("i.png --set 0,0,0=1", 2, "--set: needs -o OUT"),
        ("i.png -o o.png", 2, "-o o.png: goes with --set"),
        ("i.png --set 0,0,0=1 --at 0,0,0 -o o.png", 2,
         "--at or --window: shows numbers, --set writes them"),
        ("i.png --set 0,0,0=1 --json -o -", 2, "--json, -o -: both write to standard output"),
        ("i.png --set 0,0,0=1 -o o.xyz", 2,
         "o.xyz: unknown ending '.xyz'; end the name in .png, .jpg, .tif or .npy, say"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_or_written_is_told_in_one_line(
    updown: Updown, arguments: str, code: int, sentence: str
) -> None:
    picture("i.png", noise(4, 6, 3))
    np.save("big.npy", np.zeros((2000, 2000), np.float32))
    Path("cut.png").write_bytes(PHOTO.read_bytes()[:5000])
    done = updown("values", *arguments.split())
    assert (done.code, done.stdout, done.stderr) == (code, "", f"updown: {sentence}\n")
    assert not [*Path().glob("o.*")]


def test_two_files_are_shown_side_by_side(updown: Updown) -> None:
    picture("a.png", np.array([[1, 2], [30, 4]], np.uint8))
    picture("b.png", np.array([[1, 2], [3, 250]], np.uint8))
    assert (
        updown("values", "a.png", "b.png").stdout
        == """\
a.png: PNG, L, uint8, 1x2x2 (channels x height x width)
min 1, max 30, mean 9.25, NaN 0

b.png: PNG, L, uint8, 1x2x2 (channels x height x width)
min 1, max 250, mean 64, NaN 0

a.png             |  b.png
channel 0 (grey)  |  channel 0 (grey)
y\\x   0  1        |  y\\x  0    1
  0   1  2        |    0  1    2
  1  30  4        |    1  3  250
"""
    )
    records = updown("values", "a.png", "b.png", "--json").records
    assert [record["values"] for record in records] == [[[[1, 2], [30, 4]]], [[[1, 2], [3, 250]]]]


def test_what_does_not_fit_side_by_side_goes_below() -> None:
    texts = ["a\n1\n", "bb\n2\n3\n"]
    assert side_by_side(texts, 8) == "a  |  bb\n1  |  2\n   |  3\n"
    assert side_by_side(texts, 7) == "a\n1\n\nbb\n2\n3\n"


@pytest.mark.parametrize("option", [("--set", "0,0,0=1"), ("-o", "c.png")])
def test_numbers_are_written_to_one_file(updown: Updown, option: tuple[str, ...]) -> None:
    picture("a.png", np.array([[1]], np.uint8))
    done = updown("values", "a.png", "a.png", *option)
    sentence = f"updown: {option[0]}: goes with one file\n"
    assert (done.code, done.stdout, done.stderr) == (2, "", sentence)
