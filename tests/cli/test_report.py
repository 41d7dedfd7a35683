"""What a run prints and records: tables, JSON, reports, notes, annotations, hostile names."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COMMAND, Outcome, Updown, noise, picture, pixels
from updown_cli.batch.run import Totals
from updown_cli.cli import progress
from updown_cli.cli.csv_cells import told_cell
from updown_cli.cli.printing import printable
from updown_cli.cli.progress import progress_line
from updown_cli.cli.report_file import ReportFile
from updown_cli.cli.table import totals_line
from updown_cli.cli.whole_output import WholeOutput
from updown_cli.ops import OPS
from updown_cli.stores.owners import me

Installed = Callable[..., "subprocess.CompletedProcess[bytes]"]

KEYS = {
    "updown", "status", "source", "output", "steps", "seconds", "device", "dtype", "warnings",
    "error",
}  # fmt: skip

NO_IMAGE = {"code": "not_an_image", "message": "not a supported image"}

# A name of a file, and how it is printed.
HOSTILE = [
    (b"two\nlines.png", r"two\nlines.png"),
    (b"tab\tand\rreturn.png", r"tab\tand\rreturn.png"),
    (b"red\x1b[31m.png", r"red\x1b[31m.png"),
    (b"bell\x07\x7f.png", r"bell\x07\x7f.png"),
    ("c1\u009b31m.png".encode(), r"c1\x9b31m.png"),
    ("bidi\u202egnp.png".encode(), r"bidi\u202egnp.png"),
    ("isolate\u2066x\u2069.png".encode(), r"isolate\u2066x\u2069.png"),
    ("zero\u200bwidth\ufeff.png".encode(), r"zero\u200bwidth\ufeff.png"),
    ("line\u2028end.png".encode(), r"line\u2028end.png"),
    (b"[bold]x.png", "[bold]x.png"),
    (b"[bold]x[/bold].png", "[bold]x[/bold].png"),
    (b"[red]x[/].png", "[red]x[/].png"),
    (b"a]b[link=file:x].png", "a]b[link=file:x].png"),
    (b":smile:.png", ":smile:.png"),
    (b"bytes\xff\xfe.png", r"bytes\xff\xfe.png"),
    (b"100%d %s.png", "100%d %s.png"),
    (b"{stem}.png", "{stem}.png"),
    (b"*.png", "*.png"),
    (b"a b'c\"d$e`f`.png", "a b'c\"d$e`f`.png"),
    ("naïve 写真.png".encode(), "naïve 写真.png"),
    (b"-rf.png", "-rf.png"),
    (b"x" * 251 + b".png", "x" * 251 + ".png"),
]


@pytest.fixture(autouse=True)
def _one_at_a_time(_in_a_folder_of_its_own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let records come in the order of the inputs, and no annotations unless asked."""
    monkeypatch.setenv("UPDOWN_JOBS", "1")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def some_of_each() -> list[str]:
    """Return a command line of which two are done, one is skipped and one fails."""
    picture("a.png", noise(4, 6))
    picture("b.png", noise(4, 6))
    Path("c.png").write_text("no image")
    picture("d.png", noise(4, 6))
    os.mkdir("out")
    Path("out/b.png").write_bytes(b"mine")
    return ["pool", "a.png", "b.png", "c.png", "d.png", "-o", "out", "--if-exists", "skip"]


def by_source(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return records in the order of the inputs; they come as they finish."""
    return sorted(records, key=lambda record: str(record["source"]))


def made(name: bytes) -> str:
    """Make a picture of this name, in folders if it has any, and return it."""
    path = os.fsdecode(name)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(Path(picture("plain.png", noise(4, 4))).read_bytes())
    os.unlink("plain.png")
    return path


def assert_clean(done: Outcome) -> None:
    """Check that nothing that a terminal obeys was printed."""
    text = done.stdout + done.stderr
    assert not [char for char in text if not char.isprintable() and char != "\n"]


def test_json_has_an_object_for_every_image(updown: Updown) -> None:
    done = updown(*some_of_each(), "--json")
    assert done.code == 1
    records = by_source(done.records)
    assert all(set(record) == set(records[0]) >= KEYS for record in records)
    assert [record["status"] for record in records] == ["done", "skipped", "failed", "done"]
    assert [record["source"] for record in records] == ["a.png", "b.png", "c.png", "d.png"]
    assert [record["output"] for record in records] == [
        "out/a.png", "out/b.png", "out/c.png", "out/d.png",
    ]  # fmt: skip
    assert [record["error"] for record in records] == [None, None, NO_IMAGE, None]
    assert [len(record["steps"]) for record in records] == [1, 0, 0, 1]
    assert done.stderr == (
        "updown: c.png: not a supported image\nupdown: 2 done, 1 skipped, 1 failed\n"
    )


def test_json_tells_shapes_and_times(updown: Updown) -> None:
    picture("a.png", noise(4, 6, 3))
    (record,) = updown("pool", "a.png", "-o", "y.png", "--json").records
    (step,) = record["steps"]
    assert (step["op"], step["in"], step["out"]) == ("pool", [3, 4, 6], [3, 2, 3])
    seconds = record["seconds"]
    assert set(seconds) == {"load", "ops", "save", "total"}
    assert seconds["load"] + seconds["ops"] + seconds["save"] == pytest.approx(
        seconds["total"],
        abs=2e-6,  # each is rounded to a microsecond
    )
    assert 0 < step["seconds"] <= seconds["ops"]
    assert (record["device"], record["dtype"], record["warnings"]) == ("cpu", "float32", [])


def test_json_holds_the_warnings(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    command = ["upsample", "--mode", "bilinear", "--scale-factor", "0.5", "a.png", "-o", "y.png"]
    (record,) = updown(*command, "--json").records
    assert record["warnings"] == [
        "shrinking without --antialias reads only some of the pixels, as torch does"
    ]


def test_json_comes_as_each_image_is_done(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    picture("a.png", noise(4, 6))
    picture("b.png", noise(4, 6))
    written: list[list[str]] = []
    write = WholeOutput.write

    def watched(stdout: WholeOutput, data: bytes) -> int:
        written.append(sorted(map(str, Path("out").glob("*"))))
        return write(stdout, data)

    with monkeypatch.context() as watching:
        watching.setattr(WholeOutput, "write", watched)
        updown("pool", "a.png", "b.png", "-o", "out", "--json")
    assert [names for names in written if names][:2] == [["out/a.png"], ["out/a.png", "out/b.png"]]


def test_the_table_has_a_row_for_every_image_and_the_totals(updown: Updown) -> None:
    header, *rows, totals = updown(*some_of_each()).stdout.splitlines()
    assert header.split() == ["image", "step", "in", "out", "load", "op", "save"]
    a, b, c, d = sorted(rows)
    assert re.match(r"a\.png -> out/a\.png pool max 2x2 +1x4x6 1x2x3 +\d+\.\d ms", a)
    assert b.rstrip() == "b.png -> out/b.png skipped"
    assert c.rstrip() == "c.png -> out/c.png failed: not a supported image"
    assert d.startswith("d.png -> out/d.png pool max 2x2")
    assert re.fullmatch(
        r"2 done, 1 skipped, 1 failed in \d+\.\d+ m?s(, \d+\.\d\d megapixels/s)?", totals
    )


@pytest.mark.parametrize(
    ("pixels", "rate"), [(0, ""), (30_000, ""), (60_000_000, r", 6\.00 megapixels/s")]
)
def test_no_rate_of_nothing_is_told(pixels: int, rate: str) -> None:
    totals = Totals(pixels=pixels, began=time.perf_counter() - 10)
    assert re.fullmatch(rf"nothing to do in 10\.0\d* s{rate}", totals_line(totals))


def test_a_run_that_skips_all_tells_no_rate(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    command = ("pool", "a.png", "-o", "out/", "--if-exists", "skip")
    assert updown(*command).code == 0
    assert re.fullmatch(r"1 skipped in \d+\.\d+ m?s", updown(*command).stdout.splitlines()[-1])


def test_the_table_of_many_images_shows_the_first_and_every_failure(updown: Updown) -> None:
    os.mkdir("d")
    for number in range(53):
        picture(f"d/{number:02d}.png", noise(2, 2))
    Path("d/52.png").write_bytes(b"")
    done = updown("pool", "d", "-o", "out")
    lines = done.stdout.splitlines()
    rows = lines[1:-2]
    assert [row.split()[0] for row in rows] == [f"d/{number:02d}.png" for number in
                                               (*range(50), 52)]  # fmt: skip
    assert rows[-1].rstrip() == "d/52.png -> out/52.png failed: empty file"
    assert lines[-2] == "(the first 50 images, and every failure)"
    assert lines[-1].startswith("52 done, 1 failed in ")
    assert done.stderr.splitlines()[-1] == "updown: 52 done, 0 skipped, 1 failed"


def test_the_table_of_fifty_images_is_whole(updown: Updown) -> None:
    os.mkdir("d")
    for number in range(50):
        picture(f"d/{number:02d}.png", noise(2, 2))
    lines = updown("pool", "d", "-o", "out", "--dry-run").stdout.splitlines()
    assert len(lines) == 52
    assert lines[-1].startswith("50 planned in ")


def test_totals_of_one_image_are_not_repeated_on_standard_error(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    assert updown("pool", "a.png", "-o", "y.png").stderr == ""


def report(updown: Updown, name: str) -> Outcome:
    """Run a command with a report."""
    return updown(*some_of_each(), "--json", "--report", name)


@pytest.mark.parametrize("name", ["log.jsonl", "log.JSONL"])
def test_a_report_of_lines_is_what_json_prints(updown: Updown, name: str) -> None:
    done = report(updown, name)
    assert Path(name).read_text() == done.stdout


def test_a_json_report_is_a_list_of_what_json_prints(updown: Updown) -> None:
    done = report(updown, "log.json")
    assert json.loads(Path("log.json").read_text()) == done.records


def test_a_csv_report_has_a_row_for_every_image(updown: Updown) -> None:
    done = report(updown, "log.csv")
    with open("log.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [
        "status", "source", "output", "in", "out", "load", "ops", "save", "total", "device",
        "dtype", "warnings", "code", "message", "run", "source_bytes", "output_bytes",
    ]  # fmt: skip
    rows.sort(key=lambda row: row[1])
    assert [row[:5] for row in rows] == [
        ["done", "a.png", "out/a.png", "1x4x6", "1x2x3"],
        ["skipped", "b.png", "out/b.png", "1x4x6", ""],  # its result is no picture
        ["failed", "c.png", "out/c.png", "", ""],
        ["done", "d.png", "out/d.png", "1x4x6", "1x2x3"],
    ]
    assert [row[9:14] for row in rows] == [
        ["cpu", "float32", "", "", ""],
        ["", "", "", "", ""],
        ["", "", "", "not_an_image", "not a supported image"],
        ["cpu", "float32", "", "", ""],
    ]
    assert [float(seconds) for seconds in rows[0][5:9]] == [
        by_source(done.records)[0]["seconds"][name] for name in ("load", "ops", "save", "total")
    ]
    sizes = {name: str(os.path.getsize(name)) for row in rows for name in row[1:3] if
             os.path.exists(name)}  # fmt: skip
    assert [row[14:] for row in rows] == [
        ["1", sizes["a.png"], sizes["out/a.png"]],
        ["1", sizes["b.png"], sizes["out/b.png"]],
        ["1", sizes["c.png"], ""],
        ["1", sizes["d.png"], sizes["out/d.png"]],
    ]


@pytest.mark.parametrize(("ending", "text"), [(".jsonl", ""), (".json", "[]\n")])
def test_a_report_of_nothing_is_valid(updown: Updown, ending: str, text: str) -> None:
    os.mkdir("d")
    done = updown("pool", "d", "--allow-empty", "-o", "out", "--report", f"log{ending}")
    assert (done.code, Path(f"log{ending}").read_text()) == (0, text)


def test_a_report_is_valid_after_every_record() -> None:
    lines, array, table = (ReportFile(f"log{ending}") for ending in (".jsonl", ".json", ".csv"))
    record = {
        "status": "failed", "source": 'a,"b".png', "output": "y.png", "steps": [], "seconds": {},
        "in": None, "out": None, "source_bytes": 9, "output_bytes": None, "run": 1,
        "device": "", "dtype": "", "warnings": ["one", "two"], "error": NO_IMAGE,
    }  # fmt: skip
    for count in (1, 2, 3):
        for file in (lines, array, table):
            file.add(record)
        assert json.loads(Path("log.json").read_text()) == [record] * count
        text = Path("log.jsonl").read_text()
        assert [json.loads(line) for line in text.splitlines()] == [record] * count
        with open("log.csv", newline="") as rows:
            *_, last = list(csv.DictReader(rows))
        assert (last["source"], last["warnings"]) == ('a,"b".png', "one; two")
        assert last["message"] == "not a supported image"
    for file in (lines, array, table):
        file.close()


def test_a_report_of_a_run_that_stops_holds_what_was_done(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    picture("b.png", noise(4, 6))
    os.makedirs("b-b.png")
    done = updown("pool", "a.png", "b.png", "-o", "{stem}-{stem}.png", "--if-exists", "overwrite",
                  "--report", "log.json")  # fmt: skip
    assert done.code == 3
    records = json.loads(Path("log.json").read_text())
    assert [record["source"] for record in records] == ["a.png"]


@pytest.mark.parametrize("name", ["log.txt", "log", "log.json.gz", ".json"])
def test_a_report_of_another_kind_is_refused(updown: Updown, name: str) -> None:
    picture("a.png", noise(4, 6))
    done = updown("pool", "a.png", "-o", "y.png", "--report", name)
    expected = f"updown: --report {name}: must end in .jsonl, .json, .csv\n"
    assert (done.code, done.stderr) == (2, expected)
    assert os.listdir() == ["a.png"]


def test_a_report_that_cannot_be_written_stops_before_any_work(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    done = updown("pool", "a.png", "-o", "y.png", "--report", "no/such.json")
    assert (done.code, done.stderr) == (3, "updown: no/such.json: no such folder\n")
    assert os.listdir() == ["a.png"]


def test_a_dry_run_tells_what_a_run_does_and_writes_nothing(updown: Updown) -> None:
    command = some_of_each()
    os.unlink("c.png")
    Path("c.png").symlink_to("nowhere")
    before = sorted(Path().rglob("*"))
    dry = updown(*command, "--json", "--dry-run")
    assert sorted(Path().rglob("*")) == before
    assert dry.code == 1
    records = by_source(dry.records)
    assert all(set(record) == set(records[0]) >= KEYS for record in records)
    assert [record["status"] for record in records] == ["planned", "skipped", "failed", "planned"]
    assert dry.stderr.splitlines()[-1] == "updown: 0 done, 1 skipped, 1 failed, 2 planned"
    real = by_source(updown(*command, "--json").records)
    for name in ("source", "output", "error"):
        assert [record[name] for record in records] == [record[name] for record in real]
    for planned, done in zip(records, real, strict=True):
        steps = [{k: v for k, v in step.items() if k != "seconds"} for step in done["steps"]]
        assert planned["steps"] == steps


def test_the_table_of_a_dry_run_has_shapes_and_no_times(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    done = updown("pool", "a.png", "-o", "new/{stem}.png", "--dry-run")
    assert (done.code, done.stderr) == (0, "")
    header, row, totals = done.stdout.splitlines()
    assert header.split() == ["image", "step", "in", "out", "load", "op", "save"]
    assert row.rstrip() == "a.png -> new/a.png pool max 2x2 1x4x6 1x2x3"
    assert totals.startswith("1 planned in ")
    assert os.listdir() == ["a.png"]


def test_a_dry_run_reads_no_pixels(updown: Updown) -> None:
    picture("whole.png", noise(64, 64))
    data = Path("whole.png").read_bytes()
    Path("cut.png").write_bytes(data[: len(data) // 2])
    done = updown("pool", "cut.png", "-o", "y.png", "--dry-run", "--json")
    (record,) = done.records
    assert (done.code, record["status"], record["error"]) == (0, "planned", None)
    assert record["steps"][0]["out"] == [1, 32, 32]
    assert updown("pool", "cut.png", "-o", "y.png").stderr == "updown: cut.png: truncated PNG\n"


def test_a_dry_run_tells_what_would_fail(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    Path("y.png").touch()
    done = updown("pool", "a.png", "-o", "y.png", "--dry-run")
    assert (done.code, done.stderr) == (
        1,
        "updown: a.png: y.png exists; choose --if-exists skip, update, overwrite or rename\n",
    )
    done = updown("pool", "-k", "9", "a.png", "-o", "z.png", "--dry-run")
    expected = "updown: a.png: pool: nothing is left of a 1x4x6 image; the window is 9x9\n"
    assert (done.code, done.stderr) == (1, expected)


def test_a_dry_run_knows_the_limit_of_pixels(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    done = updown("upsample", "--scale-factor", "9999", "a.png", "-o", "z.png", "--dry-run")
    expected = "updown: a.png: 2400 megapixels, limit is 179 (--max-pixels)\n"
    assert (done.code, done.stderr) == (1, expected)


def test_a_dry_run_accepts_standard_input(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(Path(picture("a.png", noise(4, 6))).read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    done = updown("pool", "-", "-o", "y.png", "--dry-run", "--json")
    assert done.code == 0, done.stderr
    assert done.records[0]["status"] == "planned"
    assert os.listdir() == ["a.png"]


def test_a_dry_run_names_renamed_results(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    Path("y.png").touch()
    done = updown("pool", "a.png", "-o", "y.png", "--if-exists", "rename", "--dry-run", "--json")
    (record,) = done.records
    assert (record["status"], record["output"]) == ("planned", "y-1.png")


def test_a_dry_run_removes_nothing(updown: Updown) -> None:
    left = f".updown-{me(999999999)}-0a1b2c3d.part"
    picture("a.png", noise(4, 6))
    Path(left).touch()
    updown("pool", "a.png", "-o", "y.png", "--dry-run")
    assert sorted(os.listdir()) == [left, "a.png"]


def test_a_dry_run_can_be_reported(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    updown("pool", "a.png", "-o", "y.png", "--dry-run", "--report", "log.json")
    (record,) = json.loads(Path("log.json").read_text())
    assert record["status"] == "planned"


def test_files_of_a_folder_that_are_no_images_are_noted(updown: Updown) -> None:
    os.mkdir("d")
    picture("d/a.png", noise(4, 6))
    Path("d/notes.txt").write_text("no image")
    os.mkfifo("d/pipe.png")
    done = updown("pool", "d", "-o", "out")
    assert (done.code, done.stderr) == (
        0,
        "updown: note: d/notes.txt: not a supported image, skipped\n"
        "updown: note: d/pipe.png: not a regular file, skipped\n"
        "updown: 1 done, 2 skipped, 0 failed\n",
    )
    assert os.listdir("out") == ["a.png"]


@pytest.mark.parametrize("name", ["d/notes.txt", "d/pipe.png"])
def test_a_file_that_is_named_and_no_image_fails(updown: Updown, name: str) -> None:
    os.mkdir("d")
    Path("d/notes.txt").write_text("no image")
    os.mkfifo("d/pipe.png")
    done = updown("pool", name, "-o", "y.png")
    reason = {"d/notes.txt": "not a supported image", "d/pipe.png": "not a regular file"}[name]
    assert (done.code, done.stderr) == (1, f"updown: {name}: {reason}\n")


@pytest.mark.parametrize("inputs", ["d", "d/*"])
def test_an_image_of_a_folder_that_is_damaged_fails(updown: Updown, inputs: str) -> None:
    os.mkdir("d")
    picture("whole.png", noise(4, 6))
    Path("d/cut.png").write_bytes(Path("whole.png").read_bytes()[:50])
    Path("d/empty.png").touch()
    done = updown("pool", inputs, "-o", "out")
    assert (done.code, done.stderr) == (
        1,
        "updown: d/cut.png: truncated PNG\nupdown: d/empty.png: empty file\n"
        "updown: 0 done, 0 skipped, 2 failed\n",
    )


@pytest.mark.parametrize(
    ("ending", "length"),
    [("png", 24), ("png", 40), ("jpg", 24), ("gif", 24), ("tif", 24), ("webp", 24)],
)
def test_an_image_of_a_folder_that_is_cut_in_its_header_fails(
    updown: Updown, ending: str, length: int
) -> None:
    os.mkdir("d")
    picture(f"whole.{ending}", noise(4, 6, 3))
    Path(f"d/cut.{ending}").write_bytes(Path(f"whole.{ending}").read_bytes()[:length])
    done = updown("pool", "d", "-o", "out", "--json")
    assert (done.code, [record["status"] for record in done.records]) == (1, ["failed"])


def test_a_dry_run_notes_what_a_run_notes(updown: Updown) -> None:
    os.mkdir("d")
    Path("d/notes.txt").write_text("no image")
    done = updown("pool", "d", "-o", "out", "--dry-run")
    note = "updown: note: d/notes.txt: not a supported image, skipped\n"
    assert (done.code, done.stderr) == (0, note)


@pytest.mark.parametrize(("arguments", "says"), [([], False), (["-v"], True)])
def test_verbose_prints_notes(updown: Updown, arguments: list[str], says: bool) -> None:
    picture("a.png", noise(5, 5))
    done = updown("pool", "a.png", "-o", "y.png", *arguments)
    assert done.stderr == ("updown: note: the last 1x1 pixels are in no window\n" if says else "")


def test_quiet_prints_failures_only(updown: Updown) -> None:
    command = some_of_each()
    Path("d/e").mkdir(parents=True)
    Path("d/notes.txt").write_text("no image")
    done = updown(*command, "d", "-q")
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr == "updown: c.png: not a supported image\n"


def test_quiet_json_is_json(updown: Updown) -> None:
    done = updown(*some_of_each(), "-q", "--json")
    statuses = [record["status"] for record in by_source(done.records)]
    assert statuses == ["done", "skipped", "failed", "done"]
    assert done.stderr == "updown: c.png: not a supported image\n"


def test_warnings_and_notes_are_said_once(updown: Updown) -> None:
    picture("a.png", noise(5, 5))
    picture("b.png", noise(5, 5))
    picture("c.png", noise(5, 4))
    done = updown("pool", "a.png", "b.png", "c.png", "-o", "out", "-v")
    assert done.stderr.splitlines() == [
        "updown: note: the last 1x1 pixels are in no window",
        "updown: note: the last 1x0 pixels are in no window",
        "updown: 3 done, 0 skipped, 0 failed",
    ]


def test_warnings_of_workers_are_said_once(updown: Updown) -> None:
    names = [picture(f"{number}.png", noise(4, 6)) for number in range(4)]
    done = updown("upsample", "--mode", "bilinear", "--scale-factor", "0.5", *names, "-o", "out",
                  "-j", "2")  # fmt: skip
    assert done.stderr.splitlines() == [
        "updown: warning: shrinking without --antialias reads only some of the pixels, as torch "
        "does",
        "updown: 4 done, 0 skipped, 0 failed",
    ]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (b"c.png", "c.png"),
        (b"100%.png", "100%25.png"),
        (b"a,b:c.png", "a%2Cb%3Ac.png"),
        (b"%0A::warning::x.png", "%250A%3A%3Awarning%3A%3Ax.png"),
        (b"two\nlines.png", r"two\nlines.png"),
        (b"two\r\nlines.png", r"two\r\nlines.png"),
        (b"red\x1b[31m.png", r"red\x1b[31m.png"),
        (b"bytes\xff.png", r"bytes\xff.png"),
    ],
)
def test_failures_are_annotations_in_github_actions(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, name: bytes, place: str
) -> None:
    path = os.fsdecode(name)
    Path(path).write_text("no image")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = updown("pool", path, "-o", "y.png")
    failure, annotation = done.stderr.splitlines()
    assert failure == f"updown: {printable(path)}: not a supported image"
    assert annotation == f"::error file={place}::not a supported image"


def test_the_text_of_an_annotation_is_escaped(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("a.png", noise(4, 6))
    Path("50%\n.png").touch()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = updown("pool", "a.png", "-o", "50%\n.png")
    assert done.stderr.splitlines()[1] == (
        r"::error file=a.png::50%25\n.png exists; choose --if-exists skip, update, overwrite or "
        "rename"
    )


@pytest.mark.parametrize("value", [None, "false", ""])
def test_elsewhere_there_are_no_annotations(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("GITHUB_ACTIONS", value)
    Path("c.png").write_text("no image")
    done = updown("pool", "c.png", "-o", "y.png")
    assert done.stderr == "updown: c.png: not a supported image\n"


@pytest.mark.parametrize(
    ("finished", "total", "seconds", "line"),
    [
        (12, 40, 4.0, "12 of 40, 3.0 images/s, 9 s left"),
        (40, 40, 4.0, "40 of 40, 10.0 images/s, 0 s left"),
        (1, 100_000, 0.25, "1 of 100000, 4.0 images/s, 25000 s left"),
        (1, 3, 40.0, "1 of 3, 0.0 images/s, 80 s left"),
    ],
)
def test_a_line_of_progress(finished: int, total: int, seconds: float, line: str) -> None:
    assert progress_line(finished, total, seconds) == line


def test_a_log_gets_lines_of_progress(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    done = updown(*some_of_each(), "--progress")
    lines = [line for line in done.stderr.splitlines() if "images/s" in line]
    pattern = r"updown: {} of 4, \d+\.\d images/s, \d+ s left"
    assert len(lines) == 4
    assert re.fullmatch(pattern.format(1), lines[0])
    assert re.fullmatch(pattern.format(4), lines[3])


@pytest.mark.parametrize("arguments", [[], ["--no-progress"], ["--progress", "-q"]])
def test_a_short_or_quiet_run_has_no_lines_of_progress(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.delenv("UPDOWN_PROGRESS")
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0 if arguments else 1000.0)
    assert "images/s" not in updown(*some_of_each(), *arguments).stderr


@pytest.mark.parametrize("text", ["plain.png", "naïve 写真.png", "a\\nb", "[bold]x"])
def test_text_that_can_be_printed_is_printed(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(("name", "shown"), HOSTILE, ids=[ascii(name[:30]) for name, _ in HOSTILE])
def test_a_file_with_any_name_is_processed_and_printed_escaped(
    updown: Updown, name: bytes, shown: str
) -> None:
    path = made(name)
    done = updown("pool", "--report", "log.csv", "-o", "out/", "--", path)
    assert done.code == 0, done.stderr
    assert pixels(os.path.join("out", os.path.basename(path))).shape == (2, 2)
    row = done.stdout.splitlines()[1]
    assert row.startswith(f"{shown} -> out/{os.path.basename(shown)} pool max 2x2 ")
    assert_clean(done)
    with open("log.csv", newline="", encoding="utf-8") as file:
        assert [told_cell(record["source"]) for record in csv.DictReader(file)] == [shown]


@pytest.mark.parametrize(("name", "shown"), HOSTILE, ids=[ascii(name[:30]) for name, _ in HOSTILE])
def test_a_failure_with_any_name_is_printed_escaped(
    updown: Updown, name: bytes, shown: str
) -> None:
    path = os.fsdecode(name)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    Path(path).write_text("no image")
    done = updown("pool", "-o", "out/", "--", path)
    assert (done.code, done.stderr) == (1, f"updown: {shown}: not a supported image\n")
    assert done.stdout.splitlines()[1].startswith(f"{shown} -> ")
    assert_clean(done)


@pytest.mark.parametrize(("name", "shown"), HOSTILE, ids=[ascii(name[:30]) for name, _ in HOSTILE])
def test_any_name_comes_back_from_json(updown: Updown, name: bytes, shown: str) -> None:
    path = os.fsdecode(name)
    made(b"d/" + name)
    done = updown("pool", "-r", "d", "-o", "out", "--json", "--report", "log.jsonl")
    assert done.code == 0, done.stderr
    (record,) = done.records
    assert os.fsencode(record["source"]) == b"d/" + name
    assert os.fsencode(record["output"]) == b"out/" + name
    assert json.loads(Path("log.jsonl").read_text()) == record
    assert os.path.exists(f"out/{path}")
    assert_clean(done)


def test_the_installed_command_takes_every_name_at_once(installed: Installed) -> None:
    for name, _ in HOSTILE:
        made(b"d/" + name)
    done = installed(
        "pool", "-r", "d", "-o", "out", "--no-progress", env={**os.environ, "LC_ALL": "C"}
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"updown: {len(HOSTILE)} done, 0 skipped, 0 failed\n".encode()
    results = {path for path in Path("out").rglob("*") if path.is_file()}
    assert results == {Path(os.fsdecode(b"out/" + name)) for name, _ in HOSTILE}
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", done.stdout)


def test_a_result_whose_name_is_too_long_is_told(updown: Updown) -> None:
    name = made(b"x" * 251 + b".png")
    done = updown("pool", name)
    expected = f"updown: ./{'x' * 251}_pool.png: file name too long\n".replace("./", "")
    assert (done.code, done.stderr) == (3, expected)
    assert os.listdir() == [name]


def test_a_name_with_a_leading_dash_is_an_option_without_two_dashes(updown: Updown) -> None:
    made(b"-x.png")
    done = updown("pool", "-x.png")
    assert (done.code, done.stdout) == (2, "")
    assert updown("pool", "--", "-x.png").code == 0
    assert sorted(os.listdir()) == ["-x.png", "-x_pool.png"]


@pytest.mark.parametrize(
    ("shell", "parts"),
    [
        ("bash", ["_UPDOWN_COMPLETE=bash_complete", "complete -o nosort -F _updown_completion",
                  "updown"]),
        ("zsh", ["#compdef updown", "_UPDOWN_COMPLETE=zsh_complete", "compdef _updown_completion "
                 "updown"]),
        ("fish", ["_UPDOWN_COMPLETE=fish_complete", "complete --no-files --command updown"]),
    ],
)  # fmt: skip
def test_a_completion_script_asks_updown(updown: Updown, shell: str, parts: list[str]) -> None:
    done = updown("completion", shell)
    assert (done.code, done.stderr) == (0, "")
    assert [part for part in parts if part not in done.stdout] == []


def test_a_shell_that_is_unknown_is_refused(updown: Updown) -> None:
    done = updown("completion", "tcsh")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == "updown: shell tcsh: must be one of bash, zsh, fish\n"


def completions(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, line: str, word: str = ""
) -> list[str]:
    """Return what bash offers for the word after a line."""
    words = line.split()
    monkeypatch.setenv("_UPDOWN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join([*words, word]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    done = updown()
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("line", "word", "offers"),
    [
        ("updown", "", [*OPS, "chain", "preprocess", "shapes", "explain", "fit", "compare",
                        "identify", "doctor", "sheet", "values", "infer", "bench", "warm",
                        "completion"]),
        ("updown", "up", ["upsample", "upblock"]),
        ("updown pool --mode", "",
         ["max", "avg", "min", "median", "majority", "lp", "blur", "adaptive-max", "adaptive-avg",
          "fractional-max"]),
        ("updown pool --mode", "ad", ["adaptive-max", "adaptive-avg"]),
        ("updown shuffle --order", "", ["crd", "dcr", "phase-shift"]),
        ("updown pool --index-format", "tf", ["tf", "tf-batch"]),
        ("updown pool --if-exists", "", ["error", "skip", "update", "overwrite", "rename"]),
        ("updown pool --alpha", "", ["premultiply", "straight", "drop"]),
        ("updown pool", "--if", ["--if-exists"]),
        ("updown pool --mode avg", "--count", ["--count-include-pad"]),
        ("updown completion", "", ["bash", "zsh", "fish"]),
        ("updown pool --keep", "", ["all", "none", "icc", "exif", "xmp", "dpi", "comment", "text"]),
        ("updown pool --keep", "icc,e", ["icc,exif"]),
        ("updown pool --co", "qual", ["quality="]),
        ("updown conv --kernel", "sobel", ["sobel-h", "sobel-v"]),
        ("updown conv --kernel", "box,lap", ["box,laplacian"]),
        ("updown pool --device", "c", ["cpu", "cuda"]),
        ("updown compare --fail-above", "m", ["mse=", "max=", "mean=", "max_relative="]),
        ("updown compare --fail-below", "", ["psnr=", "ssim=", "cosine="]),
        ("updown doctor --fail-above", "s", ["shift=", "stretch=", "separability="]),
        ("updown doctor --format", "t", ["tif", "tga"]),
    ],
)  # fmt: skip
def test_bash_is_offered_commands_options_and_values(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, line: str, word: str, offers: list[str]
) -> None:
    assert completions(updown, monkeypatch, line, word) == offers


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_completion_of_bash_completes_modes() -> None:
    script = """
        eval "$(updown completion bash)"
        COMP_WORDS=(updown pool --mode ad) COMP_CWORD=3
        _updown_completion updown
        echo "${COMPREPLY[@]}"
        complete -p updown
    """
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, check=False, text=True, timeout=60,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "adaptive-max adaptive-avg", "complete -o nosort -F _updown_completion updown",
    ]  # fmt: skip
