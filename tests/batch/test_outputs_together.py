"""All outputs of an input appear, or it is not done."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.test_workers import until
from tests.conftest import ROOT, Updown, noise, picture, pixels

COMMAND = [
    "chain",
    "pool --save-indices out/{stem}.npz | upsample --scale-factor 2",
    "in",
    "-o",
    "out",
]
COMMAND += ["--save-steps", "steps"]

# Everything that is made of one input.
OUTPUTS = ["out/a.npz", "steps/a_1-pool.npy", "out/a.png"]

INTERRUPTED = """
import os, signal, sys
real, calls = os.link, []
def link(old, new):
    calls.append(new)
    if len(calls) == {number}:
        os.kill(os.getpid(), signal.{signal})
    real(old, new)
os.link = link
sys.argv = ["updown", *{command}]
from updown_cli.cli.entry import run
sys.exit(run())
"""

# The input b waits until the names of a are given in part.
SLOW = """
import os, sys, time
real, calls = os.link, []
def link(old, new):
    calls.append(new)
    while "b" in os.path.basename(new):
        time.sleep(1)
    if len(calls) == 2:
        open("naming", "w").close()
        time.sleep(0.3)
    real(old, new)
os.link = link
sys.argv = ["updown", *{command}]
from updown_cli.cli.entry import run
sys.exit(run())
"""


def inputs(*names: str) -> None:
    os.mkdir("in")
    for name in names:
        picture(f"in/{name}.png", noise(4, 4))


def there() -> list[str]:
    """Return the files of both folders, hidden ones too."""
    folders = [folder for folder in ("out", "steps") if os.path.isdir(folder)]
    return sorted(f"{folder}/{name}" for folder in folders for name in os.listdir(folder))


@pytest.mark.parametrize("refused", OUTPUTS)
def test_one_refused_output_leaves_none(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    inputs("a")
    real = os.link

    def link(old: str, new: str) -> None:
        if new.endswith(refused):
            raise OSError(errno.EIO, "")
        real(old, new)

    with monkeypatch.context() as broken:
        broken.setattr(os, "link", link)
        done = updown(*COMMAND)
    assert (done.code, done.stderr) == (3, f"updown: {refused}: cannot be written\n")
    assert there() == []
    assert updown(*COMMAND).code == 0
    assert there() == sorted(OUTPUTS)


@pytest.mark.parametrize("policy", ["skip", "update"])
@pytest.mark.parametrize("lost", OUTPUTS)
@pytest.mark.parametrize("how", ["gone", "empty", "cut"])
def test_an_input_is_done_when_all_its_outputs_are_whole(
    updown: Updown, policy: str, lost: str, how: str
) -> None:
    inputs("a")
    assert updown(*COMMAND).code == 0
    whole = {path: Path(path).read_bytes() for path in OUTPUTS}
    assert updown(*COMMAND, "--if-exists", policy, "--json").records[0]["status"] == "skipped"
    if how == "gone":
        os.unlink(lost)
    else:
        Path(lost).write_bytes(b"" if how == "empty" else whole[lost][:-30])
    done = updown(*COMMAND, "--if-exists", policy, "--json")
    assert (done.code, done.records[0]["status"]) == (0, "done")
    assert pixels("out/a.png").shape == (4, 4)
    assert {path: len(Path(path).read_bytes()) for path in OUTPUTS} == {
        path: len(data) for path, data in whole.items()
    }
    assert there() == sorted(OUTPUTS)


def test_a_result_whose_positions_were_never_asked_for_is_made_again_with_them(
    updown: Updown,
) -> None:
    inputs("a")
    command = ["pool", "in", "-o", "out", "--if-exists", "skip"]
    assert updown(*command, "--json").records[0]["status"] == "done"
    again = updown(*command, "--save-indices", "out/{stem}.npz", "--json")
    assert again.records[0]["status"] == "done"
    assert there() == ["out/a.npz", "out/a.png"]


@pytest.mark.parametrize("taken", ["out/a.npz", "steps/a_1-pool.npy", "out/a.png"])
def test_renamed_outputs_have_one_number(updown: Updown, taken: str) -> None:
    inputs("a")
    os.mkdir(os.path.dirname(taken))
    Path(taken).write_bytes(b"mine")
    planned = updown(*COMMAND, "--if-exists", "rename", "--dry-run", "--json").records[0]
    done = updown(*COMMAND, "--if-exists", "rename", "--json")
    assert (done.code, done.records[0]["output"]) == (0, "out/a-1.png")
    assert planned["output"] == "out/a-1.png"
    assert there() == sorted([taken, "out/a-1.npz", "out/a-1.png", "steps/a_1-pool-1.npy"])
    assert Path(taken).read_bytes() == b"mine"


@pytest.mark.parametrize(("name", "code", "number"), [("SIGINT", 130, 2), ("SIGTERM", 143, 3)])
def test_a_signal_between_two_names_lets_all_be_given(name: str, code: int, number: int) -> None:
    inputs("a", "b")
    script = INTERRUPTED.format(number=number, signal=name, command=[*COMMAND, "-j", "1"])
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stderr.splitlines()[-1]) == (
        code,
        "updown: interrupted: 1 of 2 done; run again with --if-exists skip to continue",
    )
    assert there() == sorted(OUTPUTS)


def test_a_worker_that_is_told_to_end_gives_all_names_first() -> None:
    inputs("a", "b")
    script = SLOW.format(command=[*COMMAND, "-j", "2"])
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        until(Path("naming").exists)
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
    assert run.returncode == 130
    assert there() == sorted(OUTPUTS)
