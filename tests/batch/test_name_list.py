"""Lists of names, whatever system wrote them."""

from __future__ import annotations

import codecs
import os
import time
from pathlib import Path

import pytest

from tests.conftest import Updown, noise, picture
from updown_cli.batch.name_list import read_names
from updown_cli.errors import UsageError

NAMES = ["a.png", "naïve 写真.png"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_list_may_say_how_it_is_written(encoding: str, newline: str) -> None:
    Path("list").write_bytes(newline.join([*NAMES, ""]).encode(encoding))
    assert read_names("list", null_separated=False) == NAMES


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF8, "utf-8"),
    ],
    ids=lambda value: str(value),
)
@pytest.mark.parametrize(("end", "null_separated"), [("\n", False), ("\0", True)], ids=repr)
def test_bytes_come_in_either_order(
    mark: bytes, encoding: str, end: str, null_separated: bool
) -> None:
    Path("list").write_bytes(mark + end.join(NAMES).encode(encoding))
    assert read_names("list", null_separated=null_separated) == NAMES


def test_names_need_not_be_text() -> None:
    Path("list").write_bytes(codecs.BOM_UTF8 + b"\xff.png\nb.png")
    assert read_names("list", null_separated=False) == [os.fsdecode(b"\xff.png"), "b.png"]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE])
def test_a_list_of_a_mark_alone_names_nothing(mark: bytes) -> None:
    Path("list").write_bytes(mark)
    assert read_names("list", null_separated=False) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            "a.png\n".encode("utf-16-le"),
            "holds NUL bytes; save it as UTF-8, or give -0 if they end its names",
        ),
        (
            b"a.png\0b.png\0",
            "holds NUL bytes; save it as UTF-8, or give -0 if they end its names",
        ),
        (codecs.BOM_UTF16_LE + b"a\0\n", "damaged UTF-16; save it as UTF-8"),
        (codecs.BOM_UTF16_BE + b"\xd8\x00\0a", "damaged UTF-16; save it as UTF-8"),
        (codecs.BOM_UTF32_LE + b"abcd", "damaged UTF-32; save it as UTF-8"),
    ],
    ids=["UTF-16 without a mark", "NUL bytes", "half a letter", "half a pair", "no letter"],
)
def test_a_list_that_cannot_be_read_is_refused(updown: Updown, data: bytes, sentence: str) -> None:
    Path("list").write_bytes(data)
    done = updown("pool", "--files-from", "list", "-o", "out/")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == f"updown: --files-from list: {sentence}\n"
    with pytest.raises(UsageError):
        read_names("list", null_separated=False)


def test_a_list_of_another_system_is_processed(updown: Updown) -> None:
    picture("naïve.png", noise(4, 4))
    Path("list.txt").write_text("naïve.png\r\n", encoding="utf-16")
    done = updown("pool", "--files-from", "list.txt", "-o", "out/")
    assert (done.code, done.stderr) == (0, "")
    assert os.listdir("out") == ["naïve.png"]


@pytest.mark.parametrize("stars", ["*" * 5000, "**/" * 3000 + "*.png", "*" * 3000 + "/a.png"])
def test_stars_without_end_are_looked_for_in_no_time(updown: Updown, stars: str) -> None:
    picture("a" * 60 + ".png", noise(4, 6))
    Path("list.txt").write_text(f"{stars[:4000]}\n{stars}\n{'x' * 100_000}.png\n")
    began = time.monotonic()
    done = updown("pool", "--files-from", "list.txt", "-o", "out", "--dry-run")
    assert time.monotonic() - began < 10
    assert done.code == 1
    assert max(map(len, done.stderr.splitlines())) < 4200
