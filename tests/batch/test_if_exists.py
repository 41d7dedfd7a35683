"""Results that exist already, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Updown, noise, picture, pixels
from tests.file_limits import largest_file
from updown_cli.cli.signals import Stopped
from updown_cli.errors import SurroundingsError
from updown_cli.stores.drafts import abandon
from updown_cli.stores.hidden_files import remove_stale
from updown_cli.stores.owners import me
from updown_cli.stores.save import save

OLD = 1_500_000_000
NEWER = OLD + 100

WHOLE = b"the whole of it\n" * 100

# The calls of the operating system between a result and its name.
STEPS = ["open", "write", "fsync", "replace"]

REFUSALS = [
    (errno.ENOSPC, "no space left on device", "no_space"),
    (errno.EDQUOT, "disk quota exceeded", "no_space"),
    (errno.EIO, "cannot be written", "write_failed"),
    (errno.EACCES, "permission denied", "no_permission"),
    (errno.EROFS, "read-only file system", "no_permission"),
]


class Unwritable(io.BytesIO):
    """A file whose writes fail."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, data: object) -> int:
        raise self.error


def fail_once(monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> None:
    """Let one step of the next save fail as the operating system would let it."""
    error = OSError(number, os.strerror(number))
    name = "fdopen" if step == "write" else step
    real = getattr(os, name)

    def failing(*arguments: Any, **settings: Any) -> Any:
        reads = step == "open" and ".updown-" not in str(arguments[0])
        if reads or (step == "write" and arguments[1] == "rb"):
            return real(*arguments, **settings)
        monkeypatch.setattr(os, name, real)
        if step == "write":
            os.close(arguments[0])
            return Unwritable(error)
        raise error

    monkeypatch.setattr(os, name, failing)


@contextlib.contextmanager
def umask(mask: int) -> Iterator[None]:
    """Set the mask of permissions."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture
def dead() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def temporary(process: int, folder: str = ".") -> str:
    """Make what a process left unfinished, and return its path."""
    path = f"{folder}/.updown-{me(process)}-0a1b2c3d.part"
    Path(path).write_bytes(b"unfinished")
    return path


@pytest.mark.parametrize("policy", ["error", "skip", "update", "overwrite", "rename"])
def test_a_result_that_does_not_exist_is_written(updown: Updown, policy: str) -> None:
    picture("x.png", noise(4, 4))
    done = updown("pool", "x.png", "-o", "y.png", "--if-exists", policy)
    assert (done.code, sorted(os.listdir())) == (0, ["x.png", "y.png"])


@pytest.mark.parametrize(
    ("policy", "code", "status", "is_kept", "files"),
    [
        ("error", 1, "failed", True, ["x.png", "y.png"]),
        ("skip", 0, "skipped", True, ["x.png", "y.png"]),
        ("update", 0, "done", False, ["x.png", "y.png"]),
        ("overwrite", 0, "done", False, ["x.png", "y.png"]),
        ("rename", 0, "done", True, ["x.png", "y-1.png", "y.png"]),
    ],
)
def test_what_happens_to_an_older_result(
    updown: Updown, policy: str, code: int, status: str, is_kept: bool, files: list[str]
) -> None:
    picture("x.png", noise(4, 4))
    Path("y.png").write_bytes(b"mine")
    os.utime("y.png", (OLD, OLD))
    done = updown("pool", "x.png", "-o", "y.png", "--if-exists", policy, "--json")
    (record,) = done.records
    assert (done.code, record["status"]) == (code, status)
    assert record["output"] == ("y-1.png" if policy == "rename" else "y.png")
    assert (Path("y.png").read_bytes() == b"mine") == is_kept
    assert sorted(os.listdir()) == files
    if status == "done":
        assert pixels(record["output"]).shape == (2, 2)


def test_a_result_that_exists_is_an_error_unless_said(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    Path("y.png").write_bytes(b"mine")
    done = updown("pool", "x.png", "-o", "y.png", "--json")
    assert done.records[0]["error"] == {
        "code": "exists",
        "message": "y.png exists; choose --if-exists skip, update, overwrite or rename",
    }


@pytest.mark.parametrize(
    ("result", "source", "status"),
    [(OLD, NEWER, "done"), (OLD, OLD, "skipped"), (NEWER, OLD, "skipped")],
    ids=["older", "same time", "newer"],
)
def test_update_replaces_results_older_than_their_inputs(
    updown: Updown, result: int, source: int, status: str
) -> None:
    picture("x.png", noise(4, 4))
    Path("y.png").write_bytes(b"mine")
    os.utime("x.png", (source, source))
    os.utime("y.png", (result, result))
    done = updown("pool", "x.png", "-o", "y.png", "--if-exists", "update", "--json")
    assert (done.code, done.records[0]["status"]) == (0, status)
    assert (Path("y.png").read_bytes() == b"mine") == (status == "skipped")


def test_renamed_results_are_counted(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    command = ["pool", "x.png", "-o", "out/", "--if-exists", "rename", "--json"]
    outputs = [updown(*command).records[0]["output"] for _ in range(3)]
    assert outputs == ["out/x.png", "out/x-1.png", "out/x-2.png"]
    assert sorted(os.listdir("out")) == ["x-1.png", "x-2.png", "x.png"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_renamed_result_does_not_take_the_name_of_another(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: time.sleep(0.2))  # two at a time
    picture("x.png", noise(4, 4))
    picture("x-1.png", noise(6, 6))
    os.mkdir("out")
    Path("out/x.png").write_bytes(b"mine")
    command = ["pool", "x.png", "x-1.png", "-o", "out", "--if-exists", "rename", "-j", jobs]
    done = updown(*command, "--json")
    assert done.code == 0, done.stderr
    assert len({record["output"] for record in done.records}) == 2
    assert len(os.listdir("out")) == 3
    assert Path("out/x.png").read_bytes() == b"mine"


def test_positions_are_renamed_with_their_result(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    command = ["pool", "x.png", "-o", "y.png", "--save-indices", "i.npz", "--if-exists", "rename"]
    assert [updown(*command).code for _ in range(2)] == [0, 0]
    assert sorted(os.listdir()) == ["i-1.npz", "i.npz", "x.png", "y-1.png", "y.png"]


def test_positions_that_exist_are_left_alone(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    Path("i.npz").write_bytes(b"mine")
    done = updown("pool", "x.png", "-o", "y.png", "--save-indices", "i.npz")
    assert (done.code, done.stderr) == (
        1,
        "updown: x.png: i.npz exists; choose --if-exists skip, update, overwrite or rename\n",
    )
    assert sorted(os.listdir()) == ["i.npz", "x.png"]
    assert Path("i.npz").read_bytes() == b"mine"


@pytest.mark.parametrize("policy", ["skip", "update"])
def test_a_second_run_finishes_what_the_first_left(updown: Updown, policy: str) -> None:
    os.mkdir("d")
    names = [f"{number}.png" for number in range(5)]
    for seed, name in enumerate(names):
        os.utime(picture(f"d/{name}", noise(4, 4, seed=seed)), (OLD, OLD))
    updown("pool", "d/1.png", "d/3.png", "-o", "out")
    for name in ("out/1.png", "out/3.png"):
        os.utime(name, (NEWER, NEWER))
    done = updown("pool", "d", "-o", "out", "--if-exists", policy)
    assert (done.code, done.stderr) == (0, "updown: 3 done, 2 skipped, 0 failed\n")
    assert sorted(os.listdir("out")) == names
    times = {name: os.stat(f"out/{name}").st_mtime for name in names}
    assert [name for name in names if times[name] == NEWER] == ["1.png", "3.png"]


def test_a_result_that_exists_does_not_stop_the_others(updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    picture("b.png", noise(4, 4))
    os.mkdir("out")
    Path("out/a.png").write_bytes(b"mine")
    done = updown("pool", "a.png", "b.png", "-o", "out")
    assert done.code == 1
    assert done.stderr.splitlines()[-1] == "updown: 1 done, 0 skipped, 1 failed"
    assert Path("out/a.png").read_bytes() == b"mine"
    assert pixels("out/b.png").shape == (2, 2)


def test_an_input_whose_result_exists_is_not_read(updown: Updown) -> None:
    Path("x.png").write_text("no image")
    Path("y.png").write_bytes(b"mine")
    done = updown("pool", "x.png", "-o", "y.png", "--if-exists", "skip")
    assert (done.code, done.stderr) == (0, "")


@pytest.mark.parametrize("aim", ["victim", "nowhere"])
def test_a_link_in_place_of_a_result_is_replaced_not_followed(updown: Updown, aim: str) -> None:
    picture("x.png", noise(4, 4))
    Path("victim").write_bytes(b"mine")
    os.symlink(aim, "y.png")
    assert updown("pool", "x.png", "-o", "y.png").code == 1
    assert updown("pool", "x.png", "-o", "y.png", "--if-exists", "overwrite").code == 0
    assert not os.path.islink("y.png")
    assert sorted(os.listdir()) == ["victim", "x.png", "y.png"]
    assert Path("victim").read_bytes() == b"mine"


def test_a_folder_in_place_of_a_result_is_named(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    Path("y.png").mkdir()
    done = updown("pool", "x.png", "-o", "{stem:.0}y.png", "--if-exists", "overwrite")
    assert (done.code, done.stderr) == (3, "updown: y.png: is a folder\n")
    assert os.listdir("y.png") == []
    assert sorted(os.listdir()) == ["x.png", "y.png"]


@pytest.mark.parametrize(
    ("mask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600), (0o000, 0o666)]
)
def test_new_files_have_the_permissions_of_any_new_file(
    updown: Updown, mask: int, mode: int
) -> None:
    picture("x.png", noise(4, 4))
    with umask(mask):
        done = updown("pool", "x.png", "-o", "new/", "--save-indices", "new/{stem}.npz")
    assert done.code == 0, done.stderr
    assert os.stat("new/x.png").st_mode & 0o777 == mode
    assert os.stat("new/x.npz").st_mode & 0o777 == mode
    assert os.stat("new").st_mode & 0o777 == 0o777 & ~mask


def test_a_file_is_saved_whole() -> None:
    save("y", WHOLE)
    assert (os.listdir(), Path("y").read_bytes()) == (["y"], WHOLE)


def test_a_file_is_flushed_before_it_gets_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(descriptor: int) -> None:
        (name,) = os.listdir()
        assert Path(name).read_bytes() == WHOLE
        events.append("flushed")
        fsync(descriptor)

    def watched_replace(source: str, target: str) -> None:
        events.append("renamed")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    save("y", WHOLE)
    assert events == ["flushed", "renamed"]


def test_an_unfinished_file_is_hidden_beside_its_target(monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkdir("d")
    seen: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.extend(os.listdir("d")))
    save("d/y", WHOLE)
    (name,) = seen
    assert name.startswith(f".updown-{me()}-")
    assert name.endswith(".part")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("number", "reason", "code"), REFUSALS, ids=lambda value: str(value))
@pytest.mark.parametrize("before", [b"old", None], ids=["over a file", "new"])
def test_a_refused_write_leaves_what_was_there(
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    number: int,
    reason: str,
    code: str,
    before: bytes | None,
) -> None:
    if before is not None:
        Path("y").write_bytes(before)
    with monkeypatch.context() as broken:
        fail_once(broken, step, number)
        with pytest.raises(SurroundingsError) as refused:
            save("y", WHOLE)
    assert (str(refused.value), refused.value.code) == (f"y: {reason}", code)
    assert os.listdir() == ([] if before is None else ["y"])
    assert before is None or Path("y").read_bytes() == before


@pytest.mark.parametrize("step", ["open", "write", "fsync", "link"])
@pytest.mark.parametrize(("number", "reason", "code"), REFUSALS[:4], ids=lambda value: str(value))
def test_a_refused_write_stops_the_run_and_a_second_run_continues(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, step: str, number: int, reason: str, code: str
) -> None:
    picture("a.png", noise(4, 4))
    picture("b.png", noise(4, 4))
    command = ["pool", "a.png", "b.png", "-o", "out", "--if-exists", "skip", "-j", "1"]
    with monkeypatch.context() as broken:
        fail_once(broken, step, number)
        done = updown(*command)
    assert (done.code, done.stderr) == (3, f"updown: out/a.png: {reason}\n")
    assert os.listdir("out") == []
    again = updown(*command)
    assert (again.code, again.stderr) == (0, "updown: 2 done, 0 skipped, 0 failed\n")
    assert sorted(os.listdir("out")) == ["a.png", "b.png"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_was_done_before_a_refused_write_is_kept_and_told(updown: Updown, jobs: str) -> None:
    picture("a.png", noise(4, 4))
    picture("b.png", noise(4, 4))
    os.mkdir("a-folder.png")
    command = ["pool", "a.png", "b.png", "-o", "{stem}-folder.png", "--if-exists", "overwrite"]
    done = updown(*command, "-j", jobs)
    assert done.code == 3
    assert done.stderr.splitlines()[-1] == "updown: a-folder.png: is a folder"
    assert not [name for name in os.listdir() if name.startswith(".updown-")]
    os.rmdir("a-folder.png")
    assert updown(*command, "-j", jobs).code == 0
    assert pixels("a-folder.png").shape == pixels("b-folder.png").shape == (2, 2)


def test_a_limit_of_file_sizes_is_told() -> None:
    Path("y").write_bytes(b"old")
    with largest_file(len(WHOLE) - 1), pytest.raises(SurroundingsError) as refused:
        save("y", WHOLE)
    assert str(refused.value) == "y: file too large for its file system"
    assert (os.listdir(), Path("y").read_bytes()) == (["y"], b"old")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_named(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    os.mkdir("out", 0o555)
    done = updown("pool", "x.png", "-o", "out/")
    assert (done.code, done.stderr) == (3, "updown: out/x.png: permission denied\n")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_signal_while_saving_leaves_what_was_there(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stopped(*arguments: object) -> None:
        raise Stopped(signal.SIGINT)

    Path("y").write_bytes(b"old")
    monkeypatch.setattr(os, step, stopped)
    with pytest.raises(Stopped):
        save("y", WHOLE)
    assert (os.listdir(), Path("y").read_bytes()) == (["y"], b"old")


def test_what_is_unfinished_can_be_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def abandoned(descriptor: int) -> None:
        counts.append(len(os.listdir()))
        abandon()
        counts.append(len(os.listdir()))

    monkeypatch.setattr(os, "fsync", abandoned)
    with pytest.raises(SurroundingsError):
        save("y", WHOLE)
    assert counts == [1, 0]


def test_what_is_finished_is_not_abandoned() -> None:
    save("y", WHOLE)
    abandon()
    assert os.listdir() == ["y"]


def test_what_dead_runs_left_is_removed(updown: Updown, dead: int) -> None:
    picture("x.png", noise(4, 4))
    os.makedirs("out/e")
    temporary(dead, "out")
    temporary(dead, "out/e")
    elsewhere = temporary(dead, ".")
    assert updown("pool", "x.png", "-o", "out/").code == 0
    assert sorted(os.listdir("out")) == ["e", "x.png"]
    assert os.path.exists(elsewhere)


def test_what_dead_runs_left_is_removed_beside_skipped_results(updown: Updown, dead: int) -> None:
    picture("x.png", noise(4, 4))
    Path("y.png").write_bytes(b"mine")
    temporary(dead)
    assert updown("pool", "x.png", "-o", "y.png", "--if-exists", "skip").code == 0
    assert sorted(os.listdir()) == ["x.png", "y.png"]


def test_what_dead_runs_left_of_positions_is_removed(updown: Updown, dead: int) -> None:
    picture("x.png", noise(4, 4))
    os.mkdir("where")
    temporary(dead, "where")
    assert updown("pool", "x.png", "-o", "y.png", "--save-indices", "where").code == 0
    assert os.listdir("where") == ["x.npz"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_process_that_nobody_waited_for_is_dead() -> None:
    with subprocess.Popen(["true"]) as process:
        deadline = time.monotonic() + 10
        while b") Z " not in Path(f"/proc/{process.pid}/stat").read_bytes():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        temporary(process.pid)
        remove_stale(".")
        assert os.listdir() == []


@pytest.mark.parametrize(
    "name",
    [
        ".updown-{owner}-0a1b2c3d",
        ".updown-{owner}-0a1b2c3d.png",
        ".updown-x-{owner}-0a1b2c3d.part",
        ".updown--0a1b2c3d.part",
        "updown-{owner}-0a1b2c3d.part",
        ".updown-1234-0a1b2c3d.part",
    ],
)
def test_files_that_are_no_temporary_ones_are_kept(dead: int, name: str) -> None:
    Path(name.format(owner=me(dead))).touch()
    remove_stale(".")
    assert len(os.listdir()) == 1


@pytest.mark.parametrize("plant", [os.symlink, os.link])
def test_a_planted_link_is_not_written_through(
    monkeypatch: pytest.MonkeyPatch, plant: Callable[[str, str], None]
) -> None:
    monkeypatch.setattr(os, "urandom", bytes)  # zeros: a name that can be guessed
    Path("victim").write_bytes(b"mine")
    plant("victim", f".updown-{me()}-00000000.part")
    with pytest.raises(SurroundingsError, match=r"^y: cannot be written$"):
        save("y", WHOLE)
    assert Path("victim").read_bytes() == b"mine"
    assert not os.path.exists("y")


def test_a_planted_dangling_link_makes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    os.symlink("victim", f".updown-{me()}-00000000.part")
    with pytest.raises(SurroundingsError, match=r"^y: cannot be written$"):
        save("y", WHOLE)
    assert not os.path.exists("victim")


def test_names_of_temporary_files_cannot_be_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.extend(os.listdir()))
    for _ in range(4):
        save("y", WHOLE)
        os.unlink("y")
    assert len(set(seen)) == 4


@pytest.mark.parametrize(
    ("arguments", "results", "total"),
    [
        ([], ["a.png", "c.png"], "2 done, 0 skipped, 1 failed"),
        (["--fail-fast"], ["a.png"], "1 done, 0 skipped, 1 failed"),
    ],
)
def test_fail_fast_stops_at_the_first_input_that_fails(
    updown: Updown, arguments: list[str], results: list[str], total: str
) -> None:
    picture("a.png", noise(4, 4))
    Path("b.png").write_text("no image")
    picture("c.png", noise(4, 4))
    done = updown("pool", "a.png", "b.png", "c.png", "-o", "out", "-j", "1", *arguments)
    assert done.code == 1
    assert done.stderr == f"updown: b.png: not a supported image\nupdown: {total}\n"
    assert sorted(os.listdir("out")) == results


def test_fail_fast_stops_workers_and_leaves_nothing_unfinished(updown: Updown) -> None:
    Path("0.png").write_text("no image")
    names = [picture(f"{number}.png", noise(4, 4)) for number in range(1, 40)]
    done = updown("pool", "0.png", *names, "-o", "out", "-j", "2", "--fail-fast")
    assert done.code == 1
    assert done.stderr.splitlines()[0] == "updown: 0.png: not a supported image"
    written = os.listdir("out") if os.path.exists("out") else []
    assert len(written) < 39
    assert all(pixels(f"out/{name}").shape == (2, 2) for name in written)


def test_a_result_that_exists_stops_a_run_that_fails_fast(updown: Updown) -> None:
    picture("a.png", noise(4, 4))
    picture("b.png", noise(4, 4))
    os.mkdir("out")
    Path("out/a.png").touch()
    done = updown("pool", "a.png", "b.png", "-o", "out", "--fail-fast")
    assert done.code == 1
    assert os.listdir("out") == ["a.png"]


def test_an_array_that_is_replaced_is_whole(updown: Updown) -> None:
    np.save("x.npy", np.arange(16.0).reshape(4, 4))
    Path("y.npy").write_bytes(b"old" * 10_000)
    assert updown("pool", "x.npy", "-o", "y.npy", "--if-exists", "overwrite").code == 0
    assert np.load("y.npy").tolist() == [[5, 7], [13, 15]]
    assert os.path.getsize("y.npy") < 30_000


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o4755])
def test_what_is_replaced_keeps_its_mode(updown: Updown, mode: int) -> None:
    """But for the bits that let others run it as its owner."""
    picture("a.png", noise(4, 6))
    picture("out.png", noise(2, 2))
    os.chmod("out.png", mode)
    done = updown("pool", "a.png", "-o", "out.png", "--if-exists", "overwrite")
    assert (done.code, os.stat("out.png").st_mode & 0o7777) == (0, mode & 0o777)
    assert pixels("out.png").shape == (2, 3)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_is_replaced_keeps_its_owner(updown: Updown) -> None:
    picture("a.png", noise(4, 6))
    picture("out.png", noise(2, 2))
    os.chown("out.png", 1234, 4321)
    updown("pool", "a.png", "-o", "out.png", "--if-exists", "overwrite")
    assert (os.stat("out.png").st_uid, os.stat("out.png").st_gid) == (1234, 4321)


@pytest.mark.parametrize("policy", ["overwrite", "update", "skip"])
def test_pipes_and_devices_are_no_results(updown: Updown, policy: str) -> None:
    picture("a.png", noise(4, 6))
    picture("b.png", noise(4, 6))
    os.mkdir("out")
    os.mkfifo("out/a.png")
    done = updown("pool", "a.png", "b.png", "-o", "out", "--if-exists", policy)
    assert (done.code, done.stderr) == (
        1,
        "updown: a.png: out/a.png is no regular file\nupdown: 1 done, 0 skipped, 1 failed\n",
    )
    assert Path("out/a.png").is_fifo()
