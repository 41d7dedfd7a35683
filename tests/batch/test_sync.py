"""`--sync`: how results come to the disk before they have their names."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.conftest import Updown, noise, picture
from updown_cli.batch.inputs import Selection
from updown_cli.batch.job import Worker
from updown_cli.batch.planned_job import Job
from updown_cli.batch.record import Record
from updown_cli.batch.run import collect
from updown_cli.batch.settings import Settings
from updown_cli.batch.workers import process_all
from updown_cli.ops.pool.max import MaxPool
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores import flushing
from updown_cli.stores.owners import me

FILES = 40
NAMES = [f"{number:02d}.png" for number in range(FILES)]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make pictures, and let workers tell what they do in the file that is given, line by line."""
    os.mkdir("in")
    os.mkdir("out")
    for number, name in enumerate(NAMES):
        picture(f"in/{name}", noise(6, 8, 3, seed=number))
    told = Path("log")
    told.touch()

    def tell(line: str) -> None:
        with told.open("a") as file:
            file.write(line + "\n")

    def flush_all(_: int) -> None:
        mine = f".updown-{me()}-"
        tell(f"all {os.getpid()} {sum(name.startswith(mine) for name in os.listdir('out'))}")

    link = os.link

    def tell_name(old: str, new: str) -> None:
        tell(f"name {os.getpid()} {os.path.basename(new)}")
        link(old, new)

    monkeypatch.setattr(flushing, "_whole_flush", lambda: flush_all)
    monkeypatch.setattr(flushing, "_is_whole", lambda file: True)
    monkeypatch.setattr(os, "fsync", lambda file: tell(f"each {os.getpid()} 1"))
    monkeypatch.setattr(os, "link", tell_name)
    return told


def of_workers(log: Path) -> dict[str, list[tuple[str, str]]]:
    """Return (what, how many or which) in order, for each worker."""
    lines = [line.split() for line in log.read_text().splitlines()]
    return {pid: [(what, of) for what, one, of in lines if one == pid] for _, pid, _ in lines}


def test_a_group_is_flushed_before_any_of_it_has_a_name(log: Path, updown: Updown) -> None:
    done = updown("pool", "in", "-o", "out/", "-j", "2")
    assert (done.code, sorted(os.listdir("out"))) == (0, NAMES)
    for deeds in of_workers(log).values():
        flushed = named = 0
        for what, of in deeds:
            flushed += int(of) if what != "name" else 0
            named += what == "name"
            assert named <= flushed
    calls = re.findall(r"^(?:all|each)", log.read_text(), re.M)
    assert len(calls) < FILES


@pytest.mark.parametrize(("sync", "flushes"), [("each", FILES), ("none", 0)])
def test_files_are_flushed_each_or_not_at_all(
    log: Path, updown: Updown, sync: str, flushes: int
) -> None:
    done = updown("pool", "in", "-o", "out/", "-j", "2", "--sync", sync)
    assert (done.code, sorted(os.listdir("out"))) == (0, NAMES)
    told = log.read_text()
    assert len(re.findall("^each", told, re.M)) == flushes
    assert "all" not in told


@pytest.mark.usefixtures("log")
def test_records_tell_of_files_that_have_their_names(updown: Updown) -> None:
    done = updown("pool", "in", "-o", "out/", "-j", "2", "--json")
    records = {record["output"]: record for record in done.records}
    assert sorted(records) == [f"out/{name}" for name in NAMES]
    for path, record in records.items():
        assert (record["status"], record["output_bytes"]) == ("done", os.stat(path).st_size)
        assert record["seconds"]["save"] > 0


def test_a_name_that_is_taken_while_its_file_waits_is_left_alone(
    log: Path, updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def taken(old: str, new: str) -> None:
        if new.endswith("07.png"):
            Path(new).write_text("of somebody else")
        link(old, new)

    monkeypatch.setattr(os, "link", taken)
    done = updown("pool", "in", "-o", "out/", "-j", "2")
    hint = "choose --if-exists skip, update, overwrite or rename"
    assert (done.code, done.stderr.splitlines()[0]) == (
        1,
        f"updown: in/07.png: out/07.png exists; {hint}",
    )
    assert Path("out/07.png").read_text() == "of somebody else"
    assert sorted(os.listdir("out")) == NAMES


class Dying(Worker):
    """A worker that one picture kills, while results of others wait."""

    def process(self, job: Job) -> Record:
        if job.source.stem == "23":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().process(job)


@pytest.mark.usefixtures("log")
def test_a_worker_that_dies_costs_one_file_though_others_wait() -> None:
    settings, pipeline = Settings(output="out/", jobs=2), Pipeline.of(MaxPool(kernel_size=(2,)))
    jobs = collect(Selection(paths=("in",)), pipeline, settings)
    records = list(process_all(jobs, Dying(pipeline, settings)))
    told = {record.source: (record.status, str(record.error or "")) for record in records}
    lost = ("failed", "the worker died (out of memory?)")
    assert (len(records), told.pop("in/23.png")) == (FILES, lost)
    assert set(told.values()) == {("done", "")}
    assert sorted(os.listdir("out")) == [name for name in NAMES if name != "23.png"]
