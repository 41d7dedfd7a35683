"""A deadline costs one named file, whatever is running."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pkgutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COMMAND, Updown, noise, picture, pixels

# Newer Pythons warn of a fork beside the threads that torch keeps in the process of the tests.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")

LONG = 60
SECONDS = "1"
TOLD = "took more than 1 s (--timeout)"

# Where the work on one picture may hang: what is loaded, computed, encoded, written, flushed.
PLACES = [
    "updown_cli.batch.job.read",
    "updown_cli.batch.job.start_torch",
    "updown_cli.engine.engine.Engine.run",
    "updown_cli.batch.make_result.encoded_parts",
    "updown_cli.stores.hidden_files.HiddenFile.write",
    "os.fsync",
]


@pytest.fixture(autouse=True)
def _three_pictures() -> None:
    os.mkdir("in")
    for number, name in enumerate("abc"):
        picture(f"in/{name}.png", noise(4, 4, seed=number))


def hang_once(monkeypatch: pytest.MonkeyPatch, place: str, hang: Callable[[], Any]) -> None:
    """Let the first call of a function never return, in whatever process."""
    module, _, name = place.rpartition(".")
    real = getattr(pkgutil.resolve_name(module), name)

    def hanging(*arguments: Any, **settings: Any) -> Any:
        try:
            os.close(os.open("hung", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return real(*arguments, **settings)
        return hang()

    monkeypatch.setattr(place, hanging)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("place", PLACES)
def test_a_deadline_costs_one_file(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, place: str, jobs: str
) -> None:
    if place.endswith("start_torch"):  # shared by all, it is in no picture's time
        monkeypatch.setattr("updown_cli.batch.workers._share_torch", lambda worker: None)
    hang_once(monkeypatch, place, lambda: time.sleep(LONG))
    began = time.monotonic()
    command = ["pool", "in", "-o", "out", "-j", jobs, "--timeout", SECONDS]
    done = updown(*command, "--save-indices", "out/{stem}.npz", "--json")
    assert time.monotonic() - began < LONG / 2
    failed = [record for record in done.records if record["status"] == "failed"]
    assert [record["error"]["message"] for record in failed] == [TOLD]
    assert [record["error"]["code"] for record in failed] == ["timeout"]
    assert done.code == 1
    lost = Path(failed[0]["source"]).stem
    kept = sorted({"a", "b", "c"} - {lost})
    assert sorted(os.listdir("out")) == [f"{name}.{ext}" for name in kept for ext in ("npz", "png")]


@pytest.mark.parametrize("place", PLACES)
def test_a_single_file_has_a_deadline(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    hang_once(monkeypatch, place, lambda: time.sleep(LONG))
    done = updown("pool", "in/a.png", "-o", "out.png", "--timeout", SECONDS)
    assert (done.code, done.stderr) == (1, f"updown: in/a.png: {TOLD}\n")
    assert sorted(os.listdir()) == ["hung", "in"]


def test_a_call_of_a_library_that_never_returns_is_ended(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never lets another thread run either."""
    hang_once(monkeypatch, PLACES[0], lambda: ctypes.PyDLL(None).sleep(LONG))
    done = updown("pool", "in/a.png", "-o", "out.png", "--timeout", SECONDS)
    assert (done.code, done.stderr) == (1, f"updown: in/a.png: {TOLD}\n")


@pytest.mark.parametrize("verify", [[], ["--verify"]])
def test_a_dry_run_has_a_deadline(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, verify: list[str]
) -> None:
    place = "updown_cli.batch.job.read" if verify else "updown_cli.batch.job.peek"
    hang_once(monkeypatch, place, lambda: time.sleep(LONG))
    done = updown("pool", "in", "-o", "out", "--dry-run", *verify, "--timeout", SECONDS, "--json")
    assert [record["status"] for record in done.records] == ["failed", "planned", "planned"]
    assert done.records[0]["error"]["message"] == TOLD


@pytest.mark.parametrize("call", ["link", "replace"])
def test_files_that_get_their_names_get_all_of_them(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Nothing is told as failed and yet there."""
    real = getattr(os, call)

    def slow(old: str, new: str) -> None:
        real(old, new)
        time.sleep(0.8)

    policy = "error" if call == "link" else "overwrite"
    monkeypatch.setattr(os, call, slow)
    command = ["pool", "in/a.png", "-o", "out.png", "--save-indices", "i.npz", "--timeout", SECONDS]
    done = updown(*command, "--if-exists", policy)
    assert (done.code, done.stderr) == (0, "")
    assert sorted(os.listdir()) == ["i.npz", "in", "out.png"]


def test_a_picture_with_time_enough_is_done(updown: Updown) -> None:
    assert updown("pool", "in", "-o", "timed", "--timeout", "60").code == 0
    assert updown("pool", "in", "-o", "out").code == 0
    for name in ("a.png", "b.png", "c.png"):
        assert Path("timed", name).read_bytes() == Path("out", name).read_bytes()


def test_a_deadline_needs_processes(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    done = updown("pool", "in", "-o", "out", "--timeout", "60")
    assert (done.code, done.stderr.splitlines()[-1]) == (
        2,
        "updown: --timeout: needs a system that can fork processes",
    )


def test_streams_are_those_of_the_command() -> None:
    """The process that has the deadline reads and writes them, and tells when a reader goes."""
    data = Path("in/a.png").read_bytes()
    command = [str(COMMAND), "pool", "-", "-o", "-", "--timeout", "60"]
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=LONG)
    assert (done.returncode, done.stderr) == (0, b"")
    Path("out.png").write_bytes(done.stdout)
    assert pixels("out.png").shape == (2, 2)
    reader, writer = os.pipe()
    os.close(reader)
    gone = subprocess.run(
        command, input=data, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=LONG
    )
    os.close(writer)
    assert (gone.returncode, gone.stderr) == (141, b"")


def test_one_core_and_one_job_keep_the_deadline() -> None:
    for name in "ac":
        picture(f"in/{name}.png", noise(20, 20))
    picture("in/b.png", noise(2500, 2500, 3))
    command = [str(COMMAND), "pool", "--mode", "median", "-k", "15", "-s", "1", "-j", "1"]
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        done = subprocess.run(
            [*command, "--timeout", "2", "in", "-o", "out"],
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG,
        )
    finally:
        os.sched_setaffinity(0, before)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "updown: in/b.png: took more than 2 s (--timeout)"
    assert "b.png" not in os.listdir("out")
    assert not [name for name in os.listdir("out") if name.startswith(".")]
