"""What cannot be read is no result of a comparison: neither folders nor what is no picture."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from tests.conftest import Updown, noise, picture

LINK = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 1\n"


@pytest.mark.parametrize("arguments", [("a", "b"), ("a/a.png", "b/a.png"), ("-r", "a", "b")])
def test_pointers_to_pictures_are_not_compared(updown: Updown, arguments: tuple[str, ...]) -> None:
    for folder in "ab":
        os.mkdir(folder)
        Path(folder, "a.png").write_text(LINK.format(folder * 64))
    done = updown("compare", *arguments)
    assert done.code == 2
    assert done.stderr.splitlines()[:2] == [
        f"updown: {folder}/a.png: not a supported image" for folder in "ab"
    ]


@pytest.mark.parametrize("content", [LINK.format("c" * 64), "<svg/>", "8BPS" + "\0" * 40])
@pytest.mark.parametrize("arguments", [("a/a.png", "b/a.png"), ("-r", "a", "b")])
def test_what_is_no_picture_is_the_same_if_its_bytes_are(
    updown: Updown, arguments: tuple[str, ...], content: str
) -> None:
    for folder in "ab":
        os.mkdir(folder)
        Path(folder, "a.png").write_text(content)
    done = updown("compare", *arguments, "--json")
    told = "a/a.png, b/a.png: no pictures, compared by their bytes"
    assert (done.code, done.stderr) == (0, f"updown: warning: {told}\n")
    (record,) = done.records
    assert (record["status"], record["errors"], record["metrics"]) == ("same", [], None)
    Path("b", "a.png").write_text(content + " ")
    assert updown("compare", *arguments).code == 2


def test_damaged_pictures_of_the_same_bytes_are_not_the_same(updown: Updown) -> None:
    for name in "ab":
        picture(f"{name}.png", noise(40, 40))
        Path(f"{name}.png").write_bytes(Path(f"{name}.png").read_bytes()[:300])
    done = updown("compare", "a.png", "b.png")
    assert (done.code, done.stderr.splitlines()[0]) == (2, "updown: a.png: truncated PNG")


def test_a_pointer_that_comes_through_a_pipe_is_not_compared(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What standard input held is gone."""
    content = LINK.format("c" * 64).encode()
    Path("a.png").write_bytes(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    done = updown("compare", "-", "a.png")
    assert (done.code, done.stderr.splitlines()[0]) == (2, "updown: -: not a supported image")


def test_a_folder_that_cannot_be_entered_is_not_the_same(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may enter everything, so the system's refusal is made here."""

    def scan(path: str = ".") -> object:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    for folder in "ab":
        os.makedirs(f"{folder}/closed")
        picture(f"{folder}/a.png", noise(4, 4))
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", scan)
    done = updown("compare", "-r", "a", "b")
    assert done.code == 2
    assert done.stderr.splitlines()[:2] == [
        f"updown: {folder}/closed: permission denied" for folder in "ab"
    ]
    for given in (["-r", "a"], ["a/**/*.png"], ["a/*/*.png"]):
        done = updown("pool", *given, "-o", "out", "--if-exists", "overwrite")
        assert done.code == 1
        assert done.stderr.splitlines()[0] == "updown: a/closed: permission denied"
