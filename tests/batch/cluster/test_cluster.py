"""Runs on a scheduler and two workers on the loopback, which are shared by all of these tests."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_signals import end_of, holds, started, until, written
from tests.cluster import Cluster, lines_of, running
from tests.conftest import COMMAND, Updown, noise, picture

pytest.importorskip("distributed", reason="needs distributed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
    pytest.mark.xdist_group("cluster"),
]


@pytest.fixture(scope="module")
def whole_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def cluster(whole_cluster: Cluster) -> str:
    """Return the scheduler's file."""
    return whole_cluster.file


def pictures(count: int, name: str = "") -> None:
    os.mkdir("in")
    for number in range(count):
        picture(f"in/{number:02}{name}.png", noise(8, 8, seed=number))


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


POOL = ("pool", "-k", "2", "in", "-o", "out")


def test_fail_fast_ends_a_run(updown: Updown, cluster: str) -> None:
    pictures(200, "slow")
    Path("in/02slow.png").write_bytes(b"no picture")
    words = ("pool", "-k", "2", "in/02slow.png", "in", "-o", "out")
    done = updown(*words, "--cluster", cluster, "--fail-fast")
    line = done.stderr.splitlines()[0]
    assert (done.code, line) == (1, "updown: in/02slow.png: not a supported image")
    assert len(written("out")) < 199


def test_a_file_that_workers_do_not_see(updown: Updown, cluster: str) -> None:
    pictures(2)
    picture("in/unseen.png", noise(8, 8))
    done = updown(*POOL, "--cluster", cluster)
    assert done.code == 1
    line, summary = done.stderr.splitlines()
    assert re.fullmatch(
        r"updown: in/unseen\.png: no such file; "
        r"worker tcp://127\.0\.0\.1:\d+ does not see what this machine sees",
        line,
    )
    assert summary == "updown: 2 done, 0 skipped, 1 failed"


def test_an_interrupt_cancels_what_waits_and_tells_what_is_done(
    updown: Updown, cluster: str
) -> None:
    pictures(200, "slow")
    with started(*POOL, "--cluster", cluster) as run:
        until(lambda: holds(2))
        run.send_signal(signal.SIGINT)
        returned, stderr, _ = end_of(run)
    told = re.fullmatch(
        r"updown: interrupted: (\d+) of 200 done; run again with --if-exists skip to continue\n",
        stderr,
    )
    assert returned == 130
    assert told, stderr
    again = updown(*POOL, "--if-exists", "skip")  # here none is slow
    assert again.code == 0
    done, skipped = map(int, re.findall(r"(\d+) (?:done|skipped)", again.stderr))
    assert done + skipped == 200
    assert skipped < 200
    assert len(written("out")) == 200


@pytest.mark.parametrize("words", lines_of("updown"), ids=" ".join)
def test_lines_of_the_page_run(updown: Updown, cluster: str, words: list[str]) -> None:
    address = json.loads(Path(cluster).read_text())["address"]
    pictures(2)
    for name, here in {
        r"/shared/|s3://bucket/": "",
        r"tcp://\w+:8786": address,
        r"scheduler\.json": cluster,
    }.items():
        words = [re.sub(name, here, word) for word in words]
    assert updown(*words).stderr == "updown: 2 done, 0 skipped, 0 failed\n"


def test_the_line_for_ssh_is_one_of_dask() -> None:
    from distributed.cli.dask_ssh import main as ssh

    (words,) = [line[1:] for line in lines_of("dask") if line[0] == "ssh"]
    told = ssh.make_context("ssh", words).params
    assert (told["n_workers"], told["nthreads"]) == (4, 1)
    assert told["hostnames"] == ("host1", "host2", "host3")


def test_a_warm_worker_runs_the_call(cluster: str) -> None:
    pictures(3)
    with tempfile.TemporaryDirectory() as runtime:

        def call(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [str(COMMAND), *words],
                env={**os.environ, "XDG_RUNTIME_DIR": runtime},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )

        assert call("warm", "start").returncode == 0
        try:
            done = call(*POOL, "--cluster", cluster)
        finally:
            call("warm", "stop")
    assert (done.returncode, done.stderr) == (0, "updown: 3 done, 0 skipped, 0 failed\n")
    assert len(written("out")) == 3


def test_the_extra_is_named(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures(1)
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = updown(*POOL, "--cluster", "tcp://127.0.0.1:1")
    assert (done.code, done.stderr) == (
        2,
        "updown: --cluster: needs distributed; pip install 'updown-cli[cluster]'\n",
    )


def test_a_scheduler_that_goes_ends_the_run(updown: Updown, whole_cluster: Cluster) -> None:
    """The last test of this file: it leaves no cluster."""
    pictures(200, "slow")
    with started(*POOL, "--cluster", whole_cluster.file) as run:
        until(lambda: holds(2))
        whole_cluster.end_scheduler()
        returned, stderr, _ = end_of(run)
    assert returned == 3
    assert re.fullmatch(
        r"updown: tcp://127\.0\.0\.1:\d+: the scheduler is gone; "
        r"run again with --if-exists skip to continue\n"
        r"(updown: \d+ done, 0 skipped, 0 failed\n)?",
        stderr,
    ), stderr
    assert updown(*POOL, "--if-exists", "skip").code == 0
    assert len(written("out")) == 200
