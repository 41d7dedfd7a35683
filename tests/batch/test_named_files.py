"""No file that a command line names is written over what it reads, or over another one."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, Updown, noise, picture
from tests.file_limits import largest_file

NET = "deconvnet --net n.json --weights n.npz --layer conv1"

OVER = " --if-exists overwrite"


@pytest.fixture(autouse=True)
def _files(_in_a_folder_of_its_own: None, updown: Updown) -> None:
    os.mkdir("in")
    picture("a.png", noise(8, 8))
    picture("b.png", noise(8, 8, seed=1))
    picture("in/a.png", noise(8, 8))
    os.rename(picture("picture.png", noise(8, 8)), "in/photo.csv")
    Path("photo.json").write_bytes(Path("a.png").read_bytes())
    Path("photo.xml").write_bytes(Path("a.png").read_bytes())
    Path("list.csv").write_text("a.png\n")
    Path("s.json").write_text('{"address": "tcp://127.0.0.1:1"}')
    np.save("k.npy", np.ones((3, 3), np.float32))
    np.savez("two.npz", x=noise(8, 8), y=noise(8, 8))
    updown("chain", "pool -k 2", "--save-recipe", "r.json")
    for suffix in ("json", "npz"):
        shutil.copy(ROOT / "tests" / "networks" / f"four.{suffix}", f"n.{suffix}")
    os.link("a.png", "hard.png")
    os.symlink("a.png", "soft.png")
    os.symlink("in", "alias")


def state() -> dict[str, bytes]:
    """Return every file and what is in it."""
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("command", "written", "read"),
    [
        ("pool photo.json -o o.png", "--report photo.json", "the input photo.json"),
        ("pool in -o out", "--report in/photo.csv", "the input in/photo.csv"),
        ("pool in -o out", "--report alias/photo.csv", "the input in/photo.csv"),
        ("pool --files-from list.csv -o out", "--report list.csv", "--files-from list.csv"),
        ("chain --recipe r.json a.png -o o.png", "--report r.json", "--recipe r.json"),
        ("pool a.png -o o.png --cluster s.json", "--report s.json", "--cluster s.json"),
        ("chain --recipe r.json", "--save-recipe r.json", "--recipe r.json"),
        ("chain --recipe r.json a.png -o o.png", "--save-recipe ./r.json", "--recipe r.json"),
        (
            "chain '{NET}' a.png -o o.png",
            "--report n.json",
            "--net n.json",
        ),
        ("chain '{NET}'", "--save-recipe n.json", "--net n.json"),
        ("compare photo.xml b.png", "--junit photo.xml", "the input photo.xml"),
        ("compare in photo", "--junit in/photo.xml", "the input in/photo.xml"),
        ("compare a.png b.png", "--diff hard.png", "the input a.png"),
        ("compare a.png b.png", "--diff soft.png", "the input a.png"),
        ("values a.png --set 0,0,0=1", "-o a.png", "the input a.png"),
        ("values a.png --set 0,0,0=1", "-o hard.png", "the input a.png"),
        ("sheet a.png --try pool", "-o soft.png", "the input a.png"),
        ("sheet a.png --try 'unpool --mode grad --source b.png'", "-o b.png", "--source b.png"),
        ("explain conv --kernel k.npy", "--save-matrix k.npy", "--kernel k.npy"),
        ("explain pool --input a.png", "--plot a.png", "--input a.png"),
    ],
)
def test_nothing_is_written_over_what_is_read(
    updown: Updown, command: str, written: str, read: str
) -> None:
    if command == "compare in photo":
        os.mkdir("photo")
        os.rename("photo.xml", "in/photo.xml")
    before = state()
    done = updown(*shlex.split(f"{command} {written} {OVER}".replace("{NET}", NET)))
    expected = f"updown: {written}: is {read}; updown never writes over what it reads\n"
    assert (done.code, done.stderr) == (2, expected)
    assert state() == before


@pytest.mark.parametrize(
    ("command", "one", "other"),
    [
        ("chain pool a.png -o o.png", "--report x.json", "--save-recipe x.json"),
        ("chain pool a.png -o o.png", "--report in/n.json", "--save-recipe alias/N.json"),
        ("explain conv --kernel box", "--plot m.png", "--animate m.png"),
    ],
)
def test_two_files_do_not_share_a_name(updown: Updown, command: str, one: str, other: str) -> None:
    before = state()
    done = updown(*shlex.split(f"{command} {one} {other} {OVER}"))
    expected = f"updown: {other}: is also {one}; choose another name\n"
    assert (done.code, done.stderr) == (2, expected)
    assert state() == before


def test_an_archive_is_not_written_over_by_what_comes_of_its_array(updown: Updown) -> None:
    before = state()
    done = updown(*shlex.split(f"pool two.npz::x -o two.npz {OVER}"))
    assert (done.code, done.stderr) == (
        2,
        "updown: two.npz: is the input two.npz::x; updown never writes over its input; choose "
        "another --output\n",
    )
    assert state() == before


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("compare a.png b.png --junit list.xml", "list.xml exists; choose --if-exists overwrite\n"),
        ("chain pool a.png -o o.png --save-recipe list.json",
         "list.json: exists; choose --if-exists skip, update, overwrite or rename\n"),
        ("explain pool --plot a.png", "a.png exists; choose --if-exists overwrite\n"),
        ("sheet b.png -o a.png --try pool", "a.png exists; choose --if-exists overwrite\n"),
        ("values b.png --set 0,0,0=1 -o a.png", "a.png exists; choose --if-exists overwrite\n"),
    ],
)  # fmt: skip
def test_what_exists_is_left_alone_unless_something_is_said(
    updown: Updown, command: str, sentence: str
) -> None:
    for name in ("list.xml", "list.json"):
        Path(name).write_text("mine")
    before = state()
    done = updown(*shlex.split(command))
    assert (done.code, done.stderr) == (2, f"updown: {sentence}")
    assert state() == before


@pytest.mark.parametrize("name", ["to.xml", "to.json"])
def test_what_is_replaced_is_not_written_through(updown: Updown, name: str) -> None:
    Path("victim").write_text("mine")
    os.symlink("victim", name)
    command = {
        "to.xml": "compare a.png b.png --junit to.xml",
        "to.json": "chain pool --save-recipe to.json",
    }[name]
    assert updown(*shlex.split(command + OVER)).code in (0, 1)
    assert (Path("victim").read_text(), os.path.islink(name)) == ("mine", False)


@pytest.mark.parametrize(
    "command",
    [
        "compare a.png b.png --junit pipe.xml",
        "chain pool --save-recipe pipe.json",
        "explain pool --plot pipe.png",
        "values a.png --set 0,0,0=1 -o pipe.png",
        "sheet a.png -o pipe.png --try pool",
    ],
)
def test_a_pipe_is_not_replaced(updown: Updown, command: str) -> None:
    for suffix in ("xml", "json", "png"):
        os.mkfifo(f"pipe.{suffix}")
    done = updown(*shlex.split(command + OVER))
    assert done.code == 2
    assert done.stderr.endswith(": is no regular file; choose another name\n")
    assert all(path.is_fifo() for path in Path().glob("pipe.*"))


def test_a_recipe_is_renamed_where_results_are(updown: Updown) -> None:
    command = "chain pool a.png -o o.png --save-recipe r.json --if-exists rename"
    assert updown(*shlex.split(command)).code == 0
    assert json.loads(Path("r-1.json").read_text())["steps"][0]["op"] == "pool"
    assert json.loads(Path("r.json").read_text())["steps"][0]["kernel_size"] == [2]


def test_a_recipe_is_not_written_where_results_collide(updown: Updown) -> None:
    done = updown("chain", "pool", "a.png", "-o", "hard.png", "--save-recipe", "new.json")
    assert (done.code, os.path.exists("new.json")) == (2, False)


def test_a_report_in_the_folder_of_inputs_is_no_input(updown: Updown) -> None:
    os.unlink("in/photo.csv")
    for run in (1, 2):
        done = updown("pool", "in", "-o", "out", "--report", "in/log.csv", "--if-exists", "skip")
        assert (done.code, Path("in/log.csv").read_text().count("\n")) == (0, 1 + run)


def test_what_is_written_is_there_whole_or_not_at_all(updown: Updown) -> None:
    for command in ("compare a.png b.png --junit n.xml", "chain pool --save-recipe m.json",
                    "explain conv --kernel box --plot n.png"):  # fmt: skip
        before = state()
        with largest_file(200):
            done = updown(*shlex.split(command))
        assert done.code == 3
        assert done.stderr.endswith(": file too large for its file system\n")
        assert state() == before


def test_every_option_that_names_a_file_to_write_is_looked_at() -> None:
    """What is new says in this list what keeps it apart from what is read."""
    import click

    from updown_cli.cli.command_table import SUMMARIES, load_command

    seen = set()
    for name in SUMMARIES:
        command = load_command(name)
        params = (
            [command]
            if not isinstance(command, click.Group)
            else [
                command.get_command(click.Context(command), sub)
                for sub in command.list_commands(None)  # type: ignore[arg-type]
            ]
        )
        for one in params:
            assert one is not None
            seen |= {
                option.opts[0]
                for option in one.params
                if isinstance(option, click.Option) and isinstance(option.type, click.Path)
            }
    assert seen == {
        "--output", "-o", "--report", "--save-recipe", "--save-steps", "--junit", "--diff",
        "--save-matrix", "--plot", "--plot-overlap", "--animate", "--export",
        *("--recipe", "--files-from", "--root", "--config", "--against"),  # which are read
        *("--pairs", "--pictures", "--start", "--show"),
    }  # fmt: skip
