"""Globs beside what a shell finds, and with more stars than a search that goes back can take."""

from __future__ import annotations

import random
import re
import time
from fnmatch import fnmatchcase

import pytest

from updown_cli.batch.globs import glob_expression


def test_within_a_name_globs_are_those_of_fnmatch() -> None:
    dice = random.Random(5)
    matching = 0
    for _ in range(20_000):
        pattern = "".join(dice.choices("ab.*?", k=dice.randrange(1, 8)))
        pattern = re.sub(r"\*+", "*", pattern)
        name = "".join(dice.choices("ab.", k=dice.randrange(1, 8)))
        if pattern in (".", "..") or name in (".", ".."):
            continue
        expected = fnmatchcase(name, pattern)
        assert bool(re.fullmatch(glob_expression(pattern), name)) == expected, (pattern, name)
        matching += expected
    assert matching > 500


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 200 + "b", "*" * 4000, "**/" * 1300 + "b", "*?" * 100 + "b", "x*[ab]" * 50 + "/**/b"],
)
def test_stars_without_end_are_looked_for_in_no_time(pattern: str) -> None:
    expression = re.compile(glob_expression(pattern))
    began = time.monotonic()
    expression.fullmatch("a" * 255)
    expression.fullmatch("a/" * 100 + "a" * 255)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("a[!x]b", "a/b", False),
        ("a[/]b", "a/b", False),
        ("*[*]*", "a*b", True),
        ("[**]", "*", True),
        ("**/*a*b*", "x/y/zabz", True),
        ("**/*a*b*", "x/a/bz", False),
        ("x**z", "x/y/z", True),
        ("***", "x/y", True),
        ("**/**/a", "a", True),
    ],
)
def test_signs_stay_within_a_name(pattern: str, path: str, matches: bool) -> None:
    assert bool(re.fullmatch(glob_expression(pattern), path)) == matches
