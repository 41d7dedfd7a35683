"""Surroundings that fail while a run is at work: kills, folders that go, runs side by side."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.test_signals import (
    JOBS,
    MEDIAN,
    PROMPT,
    are_whole,
    end_of,
    holds,
    in_bash,
    pictures,
    started,
    temporaries,
    until,
    written,
)
from tests.conftest import COMMAND, ROOT, Updown, noise, picture
from tests.sentences import faults

KILLS = 20

INTERRUPTED = re.compile(r"(updown: interrupted: \d+ of \d+ done; [^\n]*\n)?")


@pytest.mark.parametrize("jobs", JOBS)
def test_a_run_that_is_killed_again_and_again_is_finished_at_last(
    updown: Updown, jobs: str
) -> None:
    names = pictures(400, 60)
    command = [*MEDIAN, "in", "-o", "out", "-j", jobs, "--if-exists", "skip"]
    killed = subprocess.run(
        [sys.executable, "-m", "tests.killed", str(KILLS), jobs, *command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    after = [json.loads(line) for line in killed.stdout.splitlines() if line.startswith(b"{")]
    found = [{name for name in state["names"] if name in names} for state in after]
    assert (len(after), killed.stderr) == (KILLS, b"")
    assert all(earlier <= later for earlier, later in pairwise(found))
    assert {state["code"] for state in after} <= {-signal.SIGKILL, 0}
    assert len(found[-1]) >= KILLS
    assert are_whole(sorted(found[-1]))
    assert updown(*command).code == 0
    assert written("out") == sorted(names)
    assert are_whole(names)


@pytest.mark.parametrize("seed", range(4))
def test_a_signal_at_any_moment_ends_a_run_in_time(seed: int) -> None:
    names = pictures(40, 500)
    dice = random.Random(seed)
    number = dice.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    with started(*MEDIAN, "in", "-o", "out", "-j", dice.choice(JOBS)) as run:
        time.sleep(dice.uniform(0.05, 3.0))
        run.send_signal(number)
        returned, stderr, seconds = end_of(run)
    assert seconds < PROMPT
    if returned == 0:  # the signal came too late
        assert written("out") == sorted(names)
        return
    assert returned == 128 + number or (returned == -number and not written("out"))
    assert INTERRUPTED.fullmatch(stderr), stderr
    assert set(written("out")) <= set(names)
    assert not written("out") or are_whole(written("out"))


@pytest.mark.parametrize("policy", ["overwrite", "skip", "rename"])
def test_two_runs_into_one_folder_do_not_disturb_each_other(policy: str) -> None:
    names = pictures(30, 40)
    command = ("pool", "in", "-o", "out", "--if-exists", policy, "-j", "2")
    with ExitStack() as stack:
        runs = [stack.enter_context(started(*command)) for _ in range(2)]
        ends = [end_of(run) for run in runs]
    assert [code for code, _, _ in ends] == [0, 0], ends
    assert temporaries() == []
    assert set(names) <= set(written("out"))
    assert len(written("out")) == len(names) * (2 if policy == "rename" else 1)
    assert are_whole(written("out"))


@pytest.mark.parametrize(
    ("in_its_place", "jobs"), [(None, "1"), (None, "2"), ("file", "2"), ("dangling link", "1")]
)
def test_a_folder_of_results_that_vanishes_stops_the_run(
    in_its_place: str | None, jobs: str
) -> None:
    names = pictures(40, 200)
    with started(*MEDIAN, "in", "-o", "out", "-j", jobs) as run:
        until(lambda: holds(2))
        os.rename("out", "gone")
        if in_its_place == "file":
            Path("out").touch()
        elif in_its_place:
            os.symlink("nowhere", "out")
        returned, stderr, _ = end_of(run)
    kept = {name for name in os.listdir("gone") if not name.startswith(".updown-")}
    assert kept <= set(names)  # what was unfinished went with the folder
    if in_its_place is None and returned == 0:
        assert kept | set(written("out")) == set(names)  # the folder was made anew
        return
    assert returned == 3
    failure = [line for line in stderr.splitlines() if not line.endswith(" failed")][-1]
    assert re.match(r"updown: out(/\d\d\.png)?: ", failure), stderr
    assert faults(failure.split(": ", 2)[2]) == []


@pytest.mark.parametrize("jobs", JOBS)
def test_inputs_that_vanish_are_each_named(jobs: str) -> None:
    names = pictures(20, 200)
    with started(*MEDIAN, "in", "-o", "out", "-j", jobs) as run:
        until(lambda: holds(2))
        shutil.rmtree("in")
        returned, stderr, _ = end_of(run)
    *lines, total = stderr.splitlines()
    lost = [line.removeprefix("updown: in/").partition(": ") for line in lines]
    assert returned == 1
    assert {reason for _, _, reason in lost} == {"no such file"}
    assert sorted([name for name, _, _ in lost] + written("out")) == names
    assert re.fullmatch(r"updown: \d+ done, 0 skipped, \d+ failed", total)
    assert are_whole(written("out"))


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENOMEM])
@pytest.mark.parametrize("options", [[], ["--dry-run"]], ids=["read", "look"])
def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, number: int, options: list[str]
) -> None:
    pictures(3, 8)
    real = os.open

    def failing(path: str, *arguments: int, **settings: int) -> int:
        if os.fspath(path).endswith("01.png") and "in" in os.fspath(path):
            raise OSError(number, os.strerror(number), path)
        return real(path, *arguments, **settings)

    with monkeypatch.context() as broken:
        broken.setattr(os, "open", failing)
        done = updown("pool", "in", "-o", "out", *options)
    failure, _ = done.stderr.splitlines()
    assert done.code == 1
    assert failure.startswith("updown: in/01.png: ")
    assert faults(failure.removeprefix("updown: in/01.png: ")) == []


def test_few_descriptors_are_enough() -> None:
    names = pictures(60, 8)
    done = in_bash(f"ulimit -n 48; exec {COMMAND} pool in -o out -j 2")
    assert (done.returncode, done.stderr) == (0, "updown: 60 done, 0 skipped, 0 failed\n")
    assert written("out") == names


def is_clean(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a run says nothing but lines of its own."""
    return all(line.startswith("updown: ") and line.isprintable() for line in
               done.stderr.splitlines())  # fmt: skip


@pytest.mark.parametrize(("megabytes", "jobs"), [(400, "1"), (1500, "2")])
def test_a_limit_of_memory_is_told_or_kept(megabytes: int, jobs: str) -> None:
    os.mkdir("in")
    for name in ("a.png", "b.png", "c.png"):
        picture(f"in/{name}", noise(1500, 1500, 3))
    limit = f"ulimit -c 0; ulimit -v {megabytes * 1024}"
    done = in_bash(f"{limit}; exec {COMMAND} pool in -o out -j {jobs}")
    assert done.returncode in (0, 1, 3), done.stderr
    assert is_clean(done), done.stderr
    assert temporaries() == []
    assert not written("out") or are_whole_alone(written("out"))


def are_whole_alone(names: list[str]) -> bool:
    """Whether results can be decoded to the end."""
    from PIL import Image

    for name in names:
        with Image.open(Path("out", name)) as image:
            image.load()
    return True


Planted = Callable[[Path], None]


@pytest.mark.parametrize("plant", [
    lambda path: path.symlink_to("victim"),
    lambda path: os.link("victim", path),
], ids=["link", "hard link"])  # fmt: skip
def test_what_a_result_replaces_is_not_written_through(updown: Updown, plant: Planted) -> None:
    picture("a.png", noise(4, 4))
    Path("victim").write_bytes(b"precious")
    os.mkdir("out")
    plant(Path("out", "a.png"))
    done = updown("pool", "a.png", "-o", "out/", "--if-exists", "overwrite")
    assert done.code == 0, done.stderr
    assert Path("victim").read_bytes() == b"precious"
    assert not os.path.islink("out/a.png")
