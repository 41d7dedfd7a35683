"""What cannot be read is no result of a comparison: neither folders nor what is no picture."""

from __future__ import annotations

import os
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
