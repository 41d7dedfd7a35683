"""Every row of docs/coverage.md is a command line, and names tests that are there."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from functools import cache

import click
import numpy as np
import pytest

from tests.conftest import ROOT
from updown_cli.cli.main import updown
from updown_cli.cli.op_command import op_from_options
from updown_cli.ops import OPS

PAGE = (ROOT / "docs" / "coverage.md").read_text()
ROWS = re.findall(r"^\| ([A-L]\d+) \| (`updown .+?`) \| (.+) \|$", PAGE, re.MULTILINE)
LINES = [(number, line) for number, lines, _ in ROWS for line in re.findall("`(.+?)`", lines)]
NAMED = sorted(set(re.findall(r"`((?:\w+/)*test_\w+)::(\*|test_\w+)`", PAGE)))

#: The rows of each section of the list.
SECTIONS = {
    **{
        section: {*range(1, 1 + count)}
        for section, count in zip("ABCDE", (13, 9, 7, 10, 6), strict=True)
    },
    "F": {*range(1, 11)},
    "I": {*range(1, 13)},
    "J": {1, 2, 3, 4},
    "K": {1, 2, 3, 4},
    "L": {1, 2},
}


@cache
def names_in(module: str) -> set[str]:
    """Return the names of the tests in a module."""
    tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_row_is_there() -> None:
    every = {f"{section}{n}" for section, numbers in SECTIONS.items() for n in numbers}
    assert {number for number, _, _ in ROWS} == every


@pytest.mark.parametrize(("module", "test"), NAMED)
def test_the_tests_exist(module: str, test: str) -> None:
    assert test in names_in(module) or (test == "*" and names_in(module))


@pytest.mark.parametrize(("number", "_", "tests"), ROWS, ids=[row[0] for row in ROWS])
def test_every_row_has_a_test(number: str, _: str, tests: str) -> None:
    assert re.search(r"`(\w+/)*test_", tests)


@pytest.mark.parametrize(("number", "line"), LINES, ids=[number for number, _ in LINES])
def test_a_row_has_command_lines(number: str, line: str) -> None:
    np.savez("N.npz", up=np.ones((3, 3)))
    np.save("W.npy", np.ones((3, 3, 1, 1)))
    for file in ("network.json", "weights.pt"):
        shutil.copy(ROOT / "sample_images" / file, file)
    program, name, *arguments = shlex.split(line.replace("\\|", "|"))
    assert program == "updown"
    command = updown.commands[name]
    if isinstance(command, click.Group):
        name, *arguments = arguments
        command = command.commands[name]
    context = command.make_context(name, arguments, **updown.context_settings)
    if name in OPS:
        assert op_from_options(OPS[name], context.params).command == name
