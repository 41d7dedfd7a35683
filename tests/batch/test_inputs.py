"""What is read: files, folders, globs, lists and shards of them, and never updown's own results."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COMMAND, Updown, noise, picture
from updown_cli.batch.globs import glob_expression
from updown_cli.batch.inputs import Selection, Source, in_shard
from updown_cli.errors import UsageError


def empty(*names: str) -> None:
    """Make empty files and the folders that they are in."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def pictures(*names: str) -> None:
    """Make small pictures and the folders that they are in."""
    for seed, name in enumerate(names):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        picture(name, noise(4, 4, seed=seed))


def found(
    *paths: str,
    recurse: bool = False,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    own: str | None = None,
    allow_empty: bool = False,
) -> list[str]:
    """Return the paths of the inputs."""
    selection = Selection(
        paths=paths, recurse=recurse, include=include, exclude=exclude, allow_empty=allow_empty
    )
    return [os.path.normpath(source.path) for source in selection.sources(own)]


def listed(path: str, *, null_separated: bool = False) -> list[str]:
    """Return the paths of the inputs that a list names."""
    selection = Selection(files_from=path, null_separated=null_separated)
    return [source.path for source in selection.sources()]


def tree() -> list[str]:
    """Return every file below the current folder."""
    files = (path for path in Path().rglob("*") if not path.is_dir())
    return sorted(map(str, files))


def test_a_folder_gives_its_files_in_order() -> None:
    empty("d/b.png", "d/a.jpg", "d/c", "d/below/e.png")
    assert found("d") == ["d/a.jpg", "d/b.png", "d/c"]


def test_recursion_gives_the_folders_after_the_files() -> None:
    empty("d/z.png", "d/b/2.png", "d/b/deep/3.png", "d/a/1.png")
    assert found("d", recurse=True) == ["d/z.png", "d/a/1.png", "d/b/2.png", "d/b/deep/3.png"]


def test_named_inputs_keep_their_order() -> None:
    empty("d/a.png", "x.png", "b.png")
    assert found("x.png", "d", "b.png", "missing.png") == ["x.png", "d/a.png", "b.png",
                                                           "missing.png"]  # fmt: skip


def test_hidden_files_and_folders_are_left_out() -> None:
    empty("d/a.png", "d/.hidden.png", "d/.git/b.png", "d/.updown-1-0a0b0c0d.part", "d/e/.c.png")
    assert found("d", recurse=True) == ["d/a.png"]


@pytest.mark.parametrize("name", [".hidden.png", ".git/b.png"])
def test_a_hidden_file_that_is_named_is_read(name: str) -> None:
    empty(name)
    assert found(name) == [name]


@pytest.mark.parametrize("name", [".", "./", ".config", ".."])
def test_a_folder_that_is_named_is_read_whatever_it_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty("below/a.png", "a.png", "below/.config/a.png")
    monkeypatch.chdir("below")
    assert len(found(name)) == 1


def test_links_to_files_and_folders_are_followed() -> None:
    empty("away/a.png", "b.png", "d/c.png")
    os.symlink("../away", "d/link")
    os.symlink("../b.png", "d/b.png")
    assert found("d", recurse=True) == ["d/b.png", "d/c.png", "d/link/a.png"]


@pytest.mark.parametrize("target", [".", "..", "../d", "/"], ids=repr)
def test_a_link_to_a_folder_above_gives_every_file_once(target: str) -> None:
    empty("d/e/a.png")
    os.symlink(target if target != "/" else os.path.abspath("."), "d/e/loop")
    names = found("d", recurse=True)
    assert [name for name in names if name.endswith("a.png")] == ["d/e/a.png"]


def test_two_links_to_each_others_folders_end() -> None:
    empty("d/a/1.png", "d/b/2.png")
    os.symlink("../b", "d/a/to-b")
    os.symlink("../a", "d/b/to-a")
    assert [os.path.basename(name) for name in found("d", recurse=True)] == ["1.png", "2.png"]


def test_a_folder_with_two_links_is_read_once() -> None:
    empty("away/a.png")
    os.mkdir("d")
    os.symlink("../away", "d/one")
    os.symlink("../away", "d/two")
    assert found("d", recurse=True) == ["d/one/a.png"]


@pytest.mark.parametrize("command", ["d", "d/**"])
def test_a_link_loop_ends_for_the_command_too(updown: Updown, command: str) -> None:
    pictures("d/a.png", "d/e/b.png")
    os.symlink("..", "d/e/loop")
    done = updown("pool", "-r", command, "-o", "out")
    assert (done.code, done.stderr) == (0, "updown: 2 done, 0 skipped, 0 failed\n")
    assert sorted(os.listdir("out")) == ["a.png", "e"]


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.png", "a.png", True),
        ("*.png", "d/a.png", False),
        ("*.png", "a.pngx", False),
        ("*.png", "axpng", False),
        ("./*.png", "a.png", True),
        ("*/a.png", "d/a.png", True),
        ("*/a.png", "d/e/a.png", False),
        ("**/*.png", "a.png", True),
        ("**/*.png", "d/e/a.png", True),
        ("**/e/*.png", "d/e/a.png", True),
        ("**/e/*.png", "d/ee/a.png", False),
        ("d/**", "d/e/a.png", True),
        ("d/**", "dd/a.png", False),
        ("d/**/a.png", "d/a.png", True),
        ("d/**/a.png", "d/e/f/a.png", True),
        ("?.png", "ab.png", False),
        ("?.png", "/.png", False),
        ("[ab].png", "b.png", True),
        ("[ab].png", "c.png", False),
        ("[!ab].png", "c.png", True),
        ("[!ab].png", "a.png", False),
        ("[0-9].png", "5.png", True),
        ("[a*.png", "[a1.png", True),
        ("a+(b).*", "a+(b).png", True),
        ("a+(b).*", "aab.png", False),
        ("*.PNG", "a.png", False),
        ("*.png", "two\nlines.png", True),
        ("**/*.png", "two\nlines/a.png", True),
    ],
)
def test_a_star_stays_in_a_name_and_two_stars_cross_folders(
    pattern: str, path: str, matches: bool
) -> None:
    assert bool(re.fullmatch(glob_expression(pattern), path)) == matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("[[]x].png", "[x].png", True),
        ("[[a].png", "a.png", True),
        ("[z-a].png", "z.png", False),
        (r"[\d].png", "5.png", False),
        (r"[\d].png", "d.png", True),
        ("[a&&b].png", "&.png", True),
    ],
)
def test_what_stands_in_brackets_is_a_globs_not_an_expressions(
    pattern: str, path: str, matches: bool
) -> None:
    assert bool(re.fullmatch(glob_expression(pattern), path)) == matches


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.png", ["a.png", "b.png"]),
        ("**/*.png", ["a.png", "b.png", "d/c.png", "d/e/f.png"]),
        ("./**/*.png", ["a.png", "b.png", "d/c.png", "d/e/f.png"]),
        ("d/**", ["d/c.png", "d/g.jpg", "d/e/f.png"]),
        ("*/*.png", ["d/c.png"]),
        ("d/*/f.*", ["d/e/f.png"]),
        ("d/[a-c].png", ["d/c.png"]),
        ("../here/d/?.jpg", ["../here/d/g.jpg"]),
    ],
)
def test_a_quoted_glob_finds_what_a_shell_would(
    pattern: str, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkdir("here")
    monkeypatch.chdir("here")
    empty("a.png", "b.png", "d/c.png", "d/g.jpg", "d/e/f.png", ".h.png", "d/.hidden/i.png")
    assert found(pattern) == names


def test_an_absolute_glob_finds_files(tmp_path: Path) -> None:
    empty("d/a.png", "d/e/b.png")
    names = found(f"{tmp_path}/d/**/*.png")
    assert names == [str(tmp_path / "d/a.png"), str(tmp_path / "d/e/b.png")]


def test_the_tree_of_a_glob_begins_below_its_fixed_part() -> None:
    empty("d/e/f/a.png", "d/b.png")
    sources = Selection(paths=("d/**/*.png",)).sources()
    assert [source.relative for source in sources] == ["b.png", "e/f/a.png"]


def test_a_file_that_looks_like_a_glob_is_that_file() -> None:
    empty("[ab].png", "a.png", "b.png")
    (source,) = Selection(paths=("[ab].png",)).sources()
    assert (source.path, source.is_named) == ("[ab].png", True)


def test_a_glob_without_matches_fails_beside_inputs_that_are_found(updown: Updown) -> None:
    pictures("a.jpg")
    done = updown("pool", "*.png", "a.jpg", "-o", "out/", "-q")
    assert (done.code, done.stderr) == (1, "updown: *.png: matches no file\n")
    assert os.listdir("out") == ["a.jpg"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("pool *.png", "*.png: matches no file"),
        ("pool *.png outer/*.bmp", "*.png and 1 more: matches no file"),
        ("pool hollow", "hollow: no files"),
        ("pool hollow -r", "hollow: no files"),
        ("pool outer", "outer: no files; -r goes into folders"),
        ("pool outer hollow -o out/", "outer and 1 more: no files; -r goes into folders"),
        ("pool outer -r --include *.bmp",
         "outer: no files that --include and --exclude leave"),
        ("pool --files-from list", "--files-from list: holds no names"),
        ("pool", "no input; name files, folders, or - for standard input"),
        ("sheet hollow --try pool -o s.png", "hollow: no files"),
        ("shapes pool hollow", "hollow: no files"),
    ],
)  # fmt: skip
def test_nothing_found_is_no_success(updown: Updown, arguments: str, sentence: str) -> None:
    empty("outer/inner/a.png", "list")
    os.mkdir("hollow")
    done = updown(*arguments.split())
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {sentence}\n")


@pytest.mark.parametrize("found", ["*.png", "hollow", "outer", "--files-from list", ""])
def test_scripts_may_allow_that_nothing_is_found(updown: Updown, found: str) -> None:
    empty("outer/inner/a.png", "list")
    os.mkdir("hollow")
    done = updown("pool", *found.split(), "--allow-empty", "-q")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")
    done = updown("shapes", "pool", *found.split(), "--allow-empty")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("include", "exclude", "names"),
    [
        (("*.png",), (), ["d/a.png", "d/e/b.png"]),
        (("a.*",), (), ["d/a.jpg", "d/a.png"]),
        (("*.png", "*.jpg"), (), ["d/a.jpg", "d/a.png", "d/e/b.png"]),
        (("e/*",), (), ["d/e/b.png", "d/e/b.txt"]),
        ((), ("*.txt", "*.jpg"), ["d/a.png", "d/e/b.png"]),
        ((), ("e/*",), ["d/a.jpg", "d/a.png"]),
        (("*.png",), ("e/*",), ["d/a.png"]),
        (("*.PNG",), (), []),
        (("d/*",), (), []),
    ],
)
def test_names_or_relative_paths_are_included_and_excluded(
    include: tuple[str, ...], exclude: tuple[str, ...], names: list[str]
) -> None:
    empty("d/a.png", "d/a.jpg", "d/e/b.png", "d/e/b.txt")
    taken = found("d", recurse=True, include=include, exclude=exclude, allow_empty=True)
    assert taken == names


def test_globs_are_filtered_too() -> None:
    empty("d/a.png", "d/e/b.png")
    assert found("d/**", exclude=("b.*",)) == ["d/a.png"]


def test_a_file_that_is_named_is_never_filtered() -> None:
    empty("a.png", "b.jpg")
    assert found("a.png", "b.jpg", include=("*.jpg",), exclude=("b.*",)) == ["a.png", "b.jpg"]


def test_include_and_exclude_can_be_repeated(updown: Updown) -> None:
    pictures("d/a.png", "d/b.png", "d/c.png", "d/d.bmp")
    done = updown("pool", "d", "--include", "*.png", "--include", "*.bmp", "--exclude", "b.*",
                  "--exclude", "c.*", "-o", "out")  # fmt: skip
    assert done.code == 0, done.stderr
    assert sorted(os.listdir("out")) == ["a.png", "d.bmp"]


@pytest.mark.parametrize(
    "text",
    [b"a.png\nb c.png\n", b"a.png\nb c.png", b"a.png\r\nb c.png\r\n", b"\na.png\n\nb c.png\n\n"],
    ids=["lines", "no last newline", "CRLF", "empty lines"],
)
def test_a_list_names_an_input_a_line(text: bytes) -> None:
    Path("list").write_bytes(text)
    assert listed("list") == ["a.png", "b c.png"]


def test_a_list_of_nul_bytes_can_hold_any_name() -> None:
    Path("list").write_bytes(b"two\nlines.png\0 a\r\0\xff.png\0")
    names = listed("list", null_separated=True)
    assert names == ["two\nlines.png", " a\r", os.fsdecode(b"\xff.png")]


def test_a_list_can_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a.png\0b.png\0")))
    assert listed("-", null_separated=True) == ["a.png", "b.png"]


def test_a_list_can_name_folders_and_globs() -> None:
    empty("d/a.png", "e/b.png", "e/c.jpg")
    Path("list").write_text("d\ne/*.png\n")
    assert listed("list") == ["d/a.png", "e/b.png"]


def test_a_list_comes_after_the_arguments() -> None:
    Path("list").write_text("b.png\n")
    selection = Selection(paths=("a.png",), files_from="list")
    assert [source.path for source in selection.sources()] == ["a.png", "b.png"]


def test_a_list_keeps_the_tree_below_its_root(updown: Updown) -> None:
    pictures("d/a.png", "d/e/b.png", "c.png", "d/f/g/h.png")
    Path("list").write_text("d/e/b.png\nd/a.png\nd/f\n")
    done = updown("pool", "-r", "--files-from", "list", "--root", "d", "-o", "out")
    assert done.code == 0, done.stderr
    assert written("out") == ["a.png", "e/b.png", "f/g/h.png"]


def test_a_list_of_one_name_keeps_the_tree(updown: Updown) -> None:
    pictures("d/e/b.png")
    Path("list").write_text("d/e/b.png\n")
    assert updown("pool", "--files-from", "list", "--root", "d", "-o", "out").code == 0
    assert written("out") == ["e/b.png"]


def test_what_is_not_below_the_root_is_refused(updown: Updown) -> None:
    pictures("d/a.png", "c.png")
    Path("list").write_text("d/a.png\nc.png\n")
    done = updown("pool", "--files-from", "list", "--root", "d", "-o", "out")
    assert (done.code, done.stderr) == (2, "updown: --root d: c.png: is not below it\n")


def written(folder: str) -> list[str]:
    """Return the files below a folder by their paths."""
    below = Path(folder).rglob("*")
    return sorted(str(path.relative_to(folder)) for path in below if path.is_file())


def test_find_can_feed_the_command(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures("d/new\nline.png", "d/b.png")
    data = io.TextIOWrapper(io.BytesIO(b"d/new\nline.png\0d/b.png\0"))
    monkeypatch.setattr(sys, "stdin", data)
    done = updown("pool", "--files-from", "-", "-0", "-o", "out/")
    assert done.code == 0, done.stderr
    assert sorted(os.listdir("out")) == ["b.png", "new\nline.png"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--files-from none", "--files-from none: no such file"),
        ("--files-from folder", "--files-from folder: is a folder"),
        ("--files-from nothing", "--files-from nothing: holds no names"),
        ("-0 a.png", "--null goes with --files-from"),
        ("--root d a.png", "--root goes with --files-from"),
        ("--shard 0/2 a.png", "--shard 0/2: must be I/N with I from 1 to N"),
        ("--shard 3/2 a.png", "--shard 3/2: must be I/N with I from 1 to N"),
        ("--shard 1 a.png", "--shard 1: must be I/N with I from 1 to N"),
        ("--shard 1/-2 a.png", "--shard 1/-2: must be I/N with I from 1 to N"),
    ],
)
def test_lists_and_shards_that_are_none_are_refused(
    updown: Updown, arguments: str, sentence: str
) -> None:
    empty("nothing", "folder/x")
    done = updown("pool", *arguments.split())
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {sentence}\n")


def test_nothing_named_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"^no input; name files, folders, or - for standard"):
        found()


@pytest.mark.parametrize(
    "output",
    [
        "out",
        "out/",
        "./out",
        "{here}/out",
        "link-to-out",
        "out/{rel}/{stem}-{width}{ext}",
        "results/{op}/{rel}/{stem}{ext}",
        "to-{op}/{rel}/{stem}{ext}",
    ],
)
@pytest.mark.parametrize("inputs", [["-r", "."], ["**/*.png"]], ids=" ".join)
def test_an_output_folder_inside_the_input_folder_is_never_read(
    updown: Updown, tmp_path: Path, inputs: list[str], output: str
) -> None:
    pictures("a.png", "d/b.png")
    if output == "link-to-out":
        os.mkdir("out")
        os.symlink("out", "link-to-out")
    command = ["pool", *inputs, "-o", output.replace("{here}", str(tmp_path))]
    first = updown(*command)
    assert (first.code, first.stderr) == (0, "updown: 2 done, 0 skipped, 0 failed\n")
    after_first = tree()
    again = updown(*command, "--if-exists", "overwrite")
    assert (again.code, again.stderr) == (0, "updown: 2 done, 0 skipped, 0 failed\n")
    updown(*command, "--if-exists", "skip")
    assert tree() == after_first


def test_only_the_output_folder_itself_is_left_out() -> None:
    empty("d/out/own.png", "d/out/e/own.png", "d/output/a.png", "d/e/out/b.png")
    assert found("d", recurse=True, own="d/out") == ["d/e/out/b.png", "d/output/a.png"]


def test_an_output_folder_is_left_out_through_a_link_as_well() -> None:
    empty("results/own.png", "d/a.png")
    os.symlink("../results", "d/link")
    assert found("d", recurse=True, own="results") == ["d/a.png"]


def test_a_file_that_is_named_in_the_output_folder_is_read(updown: Updown) -> None:
    pictures("out/a.png")
    done = updown("pool", "out/a.png", "-o", "out/{stem}-small{ext}")
    assert done.code == 0, done.stderr
    assert sorted(os.listdir("out")) == ["a-small.png", "a.png"]


# The shards of these names: BLAKE2b of 64 bits, as `b2sum -l 64` prints it, modulo N, plus 1.
@pytest.mark.parametrize(
    ("name", "of_2", "of_3", "of_5", "of_16"),
    [
        (b"a.png", 1, 3, 3, 7),
        (b"b.png", 2, 1, 1, 2),
        (b"sub/a.png", 2, 3, 5, 4),
        ("café.png".encode(), 2, 2, 2, 8),
        (b"\xff.png", 1, 1, 1, 5),
    ],
)
def test_a_files_shard_is_the_same_on_every_machine(
    name: bytes, of_2: int, of_3: int, of_5: int, of_16: int
) -> None:
    source = Source("/data/" + os.fsdecode(name), "/data")
    found_in = [
        [index for index in range(1, count + 1) if in_shard(source, (index, count))]
        for count in (2, 3, 5, 16)
    ]
    assert found_in == [[of_2], [of_3], [of_5], [of_16]]


@pytest.mark.parametrize("root", ["elsewhere", "/mnt/photos", "../up"])
def test_a_files_shard_does_not_depend_on_where_its_folder_is(root: str) -> None:
    sources = [Source(f"{root}/sub/{number}.png", root) for number in range(64)]
    here = [Source(f"here/sub/{number}.png", "here") for number in range(64)]
    chosen = [number for number, source in enumerate(sources) if in_shard(source, (2, 3))]
    assert chosen == [number for number, source in enumerate(here) if in_shard(source, (2, 3))]
    assert 10 < len(chosen) < 32  # about a third of 64


@pytest.mark.parametrize("count", [1, 2, 7])
def test_shards_together_are_the_whole_and_share_no_file(updown: Updown, count: int) -> None:
    names = [f"{number}.png" for number in range(9)]
    pictures(*(f"d/{name}" for name in names), "d/below/9.png")
    command = ["pool", "-r", "d", "-o", "out", "--dry-run", "--json"]
    shards = [
        [record["source"] for record in updown(*command, "--shard", f"{index}/{count}").records]
        for index in range(1, count + 1)
    ]
    together = sorted(source for shard in shards for source in shard)
    assert together == sorted(["d/below/9.png", *(f"d/{name}" for name in names)])


def test_shards_write_what_one_run_writes(updown: Updown) -> None:
    pictures("d/a.png", "d/b.png", "d/c.png", "d/e/f.png")
    updown("pool", "-r", "d", "-o", "whole/{rel}/{index}-{stem}{ext}")
    for shard in ("1/2", "2/2"):
        done = updown("pool", "-r", "d", "-o", "parts/{rel}/{index}-{stem}{ext}", "--shard", shard)
        assert done.code == 0, done.stderr
    whole, parts = Path("whole"), Path("parts")
    expected = {path.relative_to(whole): path.read_bytes() for path in whole.rglob("*.png")}
    assert len(expected) == 4
    assert {path.relative_to(parts): path.read_bytes() for path in parts.rglob("*.png")} == expected


def test_a_shard_without_files_has_nothing_to_do(updown: Updown) -> None:
    pictures("a.png")
    done = updown("pool", "a.png", "-o", "out.png", "--shard", "2/2")
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout.startswith("nothing to do in ")
    assert os.listdir() == ["a.png"]


def test_collisions_are_found_across_shards(updown: Updown) -> None:
    pictures("d/a.png", "d/b.png")  # a is in shard 1, b in shard 2
    done = updown("pool", "d", "-o", "out.png", "--shard", "1/2")
    assert (done.code, done.stderr) == (
        2,
        "updown: out.png: would hold the results of both d/a.png and d/b.png; use a folder or a "
        "template like {rel}/{stem}_{index}{ext}\n",
    )


def close(monkeypatch: pytest.MonkeyPatch, *folders: str, number: int = errno.EACCES) -> None:
    """Let nobody, not even root, enter some folders."""
    enter = os.scandir

    def scandir(path: str) -> Any:
        if os.path.normpath(path) in folders:
            raise OSError(number, os.strerror(number), path)
        return enter(path)

    monkeypatch.setattr(os, "scandir", scandir)


@pytest.mark.parametrize(
    ("inputs", "line", "done"),
    [
        (["-r", "d"], "d/e: permission denied", ["a.png", "z"]),
        (["d"], None, ["a.png"]),
        (["d/e"], "d/e: permission denied", []),
        (["-r", "d/e/"], "d/e: permission denied", []),
        (["d/**"], "d/e: permission denied", ["a.png", "z"]),
        (["d/*/*.png"], "d/e: permission denied", ["z"]),
        (["d/e/*"], "d/e: permission denied", []),
        (["d/z/**/*.png"], None, ["b.png"]),
        (["d/*.png"], None, ["a.png"]),
        (["-r", "d", "--include", "*.png"], "d/e: permission denied", ["a.png", "z"]),
        (["-r", "d", "--exclude", "e"], None, ["a.png", "z"]),
        (["-r", "d", "--exclude", "e/*"], None, ["a.png", "z"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["", "quiet"])
def test_a_folder_that_cannot_be_entered_is_a_failure(
    updown: Updown,
    monkeypatch: pytest.MonkeyPatch,
    inputs: list[str],
    line: str | None,
    done: list[str],
    quiet: list[str],
) -> None:
    pictures("d/a.png", "d/e/a.png", "d/z/b.png")
    with monkeypatch.context() as closed:
        close(closed, "d/e")
        outcome = updown("pool", *inputs, "-o", "out", *quiet)
    failures = [text for text in outcome.stderr.splitlines() if "denied" in text]
    assert failures == [f"updown: {line}"] * (line is not None)
    assert outcome.code == (line is not None)
    assert sorted(os.listdir("out") if done else []) == done


def test_only_a_folder_on_the_way_of_a_glob_is_a_failure(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures("d/x/a.png", "d/x/deep/b.png", "e/c.png")
    with monkeypatch.context() as closed:
        close(closed, "d/x/deep", "e")
        outcome = updown("pool", "d/*/a.png", "-o", "out/")
        beside = updown("pool", "d/**/a.png", "-o", "again/")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert (beside.code, beside.stderr.splitlines()[0]) == (
        1, "updown: d/x/deep: permission denied",
    )  # fmt: skip


def test_the_record_of_a_folder_that_cannot_be_entered(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkdir("d")
    with monkeypatch.context() as closed:
        close(closed, "d", number=errno.EIO)
        (record,) = updown("pool", "d", "-o", "out", "--json").records
    assert (record["status"], record["source"], record["output"]) == ("failed", "d", None)
    assert record["error"] == {"code": "corrupt", "message": "cannot be read"}


def test_every_shard_tells_of_a_folder_that_cannot_be_entered(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures("d/a.png", "d/e/b.png")
    with monkeypatch.context() as closed:
        close(closed, "d/e")
        codes = [
            updown("pool", "-r", "d", "-o", "out", "--shard", f"{shard}/4", "--dry-run").code
            for shard in range(1, 5)
        ]
    assert codes == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "command", [["shapes", "pool"], ["sheet", "--try", "pool", "-o", "s.png"], ["compare", "d"]],
    ids=" ".join,
)  # fmt: skip
def test_other_commands_tell_of_a_folder_that_cannot_be_entered(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    pictures("d/a.png", "d/e/b.png")
    shutil.copytree("d", "other")
    with monkeypatch.context() as closed:
        close(closed, "d/e")
        done = updown(*command, "-r", "other" if command[0] == "compare" else "d")
    assert done.code == (2 if command[0] == "compare" else 1)
    assert "d/e" in done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="setpriv is Linux's")
@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111], ids=oct)
def test_a_folder_without_rights_is_told(mode: int) -> None:
    pictures("d/a.png")
    os.chmod("d", mode)
    without_rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    command = [*(without_rights if os.geteuid() == 0 else []), str(COMMAND), "pool", "d", "-q"]
    done = subprocess.run([*command, "-o", "out"], capture_output=True, check=False)
    os.chmod("d", 0o755)
    place = "d/a.png" if mode == 0o444 else "d"
    assert (done.returncode, done.stderr) == (1, f"updown: {place}: permission denied\n".encode())
