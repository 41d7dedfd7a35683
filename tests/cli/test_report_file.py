"""Reports that exist: gone on with by the next run, never lost, and no other file taken for one."""

from __future__ import annotations

import csv
import json
import os
import time
import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Outcome, Updown, noise, picture
from tests.file_limits import largest_file
from updown_cli.cli import earlier_report
from updown_cli.cli.earlier_report import read_report
from updown_cli.cli.report_file import COLUMNS, ReportFile
from updown_cli.errors import UsageError

KINDS = ["log.jsonl", "log.json", "log.csv"]


@pytest.fixture(autouse=True)
def _one_at_a_time(_in_a_folder_of_its_own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDOWN_JOBS", "1")


def rows(name: str) -> list[dict[str, Any]]:
    """Return the records of a report, as its own kind of file says them."""
    text = Path(name).read_bytes().decode()
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in text.splitlines()]
    if name.endswith(".json"):
        return [dict(record) for record in json.loads(text)]
    return [*csv.DictReader(text.splitlines())]


def told(name: str) -> list[tuple[int, str, str]]:
    """Return (run, status, source) of every record."""
    return [(int(row["run"]), row["status"], row["source"]) for row in rows(name)]


def shape(row: dict[str, Any], name: str) -> list[int] | None:
    """Return a shape of a record, whatever the file says it in."""
    value = row[name]
    if isinstance(value, str):
        return [int(side) for side in value.split("x")] if value else None
    return None if value is None else list(value)


def go_on(updown: Updown, name: str, *arguments: str) -> Outcome:
    """Run the command again that made a report."""
    return updown("pool", "set", "-o", "out", "--report", name, "--if-exists", *arguments)


def begin(updown: Updown, name: str) -> Outcome:
    """Make a report of two pictures that are done, and one more picture."""
    os.mkdir("set")
    for number in range(2):
        picture(f"set/{number}.png", noise(4, 6, seed=number))
    done = updown("pool", "set", "-o", "out", "--report", name)
    picture("set/2.png", noise(4, 6))
    return done


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("policy", ["skip", "update"])
def test_a_run_that_goes_on_keeps_what_is_done_and_adds_the_rest(
    updown: Updown, name: str, policy: str
) -> None:
    begin(updown, name)
    before = rows(name)
    done = go_on(updown, name, policy)
    assert (done.code, done.stderr) == (0, "updown: 1 done, 2 skipped, 0 failed\n")
    assert rows(name)[:2] == before
    assert told(name) == [
        (1, "done", "set/0.png"), (1, "done", "set/1.png"), (2, "done", "set/2.png"),
    ]  # fmt: skip
    assert [shape(row, "in") for row in rows(name)] == [[1, 4, 6]] * 3
    assert [shape(row, "out") for row in rows(name)] == [[1, 2, 3]] * 3
    assert go_on(updown, name, policy).code == 0
    assert len(rows(name)) == 3


@pytest.mark.parametrize("name", KINDS)
def test_what_failed_stays_beside_what_became_of_it(updown: Updown, name: str) -> None:
    begin(updown, name)
    Path("set/2.png").write_bytes(b"")
    go_on(updown, name, "skip")
    picture("set/2.png", noise(4, 6))
    go_on(updown, name, "skip")
    assert told(name)[2:] == [(2, "failed", "set/2.png"), (3, "done", "set/2.png")]


@pytest.mark.parametrize("name", KINDS)
def test_a_report_is_added_to_by_any_other_run(updown: Updown, name: str) -> None:
    begin(updown, name)
    done = updown("pool", "set/2.png", "-o", "other.png", "--report", name)
    assert done.code == 0, done.stderr
    assert told(name)[2:] == [(2, "done", "set/2.png")]


@pytest.mark.parametrize("name", KINDS)
def test_a_first_report_tells_the_sizes_of_what_is_skipped(updown: Updown, name: str) -> None:
    begin(updown, "other.json")
    go_on(updown, name, "skip")
    skipped = [row for row in rows(name) if row["status"] == "skipped"]
    assert [(shape(row, "in"), shape(row, "out")) for row in skipped] == [
        ([1, 4, 6], [1, 2, 3])
    ] * 2
    assert [int(row["source_bytes"]) for row in skipped] == [
        os.path.getsize(row["source"]) for row in skipped
    ]
    assert [int(row["output_bytes"]) for row in skipped] == [
        os.path.getsize(row["output"]) for row in skipped
    ]


@pytest.mark.parametrize("name", KINDS)
def test_captions_are_told_once(updown: Updown, name: str) -> None:
    begin(updown, name)
    Path("set/0.txt").write_text("a bridge")
    for _ in range(2):
        go_on(updown, name, "skip")
    assert [row["source"] for row in rows(name) if row["status"] == "skipped"] == ["set/0.txt"]


@pytest.mark.parametrize("name", KINDS)
def test_a_report_is_replaced_where_results_are(updown: Updown, name: str) -> None:
    begin(updown, name)
    go_on(updown, name, "overwrite")
    assert told(name) == [(1, "done", f"set/{number}.png") for number in range(3)]


@pytest.mark.parametrize("name", KINDS)
def test_a_new_report_has_a_new_name_where_results_have(updown: Updown, name: str) -> None:
    begin(updown, name)
    before = Path(name).read_bytes()
    go_on(updown, name, "rename")
    assert Path(name).read_bytes() == before
    stem, ending = os.path.splitext(name)
    assert told(f"{stem}-1{ending}") == [(1, "done", f"set/{number}.png") for number in range(3)]


RECORD = '{"status": "done", "updown": "0.2.0", "source": "a.png", "output": "y.png"}'


@pytest.mark.parametrize("policy", ["error", "skip", "update"])
@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("log.json", "x" * 10_000, ""),
        ("log.json", '{"mine": 1}', ""),
        ("log.json", '[{"mine": 1}]', "[0].source null: must be text"),
        ("log.json", "[1, 2]", "[0]: must be an object"),
        ("log.jsonl", '{"mine": 1}\n', "line 1.source null: must be text"),
        ("log.jsonl", "notes\n", "line 1, column 1: is no JSON"),
        ("log.jsonl", "notes", "line 1, column 1: is no JSON"),
        ("log.jsonl", "[1]\n", "line 1: must be an object"),
        ("log.jsonl", "[" * 100_000 + "\n", "line 1: is nested deeper than 32"),
        ("log.jsonl", f"{RECORD}\n{RECORD[:-1]}, \"run\": 1e999}}\n",
         "line 2.run: must be a finite number"),
        ("log.jsonl", f"{RECORD[:-1]}, \"run\": {10**400}}}\n",
         "line 1.run: must be a number of at most 19 digits"),
        ("log.jsonl", f"{RECORD[:-1]}, \"run\": true}}\n",
         "line 1.run true: must be a whole number"),
        ("log.jsonl", f"{RECORD[:-1]}, \"source_bytes\": {{}}}}\n",
         "line 1.source_bytes {}: must be a whole number"),
        ("log.jsonl", '{"source": "\\ud800"}\n', "line 1.source: must be text without surrogates"),
        ("log.csv", "name,price\r\napple,3\r\n", ""),
        ("log.csv", "status,source,output\r\n", ""),
        ("log.csv", "\0\xff", ""),
    ],
    ids=repr,
)  # fmt: skip
def test_another_file_is_not_taken_for_a_report(
    updown: Updown, name: str, content: str, why: str, policy: str
) -> None:
    picture("a.png", noise(4, 6))
    Path(name).write_bytes(content.encode("latin-1"))
    done = updown("pool", "a.png", "-o", "y.png", "--report", name, "--if-exists", policy)
    assert (done.code, done.stdout, done.stderr) == (
        2,
        "",
        f"updown: --report {name}: exists and is no report that can be gone on with"
        f"{': ' * bool(why)}{why}; choose another name, or --if-exists overwrite or rename\n",
    )
    assert Path(name).read_bytes() == content.encode("latin-1")
    assert not os.path.exists("y.png")
    over = updown("pool", "a.png", "-o", "y.png", "--report", name, "--if-exists", "overwrite")
    assert (over.code, told(name)) == (0, [(1, "done", "a.png")])


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("content", [b"", b"\n"], ids=repr)
def test_an_empty_file_becomes_a_report(updown: Updown, name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    begin(updown, name)
    assert told(name) == [(1, "done", "set/0.png"), (1, "done", "set/1.png")]


@pytest.mark.parametrize("name", KINDS)
def test_a_report_of_nothing_is_gone_on_with(updown: Updown, name: str) -> None:
    os.mkdir("none")
    for _ in range(2):
        done = updown("pool", "none", "-o", "out", "--report", name, "--allow-empty")
        assert done.code == 0
        assert rows(name) == []
    begin(updown, name)
    assert told(name) == [(1, "done", "set/0.png"), (1, "done", "set/1.png")]


@pytest.mark.parametrize("name", KINDS)
def test_a_last_record_that_was_cut_off_is_left_out(updown: Updown, name: str) -> None:
    begin(updown, name)
    whole = Path(name).read_bytes()
    Path(name).write_bytes(whole[:-40])
    go_on(updown, name, "skip")
    assert [row[1:] for row in told(name)] == [
        ("done", "set/0.png"), ("skipped", "set/1.png"), ("done", "set/2.png"),
    ]  # fmt: skip


def test_a_list_is_read_record_by_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsed as a whole it would take ten times its size."""
    record = {**json.loads(RECORD), "run": 3, "status": "failed", "steps": [{"in": [1] * 90}] * 9}
    text = ",\n".join([json.dumps(record)] * 600)
    Path("log.json").write_text(f"[{text}]\n")
    monkeypatch.setattr(earlier_report, "LARGEST", len(text) + 9)  # room for it is made first
    tracemalloc.start()
    found = read_report("log.json", ".json", COLUMNS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.runs, found.length) == (3, len(text) + 1)
    assert peak < 2.5 * len(text)
    Path("log.json").write_text(f"[\n{text}]\n")  # as others write it
    assert read_report("log.json", ".json", COLUMNS).runs == 3
    monkeypatch.setattr(earlier_report, "LARGEST_WHOLE_LIST", 1000)
    with pytest.raises(UsageError, match="the list: is more than 32 MiB, not a record a line"):
        read_report("log.json", ".json", COLUMNS)


@pytest.mark.parametrize("name", KINDS)
def test_an_editor_may_have_saved_a_report(updown: Updown, name: str) -> None:
    begin(updown, name)
    content = Path(name).read_bytes().rstrip()
    if name == "log.json":
        content = json.dumps(json.loads(content), indent=4).encode()
    Path(name).write_bytes(content)
    go_on(updown, name, "skip")
    assert [row[:2] for row in told(name)] == [(1, "done"), (1, "done"), (2, "done")]


def test_a_report_of_a_version_without_runs_is_the_first(updown: Updown) -> None:
    begin(updown, "log.jsonl")
    new = ("run", "source_bytes", "output_bytes", "in", "out")
    old = [{k: v for k, v in row.items() if k not in new} for row in rows("log.jsonl")]
    Path("log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in old))
    go_on(updown, "log.jsonl", "skip")
    assert rows("log.jsonl")[:2] == old
    assert rows("log.jsonl")[2]["run"] == 2


@pytest.mark.parametrize("name", KINDS)
def test_update_asks_the_report_how_large_a_source_was(
    updown: Updown, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(updown, name)
    go_on(updown, name, "update")
    picture("set/1.png", noise(8, 6))
    later = time.time() + 100  # as if the result were younger, whatever clock is asked
    stat = os.stat

    def watched(path: Any, *rest: Any, **settings: Any) -> Any:
        found = stat(path, *rest, **settings)
        if not str(path).startswith("out/"):
            return found
        times = {field: int(later * 1e9) for field in ("st_mtime_ns", "st_ctime_ns")}
        return type("Stat", (), {**{n: getattr(found, n) for n in dir(found)}, **times})

    with monkeypatch.context() as changed:
        changed.setattr(os, "stat", watched)
        done = go_on(updown, name, "update")
    assert (done.code, done.stderr) == (0, "updown: 1 done, 2 skipped, 0 failed\n")
    assert told(name)[3:] == [(3, "done", "set/1.png")]


def test_lines_that_are_printed_have_the_number_of_their_run(updown: Updown) -> None:
    begin(updown, "log.jsonl")
    done = go_on(updown, "log.jsonl", "skip", "--json")
    assert [(record["run"], record["status"]) for record in done.records] == [
        (2, "skipped"), (2, "skipped"), (2, "done"),
    ]  # fmt: skip


# Reports obey the rules of results


def three_pictures() -> None:
    """Make a folder `set` of three pictures."""
    os.mkdir("set")
    for number in range(3):
        picture(f"set/{number}.png", noise(4, 6, seed=number))


@pytest.mark.parametrize("name", KINDS)
def test_a_report_is_valid_after_a_full_disk(updown: Updown, name: str) -> None:
    """Of the third record the disk takes a part."""
    three_pictures()
    updown("pool", "set/0.png", "set/1.png", "-o", "whole", "--report", name)
    whole = os.path.getsize(name)
    before = rows(name)
    with largest_file(whole + 60):
        done = updown("pool", "set/2.png", "-o", "out.png", "--report", name)
    expected = f"updown: {name}: file too large for its file system\n"
    assert (done.code, done.stderr.splitlines(keepends=True)[-1]) == (3, expected)
    assert (rows(name), os.path.getsize(name)) == (before, whole)
    updown("pool", "set/2.png", "-o", "again.png", "--report", name)
    assert told(name)[2:] == [(2, "done", "set/2.png")]


@pytest.mark.parametrize("name", KINDS)
def test_a_report_is_not_begun_where_nothing_can_be_written(updown: Updown, name: str) -> None:
    three_pictures()
    Path(name).write_bytes(b"")
    with largest_file(0):
        done = updown("pool", "set/0.png", "-o", "out.png", "--report", name)
    assert done.code == 3
    assert Path(name).read_bytes() == b""


@pytest.mark.parametrize("policy", ["error", "skip", "update", "overwrite", "rename"])
@pytest.mark.parametrize("name", KINDS)
def test_a_report_is_never_written_through_a_link(updown: Updown, name: str, policy: str) -> None:
    """Not even into a report of updown's own."""
    begin(updown, f"mine{os.path.splitext(name)[1]}")
    (mine,) = Path().glob("mine.*")
    before = mine.read_bytes()
    os.symlink(mine, name)
    done = updown("pool", "set/0.png", "-o", "out.png", "--report", name, "--if-exists", policy)
    assert mine.read_bytes() == before
    if policy in ("overwrite", "rename"):
        assert (done.code, os.path.islink(name)) == (0, policy == "rename")
    else:
        expected = f"updown: --report {name}: is a link; name what it leads to\n"
        assert (done.code, done.stderr) == (2, expected)


@pytest.mark.parametrize("policy", ["error", "overwrite"])
def test_a_report_takes_no_device_or_pipe(updown: Updown, policy: str) -> None:
    three_pictures()
    os.mkfifo("log.jsonl")
    done = updown(
        "pool", "set/0.png", "-o", "x.png", "--report", "log.jsonl", "--if-exists", policy
    )
    assert (done.code, done.stderr) == (
        2,
        "updown: --report log.jsonl: is no regular file; choose another name\n",
    )
    assert not os.path.exists("x.png")


def test_two_runs_do_not_write_to_one_report(updown: Updown) -> None:
    begin(updown, "log.jsonl")
    with closing(ReportFile("log.jsonl")):
        done = updown("pool", "set/2.png", "-o", "x.png", "--report", "log.jsonl")
    assert (done.code, done.stderr) == (
        2,
        "updown: --report log.jsonl: another run writes to it; give each run a report of its own\n",
    )
    assert not os.path.exists("x.png")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.jsonl", '{"status": "open", "source": "web", "output": null, "run": 1}\n'),
        ("log.jsonl", '{"status": "done", "source": "web", "output": null}\n'),
        ("log.json", '[{"status": "done", "source": "web", "output": "x"}]'),
        ("log.json", '[{"status": "done", "source": 1, "output": "x", "run": 1}]'),
        ("log.json", "[" * 100_000),
    ],
    ids=["status", "no run", "array", "number", "brackets"],
)
def test_what_looks_like_a_report_is_not_gone_on_with(
    updown: Updown, name: str, content: str
) -> None:
    three_pictures()
    Path(name).write_text(content)
    done = updown("pool", "set/0.png", "-o", "x.png", "--report", name)
    assert (done.code, Path(name).read_text()) == (2, content)
    assert done.stderr.startswith(f"updown: --report {name}: exists and is no report that can be")
