"""Standard output that takes a part at a time: what is printed comes whole, or it is told."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import re
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import COMMAND, noise, picture
from tests.file_limits import largest_file
from updown_cli.cli.main import main

#: What prints results, tables, texts, JSON and help, and how many bytes it is at least.
PRINTED = {
    "pool -k 2 big.png -o -": 60_000,
    "pool -k 2 big.npy -o -": 100_000,
    "pool -k 2 in/ in/0.png -o out/a/quite/deep/folder --if-exists overwrite -j 1": 1_030,
    "pool -k 2 in -o out --if-exists overwrite -j 1 --json": 2_000,
    "values big.npy --window 200x100": 20_000,
    "values big.npy --window 200x100 --json": 20_000,
    "values big.npy --set 0,0,0=1 -o -": 100_000,
    "explain conv --kernel sobel-h --input 8x8 --json": 10_000,
    "explain conv --kernel sobel-h": 1_030,
    "compare in other": 1_030,
    "compare in other --json": 2_000,
    "shapes 'pool -k 2 | pool -k 2 | unpool' --size 20 --size 24 --json": 1_030,
    "sheet in/0.png -o - --no-times --try 'pool -k 2'": 1_030,
    "bench 'pool -k {1,2,3,4,5,6,7}' --size 8 --repeat 1 --json": 1_030,
    "completion zsh": 1_030,
    "pool --help": 2_000,
    "--help": 1_030,
}

FULL = "updown: standard output: file too large for its file system\n"


@pytest.fixture(scope="module")
def _files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    for name in ("in", "other"):
        os.mkdir(folder / name)
    for number in range(12):
        picture(str(folder / "in" / f"{number}.png"), noise(6, 6, seed=number))
        picture(str(folder / "other" / f"{number}.png"), noise(6, 6, seed=number + 1))
    picture(str(folder / "big.png"), noise(500, 500))
    np.save(folder / "big.npy", noise(500, 1000))
    return folder


@pytest.fixture(autouse=True)
def _there(_files: Path, _in_a_folder_of_its_own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_files)


def run_onto(descriptor: int, arguments: str, *, unbuffered: bool = False) -> int | str | None:
    """Return the exit code of updown in this process, whose standard output is a descriptor."""
    before = sys.stdout
    raw = os.fdopen(descriptor, "wb", 0 if unbuffered else -1, closefd=False)
    sys.stdout = io.TextIOWrapper(raw, "utf-8", write_through=unbuffered)
    try:
        with pytest.raises(SystemExit) as stopped:
            main(shlex.split(arguments))
    finally:
        sys.stdout = before
    return stopped.value.code


@contextmanager
def slow_pipe(got: bytearray) -> Iterator[int]:
    """Give the writing end of a pipe of a page that does not block, and read it slowly."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)

    def read() -> None:
        while part := os.read(reader, 3000):
            got.extend(part)
            time.sleep(0.0001)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield writer
    finally:
        os.close(writer)
        thread.join()
        os.close(reader)


def without_times(text: bytearray) -> bytes:
    """Return what two runs of a command have in common: not how long they took, in s or ms."""
    return re.sub(rb"[-e\d. ms]+", b"", bytes(text))


@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("arguments", PRINTED)
def test_a_pipe_that_does_not_block_gets_everything(arguments: str, unbuffered: bool) -> None:
    got, whole = bytearray(), bytearray()
    with slow_pipe(got) as pipe:
        assert run_onto(pipe, arguments, unbuffered=unbuffered) in (0, 1)
    with slow_pipe(whole) as pipe:
        os.set_blocking(pipe, True)
        run_onto(pipe, arguments)
    assert len(got) >= PRINTED[arguments]
    assert without_times(got) == without_times(whole)


@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("arguments", PRINTED)
def test_a_file_that_takes_a_part_is_told(
    capfd: pytest.CaptureFixture[str], arguments: str, unbuffered: bool
) -> None:
    """It holds 1024 bytes and has 700: it takes a part of what is written, then nothing."""
    Path("got").write_bytes(bytes(700))
    descriptor = os.open("got", os.O_WRONLY | os.O_APPEND)
    capfd.readouterr()
    with largest_file(1024):
        assert run_onto(descriptor, arguments, unbuffered=unbuffered) == 3
    os.close(descriptor)
    assert capfd.readouterr().err.splitlines(keepends=True)[-1:] == [FULL]
    assert os.path.getsize("got") == 1024


@pytest.mark.parametrize("arguments", ["pool -k 2 big.npy -o -", "pool --help", "completion zsh"])
def test_a_disk_that_gets_full_is_told_by_the_command(arguments: str) -> None:
    line = f"head -c 700 /dev/zero > full; ulimit -f 1; {COMMAND} {arguments} >> full"
    done = subprocess.run(
        ["bash", "-c", line],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr, os.path.getsize("full")) == (3, FULL, 1024)


def test_lines_on_a_full_pipe_of_errors_are_not_lost() -> None:
    """What runs beside us may have set that standard error does not block."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    names = [f"{'missing' * 20}-{number}.png" for number in range(60)]
    command = [str(COMMAND), "pool", "-j", "1", "--no-progress", "-o", "out"]
    with subprocess.Popen([*command, *names], stderr=writer) as run:
        os.close(writer)
        time.sleep(0.5)
        with os.fdopen(reader) as pipe:
            lines = pipe.read().splitlines()
    assert run.returncode == 1
    assert lines[:-1] == [f"updown: {name}: no such file" for name in names]


def test_what_is_told_when_a_file_is_closed_is_told(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Network file systems take everything and tell of a quota when the file is closed."""
    close = os.close

    def full(descriptor: int) -> None:
        is_ours = os.fstat(descriptor).st_ino == os.stat("got").st_ino
        close(descriptor)
        if is_ours:
            raise OSError(errno.EDQUOT, "")

    with open("got", "wb") as file, monkeypatch.context() as patched:
        patched.setattr(os, "close", full)
        assert run_onto(file.fileno(), "completion bash") == 3
    assert capfd.readouterr().err == "updown: standard output: disk quota exceeded\n"


def test_a_reader_that_leaves_while_it_is_waited_for_ends_the_command() -> None:
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    threading.Timer(0.3, os.close, [reader]).start()
    assert run_onto(writer, "pool -k 2 big.npy -o -") == 141
    os.close(writer)
