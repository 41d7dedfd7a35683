"""Shards as folders: members become files, each whole or not at all, and none leads out."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.batch.shards.test_shards import link, png, pooled, run, samples, shard, tar_of
from tests.conftest import Updown, noise
from tests.file_limits import largest_file


def files(folder: str) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


def check(made: dict[str, bytes], count: int, below: str) -> None:
    """Check that pictures are pooled, and all else is as it was."""
    wanted = {f"{below}/{name}": content for name, content in samples(count)}
    assert made.keys() == wanted.keys()
    for number, (name, content) in enumerate(made.items()):
        if name.endswith(".png"):
            values = np.asarray(Image.open(io.BytesIO(content)))
            assert (values == pooled(noise(4, 6, seed=number // 3))).all()
        else:
            assert content == wanted[name]


@pytest.mark.parametrize("name", ["a.tar", "a.tgz"])
def test_members_become_files_below_a_folder_for_each_shard(updown: Updown, name: str) -> None:
    data = tar_of(samples(9))
    Path(name).write_bytes(gzip.compress(data) if name == "a.tgz" else data)
    shard("b.tar", samples(1, "x/"))
    line = ("pool", "-k", 2, name, "b.tar", "-o", "out/", "--unpack")
    done = run(updown, *line, "-j", 2, "--report", "r.jsonl")
    assert "10 done, 0 skipped, 0 failed" in done.stderr
    made = files("out")
    assert "b/x/0000.seg.png" in made
    check({name: data for name, data in made.items() if name.startswith("a/")}, 9, "a")
    records = [json.loads(text) for text in Path("r.jsonl").read_text().splitlines()]
    told = {record["source"]: record["output"] for record in records}
    assert told["b.tar::x/0000.seg.png"] == "out/b/x/0000.seg.png"
    assert told[f"{name}::0003.seg.png"] == "out/a/0003.seg.png"
    run(updown, *line, "-j", 1, "--if-exists", "overwrite")
    assert files("out") == made


def test_a_stream_becomes_files_window_by_window(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("updown_cli.batch.shards.entries.MOST_MEMBERS", 4)
    Path("a.tgz").write_bytes(gzip.compress(tar_of(samples(9))))
    run(updown, "pool", "-k", 2, "a.tgz", "-o", "out/", "--unpack", "-j", 2)
    check(files("out"), 9, "a")


def test_what_exists_is_treated_file_by_file(updown: Updown) -> None:
    shard("a.tar", samples(3))
    line = ("pool", "-k", 2, "a.tar", "-o", "out/", "--unpack")
    run(updown, *line)
    for name in ("0001.seg.png", "0001.cls"):
        Path(f"out/a/{name}").unlink()
    Path("out/a/0002.seg.png").write_bytes(b"")  # what a power cut leaves
    Path("out/a/0000.cls").write_text("mine")
    done = run(updown, *line, code=1)
    assert "a.tar::0000.seg.png: out/a/0000.seg.png exists; choose --if-exists" in done.stderr
    assert "a.tar::0000.cls: out/a/0000.cls exists; choose --if-exists" in done.stderr
    done = run(updown, *line, "--if-exists", "skip")
    assert "1 done, 2 skipped" in done.stderr  # the first run made 0001 again
    assert Path("out/a/0000.cls").read_text() == "mine"
    run(updown, *line, "--if-exists", "overwrite")
    check(files("out"), 3, "a")
    done = run(updown, *line, "--if-exists", "update")
    assert "0 done, 3 skipped" in done.stderr  # the members are as old as their shard
    run(updown, *line, "--if-exists", "rename")
    assert Path("out/a/0000-1.cls").read_text() == "0"
    assert Path("out/a/0000.seg-1.png").exists()


def test_a_bad_member_fails_alone(updown: Updown) -> None:
    members = samples(2)
    members[1] = (members[1][0], b"no picture")
    shard("a.tar", members)
    line = ("pool", "-k", 2, "a.tar", "-o", "out/", "--unpack")
    done = run(updown, *line, code=1)
    assert "updown: a.tar::0000.seg.png: not a supported image" in done.stderr
    names = [f"a/{name}" for name, _ in members]
    assert [*files("out")] == sorted({*names} - {"a/0000.seg.png"})
    run(updown, *line, "--keep-failed", "--if-exists", "skip", code=1)
    assert files("out")["a/0000.seg.png"] == b"no picture"


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (tarfile.TarInfo("../x.png"), "its name leads out of the shard"),
        (tarfile.TarInfo("/x.txt"), "its name leads out of the shard"),
        (tarfile.TarInfo("a/../../x.png"), "its name leads out of the shard"),
        (link("x", tarfile.SYMTYPE), "is a link"),
        (link("x", tarfile.LNKTYPE), "is a link"),
        (link("x.png", tarfile.CHRTYPE), "is no regular file"),
        (tarfile.TarInfo("./0000.cls"), "0000.cls is the result of 0000.cls as well"),
        (
            tarfile.TarInfo("0000.cls/x"),
            "0000.cls would be a folder, and is the file of 0000.cls",
        ),
        (
            tarfile.TarInfo("0000.CLS"),
            "0000.CLS differs from the result of 0000.cls in capital letters alone",
        ),
        (tarfile.TarInfo("."), "its name is none of a file"),
        (tarfile.TarInfo("n" * 256), "its name is none of a file"),
    ],
)
def test_hostile_members_fail_alone(updown: Updown, info: tarfile.TarInfo, reason: str) -> None:
    data = io.BytesIO(tar_of(samples(2)))
    with tarfile.open(fileobj=data, mode="a") as archive:
        archive.addfile(info)
        if info.issym():  # what follows would be written through it
            archive.addfile(tarfile.TarInfo("x/y.txt"))
    Path("a.tar").write_bytes(data.getvalue())
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out/", "--unpack", code=1)
    assert f"{info.name}: {reason}\n" in done.stderr
    made = files("out")
    made.pop("a/x/y.txt", None)
    check(made, 2, "a")
    assert sorted(os.listdir()) == ["a.tar", "out"]


def test_a_file_where_a_folder_is_fails_alone(updown: Updown) -> None:
    shard("a.tar", [("f/g.txt", b"1"), ("f", b"2")])
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out/", "--unpack", code=1)
    assert "a.tar::f: f would be a file, and is the folder of f/g.txt\n" in done.stderr
    assert files("out") == {"a/f/g.txt": b"1"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["a.png", "-o", "out/", "--unpack"], "--unpack: goes with tar shards"),
        (["a.tar", "-o", "b.tar", "--unpack"], "--unpack, -o b.tar: is no folder"),
        (["a.tar", "-o", "-", "--unpack"], "--unpack, -o -: is no folder"),
        (["a.tar", "x/a.tar", "-o", "out/", "--unpack"], "would hold the results of both"),
        (["a.tar", "-o", "out/", "--shard-size", "2"], "goes with files that become shards"),
    ],
)
def test_what_cannot_be_is_told_before_any_work(
    updown: Updown, line: list[str], message: str
) -> None:
    os.mkdir("x")
    shard("a.tar", samples(1))
    shard("x/a.tar", samples(1))
    Path("a.png").write_bytes(png(noise(4, 4)))
    assert message in run(updown, "pool", "-k", 2, *line, code=2).stderr
    assert sorted(os.listdir()) == ["a.png", "a.tar", "x"]


def test_a_dry_run_tells_of_every_picture(updown: Updown) -> None:
    shard("a.tar", samples(2))
    line = ("pool", "-k", 2, "a.tar", "-o", "out/", "--unpack", "--dry-run", "--json")
    records = [json.loads(text) for text in run(updown, *line).stdout.splitlines()]
    assert [record["output"] for record in records] == [
        "out/a/0000.seg.png",
        "out/a/0001.seg.png",
    ]
    assert os.listdir() == ["a.tar"]


@pytest.mark.parametrize("size", [5_000, 50_000])
@pytest.mark.parametrize("more", [(), ("--unpack",)])
def test_a_disk_that_is_full_of_a_stream_is_named(
    updown: Updown, more: tuple[str, ...], size: int
) -> None:
    Path("out").mkdir()
    Path("a.tgz").write_bytes(gzip.compress(tar_of([("a.txt", bytes(size))])))
    with largest_file(1_000):
        done = updown("pool", "-k", 2, "a.tgz", "-o", "out", *more)
    assert (done.code, done.stderr) == (3, "updown: out: file too large for its file system\n")
    assert not files("out")
