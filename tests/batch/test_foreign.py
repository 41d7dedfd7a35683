"""Folders that hold more than pictures: what is no picture takes no target and hides no failure."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Updown, noise, picture
from updown_cli.batch import foreign, targets

CAPTION = b"a bridge at night\n"
FILM = b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(64)
EDITS = b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict/></plist>\n'
PAGE = b"<!DOCTYPE html><html><body>404</body></html>\n"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def archive() -> bytes:
    """Return an archive with a member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        written.writestr("a.txt", "text")
    return file.getvalue()


def folder(*pictures: str, others: dict[str, bytes]) -> None:
    """Make a folder `set` of pictures and other files."""
    os.makedirs("set", exist_ok=True)
    for seed, name in enumerate(pictures):
        picture(f"set/{name}", noise(4, 6, seed=seed))
    for name, content in others.items():
        Path("set", name).write_bytes(content)


@pytest.mark.parametrize(
    ("pictures", "others"),
    [
        (["1.png", "2.png"], {"1.txt": CAPTION, "1.json": b"{}", "2.txt": CAPTION}),
        (["1.png"], {"1.txt": b"", "1.caption": b""}),
        (["1.png"], {"1.tags": b"\xff\xfe1\0", "1.zip": archive(), "1.pdf": b"%PDF-1.7\n"}),
        (["IMG_1.jpg"], {"IMG_1.MOV": FILM, "IMG_1.AAE": EDITS}),
        (["IMG_1.png"], {"IMG_1.mov": FILM, "IMG_1.xmp": EDITS, "IMG_1": b"#!/bin/sh\n"}),
        (["IMG_1.png"], {"IMG_1.png.json": b"{}", "IMG_1.png.part": b""}),
    ],
    ids=["captions", "empty captions", "binary files", "a phone's folder", "films and scripts",
         "two endings"],
)  # fmt: skip
@pytest.mark.parametrize("fmt", [[], ["--format", "png"]], ids=["own format", "one format"])
def test_what_lies_beside_pictures_takes_no_target(
    updown: Updown, pictures: list[str], others: dict[str, bytes], fmt: list[str]
) -> None:
    folder(*pictures, others=others)
    done = updown("pool", "set", "-o", "out", *fmt)
    assert done.code == 0, done.stderr
    stems = [name.partition(".")[0] for name in pictures]
    assert [name.partition(".")[0] for name in sorted(os.listdir("out"))] == stems
    names = [*others]
    *notes, totals = done.stderr.splitlines()
    assert all(re.fullmatch(r"updown: note: set/.*, skipped", note) for note in notes)
    assert {note.split(": ")[2] for note in notes} == {f"set/{name}" for name in names}
    assert totals == f"updown: {len(pictures)} done, {len(names)} skipped, 0 failed"


def test_the_record_of_what_is_no_picture_names_no_output(updown: Updown) -> None:
    folder("1.png", others={"1.txt": CAPTION})
    done = updown("pool", "set", "-o", "out", "--json")
    by_status = {record["status"]: record for record in done.records}
    assert by_status["done"]["output"] == "out/1.png"
    assert (by_status["skipped"]["source"], by_status["skipped"]["output"]) == ("set/1.txt", None)
    table = updown("pool", "set", "-o", "again").stdout.splitlines()
    assert [row.split() for row in table if "txt" in row] == [["set/1.txt", "skipped"]]


@pytest.mark.parametrize("output", ["out/{index}{ext}", "{dir}/../out/{index}.png"])
def test_what_is_no_picture_is_not_counted_by_names(updown: Updown, output: str) -> None:
    folder("a.png", "b.png", others={"a.txt": CAPTION, "aa.json": b"{}"})
    done = updown("pool", "set", "-o", output)
    assert done.code == 0, done.stderr
    assert sorted(os.listdir("out")) == ["1.png", "2.png"]


def test_a_caption_is_not_taken_for_the_maker_of_a_picture(updown: Updown) -> None:
    folder("1_pool.png", others={"1.txt": CAPTION})
    done = updown("pool", "set", "-o", "out")
    assert done.code == 0, done.stderr
    beside = updown("pool", "set")
    assert (beside.code, sorted(os.listdir("set"))) == (
        0, ["1.txt", "1_pool.png", "1_pool_pool.png"],
    )  # fmt: skip


@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["", "quiet"])
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.jpg", PAGE, "not a supported image"),
        ("a.PNG", b"{}", "not a supported image"),
        ("a.heic", PAGE, "not a supported image"),
        ("a.tif", archive(), "not a supported image"),
        ("a.gif", b"", "empty file"),
    ],
)
def test_a_pictures_name_with_other_content_is_a_failure(
    updown: Updown, name: str, content: bytes, reason: str, quiet: list[str]
) -> None:
    folder("z.png", others={name: content})
    done = updown("pool", "set", "-o", "out", *quiet)
    totals = [] if quiet else ["updown: 1 done, 0 skipped, 1 failed"]
    assert (done.code, done.stderr.splitlines()) == (1, [f"updown: set/{name}: {reason}", *totals])
    assert os.listdir("out") == ["z.png"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.heic", HEIC), ("a.avif", HEIC.replace(b"heic", b"avif")), ("a.svg", SVG)],
    ids=["HEIC", "AVIF", "SVG"],
)
def test_a_picture_that_cannot_be_read_here_is_told_even_if_quiet(
    updown: Updown, name: str, content: bytes
) -> None:
    folder("a.png", others={name: content})
    done = updown("pool", "set", "-o", "out", "-q")
    (line,) = done.stderr.splitlines()
    assert done.code == 1
    assert line.startswith(f"updown: set/{name}: ")
    assert os.listdir("out") == ["a.png"]


@pytest.mark.parametrize("first", ["a.jpg", "a.png"], ids=["the first", "the second"])
@pytest.mark.parametrize("content", [PAGE, b""], ids=["page", "empty"])
@pytest.mark.parametrize("named", [False, True], ids=["in a folder", "named"])
def test_of_two_with_one_target_the_picture_has_it(
    updown: Updown, first: str, content: bytes, named: bool
) -> None:
    names = ["a.jpg", "a.png"]
    folder(*[name for name in names if name != first], others={first: content})
    inputs = [f"set/{name}" for name in names] if named else ["set"]
    done = updown("pool", *inputs, "-o", "out", "--format", "png")
    assert (done.code, done.stderr.splitlines()[1:]) == (1, ["updown: 1 done, 0 skipped, 1 failed"])
    assert done.stderr.startswith(f"updown: set/{first}: ")
    assert os.listdir("out") == ["a.png"]


def test_of_several_with_one_target_two_pictures_still_collide(updown: Updown) -> None:
    folder("a.gif", "a.png", others={"a.jpg": PAGE, "a.bmp": PAGE})
    done = updown("pool", "set", "-o", "out", "--format", "png")
    assert (done.code, done.stdout, done.stderr) == (
        2,
        "",
        "updown: out/a.png: would hold the results of both set/a.gif and set/a.png; use a folder "
        "or a template like {rel}/{stem}_{index}{ext}\n",
    )


def test_what_is_no_picture_does_not_write_over_an_input(updown: Updown) -> None:
    folder("a.png", others={"a.jpg": PAGE})
    done = updown("pool", "set", "--exclude", "*.png", "-o", "{dir}/{stem}.png",
                  "--if-exists", "overwrite")  # fmt: skip
    assert (done.code, done.stderr) == (1, "updown: set/a.jpg: not a supported image\n")


def test_pictures_are_not_opened_to_be_planned(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    look = foreign.refusal_of

    def watched(path: str, *rest: object) -> object:
        opened.append(path)
        return look(path, *rest)  # type: ignore[arg-type]

    folder("1.png", "2.png", others={"1.txt": CAPTION, "2.jpg": PAGE})
    np.save("set/3.npy", np.zeros((4, 4)))
    monkeypatch.setattr(targets, "refusal_of", watched)
    updown("pool", "set", "-o", "out")
    assert opened == ["set/1.txt"]


def test_a_picture_whose_name_says_nothing_is_processed(updown: Updown) -> None:
    folder("1.png", others={})
    os.rename("set/1.png", "set/1")
    done = updown("pool", "set", "-o", "out")
    assert (done.code, os.listdir("out")) == (0, ["1.png"])


@pytest.mark.parametrize("command", [["shapes", "pool"], ["sheet", "--try", "pool", "-o", "s.png"]])
def test_other_commands_tell_the_same_files(updown: Updown, command: list[str]) -> None:
    folder("1.png", others={"1.txt": b"", "2.jpg": PAGE})
    done = updown(*command, "set")
    assert (done.code, done.stderr) == (1, "updown: set/2.jpg: not a supported image\n")


def test_a_comparison_of_folders_passes_over_captions_alone(updown: Updown) -> None:
    for name in ("a", "b"):
        folder("1.png", others={"1.txt": b"", "2.txt": CAPTION, "3.jpg": PAGE})
        os.rename("set", name)
    done = updown("compare", "a", "b", "--json")
    assert [record["status"] for record in done.records] == ["same", "skipped", "skipped", "same"]
