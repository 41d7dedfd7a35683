"""Runs on a scheduler and two workers on the loopback, which are shared by all of these tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Updown, noise, picture

pytest.importorskip("distributed", reason="needs distributed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
    pytest.mark.xdist_group("cluster"),
]

DASK = (sys.executable, "-m", "dask")
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a scheduler and workers as `docs/clusters.md` does; return the scheduler's file."""
    folder = tmp_path_factory.mktemp("cluster")
    file = str(folder / "scheduler.json")
    at = ("--scheduler-file", file, *LOOPBACK)
    preload = str(Path(__file__).with_name("deadly.py"))
    workers = ["--nworkers", "2", "--nthreads", "1", "--preload", preload]
    commands = [
        [*DASK, "scheduler", "--port", "0", "--no-show", *at],
        [*DASK, "worker", *workers, *at],
    ]
    quiet = subprocess.DEVNULL
    started = [
        subprocess.Popen(command, cwd=folder, stdout=quiet, stderr=quiet, process_group=0)
        for command in commands
    ]
    end = time.monotonic() + 60
    while not _workers(file) and time.monotonic() < end:
        time.sleep(0.2)
    yield file
    for process in started:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _workers(file: str) -> bool:
    """Whether both workers are there."""
    from distributed import Client

    try:
        address = json.loads(Path(file).read_text())["address"]
        with Client(address, timeout=5, set_as_default=False) as client:
            return len(client.nthreads()) == 2
    except (OSError, ValueError):
        return False


def pictures(count: int) -> None:
    os.mkdir("in")
    for number in range(count):
        picture(f"in/{number:02}.png", noise(8, 8, seed=number))


def test_results_and_records_are_those_of_processes(updown: Updown, cluster: str) -> None:
    pictures(20)
    done = updown("pool", "-k", 2, "in", "-o", "there", "--cluster", cluster, "--json")
    assert (done.code, done.stderr) == (0, "updown: 20 done, 0 skipped, 0 failed\n")
    here = updown("pool", "-k", 2, "in", "-o", "here", "-j", 2, "--json")
    told, expected = (
        {(r["source"], Path(r["output"]).name, r["status"], str(r["out"])) for r in run.records}
        for run in (done, here)
    )
    assert told == expected
    for path in Path("here").iterdir():
        assert Path("there", path.name).read_bytes() == path.read_bytes()
    again = updown("pool", "-k", 2, "in", "-o", "there", "--cluster", cluster, "-q")
    assert again.code == 1
    renamed = ("in/00.png", "-o", "there/00.png", "--if-exists", "rename", "--json")
    (record,) = updown("pool", "-k", 2, *renamed, "--cluster", cluster).records
    assert record["output"] == "there/00-1.png"


def test_another_version_is_refused(
    updown: Updown, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures(1)
    monkeypatch.setattr("updown_cli.batch.cluster.workers.__version__", "9.9")
    done = updown("pool", "-k", 2, "in", "-o", "out", "--cluster", cluster)
    assert done.code == 3
    assert ", this is 9.9; install the same version everywhere" in done.stderr
    assert not os.path.exists("out")


def test_no_worker_has_a_gpu(updown: Updown, cluster: str) -> None:
    pictures(1)
    done = updown("pool", "-k", 2, "in", "-o", "out", "--cluster", cluster, "--device", "cuda")
    assert done.code == 3
    reason = "no worker says that it has a GPU; start workers with --resources GPU=1"
    assert done.stderr.endswith(f": {reason}\n")


def test_a_scheduler_that_is_not_there(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures(1)
    monkeypatch.setattr("updown_cli.batch.cluster.connection.CONNECTING", 0.3)
    done = updown("pool", "-k", 2, "in", "-o", "out", "--cluster", "tcp://127.0.0.1:1")
    reason = "the scheduler cannot be reached; is it running?"
    assert (done.code, done.stderr) == (3, f"updown: tcp://127.0.0.1:1: {reason}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["in", "-o", "out", "--cluster", "host:8786"],
            "--cluster host:8786: must be like tcp://HOST:8786, or the scheduler's FILE.json",
        ),
        (["in", "-o", "out", "--cluster", "no.json"], "--cluster no.json: no such file"),
        (
            ["-", "-o", "out.png", "--cluster", "tcp://h:1"],
            "--cluster tcp://h:1: its workers do not see standard input; "
            "name files that all machines see",
        ),
        (
            ["in/00.png", "-o", "-", "--cluster", "tcp://h:1"],
            "--cluster tcp://h:1: its workers do not see standard output; "
            "name files that all machines see",
        ),
        (
            ["in", "-o", "out", "--cluster", "tcp://h:1", "--timeout", "5"],
            "--timeout, --cluster: a cluster's worker cannot be ended in the middle of a picture; "
            "leave one of them out",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(
    updown: Updown, arguments: list[str], sentence: str
) -> None:
    pictures(1)
    done = updown("pool", "-k", 2, *arguments)
    assert (done.code, done.stderr) == (2, f"updown: {sentence}\n")


def test_a_file_that_kills_its_workers_is_named_and_the_others_are_done_once(
    updown: Updown, cluster: str
) -> None:
    pictures(20)
    picture("in/07deadly.png", noise(8, 8))
    done = updown("pool", "-k", 2, "in", "-o", "out", "--cluster", cluster, "--json")
    died = "3 workers died while they were at it (out of memory?)"
    assert done.stderr.splitlines() == [
        f"updown: in/07deadly.png: {died}",
        "updown: 20 done, 0 skipped, 1 failed",
    ]
    assert done.code == 1
    assert len({record["source"] for record in done.records}) == len(done.records) == 21
    assert len(list(Path("out").iterdir())) == 20
