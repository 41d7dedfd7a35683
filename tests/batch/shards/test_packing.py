"""Files of folders as shards: what goes where, whole or not at all."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.batch.shards.test_shards import png, pooled, read, run
from tests.cli.test_signals import alive
from tests.conftest import Updown, noise


def tree(count: int = 5) -> None:
    """Make samples in two folders: a picture, a label map and a caption each."""
    for folder in ("in", "in/b"):
        os.makedirs(folder, exist_ok=True)
        for number in range(count):
            for kind, seed in (("png", number), ("seg.png", number + 50)):
                Path(f"{folder}/{number}.{kind}").write_bytes(png(noise(4, 6, seed=seed)))
            Path(f"{folder}/{number}.txt").write_text(f"caption {number}")


def pixels(content: bytes) -> object:
    return np.asarray(Image.open(io.BytesIO(content))).tolist()


def test_samples_of_a_tree_go_into_shards_of_so_many(updown: Updown) -> None:
    tree()
    line = ("pool", "-k", 2, "-r", "in", "-o", "out/set-{00..}.tar", "--shard-size", 4)
    done = run(updown, *line, "--report", "r.jsonl")
    assert "20 done" in done.stderr
    assert sorted(os.listdir("out")) == ["set-00.tar", "set-01.tar", "set-02.tar"]
    names = [[name for name, _ in read(f"out/set-0{n}.tar")] for n in range(3)]
    kinds = ("png", "seg.png", "txt")
    keys = [*map(str, range(5)), *(f"b/{n}" for n in range(5))]
    parts = [keys[:4], keys[4:8], keys[8:]]
    assert names == [[f"{key}.{kind}" for key in part for kind in kinds] for part in parts]
    members = dict(read("out/set-01.tar"))
    assert members["b/1.txt"] == b"caption 1"
    assert pixels(members["b/1.png"]) == pooled(noise(4, 6, seed=1)).tolist()
    records = [json.loads(text) for text in Path("r.jsonl").read_text().splitlines()]
    told = {record["source"]: record["output"] for record in records}
    assert told["in/b/1.seg.png"] == "out/set-01.tar::b/1.seg.png"
    first = [Path(f"out/set-0{n}.tar").read_bytes() for n in range(3)]
    run(updown, *line, "-j", 1, "--if-exists", "overwrite")
    assert [Path(f"out/set-0{n}.tar").read_bytes() for n in range(3)] == first


def test_shards_end_at_so_many_bytes(updown: Updown) -> None:
    os.mkdir("in")
    for number, size in enumerate([600, 500, 900, 1500, 100]):
        Path(f"in/{number}.bin").write_bytes(bytes(size))
    run(updown, "pool", "-k", 2, "in", "-o", "s-{0..}.tar", "--shard-size", "10,1KB")
    names = [[name for name, _ in read(f"s-{n}.tar")] for n in range(5)]
    assert names == [[f"{n}.bin"] for n in range(5)]


def test_one_name_is_one_shard_and_named_files_are_members(updown: Updown) -> None:
    tree(2)
    run(updown, "pool", "-k", 2, "in/1.png", "in/0.txt", "in/1.txt", "-o", "one.tar.gz")
    with tarfile.open("one.tar.gz", "r:gz") as archive:
        assert archive.getnames() == ["1.png", "1.txt", "0.txt"]


def test_a_bad_file_fails_alone_with_its_sample(updown: Updown) -> None:
    tree(3)
    Path("in/1.seg.png").write_bytes(b"none")
    Path("in/2.txt").unlink()
    Path("in/2.txt").symlink_to("nowhere")
    done = run(updown, "pool", "-k", 2, "in", "-o", "s.tar", code=1)
    assert "updown: in/1.seg.png: not a supported image" in done.stderr
    assert "updown: in/2.txt: link that leads nowhere" in done.stderr
    assert [name for name, _ in read("s.tar")] == ["0.png", "0.seg.png", "0.txt"]
    run(updown, "pool", "-k", 2, "in", "-o", "k.tar", "--keep-failed", code=1)
    kept = dict(read("k.tar"))
    assert kept["1.seg.png"] == b"none"
    assert "2.txt" not in kept


def test_resume_makes_what_is_missing_or_lacks_samples(updown: Updown) -> None:
    tree(4)
    line = ("pool", "-k", 2, "in", "-o", "out/s-{0..}.tar", "--shard-size", 2)
    run(updown, *line)
    before = Path("out/s-0.tar").stat().st_mtime_ns
    wanted = Path("out/s-1.tar").read_bytes()
    assert "in: out/s-0.tar exists; choose --if-exists" in run(updown, *line, code=1).stderr
    Path("out/s-1.tar").write_bytes(wanted[:1024])
    run(updown, *line, "--if-exists", "skip")
    assert Path("out/s-1.tar").read_bytes() == wanted
    assert Path("out/s-0.tar").stat().st_mtime_ns == before
    Path("in/4.txt").write_text("new")
    run(updown, *line, "--if-exists", "skip")
    assert [name for name, _ in read("out/s-2.tar")] == ["4.txt"]
    Path("in/0.txt").unlink()
    Path("in/0.png").unlink()
    Path("in/0.seg.png").unlink()
    done = run(updown, *line, "--if-exists", "skip", code=1)
    assert "out/s-0.tar holds other samples than these; choose another -o" in done.stderr
    assert Path("out/s-0.tar").stat().st_mtime_ns == before


# A run that is killed, with its workers, when another shard is whole but has no name yet.
KILLED = """
import os, signal
from updown_cli.__main__ import command
from updown_cli.stores.drafts import Drafts

def claim(drafts, choices, named=Drafts.claim):
    if os.path.exists("set") and any(name[0] != "." for name in os.listdir("set")):
        os.killpg(0, signal.SIGKILL)
    return named(drafts, choices)

Drafts.claim = claim
command()
"""


def test_a_run_that_is_killed_is_gone_on_with(updown: Updown) -> None:
    """Nothing is lost, partial or twice, and a shard that is whole is not made again."""
    tree(4)
    line = ["pool", "-k", "2", "-r", "in", "-o", "set/train-{000..}.tar", "--shard-size", "3", "-q"]
    killed = subprocess.Popen([sys.executable, "-c", KILLED, *line], start_new_session=True)
    assert killed.wait() == -signal.SIGKILL
    while alive(killed.pid):  # its workers end with it
        time.sleep(0.001)
    names = [f"train-00{number}.tar" for number in range(3)]
    there = [path for path in Path("set").iterdir() if path.name in names]
    assert len(there) == 1
    before = there[0].stat().st_mtime_ns
    run(updown, *line, "--if-exists", "skip")
    assert sorted(os.listdir("set")) == names
    assert there[0].stat().st_mtime_ns == before
    found = [member for name in names for member in read(f"set/{name}")]
    keys = [f"{folder}{number}" for folder in ("", "b/") for number in range(4)]
    kinds = ("png", "seg.png", "txt")
    assert [name for name, _ in found] == [f"{key}.{kind}" for key in keys for kind in kinds]
    for number, (_, content) in enumerate(found[::3]):
        assert pixels(content) == pooled(noise(4, 6, seed=number % 4)).tolist()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["-o", "a.tar", "--shard-size", "2"], "-o a.tar: names one shard; write a name like "),
        (["-o", "{stem}-{0..}.tar"], "has no fields but a number"),
        (
            ["-o", "t-{00..3}.tar"],
            "-o t-{00..3}.tar: has a number with an end; leave out the end, which follows from the "
            "files: t-{00..}.tar",
        ),
        (["-o", "{0..}-{0..}.tar"], "-o {0..}-{0..}.tar: has two numbers, and one is possible; "),
        (
            ["-o", "{0..}.tar", "--shard-size", "1"],
            "-o {0..}.tar: has numbers for 10 shards, and there are 12; write {00..}, or choose",
        ),
        (["-o", "out/", "--shard-size", "2"], "--shard-size: goes with -o that ends in .tar"),
        (["-o", "{0..}.tar", "--shard-size", "x"], "must be a number of samples, a size like 500M"),
        (["-o", "{0..}.tar", "--shard-size", "0"], "must be a number of samples, a size like 500M"),
        (["in/b", "-o", "a.tar"], "a.tar: would hold both in/0.png and in/b/0.png as 0.png"),
    ],
)
def test_what_cannot_be_is_told_before_any_work(
    updown: Updown, line: list[str], message: str
) -> None:
    tree(12)
    assert message in run(updown, "pool", "-k", 2, "in", *line, code=2).stderr
    assert os.listdir() == ["in"]


def test_a_dry_run_tells_of_every_file(updown: Updown) -> None:
    tree(2)
    done = run(updown, "pool", "-k", 2, "in", "-o", "{0..}.tar", "--dry-run", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["source"] for record in records] == [
        "in/0.png",
        "in/0.seg.png",
        "in/1.png",
        "in/1.seg.png",
    ]
    assert records[3]["output"] == "0.tar::1.seg.png"
    assert os.listdir() == ["in"]


def test_machines_share_the_shards_of_a_folder(updown: Updown) -> None:
    tree(6)
    line = ("pool", "-k", 2, "in", "--shard-size", 1)
    run(updown, *line, "-o", "all/{0..}.tar")
    for part in ("1/2", "2/2"):
        run(updown, *line, "-o", "out/{0..}.tar", "--shard", part)
    for name in os.listdir("all"):
        assert Path(f"out/{name}").read_bytes() == Path(f"all/{name}").read_bytes()
    assert len(os.listdir("out")) == 6


def test_all_pictures_are_counted_before_any_is_done(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals: list[int] = []
    monkeypatch.setattr(
        "updown_cli.cli.progress.Bar.advance", lambda self: totals.append(self.totals.jobs)
    )
    os.mkdir("in")
    for number in range(6):
        Path(f"in/{number}.png").write_bytes(png(noise(4, 6)))
        Path(f"in/{number}.txt").write_text("told")
    run(updown, "pool", "-k", 2, "in", "-o", "{0..}.tar", "--shard-size", 2, "-j", 1)
    assert set(totals) == {6}


def test_a_shard_of_another_kind_is_no_member(updown: Updown) -> None:
    tree(1)
    with tarfile.open("in/old.tar.bz2", "w:bz2") as archive:
        archive.add("in/0.png")
    reason = "in/old.tar.bz2: is a shard of a kind that is not read"
    done = run(updown, "pool", "-k", 2, "in", "-o", "k.tar")
    assert f"updown: note: {reason}, skipped\n" in done.stderr
    assert [name for name, _ in read("k.tar")] == ["0.png", "0.seg.png", "0.txt"]
    named = ("in/0.png", "in/old.tar.bz2", "-o", "l.tar")
    done = run(updown, "pool", "-k", 2, *named, code=1)
    hint = "unpack it; shards are .tar or .tar.gz"
    assert f"updown: {reason}; {hint}\n" in done.stderr
    done = run(updown, "pool", "-k", 2, "in/old.tar.bz2", "-o", "out/", code=1)
    assert done.stderr == (
        f"updown: in/old.tar.bz2: not a supported image; it is packed by bzip2: {hint}\n"
    )


def test_two_files_never_become_one_member(updown: Updown) -> None:
    os.mkdir("in")
    for name in ("a.bmp", "a.png", "b.png"):
        Path(f"in/{name}").write_bytes(png(noise(4, 6)))
    line = ("pool", "-k", 2, "in", "-o", "s.tar", "--format", "npy", "--keep-failed")
    done = run(updown, *line, code=1)
    assert "updown: in/a.png: a.npy is the result of a.bmp as well\n" in done.stderr
    assert [name for name, _ in read("s.tar")] == ["a.npy", "b.npy"]


@pytest.mark.parametrize("line", [("-o", "s.tar"), ("-o", "out/", "--unpack")])
def test_of_nothing_comes_nothing(updown: Updown, line: tuple[str, ...]) -> None:
    os.mkdir("in")
    run(updown, "pool", "-k", 2, "in", *line, "--allow-empty")
    assert os.listdir() == ["in"]
