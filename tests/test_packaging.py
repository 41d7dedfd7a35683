"""What the package says of itself: versions, what it needs, and where things are."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT
from updown_cli import __version__

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINNED = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines()[1:])
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()


def needed() -> list[Requirement]:
    """Return what updown and its extras need of others."""
    texts = [*PROJECT["dependencies"], *(text for extra in EXTRAS.values() for text in extra)]
    return [Requirement(text) for text in texts if not text.startswith("updown-cli")]


@pytest.mark.parametrize("requirement", needed(), ids=str)
def test_what_is_needed_has_a_lowest_version_and_no_highest(requirement: Requirement) -> None:
    assert [bound.operator for bound in requirement.specifier] == [">="]


@pytest.mark.parametrize("requirement", needed(), ids=str)
def test_the_versions_that_are_tested_are_allowed(requirement: Requirement) -> None:
    assert requirement.specifier.contains(PINNED[requirement.name])


def test_constraints_are_names_and_public_versions() -> None:
    assert all(re.fullmatch(r"[\w-]+", name) for name in PINNED)
    assert all(re.fullmatch(r"[\d.]+(\.post\d+)?", version) for version in PINNED.values())


def test_the_lowest_versions_are_those_of_pyproject() -> None:
    command = [sys.executable, str(ROOT / ".ci" / "lowest.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wanted = {text.replace(">=", "==") for text in PROJECT["dependencies"]}
    assert set(done.stdout.split()) == {text for text in wanted if not text.startswith("torch")}


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert re.fullmatch(rf"{re.escape(__version__)} \(\d{{4}}-\d\d-\d\d\)", headings[0])


def test_every_module_says_what_it_is() -> None:
    folders = ("updown_cli", "tests", "benchmarks", "docs", "sample_images")
    modules = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if path.stat().st_size and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert silent == []


def paths_named(text: str) -> list[str]:
    """Return what a page writes as code and what is a path: with a slash or an ending."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return sorted(set(re.findall(r"`((?:[\w.-]+/)*[\w.-]+(?:/|\.py|\.md|\.toml))`", outside)))


@pytest.mark.parametrize("path", paths_named(ARCHITECTURE))
def test_every_path_that_the_map_of_the_house_names_exists(path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / "updown_cli" / path).exists()


def test_the_map_names_every_folder_of_the_package() -> None:
    folders = {path.parent.name for path in Path(ROOT, "updown_cli").glob("*/__init__.py")}
    assert {f"{name}/" for name in folders} <= set(paths_named(ARCHITECTURE))
