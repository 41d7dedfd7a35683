"""Recipes of strangers write nowhere by themselves."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Updown, noise, picture
from updown_cli.batch.inputs import Source
from updown_cli.batch.planned_job import Job
from updown_cli.batch.recipe_writes import _is_below
from updown_cli.batch.side_files import SideFile
from updown_cli.ops import OPS

POOL = {"op": "pool", "mode": "max", "kernel_size": [2]}


def recipe(given: str) -> None:
    """Write a recipe whose step writes to a file."""
    steps = [{**POOL, "save_indices": given}]
    Path("r.json").write_text(json.dumps({"updown_recipe": 2, "steps": steps}))


def refused(given: str) -> str:
    """Return what is said of a file."""
    return (
        f"updown: r.json: --save-indices {given}: a recipe writes only below the "
        "folder of -o; --allow-write with this name lets it\n"
    )


@pytest.fixture(autouse=True)
def _pictures(_in_a_folder_of_its_own: None) -> None:
    picture("a.png", noise(8, 8))
    picture("b.png", noise(8, 8, seed=1))
    os.mkdir("victim")
    os.makedirs("out/inner")
    os.symlink("../victim", "out/link")


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ("victim/x.npz", "a.png -o out"),
        ("x.npz", "a.png -o out"),
        ("x.npz", "a.png -o small.png"),
        ("x.npz", "a.png"),
        ("x.npz", "a.png -o -"),
        ("{dir}/{stem}.npz", "a.png b.png -o out/"),
        ("victim/", "a.png b.png -o out"),
        ("out/../victim/x.npz", "a.png -o out/"),
        ("out/link/x.npz", "a.png -o out"),
        ("out/link/deeper/{stem}.npz", "a.png b.png -o out"),
        ("outside/x.npz", "a.png -o out"),
        ("/tmp/{stem}-of-a-recipe.npz", "a.png -o out"),
        ("out/x.npz", "a.png --dry-run"),
    ],
)
def test_a_recipe_writes_nothing_outside_of_the_folder_of_results(
    updown: Updown, given: str, command: str
) -> None:
    recipe(given)
    before = sorted(map(str, Path().rglob("*")))
    done = updown("chain", "--recipe", "r.json", *command.split())
    assert (done.code, done.stdout, done.stderr) == (2, "", refused(given))
    assert sorted(map(str, Path().rglob("*"))) == before
    assert not list(Path("/tmp").glob("*-of-a-recipe.npz"))


@pytest.mark.parametrize(
    ("given", "command", "files"),
    [
        ("out/x.npz", "a.png -o out", ["out/a.png", "out/x.npz"]),
        ("out/new/{stem}.npz", "a.png b.png -o out",
         ["out/a.png", "out/b.png", "out/new/a.npz", "out/new/b.npz"]),
        ("out/x.npz", "a.png -o out/small.png", ["out/small.png", "out/x.npz"]),
        ("out/x.npz", "a.png -o out/{stem}-{op}.png", ["out/a-pool.png", "out/x.npz"]),
    ],
)  # fmt: skip
def test_what_stays_below_it_is_written(
    updown: Updown, given: str, command: str, files: list[str]
) -> None:
    recipe(given)
    assert updown("chain", "--recipe", "r.json", *command.split()).code == 0
    assert sorted(str(path) for path in Path("out").rglob("*") if path.is_file()) == files


@pytest.mark.parametrize("given", ["victim/x.npz", "{stem}-where.npz"])
def test_what_was_typed_again_is_written(updown: Updown, given: str) -> None:
    recipe(given)
    command = ("chain", "--recipe", "r.json", "a.png", "-o", "small.png")
    assert updown(*command, "--allow-write", "other.npz").stderr == refused(given)
    assert updown(*command, "--allow-write", given).code == 0
    assert os.path.exists(given.replace("{stem}", "a"))


def test_typed_steps_write_where_they_say(updown: Updown) -> None:
    done = updown("chain", "pool -k 2 --save-indices x.npz", "a.png", "-o", "small.png")
    assert (done.code, os.path.exists("x.npz")) == (0, True)


def test_names_are_allowed_to_recipes_alone(updown: Updown) -> None:
    done = updown("chain", "pool", "a.png", "-o", "small.png", "--allow-write", "x.npz")
    assert (done.code, done.stderr) == (2, "updown: --allow-write: goes with --recipe\n")


def test_every_parameter_that_writes_is_held_by_its_role() -> None:
    found = {
        parameter.name
        for family in OPS.values()
        for cls in family.modes
        for parameter in cls.parameters()
        if parameter.file is not None and parameter.file.use != "read"
    }
    assert found == {"save_indices", "sheet", "show_steps"}


@pytest.mark.parametrize(("folder", "is_below"), [("out/s", True), ("victim/s", False)])
@pytest.mark.parametrize("use", ["writes", "stages"])
def test_files_and_folders_are_held_alike(use: str, folder: str, is_below: bool) -> None:
    files: Any = {use: (SideFile("asked", "folder of stages", f"{folder}/1"),)}
    jobs = [Job(Source("a.png"), "out/a.png", **files)]
    assert _is_below(jobs, "asked", "out/{stem}.png") == is_below
