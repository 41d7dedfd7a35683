"""One archive of many results: what is in it, and that it follows the rules of every result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Updown, noise, picture
from updown_cli.stores.hidden_files import remove_stale


def pictures(*names: str) -> dict[str, Any]:
    """Write pictures of different sizes, and return what a pool of 2 makes of them."""
    expected = {}
    for number, name in enumerate(names):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        values = noise(4, 6 + 2 * number, seed=number)
        picture(name, values)
        expected[name] = values.reshape(2, 2, -1, 2).max((1, 3))[None]
    return expected


def arrays(path: str) -> dict[str, Any]:
    with np.load(path) as archive:
        return dict(archive)


def hidden() -> list[str]:
    return [str(path) for path in Path().rglob(".*")]


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_result_is_an_array_in_the_order_of_inputs(jobs: int, updown: Updown) -> None:
    expected = pictures("in/b.png", "in/a.png", "in/deep/c.png")
    done = updown("pool", "in", "-r", "-o", "all.npz", "--jobs", jobs, "--json")
    assert done.code == 0
    found = arrays("all.npz")
    assert [*found] == ["a", "b", "deep/c"]
    for name, value in found.items():
        assert (value == expected[f"in/{name}.png"]).all()
    told = {record["source"]: record["output"] for record in done.records}
    assert told["in/deep/c.png"] == "all.npz::deep/c"
    assert hidden() == []
    assert updown("pool", "all.npz::deep/c", "-o", "again.npy").code == 0
    assert np.load("again.npy").shape == (1, 1, 2)


def test_equal_runs_make_equal_bytes(updown: Updown) -> None:
    pictures(*(f"in/{number}.png" for number in range(5)))
    for path, jobs in (("one.npz", 1), ("two.npz", 2)):
        assert updown("pool", "in", "-o", path, "--jobs", jobs, "-q").code == 0
    assert Path("one.npz").read_bytes() == Path("two.npz").read_bytes()


def test_a_template_names_the_arrays(updown: Updown) -> None:
    pictures("in/a.png", "in/a.bmp")
    done = updown("pool", "in", "-o", "all.npz")
    assert (done.code, done.stderr) == (
        2,
        "updown: all.npz::a: would hold the results of both in/a.bmp and in/a.png; use a folder or "
        "a template like {rel}/{stem}_{index}{ext}\n",
    )
    assert updown("pool", "in", "-o", "all.npz::{op}/{stem}{ext}", "-q").code == 0
    assert [*arrays("all.npz")] == ["pool/a.bmp", "pool/a.png"]
    assert updown("pool", "in/a.png", "-o", "one.npz::{stem}", "-q").code == 0
    assert [*arrays("one.npz")] == ["a"]


def test_what_fails_is_named_and_the_others_are_there(updown: Updown) -> None:
    pictures("in/a.png", "in/c.png")
    Path("in/b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    done = updown("pool", "in", "-o", "all.npz", "--report", "r.jsonl")
    assert (done.code, done.stderr.splitlines()[1]) == (1, "updown: 2 done, 0 skipped, 1 failed")
    assert [*arrays("all.npz")] == ["a", "c"]
    told = {
        r["source"]: r["status"] for r in map(json.loads, Path("r.jsonl").read_text().splitlines())
    }
    assert told == {"in/a.png": "done", "in/b.png": "failed", "in/c.png": "done"}


def test_without_a_result_there_is_no_archive(updown: Updown) -> None:
    for name in ("a.png", "b.png"):
        Path(name).write_bytes(b"\x89PNG\r\n\x1a\n")
    assert updown("pool", "a.png", "b.png", "-o", "all.npz").code == 1
    pictures("c.png")
    assert updown("pool", "a.png", "c.png", "-o", "all.npz", "--fail-fast").code == 1
    assert not Path("all.npz").exists()
    assert hidden() == []


def test_an_archive_that_is_there_is_judged_as_one_result(updown: Updown) -> None:
    pictures("in/a.png", "in/b.png")
    run = ("pool", "in", "-o", "all.npz")
    assert updown(*run, "-q").code == 0
    hint = "choose --if-exists skip, update, overwrite or rename"
    done = updown(*run)
    assert (done.code, done.stderr) == (2, f"updown: all.npz exists; {hint}\n")
    before = Path("all.npz").stat()
    for policy in ("skip", "update"):
        done = updown(*run, "--if-exists", policy)
        assert (done.code, done.stderr) == (0, "updown: 0 done, 2 skipped, 0 failed\n")
    assert Path("all.npz").stat().st_ino == before.st_ino
    assert updown(*run, "--if-exists", "rename", "-q").code == 0
    assert [*arrays("all-1.npz")] == ["a", "b"]
    assert updown(*run, "--if-exists", "overwrite", "-q").code == 0
    assert Path("all.npz").stat().st_ino != before.st_ino


def test_all_is_done_again_where_something_is_missing_or_changed(updown: Updown) -> None:
    pictures("in/a.png", "in/b.png")
    run = ("pool", "in", "-o", "all.npz")
    assert updown(*run, "-q").code == 0
    pictures("in/new.png")
    done = updown(*run, "--if-exists", "skip")
    assert (done.code, done.stderr) == (0, "updown: 3 done, 0 skipped, 0 failed\n")
    assert [*arrays("all.npz")] == ["a", "b", "new"]
    later = Path("all.npz").stat().st_mtime + 5
    os.utime("in/b.png", (later, later))
    assert updown(*run, "--if-exists", "update").stderr.startswith("updown: 3 done")
    Path("all.npz").write_bytes(Path("all.npz").read_bytes()[:-30])
    assert updown(*run, "--if-exists", "skip").stderr.startswith("updown: 3 done")


def test_a_dry_run_writes_nothing(updown: Updown) -> None:
    pictures("in/a.png", "in/b.png")
    done = updown("pool", "in", "-o", "all.npz", "--dry-run", "--json")
    assert [record["output"] for record in done.records] == ["all.npz::a", "all.npz::b"]
    assert [*Path().iterdir()] == [Path("in")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "no/all.npz"), "no/all.npz: no such folder"),
        (("-o", "{stem}.npz::a"), "-o {stem}.npz::a: one archive takes all results; fields stand "
         "after its name, as in FILE.npz::{rel}/{stem}"),
        (("-o", "all.npz::"), "-o all.npz::: names no array; fields stand after its name, as in "
         "FILE.npz::{rel}/{stem}"),
        (("-o", "all.npz::{stm}"), "all.npz::{stm}: unknown field {stm}; did you mean stem?"),
        (("-o", "all.npz", "--save-indices", "i/"), "-o all.npz: holds results alone, not the "
         "files that go with them; name a folder"),
        (("-o", "all.zip"), "-o all.zip: no archive of this kind is written; write .npz, .tar or "
         ".tar.gz, or give all.zip/ for a folder"),
        (("-o", "all.tar.xz"), "-o all.tar.xz: no archive of this kind is written; write .npz, "
         ".tar or .tar.gz, or give all.tar.xz/ for a folder"),
        (("-o", "all.npz::one"), "all.npz::one: would hold the results of both in/a.png and "
         "in/b.png; use a folder or a template like {rel}/{stem}_{index}{ext}"),
        (("-o", "in/a.npz", "in/a.npz"), "in/a.npz::a: is the input in/a.npz; updown never writes "
         "over its input; choose another --output"),
    ],
)  # fmt: skip
def test_refusals(words: tuple[str, ...], message: str, updown: Updown) -> None:
    pictures("in/a.png", "in/b.png")
    np.savez("in/a.npz", np.zeros((4, 4), np.uint8))
    done = updown("pool", "in/a.png", "in/b.png", *words)
    assert (done.code in (2, 3), done.stderr) == (True, f"updown: {message}\n")
    assert hidden() == []


def test_a_folder_may_be_called_as_an_archive_is(updown: Updown) -> None:
    pictures("in/a.png", "in/b.png")
    assert updown("pool", "in", "-o", "all.zip/").code == 0
    again = updown("pool", "in", "-o", "all.zip", "--if-exists", "skip")  # it is a folder by now
    assert (again.code, sorted(os.listdir("all.zip"))) == (0, ["a.png", "b.png"])


def test_an_archive_of_an_earlier_run_is_no_input(updown: Updown) -> None:
    pictures("in/a.png", "in/b.png", "in/deep/c.png")
    for _ in range(2):
        run = ("pool", "in", "-r", "-o", "in/deep/all.npz", "--if-exists", "overwrite")
        assert updown(*run).stderr == "updown: 3 done, 0 skipped, 0 failed\n"
    assert [*arrays("in/deep/all.npz")] == ["a", "b", "deep/c"]


def test_names_that_are_no_text_are_told(updown: Updown) -> None:
    pictures("in/a.png", "in/b.png")
    os.rename("in/b.png", b"in/\xff.png")
    assert updown("pool", "in", "-o", "all.npz", "-q").code == 0
    assert zipfile.ZipFile("all.npz").namelist() == ["a.npy", "\\udcff.npy"]


def test_a_disk_that_is_full_leaves_nothing(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures("in/a.png", "in/b.png")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile.ZipFile.writestr", full)
    done = updown("pool", "in", "-o", "all.npz", "--report", "r.jsonl")
    assert (done.code, done.stderr) == (3, "updown: all.npz: no space left on device\n")
    assert Path("r.jsonl").read_text() == ""
    assert {path.name for path in Path().iterdir()} == {"in", "r.jsonl"}


def test_what_a_dead_run_left_is_removed() -> None:
    code = (
        "import os; from updown_cli.stores.hidden_folder import HiddenFolder\n"
        "folder = HiddenFolder('all.npz').__enter__()\n"
        "open(folder.path + '/0.npy', 'w').close(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert len(hidden()) == 1
    remove_stale(".")
    assert hidden() == []
