"""Several workers: the same files as one, and a worker that dies costs the one file it held."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import torch

import updown_cli.batch.job
from tests.conftest import COMMAND, Updown, noise, picture, pixels
from updown_cli.batch.inputs import Source
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.settings import Settings
from updown_cli.batch.workers import process_all
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.owners import me

# Newer Pythons warn of a fork beside the threads that torch keeps in the process of the tests.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")

DEADLINE = 30.0

DIED = "the worker died (out of memory?)"

# How workers come about: where there is fork, and where there is none.
METHODS = (["fork", "spawn"], ["spawn"])


def until(fact: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + DEADLINE
    while not fact():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def children(pid: int) -> list[int]:
    """Return the child processes of a process."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in path.read_text().split()]
    return found


def status(pid: int) -> list[str]:
    """Return what the kernel tells of a process: its state, its parent, ..."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["X"]


def cpu_ticks(pid: int) -> int:
    """Return the processor time that a process has used."""
    return sum(map(int, status(pid)[11:13]))


def jobs_of(count: int) -> list[Job]:
    """Return jobs whose sources need not exist."""
    return [Job(Source(f"{number}.png"), f"out/{number}.png") for number in range(count)]


class Planning(Worker):
    """Takes every header for good."""

    def preview(self, job: Job) -> Record:
        return Record(source=job.source.path, output=job.target, status="planned")


class Writing(Planning):
    """Notes each job, with its process, as a file; computes nothing."""

    def process(self, job: Job) -> Record:
        Path(f"began-{job.source.stem}").touch()
        return Record(source=job.source.path, output=job.target, notes=[str(os.getpid())])


def worker(kind: type[Worker], **settings: Any) -> Worker:
    """Return a worker without a pipeline."""
    return kind(Pipeline(()), Settings(**{"jobs": 2, **settings}))


def begun() -> list[Path]:
    """Return the marks of the jobs that were begun."""
    return list(Path().glob("began-*"))


@pytest.fixture(params=METHODS, ids=["processes", "threads"])
def _either_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test with forked workers, and as where there is no fork."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: request.param)


@pytest.fixture
def _without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])


@pytest.fixture
def _several_pictures() -> None:
    os.mkdir("in")
    for number in range(5):
        picture(f"in/{number}.png", noise(6, 8 + number, 3, seed=number))


def written(folder: str) -> dict[str, bytes]:
    """Return every file of a folder with its bytes."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.usefixtures("_several_pictures", "_either_kind")
def test_two_workers_write_the_same_files_as_one(updown: Updown) -> None:
    command = ("pool", "--mode", "avg", "-k", "2", "in")
    assert updown(*command, "-o", "one", "-j", "1").code == 0
    assert updown(*command, "-o", "two", "-j", "2").code == 0
    assert sorted(written("one")) == ["0.png", "1.png", "2.png", "3.png", "4.png"]
    assert written("two") == written("one")


@pytest.mark.usefixtures("_several_pictures")
def test_two_workers_of_the_installed_command_write_the_same_files_as_one(updown: Updown) -> None:
    updown("upsample", "--scale-factor", "3", "in", "-o", "one", "-j", "1")
    subprocess.run(
        [COMMAND, "upsample", "--scale-factor", "3", "in", "-o", "two", "-j", "2"],
        check=True,
        capture_output=True,
        timeout=DEADLINE,
    )
    assert len(written("one")) == 5
    assert written("two") == written("one")


@pytest.mark.usefixtures("_several_pictures", "_either_kind")
def test_every_image_has_one_record_whoever_did_it(updown: Updown) -> None:
    records = updown("pool", "--json", "in", "-o", "out", "-j", "3").records
    assert sorted((record["source"], record["status"]) for record in records) == [
        ("in/0.png", "done"),
        ("in/1.png", "done"),
        ("in/2.png", "done"),
        ("in/3.png", "done"),
        ("in/4.png", "done"),
    ]


@pytest.mark.usefixtures("_several_pictures", "_either_kind")
def test_a_bad_file_in_a_worker_is_named_and_the_others_are_done(updown: Updown) -> None:
    Path("in/2.png").write_bytes(Path("in/2.png").read_bytes()[:60])
    done = updown("pool", "in", "-o", "out", "-j", "2")
    assert (done.code, done.stderr) == (
        1,
        "updown: in/2.png: truncated PNG\nupdown: 4 done, 0 skipped, 1 failed\n",
    )
    assert sorted(written("out")) == ["0.png", "1.png", "3.png", "4.png"]


def test_two_jobs_are_done_by_two_processes_that_end() -> None:
    class Meeting(Writing):
        def process(self, job: Job) -> Record:
            record = super().process(job)
            until(lambda: len(begun()) == 2)
            return record

    records = list(process_all(jobs_of(2), worker(Meeting)))
    pids = {int(record.notes[0]) for record in records}
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert children(os.getpid()) == []


@pytest.mark.parametrize(
    ("count", "jobs"), [(3, 1), (1, 2)], ids=["one worker", "one job"]
)  # fmt: skip
def test_no_process_is_forked_for_one_at_a_time(count: int, jobs: int) -> None:
    records = list(process_all(jobs_of(count), worker(Writing, jobs=jobs)))
    assert [record.notes for record in records] == [[str(os.getpid())]] * count


def test_no_process_is_forked_for_what_is_skipped() -> None:
    os.mkdir("out")
    picture("out/0.png", noise(2, 2))
    picture("out/2.png", noise(2, 2))
    records = list(process_all(jobs_of(3), worker(Writing, if_exists="skip")))
    assert [record.status for record in records] == ["skipped", "skipped", "done"]
    assert records[2].notes == [str(os.getpid())]


@pytest.mark.parametrize(
    ("methods", "device"),
    [(["spawn", "forkserver"], "cpu"), (["fork", "spawn"], "cuda")],
    ids=["no fork", "GPU"],
)
def test_threads_work_where_processes_cannot(
    monkeypatch: pytest.MonkeyPatch, methods: list[str], device: str
) -> None:
    both = threading.Barrier(2, timeout=DEADLINE)

    class Meeting(Planning):
        def process(self, job: Job) -> Record:
            both.wait()
            return Record(source=job.source.path, output=job.target, notes=[str(os.getpid())])

    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: methods)
    records = list(process_all(jobs_of(4), worker(Meeting, device=device)))
    assert [record.notes for record in records] == [[str(os.getpid())]] * 4


@pytest.mark.parametrize(("cores", "jobs", "threads"), [(6, 2, 3), (5, 2, 2), (1, 2, 1)])
def test_workers_share_the_cores_among_their_torch_threads(
    monkeypatch: pytest.MonkeyPatch, cores: int, jobs: int, threads: int
) -> None:
    class Counting(Planning):
        def process(self, job: Job) -> Record:
            told = str(torch.get_num_threads())
            return Record(source=job.source.path, output=job.target, notes=[told])

    monkeypatch.setattr("updown_cli.batch.executors.groups.cores", lambda: cores)
    before = torch.get_num_threads()
    records = list(process_all(jobs_of(4), worker(Counting, jobs=jobs)))
    assert [record.notes for record in records] == [[str(threads)]] * 4
    assert torch.get_num_threads() == before


@pytest.mark.usefixtures("_either_kind")
def test_no_more_jobs_are_in_flight_than_asked_for() -> None:
    class Crowded(Planning):
        def process(self, job: Job) -> Record:
            here = Path(f"here-{job.source.stem}")
            here.touch()
            time.sleep(0.01)
            crowd = len(list(Path().glob("here-*")))
            here.unlink()
            return Record(source=job.source.path, output=job.target, notes=[str(crowd)])

    records = list(process_all(jobs_of(20), worker(Crowded)))
    assert len(records) == 20
    assert max(int(record.notes[0]) for record in records) <= 2


@pytest.mark.usefixtures("_either_kind")
def test_workers_do_not_run_ahead_of_whoever_takes_their_records() -> None:
    records = process_all(jobs_of(60), worker(Writing))
    next(records)
    quiet_since, seen = time.monotonic(), 0
    while time.monotonic() - quiet_since < 0.15:
        if len(begun()) != seen:
            quiet_since, seen = time.monotonic(), len(begun())
        time.sleep(0.01)
    assert seen <= 20  # one, and then a half of what is left shared by two
    assert len(list(records)) == 59


@pytest.mark.usefixtures("_either_kind")
def test_a_run_that_is_given_up_begins_no_more_jobs() -> None:
    class Slow(Writing):
        def process(self, job: Job) -> Record:
            record = super().process(job)
            time.sleep(0.2)
            return record

    records = process_all(jobs_of(20), worker(Slow))
    next(records)
    assert isinstance(records, Generator)
    records.close()
    assert 2 <= len(begun()) <= 4  # two that were done, two that had been begun
    assert children(os.getpid()) == []


class Dying(Writing):
    """A worker that some jobs kill, while it is writing."""

    FATAL = ("0.png", "1.png", "5.png")

    def process(self, job: Job) -> Record:
        if job.source.path in self.FATAL:
            Path(f"out/.updown-{me()}-abcd.part").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().process(job)


def test_workers_that_die_cost_the_files_they_held_and_no_other() -> None:
    os.mkdir("out")
    records = list(process_all(jobs_of(9), worker(Dying)))
    told = {record.source: str(record.error) if record.error else "" for record in records}
    assert len(records) == 9
    assert told == {
        "0.png": DIED, "1.png": DIED, "2.png": "", "3.png": "", "4.png": "", "5.png": DIED,
        "6.png": "", "7.png": "", "8.png": "",
    }  # fmt: skip


def test_a_worker_that_dies_leaves_no_temporary_file() -> None:
    os.mkdir("out")
    list(process_all(jobs_of(9), worker(Dying)))
    assert os.listdir("out") == []


def test_a_lost_file_is_recorded_as_failed_with_a_code() -> None:
    os.mkdir("out")
    lost = next(r for r in process_all(jobs_of(9), worker(Dying)) if r.source == "5.png")
    assert lost.error is not None
    assert (lost.status, lost.error.code) == ("failed", "worker_died")


def test_a_worker_that_dies_between_two_jobs_does_not_stop_the_run() -> None:
    records = process_all(jobs_of(10), worker(Writing))
    first = next(records)
    until(lambda: len(begun()) >= 3)  # a part of what was handed out until here
    idle = children(os.getpid())
    until(lambda: all(status(pid)[0] == "S" for pid in idle))  # they sent it and wait for more
    for pid in idle:
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(status(pid)[0] in "ZX" for pid in idle))
    told = [first, *records]
    assert sorted(record.source for record in told) == sorted(f"{n}.png" for n in range(10))
    assert len([record for record in told if record.status == "failed"]) <= len(idle)


def test_a_killed_worker_of_the_installed_command_costs_one_named_file() -> None:
    os.mkdir("in")
    picture("in/slow.png", noise(450, 450))
    for number in range(5):
        picture(f"in/{number}.png", noise(4, 4, seed=number))
    command = [str(COMMAND), "deconv", "--kernel", "box", "--kernel-size", "255", "-j", "2"]
    with subprocess.Popen(
        [*command, "in", "-o", "out"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        out = Path("out")
        until(lambda: out.exists() and len(list(out.glob("[0-4].png"))) == 5)
        until(lambda: max(map(cpu_ticks, children(run.pid))) > 20)  # a long computation
        os.kill(max(children(run.pid), key=cpu_ticks), signal.SIGKILL)
        _, stderr = run.communicate(timeout=DEADLINE)
    assert (run.returncode, stderr) == (
        1,
        f"updown: in/slow.png: {DIED}\nupdown: 5 done, 0 skipped, 1 failed\n",
    )
    assert sorted(os.listdir("out")) == ["0.png", "1.png", "2.png", "3.png", "4.png"]
    assert pixels("out/4.png").shape == (258, 258)


@pytest.mark.usefixtures("_either_kind", "_several_pictures")
def test_an_error_of_the_surroundings_in_a_worker_stops_the_run(updown: Updown) -> None:
    for number in range(40):
        picture(f"in/later-{number}.png", noise(4, 4))
    os.mkdir("out")
    name = "n" * 240  # with the random part of a temporary name no file system takes it
    done = updown("pool", "in", "-o", f"out/{{stem}}-{name}-{name}{{ext}}", "-j", "2")
    assert done.code == 3
    (line,) = done.stderr.splitlines()
    assert re.fullmatch(rf"updown: out/[^:]*-{name}-{name}\.png: file name too long", line)
    assert os.listdir("out") == []


@pytest.mark.usefixtures("_either_kind", "_several_pictures")
def test_what_was_done_before_the_surroundings_failed_is_told(updown: Updown) -> None:
    os.mkdir("in/z")
    picture("in/z/late.png", noise(4, 4))
    os.mkdir("out")
    Path("out/z").write_text("in the way")
    done = updown("pool", "-r", "in", "-o", "out", "-j", "2")
    failure, total = done.stderr.splitlines()
    assert done.code == 3
    assert failure == "updown: out/z: is a file, not a folder"
    assert re.fullmatch(r"updown: [1-5] done, 0 skipped, 0 failed", total)
    assert Path("out/z").read_text() == "in the way"


@pytest.mark.usefixtures("_either_kind", "_several_pictures")
def test_a_bug_costs_each_file_a_line(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr(updown_cli.batch.job, "read", broken)
    done = updown("pool", "in", "-o", "out", "-j", "2")
    said = "internal error: ZeroDivisionError: two\\nlines (rerun with --debug)"
    lines = done.stderr.splitlines()
    assert done.code == 70
    assert sorted(lines[:5]) == [f"updown: in/{number}.png: {said}" for number in range(5)]
    assert lines[5:] == ["updown: 0 done, 0 skipped, 5 failed"]


@pytest.mark.usefixtures("_several_pictures")
def test_a_refused_fork_is_not_blamed_on_standard_output(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(os, "fork", refused)
    done = updown("pool", "in", "-o", "out", "-j", "2")
    assert done.code == 3
    assert len(done.stderr.splitlines()) == 1
    assert "standard output" not in done.stderr


@pytest.mark.usefixtures("_either_kind", "_several_pictures")
def test_fail_fast_stops_the_other_workers(updown: Updown) -> None:
    Path("in/0.png").write_bytes(Path("in/0.png").read_bytes()[:60])
    for number in range(40):
        picture(f"in/later-{number}.png", noise(40, 40))
    done = updown("pool", "--fail-fast", "in", "-o", "out", "-j", "2")
    assert done.code == 1
    assert done.stderr.startswith("updown: in/0.png: truncated PNG\n")
    assert len(list(Path("out").glob("*"))) < 10
