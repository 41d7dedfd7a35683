"""Bombs, special files and hostile names, each met by the installed command or this process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bombs import CANARY, bombs, npy
from tests.conftest import COMMAND, Updown, noise, picture, pixels
from tests.hostile import NAMES, SPECIALS
from tests.measured import MEBIBYTES, needs_proc, run_of, usual_peak
from tests.sentences import faults

Installed = Callable[..., subprocess.CompletedProcess[bytes]]


@needs_proc
@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused_cheaply(name: str) -> None:
    data, codes = bombs()[name]
    Path(name).write_bytes(data)
    code, lines, modules, peak = run_of("pool", "-k", "1", name, "-o", "out.npy")
    assert code == 1 or "" in codes
    start = f"updown: {name}: "
    assert peak < usual_peak(computes=code == 0) + MEBIBYTES
    if code == 1:
        assert "torch" not in modules
        assert len(lines) == 1
        assert lines[0].startswith(start)
        assert faults(lines[0].removeprefix(start)) == []
        assert sorted(set(os.listdir()) - {"usual.png"}) == [name]


@needs_proc
def test_a_sparse_array_is_refused_from_its_header() -> None:
    with open("sparse.npy", "wb") as file:
        file.write(npy("(8192, 1, 1024, 1024)", "|u1"))
        file.truncate((8 << 30) + 4096)
    code, lines, modules, peak = run_of("pool", "-k", "1", "sparse.npy", "-o", "out.npy")
    assert code in (1, 2)
    assert len(lines) == 1
    assert "torch" not in modules
    assert peak < usual_peak(computes=False) + MEBIBYTES


def test_a_bombs_code_is_that_of_its_kind(updown: Updown) -> None:
    os.mkdir("in")
    for name, (data, _) in bombs().items():
        Path("in", name).write_bytes(data)
    done = updown("pool", "in", "-o", "out", "--dry-run", "--json")
    codes = {record["source"][3:]: record["error"] and record["error"]["code"] for record in
             done.records}  # fmt: skip
    assert set(codes) == set(bombs())
    wrong = {name: code for name, code in codes.items() if code and code not in bombs()[name][1]}
    assert wrong == {}


# No files at all


@pytest.fixture
def _specials() -> None:
    os.mkdir("in")
    for name, make in SPECIALS.items():
        here = os.getcwd()
        os.chdir("in")  # the path of a socket is short
        try:
            make(Path(name))
        finally:
            os.chdir(here)
    picture("in/good.png", noise(4, 4))


@pytest.mark.usefixtures("_specials")
@pytest.mark.parametrize("name", [name for name in SPECIALS if name != "folder.png"])
def test_what_is_no_file_is_refused_at_once(installed: Installed, name: str) -> None:
    done = installed("pool", f"in/{name}", "-o", "out.png", stdin=subprocess.DEVNULL)
    (line,) = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert line.startswith(f"updown: in/{name}: ")
    assert faults(line.removeprefix(f"updown: in/{name}: ")) == []
    assert os.listdir() == ["in"]


@pytest.mark.usefixtures("_specials")
def test_what_is_no_file_is_left_out_of_a_folder_with_a_word(installed: Installed) -> None:
    done = installed("pool", "in", "-o", "out", stdin=subprocess.DEVNULL)
    lines = done.stderr.decode().splitlines()
    told = [name for name in SPECIALS for line in lines if f"in/{name}: " in line]
    assert sorted(told) == sorted(set(SPECIALS) - {"folder.png"})
    assert done.returncode in (0, 1)
    assert os.listdir("out") == ["good.png"]


def test_a_folder_called_a_picture_is_a_folder(updown: Updown) -> None:
    os.mkdir("folder.png")
    picture("folder.png/a.png", noise(4, 4))
    assert updown("pool", "folder.png", "-o", "out").code == 0
    assert os.listdir("out") == ["a.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="setpriv is Linux's")
def test_a_file_that_may_not_be_read_is_told() -> None:
    picture("a.png", noise(4, 4))
    os.chmod("a.png", 0)
    without_rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    command = [*(without_rights if os.geteuid() == 0 else []), str(COMMAND), "pool", "a.png"]
    done = subprocess.run([*command, "-o", "b.png"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"updown: a.png: permission denied\n")


# Names


@pytest.fixture
def _named() -> None:
    os.mkdir("good")
    os.mkdir("bad")
    for name in NAMES:
        picture("sample.png", noise(4, 4))
        os.rename("sample.png", os.path.join("good", name))
        Path("bad", name).write_bytes(b"\x89PNG\r\n\x1a\n")


def is_plain(text: str) -> bool:
    """Whether text can be shown on any terminal, line by line."""
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_files_of_any_name_are_done(installed: Installed, jobs: str) -> None:
    done = installed("pool", "-k", "1", "good", "-o", "out", "-j", jobs)
    assert (done.returncode, done.stderr) == (
        0,
        f"updown: {len(NAMES)} done, 0 skipped, 0 failed\n".encode(),
    )
    assert is_plain(done.stdout.decode())
    assert sorted(os.listdir("out")) == sorted(NAMES)
    assert all((pixels(f"out/{name}") == pixels(f"good/{name}")).all() for name in NAMES)
    assert not os.path.exists(CANARY)


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("option", ["--json", "--progress"])
def test_failures_of_any_name_are_a_line_each(updown: Updown, option: str) -> None:
    done = updown("pool", "bad", "-o", "out", option)
    lines = done.stderr.splitlines()
    assert len(lines) == len(NAMES) + 1
    assert [line for line in lines[:-1] if not line.startswith("updown: bad/")] == []
    assert is_plain(done.stderr + done.stdout)


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_file_of_any_name_can_be_named(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir("good")
    done = updown("pool", "-k", "1", "-o", "../out/", "--", name)
    assert (done.code, done.stderr) == (0, "")
    assert is_plain(done.stdout)
    assert os.listdir("../out") == [name]
