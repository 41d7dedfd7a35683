"""Odd surroundings, and refusals that come before torch is loaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import COMMAND, Updown, noise, picture

WITHOUT_WARM = {**os.environ, "UPDOWN_WARM": "0"}

#: Root without the right to pass limits, so that files of root can still be read.
LIMITED = (
    *("setpriv", "--reuid=23456", "--clear-groups"),
    *("--inh-caps=+dac_override,+dac_read_search", "--ambient-caps=+dac_override,+dac_read_search"),
)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs another user")
@pytest.mark.parametrize("processes", [1, 2])
def test_a_limit_of_processes_is_enough_for_one_picture(processes: int) -> None:
    """The limit is reached by this process, or by its first thread: OpenBLAS would interrupt it."""
    picture("a.png", noise(4, 6))
    os.chmod(".", 0o777)
    limit = ("prlimit", f"--nproc={processes}")
    command = [*LIMITED, *limit, str(COMMAND), "pool", "a.png", "-o", "out.png", "-q"]
    if subprocess.run([*LIMITED, "true"], check=False, capture_output=True).returncode:
        pytest.skip("rights cannot be kept here")
    done = subprocess.run(
        command, env=WITHOUT_WARM, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert os.path.exists("out.png")


def test_a_thread_that_cannot_be_started_is_told(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("updown_cli.batch.run.execute", fail)
    picture("a.png", noise(4, 6))
    done = updown("pool", "a.png", "-o", "out.png")
    assert (done.code, done.stderr) == (
        3,
        "updown: cannot start another thread; raise the limit of processes (ulimit -u)\n",
    )


@pytest.mark.parametrize(
    "arguments", ["pool a.png -o o.png", "values ../a.png", "chain pool --save-recipe r.json"]
)
def test_a_working_directory_that_is_gone_is_told(arguments: str) -> None:
    picture("a.png", noise(4, 6))
    line = f"mkdir x; cd x; rmdir ../x; {COMMAND} {arguments}"
    done = subprocess.run(
        ["bash", "-c", line],
        env=WITHOUT_WARM,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        "updown: the working directory is not there any more; change to another\n",
    )


@pytest.mark.parametrize("arguments", ["values -", "pool - -o o.png", "pool - -o o.png --json"])
def test_standard_input_that_cannot_be_read_is_named(arguments: str) -> None:
    """It is open for writing only."""
    done = subprocess.run(
        ["bash", "-c", f"{COMMAND} {arguments} 0>written"],
        env=WITHOUT_WARM,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, "updown: -: cannot be read\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--scale-factor 1e-9", "must be at least 3.73e-09: no picture is so large"),
        ("--scale-factor 1/999999999", "must be at least 3.73e-09: no picture is so large"),
        ("--scale-factor 1e300", "must be at most 65535"),
        ("--size 1000000x1000000", "1000000 megapixels, limit is 179 (--max-pixels)"),
        ("--size 20x20 --max-pixels 399", "0.0004 megapixels, limit is 0.000399 (--max-pixels)"),
    ],
)
def test_sizes_beyond_any_limit_are_refused_before_any_work(
    updown: Updown, arguments: str, sentence: str
) -> None:
    option = " ".join(arguments.split()[:2])
    picture("a.png", noise(4, 6))
    done = updown("upsample", *arguments.split(), "a.png", "-o", "o.png")
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {option}: {sentence}\n")


def test_a_size_within_the_limit_is_made(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    done = updown("upsample", "--size", "20x20", "--max-pixels", "400", "a.png", "-o", "o.png")
    assert done.code == 0


def test_positions_that_are_wrong_name_their_file(updown: Updown) -> None:
    picture("a.png", noise(8, 8))
    updown("pool", "a.png", "-o", "p.png", "--save-indices", "i.npz")
    with np.load("i.npz") as archive:
        arrays = dict(archive)
    arrays["indices"].flat[5] = 64
    np.savez("bad.npz", **arrays)
    done = updown("unpool", "p.png", "-o", "u.png", "--indices", "bad.npz")
    assert (done.code, done.stderr) == (
        1,
        "updown: p.png: bad.npz: index 64 at (0,0,1,1) is outside 8x8; give the size before "
        "pooling as --output-size\n",
    )


@pytest.mark.parametrize("key", ["", "::" + "q" * 5000])
def test_long_lists_of_keys_are_cut(updown: Updown, key: str) -> None:
    picture("a.png", noise(8, 8))
    names = (f"{'layer' * 60}{number}" for number in range(900))
    kernels: dict[str, Any] = {name: np.ones((1, 1, 3, 3)) for name in names}
    np.savez("w.npz", **kernels)
    done = updown("conv", "--kernel", f"w.npz{key}", "a.png", "-o", "o.png")
    assert done.code in (1, 2)
    assert done.stderr.endswith(" and 899 more\n")
    assert len(done.stderr) < 260


#: Command lines that are refused, of each kind: what is wrong, and with which exit code.
REFUSED = {
    "pool missing.png -o o.png": 1,
    "pool missing.png gone.png -o out -j 2": 1,
    "pool empty.png -o o.png": 1,
    "pool text.png -o o.png": 1,
    "pool cut.png -o o.png": 1,
    "pool text.png empty.png missing.png bomb.png -o out -j 2": 1,
    "pool bomb.png -o o.png": 1,
    "pool large.npy -o o.png": 1,
    "pool folder.png/ -o out": 2,
    "pool fifo.png -o o.png": 1,
    "pool a.png -o a.png": 2,
    "pool a.png -o there.png": 1,
    "pool a.png -o no/where.png": 3,
    "pool -k 0 a.png -o o.png": 2,
    "pool -k 99 a.png -o o.png": 1,
    "pool --nonsense a.png -o o.png": 2,
    "pool a.png -o o.xyz": 2,
    "upsample --size 99999x99999 a.png -o o.png": 2,
    "upsample --scale-factor 1e-9 a.png -o o.png": 2,
    "unpool --indices missing.npz a.png -o o.png": 1,
    "unpool --indices text.npz a.png -o o.png": 1,
    "conv --kernel missing.npy a.png -o o.png": 2,
    "chain --recipe missing.json a.png -o o.png": 2,
    "chain 'pool -k 2 | nonsense' a.png -o o.png": 2,
    "compare a.png missing.png": 2,
    "compare a.png cut.png": 2,
    "values missing.png": 1,
    "values cut.png": 1,
    "sheet missing.png -o s.png --try pool": 1,
    "explain pool --input missing.png": 1,
    "pool a.png -o o.png --report text.json": 2,
    "pool hurt.png cut.png -j 2 -o out": 1,
}

#: Runs each line and tells as JSON its exit code, whether torch is there now, and the seconds.
ASKING = """
import json, shlex, sys, time
from updown_cli.cli.main import main
for line in json.load(sys.stdin):
    began = time.perf_counter()
    try:
        main(shlex.split(line))
    except SystemExit as end:
        took = time.perf_counter() - began
        print(json.dumps([line, end.code, "torch" in sys.modules, round(took, 3)]), file=sys.stderr)
"""


def test_refusals_come_before_torch_is_loaded() -> None:
    picture("a.png", noise(8, 8))
    picture("there.png", noise(8, 8))
    whole = Path("a.png").read_bytes()
    Path("cut.png").write_bytes(whole[:-20])
    Path("hurt.png").write_bytes(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:])
    Path("empty.png").touch()
    for name in ("text.png", "text.npz", "text.json"):
        Path(name).write_text("no picture at all")
    Path("bomb.png").write_bytes(whole[:16] + b"\0\0\xff\xff" * 2 + whole[24:])
    header = str({"descr": "<f4", "fortran_order": False, "shape": (1 << 17, 1 << 17)}).ljust(117)
    Path("large.npy").write_bytes(b"\x93NUMPY\1\0\x76\0" + header.encode() + b"\n")
    os.mkdir("folder.png")
    os.mkfifo("fifo.png")
    asked = subprocess.run(
        [sys.executable, "-c", ASKING],
        input=json.dumps([*REFUSED]),
        env=WITHOUT_WARM,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = [json.loads(line) for line in asked.stderr.splitlines() if line.startswith("[")]
    assert {line: code for line, code, _, _ in told} == REFUSED
    assert [line for line, _, has_torch, _ in told if has_torch] == []
