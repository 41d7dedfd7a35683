"""Tar shards: what is worked on, what stays, and what becomes of members that are none of ours."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.test_signals import alive
from tests.conftest import Outcome, Updown, noise
from updown_cli.batch.shards.writer import ShardWriter

Members = list[tuple[str, bytes]]

UPDOWN = [sys.executable, "-m", "updown_cli"]


def run(updown: Updown, *line: object, code: int = 0) -> Outcome:
    done = updown(*line)
    assert done.code == code, done.stderr
    return done


def png(values: Any) -> bytes:
    data = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).save(data, "PNG")
    return data.getvalue()


def pooled(values: Any) -> Any:
    height, width = values.shape
    return values.reshape(height // 2, 2, width // 2, 2).max((1, 3))


def samples(count: int, folder: str = "") -> Members:
    members = []
    for number in range(count):
        key = f"{folder}{number:04d}"
        members += [
            (f"{key}.cls", str(number).encode()),
            (f"{key}.seg.png", png(noise(4, 6, seed=number))),
            (f"{key}.json", b"{}"),
        ]
    return members


def tar_of(members: Members) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for number, (name, content) in enumerate(members):
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.uname, info.uid = len(content), number, "me", 7
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def shard(path: str, members: Members) -> None:
    Path(path).write_bytes(tar_of(members))


def read(path: str | bytes) -> Members:
    data = path if isinstance(path, bytes) else Path(path).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        found = []
        for info in archive:
            assert (info.mtime, info.uid, info.uname) == (0, 0, "")
            file = archive.extractfile(info)
            found.append((info.name, file.read() if file else b""))
        return found


def read_any(path: str) -> Members:
    data = Path(path).read_bytes()
    return read(gzip.decompress(data) if path.endswith("gz") else data)


def check(made: Members, count: int, folder: str = "") -> None:
    """Check that pictures are pooled, and all else is as it was, in its place."""
    wanted = samples(count, folder)
    assert [name for name, _ in made] == [name for name, _ in wanted]
    for number, ((name, content), (_, was)) in enumerate(zip(made, wanted, strict=True)):
        if name.endswith(".png"):
            values = np.asarray(Image.open(io.BytesIO(content)))
            assert (values == pooled(noise(4, 6, seed=number // 3))).all()
        else:
            assert content == was


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_pictures_are_pooled_and_all_else_stays(updown: Updown, jobs: str) -> None:
    shard("a-000.tar", samples(20, "x/"))
    shard("a-001.tar", samples(3))
    shard("b-001.tar", samples(1))
    done = run(updown, "pool", "-k", 2, "{a,b}-{000..001}.tar", "-o", "out", "-j", jobs, code=1)
    assert "b-000.tar: no such file" in done.stderr
    assert "24 done, 0 skipped, 1 failed" in done.stderr
    check(read("out/a-000.tar"), 20, "x/")
    check(read("out/a-001.tar"), 3)
    assert sorted(os.listdir("out")) == ["a-000.tar", "a-001.tar", "b-001.tar"]


def test_the_same_command_gives_the_same_bytes(updown: Updown) -> None:
    shard("a.tar", samples(9))
    run(updown, "pool", "-k", 2, "a.tar", "-o", "one.tar", "-j", 1)
    run(updown, "pool", "-k", 2, "a.tar", "-o", "two.tar", "-j", 2)
    assert Path("one.tar").read_bytes() == Path("two.tar").read_bytes()


def test_streams_give_what_files_give(updown: Updown) -> None:
    shard("a.tar", samples(9))
    run(updown, "pool", "-k", 2, "a.tar", "-o", "a2.tar")
    plain = Path("a2.tar").read_bytes()
    Path("b.tar.gz").write_bytes(gzip.compress(Path("a.tar").read_bytes()))
    run(updown, "pool", "-k", 2, "b.tar.gz", "-o", "out")
    packed = Path("out/b.tar.gz").read_bytes()
    assert gzip.decompress(packed) == plain
    assert packed[4:8] == bytes(4)  # no time
    for data in (Path("a.tar").read_bytes(), Path("b.tar.gz").read_bytes()):
        line = [*UPDOWN, "pool", "-k", "2", "-", "-o", "-"]
        assert subprocess.run(line, input=data, capture_output=True, check=True).stdout == plain


def test_a_stream_is_read_a_window_at_a_time(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("updown_cli.batch.shards.entries.MOST_MEMBERS", 4)
    Path("a.tgz").write_bytes(gzip.compress(tar_of(samples(9))))
    run(updown, "pool", "-k", 2, "a.tgz", "-o", "out.tar")
    check(read("out.tar"), 9)


def test_members_get_other_endings(updown: Updown) -> None:
    shard("a.tar", samples(1))
    run(updown, "pool", "-k", 2, "a.tar", "-o", "out/", "--format", "npy", "--report", "r.jsonl")
    made = dict(read("out/a.tar"))
    assert [*made] == ["0000.cls", "0000.seg.npy", "0000.json"]
    assert (np.load(io.BytesIO(made["0000.seg.npy"])) == pooled(noise(4, 6, seed=0))).all()
    record = json.loads(Path("r.jsonl").read_text())
    assert record["source"] == "a.tar::0000.seg.png"
    assert record["output"] == "out/a.tar::0000.seg.npy"


def test_a_sample_whose_member_fails_is_left_out(updown: Updown) -> None:
    members = samples(3)
    members[4] = (members[4][0], b"no picture")
    shard("a.tar", members)
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out.tar", code=1)
    assert "updown: a.tar::0001.seg.png: " in done.stderr
    assert [name for name, _ in read("out.tar")] == [
        name for name, _ in members if not name.startswith("0001")
    ]
    run(updown, "pool", "-k", 2, "a.tar", "-o", "kept.tar", "--keep-failed", code=1)
    kept = read("kept.tar")
    assert kept[4] == members[4]
    assert len(kept) == 9


def test_what_was_done_in_vain_says_so(updown: Updown) -> None:
    shard("a.tar", [("a.png", png(noise(4, 6))), ("a.jpg", b"none"), ("b.png", png(noise(4, 4)))])
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out.tar", code=1)
    assert "note: a.tar::a.png: its sample has a member that failed, left out\n" in done.stderr
    assert "1 done, 1 skipped, 1 failed" in done.stderr
    assert [name for name, _ in read("out.tar")] == ["b.png"]


def link(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "../../etc/passwd"
    return info


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (tarfile.TarInfo("../x.png"), "its name leads out of the shard"),
        (tarfile.TarInfo("/x.png"), "its name leads out of the shard"),
        (tarfile.TarInfo("a/../../x.png"), "its name leads out of the shard"),
        (link("x.png", tarfile.SYMTYPE), "is a link"),
        (link("x.png", tarfile.LNKTYPE), "is a link"),
        (link("x.png", tarfile.CHRTYPE), "is no regular file"),
        (link("x.png", tarfile.FIFOTYPE), "is no regular file"),
        (tarfile.TarInfo("0000.cls"), "is the second member of this name"),
    ],
)
def test_hostile_members_fail_alone(updown: Updown, info: tarfile.TarInfo, reason: str) -> None:
    data = io.BytesIO(tar_of(samples(2)))
    with tarfile.open(fileobj=data, mode="a") as archive:
        archive.addfile(info)
    Path("a.tar").write_bytes(data.getvalue())
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out/", "--keep-failed", code=1)
    assert f"updown: a.tar::{info.name}: {reason}\n" in done.stderr
    check(read("out/a.tar"), 2)
    assert sorted(os.listdir()) == ["a.tar", "out"]


def cut(data: bytes) -> dict[str, bytes]:
    """Return shards that end too early, in a member, a header, and between members."""
    return {
        "member": data[: 512 * 3 + 40],
        "header": data[: 512 * 4 + 100],
        "between": data[: 512 * 4],
        "damaged": data[: 512 * 4] + b"\x01" * 1024 + data[512 * 6 :],
    }


@pytest.mark.parametrize("kind", ["member", "header", "between", "damaged"])
@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_a_shard_that_is_cut_short_is_refused(updown: Updown, kind: str, name: str) -> None:
    data = cut(tar_of(samples(3)))[kind]
    Path(name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    done = run(updown, "pool", "-k", 2, name, "-o", "out/", code=1)
    assert f"updown: {name}: is cut short or damaged after " in done.stderr
    assert "--accept-damaged takes what is whole" in done.stderr
    assert not Path("out").exists()


def test_what_is_whole_of_a_damaged_shard_can_be_had(updown: Updown) -> None:
    Path("a.tar").write_bytes(tar_of(samples(3))[: 512 * 6])
    run(updown, "pool", "-k", 2, "a.tar", "-o", "out.tar", "--accept-damaged")
    check(read("out.tar"), 1)


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
@pytest.mark.parametrize("unpack", [False, True])
@pytest.mark.parametrize("last", ["a.txt", "b.png"])
def test_a_member_that_is_cut_is_left_out(
    updown: Updown, name: str, unpack: bool, last: str
) -> None:
    whole = tar_of([("a.png", png(noise(4, 6)))])[:1024]
    cut = whole + tar_of([(last, png(noise(64, 64)) + b"x" * 5000)])[: 512 + 3000]
    Path(name).write_bytes(gzip.compress(cut) if name.endswith("gz") else cut)
    shard("good.tar", samples(1))
    line = ["pool", "-k", 2, name, "good.tar", "-o", "out/", "--accept-damaged"]
    done = run(updown, *line, *["--unpack"] * unpack)
    reason = "is cut short or damaged after 1 whole member, the rest is left out"
    warning = f"updown: warning: {name}: {reason}"
    assert [text for text in done.stderr.splitlines() if "warning" in text] == [warning]
    assert "2 done, 0 skipped, 0 failed" in done.stderr
    if unpack:
        assert sorted(os.listdir("out/a")) == ["a.png"]
        assert len(os.listdir("out/good")) == 3
    else:
        assert [found for found, _ in read_any(f"out/{name}")] == ["a.png"]
        check(read("out/good.tar"), 1)


@pytest.mark.parametrize("unpack", [False, True])
def test_a_damaged_shard_without_pictures_is_told_of(updown: Updown, unpack: bool) -> None:
    Path("a.tar").write_bytes(tar_of([("a.txt", b"x" * 5000)])[:1000])
    done = run(
        updown, "pool", "-k", 2, "a.tar", "-o", "out/", "--accept-damaged", *["--unpack"] * unpack
    )
    assert "warning: a.tar: is cut short or damaged after 0 whole members, the rest" in done.stderr


def test_a_compressed_shard_that_ends_early_is_refused(updown: Updown) -> None:
    packed = gzip.compress(tar_of(samples(50)))
    Path("a.tgz").write_bytes(packed[: len(packed) // 2])
    done = run(updown, "pool", "-k", 2, "a.tgz", "-o", "out.tar", code=1)
    assert "updown: a.tgz: is cut short or damaged after " in done.stderr
    assert os.listdir() == ["a.tgz"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.tar", b"no tar at all" * 100, "is no tar file"),
        ("a.tar", b"", "is empty"),
        ("a.tgz", gzip.compress(b"", mtime=0), "is empty"),
        ("a.tgz", b"\x1f\x8bno gzip at all", "is no gzip file"),
    ],
)
def test_what_is_no_shard_is_refused(
    updown: Updown, name: str, content: bytes, reason: str
) -> None:
    Path(name).write_bytes(content)
    done = run(updown, "pool", "-k", 2, name, "-o", "out/", code=1)
    assert f"updown: {name}: {reason}" in done.stderr
    assert os.listdir() == [name]


def test_resume_is_by_shard(updown: Updown) -> None:
    shard("a.tar", samples(2))
    shard("b.tar", samples(2))
    run(updown, "pool", "-k", 2, "a.tar", "-o", "out/")
    before = Path("out/a.tar").stat().st_mtime_ns
    done = run(updown, "pool", "-k", 2, "a.tar", "b.tar", "-o", "out/", code=1)
    assert "updown: a.tar: out/a.tar exists; choose --if-exists" in done.stderr
    Path("out/b.tar").unlink()
    done = run(updown, "pool", "-k", 2, "a.tar", "b.tar", "-o", "out/", "--if-exists", "skip")
    assert "2 done, 1 skipped, 0 failed" in done.stderr
    assert Path("out/a.tar").stat().st_mtime_ns == before
    check(read("out/b.tar"), 2)


def test_a_run_that_is_killed_leaves_whole_shards_and_goes_on(tmp_path: Path) -> None:
    big = samples(250)
    for name in ("a", "b"):
        shard(str(tmp_path / f"{name}.tar"), big)
    line = [*UPDOWN, "pool", "-k", "2", "a.tar", "b.tar", "-o", "out/"]
    running = subprocess.Popen([*line, "-q"], cwd=tmp_path, start_new_session=True)
    while not any(map(Path.is_file, tmp_path.glob("out/.*"))) and running.poll() is None:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    while alive(running.pid):  # its workers end with it
        time.sleep(0.001)
    for path in tmp_path.glob("out/*.tar"):
        check(read(str(path)), 250)
    subprocess.run([*line, "-q", "--if-exists", "skip"], cwd=tmp_path, check=True)
    assert sorted(os.listdir(tmp_path / "out")) == ["a.tar", "b.tar"]
    for name in ("a", "b"):
        check(read(str(tmp_path / "out" / f"{name}.tar")), 250)


def test_a_member_is_read_by_its_name(updown: Updown) -> None:
    shard("a.tar", samples(2))
    done = run(updown, "values", "a.tar::0001.seg.png", "--at", "0,3,5")
    assert done.stdout.split()[-1] == str(int(noise(4, 6, seed=1)[3, 5]))
    for words in (["values"], ["pool", "-o", "x.png"]):
        assert "no such member" in run(updown, *words, "a.tar::none.png", code=1).stderr


def test_a_dry_run_tells_of_every_member(updown: Updown) -> None:
    shard("a.tar", samples(2))
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out/", "--dry-run", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(record["source"], record["out"]) for record in records] == [
        (f"a.tar::000{number}.seg.png", [1, 2, 3]) for number in (0, 1)
    ]
    assert os.listdir() == ["a.tar"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["a.tar", "a.png", "-o", "out/"], "shards and other files need runs of their own"),
        (["a.tar", "-o", "out.png"], "the results of a shard are a shard"),
        (["a.tar", "-o", "a.tar"], "updown never writes over its input"),
        (["a.tar", "--save-indices", "i.npz", "-o", "out/"], "shards hold results alone"),
        (["a.tar", "-o", "{stem}_{width}.tar"], "a shard has no size and no frames"),
        (["{1..9999999}.tar", "-o", "out/"], "braces make more than 1,000,000 names"),
    ],
)
def test_what_cannot_be_is_told_before_any_work(
    updown: Updown, line: list[str], message: str
) -> None:
    shard("a.tar", samples(1))
    Path("a.png").write_bytes(png(noise(4, 4)))
    assert message in run(updown, "pool", "-k", 2, *line, code=2).stderr
    assert sorted(os.listdir()) == ["a.png", "a.tar"]


def test_two_members_never_become_one(updown: Updown) -> None:
    shard("a.tar", [("a.png", png(noise(4, 6))), ("a.bmp", b"none"), ("b.png", png(noise(4, 4)))])
    line = ("pool", "-k", 2, "a.tar", "-o", "out.tar", "--format", "npy", "--keep-failed")
    done = run(updown, *line, code=1)
    assert "updown: a.tar::a.bmp: a.npy is the result of a.png as well\n" in done.stderr
    assert [name for name, _ in read("out.tar")] == ["a.npy", "b.npy"]


def test_a_shard_without_members_gives_one(updown: Updown) -> None:
    shard("a.tar", [])
    run(updown, "pool", "-k", 2, "a.tar", "-o", "out.tar")
    assert read("out.tar") == []


def test_a_huge_header_is_refused_unread(updown: Updown) -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 40
    Path("a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT))
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out.tar", code=1)
    assert done.stderr.startswith("updown: a.tar: has a header of 1.1e+06 MB\n")


@pytest.mark.parametrize("name", ["a.png", "x/" * 40 + "y.jpg", "0" * 100, "0" * 101, "ä.png"])
@pytest.mark.parametrize("size", [0, 1, 511, 512, 1 << 20])
def test_a_shard_is_what_tarfile_writes(name: str, size: int) -> None:
    expected, made = io.BytesIO(), io.BytesIO()
    info = tarfile.TarInfo(name)
    info.size = size
    with tarfile.open(fileobj=expected, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(bytes(size)))
    writer = ShardWriter(made, packed=False)
    writer.add_file(name, size, io.BytesIO(bytes(size)))
    writer.finish()
    assert made.getvalue() == expected.getvalue()


@pytest.mark.parametrize("name", ["a.tar", "-"])
def test_a_small_stream_does_not_fill_the_disk(updown: Updown, name: str) -> None:
    members = samples(2)
    info = tarfile.TarInfo("0001.bin")
    info.size = 2 << 30
    data = tar_of(members[:5])[: 512 * 10] + info.tobuf() + bytes(1 << 20)
    if name == "-":
        line = [*UPDOWN, "pool", "-k", "2", "-", "-o", "-", "--accept-damaged"]
        streamed = subprocess.run(line, input=gzip.compress(data), capture_output=True)
        assert b"stdin.tar::0001.bin: would take 2 GiB; --max-memory allows it\n" in streamed.stderr
        return
    Path(name).write_bytes(gzip.compress(data))
    done = run(updown, "pool", "-k", 2, name, "-o", "out/", "--accept-damaged", code=1)
    assert "updown: a.tar::0001.bin: would take 2 GiB, " in done.stderr
    check(read("out/a.tar"), 1)


def test_a_packed_file_is_read_whatever_it_is_called(updown: Updown) -> None:
    Path("a.tar").write_bytes(gzip.compress(tar_of(samples(2))))
    run(updown, "pool", "-k", 2, "a.tar", "-o", "out/")
    check(read("out/a.tar"), 2)
    for words in (["values"], ["pool", "-o", "x.png"]):
        done = run(updown, *words, "a.tar::0001.seg.png", code=1)
        assert "is within a compressed file; name the shard, or unpack it first" in done.stderr


@pytest.mark.parametrize(("magic", "by"), [(b"BZh91AY", "bzip2"), (b"\xfd7zXZ\0", "xz")])
def test_what_else_is_packed_is_told(updown: Updown, magic: bytes, by: str) -> None:
    Path("a.tar").write_bytes(magic + b"x" * 600)
    done = run(updown, "pool", "-k", 2, "a.tar", "-o", "out/", code=1)
    assert done.stderr.startswith(
        f"updown: a.tar: is no tar file; it is packed by {by}; gzip alone is read\n"
    )


@pytest.mark.parametrize(
    ("data", "line", "code", "reason"),
    [
        (b"BZh91AY&SY", [], 1, "-: is no tar file; it is packed by bzip2; gzip alone is read"),
        (b"BZh91AY&SY", ["-o", "x.tar"], 1, "-: is no tar file; it is packed by bzip2; gzip"),
    ],
)
def test_what_comes_from_standard_input_is_told_as_by_name(
    tmp_path: Path, data: bytes, line: list[str], code: int, reason: str
) -> None:
    command = [*UPDOWN, "pool", "-k", "2", "-", *line]
    done = subprocess.run(command, input=data, capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == code
    assert f"updown: {reason}" in done.stderr.decode()


def test_a_member_has_no_result_beside_it(updown: Updown) -> None:
    shard("a.tar", samples(1))
    done = run(updown, "pool", "-k", 2, "a.tar::0000.seg.png", code=2)
    assert "cannot be written alone; -o gives the result a file; the shard, named" in done.stderr
    run(updown, "pool", "-k", 2, "a.tar::0000.seg.png", "-o", "x.png")


def test_shards_in_memory_are_those_of_a_disk(updown: Updown) -> None:
    pytest.importorskip("fsspec")
    from fsspec.implementations.memory import MemoryFileSystem

    fs = MemoryFileSystem()
    fs.store.clear()
    shard("a.tar", samples(4))
    fs.pipe_file("/in/a.tar", Path("a.tar").read_bytes())
    run(updown, "pool", "-k", 2, "a.tar", "-o", "out.tar")
    run(updown, "pool", "-k", 2, "memory://in/a.tar", "-o", "memory://out/", "-j", 2)
    assert fs.cat_file("/out/a.tar") == Path("out.tar").read_bytes()
    fs.store.clear()


def test_machines_share_shards(updown: Updown) -> None:
    names = [f"{number}.tar" for number in range(6)]
    for name in names:
        shard(name, samples(1))
    for part in ("1/2", "2/2"):
        run(updown, "pool", "-k", 2, "{0..5}.tar", "-o", f"out{part[0]}/", "--shard", part)
    found = [sorted(os.listdir(folder)) for folder in ("out1", "out2")]
    assert sorted(found[0] + found[1]) == names
    assert min(map(len, found)) > 0


@pytest.mark.parametrize(("name", "value"), [("samples.MOST_HELD", 100), ("IN_MEMORY", 50)])
def test_parts_that_are_files_give_the_same(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    """Results wait in memory while they are small and few, and else on the disk."""
    shard("a.tar", samples(9))
    run(updown, "pool", "-k", 2, "a.tar", "-o", "one.tar")
    home = "updown_cli.stores.part_file" if name == "IN_MEMORY" else "updown_cli.batch.shards"
    monkeypatch.setattr(f"{home}.{name}", value)
    run(updown, "pool", "-k", 2, "a.tar", "-o", "two.tar", "-j", 2)
    assert Path("one.tar").read_bytes() == Path("two.tar").read_bytes()
    assert sorted(os.listdir()) == ["a.tar", "one.tar", "two.tar"]
