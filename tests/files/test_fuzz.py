"""Thousands of mutants of every format: a picture or a refusal, never anything else.

`UPDOWN_FUZZ` is the number of mutants; `python -m tests.fuzz ENDING --only NUMBER` repeats one.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.fuzz.mutations import MUTATIONS, mutant
from tests.fuzz.pictures import ENDINGS, bases
from updown_cli.pipeline.strips import cores

COUNT = int(os.environ.get("UPDOWN_FUZZ", "10000"))

# Memory beyond that of a program that has read nothing yet: modules are a good part of it.
MEBIBYTES = 128


Report = list[dict[str, Any]]


@pytest.fixture(scope="module")
def reports() -> dict[str, Future[Report]]:
    """Begin to fuzz every format, each in a process of its own."""
    pool = ThreadPoolExecutor(cores())
    return {ending: pool.submit(report_of, ending) for ending in ENDINGS}


def report_of(ending: str) -> Report:
    """Return what a format's mutants led to, and at last what it took."""
    command = [sys.executable, "-m", "tests.fuzz", ending, "--count", str(COUNT // len(ENDINGS))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("ending", ENDINGS)
def test_mutants_are_read_or_refused(reports: dict[str, Future[Report]], ending: str) -> None:
    *found, taken = reports[ending].result()
    assert found[:10] == [], f"{len(found)} faults"
    assert taken["mutants"] == COUNT // len(ENDINGS)
    assert taken["mebibytes"] < MEBIBYTES


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_number_makes_the_same_mutant_again(ending: str) -> None:
    files = bases(ending)
    mutants = [mutant(files, number) for number in range(50)]
    assert mutants == [mutant(files, number) for number in range(50)]
    assert len(set(mutants) - set(files)) > 40


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_every_mutation_can_be_done_to_a_single_byte(mutation: Any) -> None:
    for number in range(50):
        data = bytearray(b"P")
        mutation(data, random.Random(number), [b"P", b"GIF"])
        assert len(data) < 100
