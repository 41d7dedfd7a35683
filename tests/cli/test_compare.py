"""`updown compare`: files and folders, limits, pictures of the difference, and reports."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.conftest import SAMPLES, Updown, noise, picture, pixels

PHOTO = SAMPLES / "photo.png"
SCAN = SAMPLES / "photo.jpg"


@pytest.fixture
def two() -> None:
    """Make a.png and b.png, of which two of twelve pixels differ, by 3 and by 4."""
    a = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    b = a.copy()
    b[0, 1] += 3
    b[2, 3] -= 4
    picture("a.png", a)
    picture("b.png", b)


def records(done: Any) -> list[dict[str, Any]]:
    """Return what `--json` printed; constants that JSON has not are refused."""
    return [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]


@pytest.mark.usefixtures("two")
def test_a_table_of_two_files(updown: Updown) -> None:
    done = updown("compare", "a.png", "b.png")
    assert (done.code, done.stderr) == (1, "")
    head, row = (line.split() for line in done.stdout.splitlines())
    assert head == [
        "files", "result", "percent", "max", "at", "mean", "mse", "rmse", "psnr", "ssim", "why",
    ]  # fmt: skip
    # Squares 9 + 16 of twelve, 10 log10(65025 * 12 / 25); no side has eleven pixels.
    assert row == [
        "a.png,", "b.png", "differs", "16.6667", "4", "0,2,3", "0.583333", "2.08333", "1.44338",
        "44.9432", "unknown", "2", "of", "12", "pixels", "differ",
    ]  # fmt: skip


@pytest.mark.usefixtures("two")
def test_json_tells_where_the_largest_difference_is(updown: Updown) -> None:
    (record,) = records(updown("compare", "a.png", "b.png", "--json"))
    assert (record["metrics"]["frame"], record["metrics"]["at"]) == (0, [0, 2, 3])
    (record,) = records(updown("compare", "a.png", "a.png", "--json"))
    assert (record["metrics"]["frame"], record["metrics"]["at"]) == (None, None)


def test_the_place_in_a_later_frame_has_its_number(updown: Updown) -> None:
    a = np.zeros((3, 2, 40, 50), np.float32)
    b = a.copy()
    b[0, 1, 2, 3], b[2, 0, 39, 7], b[2, 1, 39, 8] = 5, -6, 6
    np.save("a.npy", a)
    np.save("b.npy", b)
    done = updown("compare", "a.npy", "b.npy")
    assert done.stdout.splitlines()[1].split()[4:6] == ["6", "2:0,39,7"]


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    ("taken", "code"), [("same*", 0), ("*differs*", 1), ("only*", 1), ("cut*", 2), ("notes*", 0)]
)
def test_exit_codes_are_those_of_cmp(updown: Updown, taken: str, code: int) -> None:
    """0 for the same, 1 for a difference, 2 for trouble."""
    assert updown("compare", "-r", "a", "b", "--include", taken, "-q").code == code


def test_equal_files_are_the_same(updown: Updown) -> None:
    """Though their metadata, encoding and palette differ."""
    picture("rgb.png", pixels(PHOTO))
    done = updown("compare", PHOTO, "rgb.png", "--json")
    (record,) = records(done)
    assert (done.code, record["status"], record["reasons"]) == (0, "same", [])
    assert (record["metrics"]["psnr"], record["metrics"]["ssim"]) == ("inf", 1.0)


def test_every_frame_counts(updown: Updown) -> None:
    updown(
        "values", SAMPLES / "animation.gif", "--frames", "5", "--set", "0,1,1=255", "-o", "b.gif"
    )
    done = updown("compare", SAMPLES / "animation.gif", "b.gif", "--json")
    assert records(done)[0]["metrics"]["differing"] == 1
    assert updown("compare", SAMPLES / "animation.gif", "b.gif", "--frames", "0-4").code == 0


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("limits", "reasons"),
    [
        ("--fail-above max=4", []),
        ("--fail-above max=3.9", ["max 4, must be at most 3.9"]),
        ("--fail-above mse=2.1 --fail-above rmse=1.4434 --fail-above mean=2.1", []),
        ("--fail-above mse=0.5 --fail-above mean=2", ["mse 2.08333, must be at most 0.5"]),
        ("--fail-below psnr=44", []),
        ("--fail-below psnr=45", ["psnr 44.9432, must be at least 45"]),
        ("--fail-below ssim=0", ["ssim unknown, must be at least 0"]),
        ("--fail-percent 17", []),
        ("--fail-percent 16", ["percent 16.6667, must be at most 16"]),
        (
            "--fail-above max=1 --fail-percent 0",
            ["max 4, must be at most 1", "percent 16.6667, must be at most 0"],
        ),
    ],
)
def test_limits_decide(updown: Updown, limits: str, reasons: list[str]) -> None:
    done = updown("compare", "a.png", "b.png", "--json", *limits.split())
    (record,) = records(done)
    assert record["reasons"] == reasons
    assert (done.code, record["status"]) == ((1, "differs") if reasons else (0, "passed"))


def test_no_limit_is_kept_by_nan(updown: Updown) -> None:
    np.save("a.npy", np.zeros((2, 2)))
    np.save("b.npy", np.full((2, 2), np.nan))
    done = updown("compare", "a.npy", "b.npy", "--fail-above", "max=inf", "--json")
    (record,) = records(done)
    assert (done.code, record["reasons"]) == (1, ["max nan, must be at most inf"])
    assert record["metrics"]["nans"] == [0, 4]


def test_depth_and_mode_differ_unless_limits_decide(updown: Updown) -> None:
    image = noise(12, 12)
    picture("a.png", image)
    np.save("b.npy", image.astype(np.float32))
    done = updown("compare", "a.png", "b.npy", "--json")
    assert (done.code, records(done)[0]["reasons"]) == (
        1, ["mode L and array", "depth uint8 and float32"],
    )  # fmt: skip
    assert updown("compare", "a.png", "b.npy", "--fail-above", "max=0").code == 0


@pytest.mark.parametrize("limit", [(), ("--fail-above", "max=1000")])
def test_another_size_always_fails(updown: Updown, limit: tuple[str, ...]) -> None:
    done = updown("compare", PHOTO, SAMPLES / "gray.png", "--json", *limit)
    (record,) = records(done)
    assert (done.code, record["metrics"]) == (1, None)
    assert record["reasons"] == ["size 3x300x451 and 1x256x256", "mode RGB and L"]


def test_alpha_is_a_channel_is_weighed_or_is_dropped(updown: Updown) -> None:
    image = noise(4, 4, 4)
    image[0, 0, 3] = 0
    other = image.copy()
    other[0, 0, :3] += 1  # nobody sees it
    picture("a.png", image)
    picture("b.png", other)
    picture("c.png", image[..., :3])
    assert updown("compare", "a.png", "b.png").code == 1
    assert updown("compare", "a.png", "b.png", "--alpha", "premultiply").code == 0
    assert updown("compare", "a.png", "c.png").code == 1
    assert updown("compare", "a.png", "c.png", "--alpha", "drop").code == 0


@pytest.mark.usefixtures("two")
def test_the_picture_of_a_difference(updown: Updown) -> None:
    done = updown("compare", "a.png", "b.png", "--diff", "d.png", "--amplify", "20", "--json")
    expected = np.zeros((3, 4))
    expected[0, 1], expected[2, 3] = 60, 80
    np.testing.assert_array_equal(pixels("d.png"), expected)
    assert records(done)[0]["diff"] == "d.png"


def test_the_picture_of_a_difference_has_colours(updown: Updown) -> None:
    done = updown("compare", PHOTO, SCAN, "--diff", "d.png", "--amplify", "10")
    assert done.code == 1
    with Image.open(SCAN) as image:
        turned = np.rot90(np.array(image), 3).astype(int)  # orientation 6
    expected = np.minimum(10 * np.abs(turned - pixels(PHOTO)), 255)
    np.testing.assert_array_equal(pixels("d.png"), expected)


def test_a_picture_of_halves_is_rounded_up(updown: Updown) -> None:
    picture("a.png", [[0, 0, 0]])
    picture("b.png", [[1, 2, 3]])
    updown("compare", "a.png", "b.png", "--diff", "d.png", "--amplify", "0.5")
    assert pixels("d.png").tolist() == [[1, 1, 2]]


def test_two_named_files_that_are_no_pictures_fail(updown: Updown) -> None:
    for name in ("a.txt", "b.txt"):
        Path(name).write_text(f"no picture, but {name}")
    done = updown("compare", "-q", "a.txt", "b.txt")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == (
        "updown: a.txt: not a supported image\nupdown: b.txt: not a supported image\n"
    )


def test_a_difference_of_alpha_shows_in_every_colour(updown: Updown) -> None:
    picture("a.png", [[[10, 20, 30, 40]]])
    picture("b.png", [[[10, 20, 39, 35]]])
    updown("compare", "a.png", "b.png", "--diff", "d.png")
    assert pixels("d.png").tolist() == [[[5, 5, 9]]]


@pytest.mark.usefixtures("two")
def test_no_picture_is_made_of_no_difference(updown: Updown) -> None:
    assert updown("compare", "a.png", "a.png", "--diff", "d.png").code == 0
    assert not os.path.exists("d.png")


@pytest.mark.usefixtures("two")
def test_a_difference_is_overwritten_only_when_asked(updown: Updown) -> None:
    command = ["compare", "a.png", "b.png", "--diff", "d.png"]
    updown(*command)
    done = updown(*command)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == "updown: d.png exists; choose --if-exists overwrite\n"
    assert updown(*command, "--if-exists", "overwrite").code == 1


@pytest.fixture
def folders() -> None:
    """Make folders a and b with one pair of every kind."""
    for folder in ("a", "b"):
        os.makedirs(f"{folder}/sub")
        shutil.copy(SAMPLES / "gray.png", f"{folder}/same.png")
        picture(f"{folder}/sub/differs.png", np.full((3, 3), 7 if folder == "a" else 9))
        Path(f"{folder}/notes.txt").write_text("no picture")
    shutil.copy(SAMPLES / "text.png", "a/only.png")
    shutil.copy(SAMPLES / "text.png", "a/cut.png")
    Path("b/cut.png").write_bytes(Path("a/cut.png").read_bytes()[:900])


@pytest.mark.usefixtures("folders")
def test_two_folders(updown: Updown) -> None:
    done = updown("compare", "-r", "a", "b", "--json")
    assert done.code == 2
    assert [(record["a"], record["b"], record["status"]) for record in records(done)] == [
        ("a/cut.png", "b/cut.png", "failed"),
        ("a/notes.txt", "b/notes.txt", "skipped"),
        ("a/only.png", None, "missing"),
        ("a/same.png", "b/same.png", "same"),
        ("a/sub/differs.png", "b/sub/differs.png", "differs"),
    ]
    assert done.stderr == "updown: b/cut.png: truncated PNG\n"
    table = updown("compare", "-r", "a", "b").stdout.splitlines()
    assert table[-1] == "1 same, 1 differs, 1 missing, 1 failed, 1 skipped"
    assert [line.split()[:2] for line in table[1:-1]] == [
        ["cut.png", "failed"], ["notes.txt", "skipped"], ["only.png", "missing"],
        ["same.png", "same"], ["sub/differs.png", "differs"],
    ]  # fmt: skip


@pytest.mark.usefixtures("folders")
def test_which_files_of_folders_are_compared(updown: Updown) -> None:
    def names(*options: str) -> list[str]:
        found = records(updown("compare", "a", "b", "--json", *options))
        return [record["a"].removeprefix("a/") for record in found]

    assert names() == ["cut.png", "notes.txt", "only.png", "same.png"]
    assert names("-r", "--include", "s*") == ["same.png", "sub/differs.png"]
    assert names("--exclude", "*.png") == ["notes.txt"]


@pytest.mark.usefixtures("folders")
def test_differences_of_folders_keep_the_tree(updown: Updown) -> None:
    updown("compare", "-r", "a", "b", "--diff", "d", "--amplify", "3")
    found = [str(path) for path in Path("d").rglob("*") if path.is_file()]
    assert found == ["d/sub/differs.png.png"]
    assert pixels(found[0]).tolist() == np.full((3, 3), 6).tolist()


def test_only_what_differs_is_shown_of_many(updown: Updown) -> None:
    for folder in ("a", "b"):
        os.mkdir(folder)
        for number in range(51):
            picture(f"{folder}/{number:02}.png", [[number if folder == "a" else min(number, 49)]])
    lines = updown("compare", "a", "b").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["50.png", "50"]
    assert lines[-1] == "50 same, 1 differs"


@pytest.mark.usefixtures("folders")
def test_quiet_says_what_cannot_be_read_only(updown: Updown) -> None:
    done = updown("compare", "-r", "-q", "a", "b")
    assert (done.code, done.stdout, done.stderr) == (2, "", "updown: b/cut.png: truncated PNG\n")


@pytest.mark.usefixtures("folders")
def test_a_junit_report(updown: Updown) -> None:
    updown("compare", "-r", "a", "b", "--junit", "report.xml")
    (suite,) = ElementTree.parse("report.xml").getroot()
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "5", "failures": "2", "errors": "1", "skipped": "1"}
    cases = {case.get("name"): [(e.tag, e.get("message")) for e in case] for case in suite}
    assert cases == {
        "cut.png": [("error", "b/cut.png: truncated PNG")],
        "notes.txt": [
            ("skipped", "a/notes.txt: not a supported image; b/notes.txt: not a supported image")
        ],
        "only.png": [("failure", "only a/only.png")],
        "same.png": [],
        "sub/differs.png": [("failure", "9 of 9 pixels differ")],
    }


def test_a_junit_report_is_xml_whatever_files_are_called(updown: Updown) -> None:
    names = ['<&">]]>.png', "bell\x07\x1b[31m.png", "line\nbreak.png", "\ufffe\u202e.png"]
    for folder in ("a", "b"):
        os.mkdir(folder)
        for name in names:
            picture(f"{folder}/{name}", [[folder == "a"]])
        os.rename(f"{folder}/{names[0]}", os.fsencode(folder) + b"/\xff<.png")
    updown("compare", "a", "b", "--junit", "report.xml")
    (suite,) = ElementTree.parse("report.xml").getroot()
    assert sorted(case.get("name", "") for case in suite) == [
        "\\ufffe\\u202e.png", "\\xff<.png", "bell\\x07\\x1b[31m.png", "line\\nbreak.png",
    ]  # fmt: skip


@pytest.mark.usefixtures("folders")
def test_github_is_told_of_every_failure(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    told = updown("compare", "-r", "-q", "a", "b").stderr.splitlines()
    assert told[1:] == [
        "::error file=b/cut.png::b/cut.png: truncated PNG",
        "::error file=a/only.png::only a/only.png",
        "::error file=b/sub/differs.png::9 of 9 pixels differ",
    ]


def test_one_file_may_come_through_a_pipe(installed: Callable[..., Any]) -> None:
    done = installed("compare", "--json", "-", PHOTO, input=PHOTO.read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["status"] == "same"
    cut = installed("compare", "--quiet", PHOTO, "-", input=PHOTO.read_bytes()[:999])
    assert (cut.returncode, cut.stderr) == (2, b"updown: -: truncated PNG\n")


#: Pairs that are told in the table as well: what fails is found when they are read.
FAIL_WHEN_READ = ("a.png missing.png", "a.png cut.png", "s.npy t.npy --dims 1 --diff d.png")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("a.png missing.png", 2, "missing.png: no such file"),
        ("a.png cut.png", 2, "cut.png: truncated PNG"),
        ("a.png .", 2, "a.png, .: a folder and a file"),
        ("- -", 2, "-, -: standard input can be read but once"),
        ("empty empty", 2, "empty, empty: no files to compare; -r goes into folders"),
        ("a.png", 2, "missing argument 'B'; see updown compare --help"),
        ("a.png b.png --fail-above max", 2,
         "--fail-above max: must be METRIC=VALUE with mse, rmse, max, mean, relative, "
             "max_relative"),
        ("a.png b.png --fail-above psnr=30", 2,
         "--fail-above psnr=30: psnr goes with --fail-below"),
        ("a.png b.png --fail-below max=3", 2, "--fail-below max=3: max goes with --fail-above"),
        ("a.png b.png --fail-below ssim=nan", 2, "--fail-below ssim=nan: must be a number"),
        ("a.png b.png --fail-percent 101", 2, "--fail-percent 101: must be from 0 to 100"),
        ("a.png b.png --amplify 2", 2, "--amplify: goes with --diff"),
        ("a.png b.png --diff d.png --amplify 0", 2, "--amplify 0: must be more than 0"),
        ("a.png b.png --diff b.png", 2, "--diff b.png: is the input b.png; "
         "updown never writes over what it reads"),
        ("a.png b.png --diff d.xyz", 2,
         "d.xyz: unknown ending '.xyz'; end the name in .png, .jpg, .tif or .npy, say"),
        ("s.npy t.npy --dims 1 --diff d.png", 2,
         "--diff d.png: 1-D data is no picture; write .npy"),
        ("a.png b.png --diff no/d.png", 3, "no/d.png: no such folder"),
        ("full empty --diff full", 2, "--diff full: is an input"),
        ("a.png b.png --junit r.txt", 2, "--junit r.txt: must end in .xml"),
        ("a.png b.png --junit no/r.xml", 3, "no/r.xml: no such folder"),
        ("a.png b.png --peak 0", 2, "--peak 0: must be more than 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told_in_one_line(
    updown: Updown, arguments: str, code: int, sentence: str
) -> None:
    Path("cut.png").write_bytes(PHOTO.read_bytes()[:5000])
    os.mkdir("empty")
    os.mkdir("full")
    picture("full/a.png", [[1]])
    np.save("s.npy", np.zeros(9))
    np.save("t.npy", np.ones(9))
    done = updown("compare", *arguments.split())
    assert (done.code, done.stderr) == (code, f"updown: {sentence}\n")
    assert not [*Path().glob("d.*"), *Path().glob("r.*")]
    if code > 1 and arguments not in FAIL_WHEN_READ:
        assert done.stdout == ""


def test_arrays_are_told_relative_errors_and_the_cosine(updown: Updown, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[3, 4]], np.float32))
    np.save(tmp_path / "b.npy", np.array([[4, -3]], np.float32))
    both = (tmp_path / "a.npy", tmp_path / "b.npy")
    done = updown("compare", *both)
    assert done.code == 1
    head, row = (line.split() for line in done.stdout.splitlines()[:2])
    assert "relative" in head
    assert {"1.41421", "1.75"} <= set(row)
    assert updown("compare", *both, "--fail-above", "relative=1.5").code == 0
    done = updown("compare", *both, "--fail-below", "cosine=0.99", "--json")
    assert done.code == 1
    assert json.loads(done.stdout)["reasons"] == ["cosine 0, must be at least 0.99"]
