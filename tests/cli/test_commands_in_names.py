"""Names of files that others would take for commands: build systems, spreadsheets."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import Updown, noise, picture
from updown_cli.cli.csv_cells import told_as_text, told_cell
from updown_cli.cli.printing import without_commands

#: Names that begin a line in some command, and that are commands anywhere in one.
NAMES = (
    "::set-output name=ok::true.png",
    "  ::add-mask::a.png",
    "::stop-commands::x",
    "x ##[set-env name=A;]b.png",
    "##vso[task.setvariable variable=A]b.png",
    "###teamcity[x].png",
)

COMMAND = re.compile(r"^\s*::(?!error file=)|##(\[|vso\[|teamcity\[)", re.MULTILINE)

#: What prints the name of a file: IN is one, BAD is no picture, GONE is not there.
LINES = (
    "pool IN -o out -j 1",
    "pool IN -o out/ --json",
    "pool IN BAD GONE -o out",
    "pool GONE -o out --json",
    "pool IN -o IN",
    "pool IN -o out.png --report GONE",
    "chain --recipe BAD IN -o o.png",
    "values IN",
    "values IN IN",
    "values IN --json",
    "values BAD",
    "compare IN IN",
    "compare IN GONE",
    "compare IN a.png --json",
    "shapes pool IN",
    "shapes pool IN --json",
    "sheet IN -o s.png --try pool",
    "sheet IN BAD -o s.html --try pool --json",
    "explain pool --input IN",
    "explain conv --kernel IN",
    "pool --print-indices IN -o o.png",
    "IN",
    "pool --IN",
    "pool IN -o o.png --IN",
    "pool IN --mode BAD",
    "bench BAD",
)


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_a_command_to_what_runs_builds(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, name: str, line: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    picture("a.png", noise(4, 4))
    os.rename("a.png", name)
    picture("a.png", noise(4, 4, seed=1))
    Path(f"{name}.txt").write_text("no picture")
    given = {"IN": name, "BAD": f"{name}.txt", "GONE": f"{name}-gone"}
    words = [given.get(word, word.replace("IN", name)) for word in shlex.split(line)]
    done = updown(*words)
    assert COMMAND.search(done.stdout) is None
    assert COMMAND.search(done.stderr) is None
    assert "internal" not in done.stderr


@pytest.mark.parametrize("name", NAMES[:2])
def test_json_means_the_same(updown: Updown, name: str) -> None:
    picture("a.png", noise(4, 4))
    os.rename("a.png", name)
    (record,) = updown("pool", name, "-o", "o.png", "--json").records
    assert record["source"] == name


def test_text_without_commands_stays_as_it_is() -> None:
    text = "a::b\n # [x] ## y\n{'::'}\n:one\n"
    assert without_commands(text) == text
    assert json.loads(without_commands('"##[x]"')) == "##[x]"
    assert without_commands("\n  ::x ##[y]") == r"  \u003a:x \u0023#[y]".join(("\n", ""))


FORMULAS = ("=1+1", "+1", "-1+1", "@SUM(A1)", "＝1", "'=1", "''-x", "=HYPERLINK(1).png")


@pytest.mark.parametrize("cell", [*FORMULAS, "-", "a.png", "'a.png", "''", "", "a=b", "0.5"])
def test_cells_are_read_back(cell: str) -> None:
    assert told_cell(told_as_text(cell)) == cell
    assert (told_as_text(cell) != cell) == (cell in FORMULAS)


@pytest.mark.parametrize("name", ["=1+cmd|'calc'!A0.png", "+a.png", "@a.png", "-a.png"])
def test_a_name_in_a_report_is_text_and_known_again(updown: Updown, name: str) -> None:
    os.mkdir("in")
    picture("in/a.png", noise(4, 4))
    os.rename("in/a.png", name)
    command = ("pool", "-o", "out/", "--report", "log.csv", "--if-exists", "skip", "--", name)
    assert (updown(*command).code, updown(*command).code) == (0, 0)
    with open("log.csv", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [row["source"] for row in rows] == [f"'{name}"]
