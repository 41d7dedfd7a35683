"""Mutants of all that is parsed or comes through a pipe: `python -m benchmarks.fuzz` has more.

`python -m tests.fuzz KIND --only NUMBER` repeats one.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.fuzz import parsed, run, streams
from tests.fuzz.json_mutations import change_json
from updown_cli.errors import InputError

#: All but pictures, which `tests/files/test_fuzz.py` has.
KINDS = (*parsed.KINDS, *streams.KINDS)

SECONDS, LEAST = 20, 40


def test_mutants_are_taken_or_refused() -> None:
    command = [sys.executable, "-m", "tests.fuzz", *KINDS, "--seconds", str(SECONDS)]
    done = subprocess.run(
        [*command, "--count", "1000000"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    *found, taken = map(json.loads, done.stdout.splitlines())
    assert found[:10] == [], f"{len(found)} faults"
    assert min(taken["of"].values()) >= LEAST
    assert [*taken["of"]] == [*KINDS]


@pytest.mark.parametrize("name", KINDS)
def test_a_number_makes_the_same_mutant_again(name: str) -> None:
    kind = run.KINDS[name]
    files = kind.files()
    mutants = [kind.mutant(files, number) for number in range(50)]
    assert mutants == [kind.mutant(files, number) for number in range(50)]
    assert len(set(mutants) - set(files)) > 25


def outcome(monkeypatch: pytest.MonkeyPatch, act: Any, count: int) -> list[str]:
    """Return what is told of mutants with which this is done."""
    monkeypatch.setattr(run, "PATIENCE", 0.2)
    monkeypatch.setitem(run.KINDS, "names", replace(run.KINDS["names"], acts=(act,)))
    return [fault["fault"] for fault in run.Fuzz(("names",), count).faults()]


def broken(path: str, number: int) -> str:
    raise KeyError("mine")


def panicking(path: str, number: int) -> str:
    raise BaseException("panic")


def shouting(path: str, number: int) -> str:
    raise InputError("Broken.", code="odd")


def printing(path: str, number: int) -> str:
    os.write(1, b"x\n")
    return ""


def hanging(path: str, number: int) -> str:
    time.sleep(5)
    return ""


@pytest.mark.parametrize(
    ("act", "count", "faults"),
    [
        (broken, 1, ["broken: KeyError: 'mine' (test_fuzz.py:N broken)"]),
        (panicking, 1, ["BaseException: panic"]),
        (shouting, 1, ["shouting: Broken.: begins in upper case",
                    "shouting: Broken.: ends in a full stop", "shouting: Broken.: code odd"]),
        (printing, 1, ["says: x\n"]),
        (hanging, 1, ["takes more than 0.2 s"]),
        (lambda path, number: "is odd" * (number == 3), 5, ["<lambda>: is odd"]),
    ],
    ids=["broken", "panicking", "shouting", "printing", "hanging", "odd"],
)  # fmt: skip
def test_whatever_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, act: Any, count: int, faults: list[str]
) -> None:
    told = outcome(monkeypatch, act, count)
    line = f":{broken.__code__.co_firstlineno + 1} "
    assert [fault.replace(line, ":N ") for fault in told] == faults


def test_most_mutants_of_json_are_json() -> None:
    base = [b'{"a": [1, {"b": "c"}], "d": null}']
    made = Counter[bool]()
    for number in range(300):
        data = bytearray(base[0])
        change_json(data, random.Random(number), base)
        try:
            json.loads(bytes(data))
        except (ValueError, RecursionError):
            made[False] += 1
        else:
            made[True] += bytes(data) != base[0]
    assert made[True] > 200
