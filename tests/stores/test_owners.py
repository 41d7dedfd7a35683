"""Hidden files are removed when whoever was writing them is dead for certain."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from updown_cli.stores import hidden_files, owners
from updown_cli.stores.drafts import Drafts
from updown_cli.stores.hidden_files import remove_stale, remove_temporaries_of
from updown_cli.stores.owners import UNKNOWN, Owner, me, owner_named

OTHER_BOOT, OTHER_MACHINE, OTHER_SPACE = "0123456789ab", "01234567", "1"

IN_A_SPACE = ["unshare", "--pid", "--fork", sys.executable, "-c"]

LEAVE = """
import os
from updown_cli.stores.hidden_files import HiddenFile
HiddenFile("y").write(b"unfinished")
os._exit(9)
"""

REMOVE = """
from updown_cli.stores.hidden_files import remove_stale
remove_stale(".")
"""


def left_by(owner: Owner, age: float = 0.0) -> None:
    """Leave what a process was writing, which changed it so many seconds ago."""
    path = Path(f".updown-{owner}-0a1b2c3d.part")
    path.write_bytes(b"unfinished")
    os.utime(path, (time.time() - age,) * 2)


def is_kept() -> bool:
    remove_stale(".")
    return bool(os.listdir())


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "")

    monkeypatch.setattr(fcntl, "flock", refused)


@pytest.fixture
def dead() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@pytest.mark.parametrize("owner", [me(), me(1), me()._replace(space=OTHER_SPACE)])
def test_a_lock_that_is_free_proves_death_in_any_container(owner: Owner) -> None:
    """Another process may have got the number since."""
    left_by(owner)
    assert not is_kept()


@pytest.mark.parametrize(
    "owner",
    [
        me()._replace(space=OTHER_SPACE, process=2**22 + 1),
        me()._replace(machine=OTHER_MACHINE, process=2**22 + 1),
    ],
    ids=["other space", "other container"],
)
def test_what_is_locked_is_kept_whatever_its_number(
    monkeypatch: pytest.MonkeyPatch, owner: Owner
) -> None:
    monkeypatch.setattr(hidden_files, "me", lambda: owner)
    with Drafts() as drafts:
        drafts.write("y", b"data")
        assert os.listdir()[0].startswith(f".updown-{owner}-")
        remove_stale(".")
        drafts.flush()
        drafts.replace()
    assert os.listdir() == ["y"]


def test_without_locks_a_process_of_the_same_space_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, dead: int
) -> None:
    without_locks(monkeypatch)
    left_by(me())
    left_by(me(os.getppid()))
    left_by(me(dead)._replace(space=OTHER_SPACE))
    assert is_kept()
    assert len(os.listdir()) == 3
    left_by(me(dead))
    remove_stale(".")
    assert len(os.listdir()) == 3


@pytest.mark.parametrize("age", [0, 1e9])
@pytest.mark.parametrize("machine", [OTHER_MACHINE, me().machine])
def test_of_another_kernel_what_this_machine_left_before_it_started_is_removed(
    dead: int, machine: str, age: float
) -> None:
    left_by(Owner(machine, OTHER_BOOT, me().space, dead), age)
    assert is_kept() == (machine == OTHER_MACHINE or not age)


def test_kernels_that_do_not_number_their_starts_are_told_apart_by_machine(
    monkeypatch: pytest.MonkeyPatch, dead: int
) -> None:
    monkeypatch.setattr(owners, "_surroundings", lambda: ("aaaaaaaa", UNKNOWN, "0"))
    left_by(me(dead)._replace(machine="bbbbbbbb"))
    assert is_kept()
    left_by(me(dead))
    remove_stale(".")
    assert len(os.listdir()) == 1


def test_a_file_that_is_removed_before_it_is_locked_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, calls = fcntl.flock, []

    def flock(descriptor: int, kind: int) -> None:
        calls.append(descriptor)
        if len(calls) == 1:
            for name in os.listdir():
                os.unlink(name)
        real(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", flock)
    with Drafts() as drafts:
        drafts.write("y", b"data")
        drafts.replace()
    assert Path("y").read_bytes() == b"data"


def test_a_file_that_is_set_aside_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until all names are given, it may have to come back."""
    real, seen = os.replace, []

    def replace(old: str, new: str) -> None:
        real(old, new)
        remove_stale(".")
        seen.append(len(os.listdir()))

    for name in ("a", "b"):
        Path(name).write_bytes(b"old")
    monkeypatch.setattr(os, "replace", replace)
    with Drafts() as drafts:
        for name in ("a", "b"):
            drafts.write(name, b"new")
        drafts.replace()
    assert seen == [4, 4, 4, 4]
    assert sorted(os.listdir()) == ["a", "b"]


def test_an_ended_worker_leaves_nothing(dead: int) -> None:
    left_by(me(dead))
    left_by(me())
    remove_temporaries_of(dead, ".")
    assert os.listdir() == [f".updown-{me()}-0a1b2c3d.part"]


@pytest.mark.parametrize("text", ["", "1", "1-2-3", "1-2-3-x", "1-2-3-4-5", "1-2-3--4"])
def test_what_names_no_process(text: str) -> None:
    assert owner_named(text) is None


def test_a_name_tells_its_owner() -> None:
    assert owner_named(str(me())) == me()


@pytest.mark.parametrize("script", [LEAVE, REMOVE])
def test_two_runs_in_two_spaces_of_numbers(script: str) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare")
    if subprocess.run([*IN_A_SPACE, ""], capture_output=True, check=False).returncode:
        pytest.skip("spaces of process numbers may not be made here")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if script == LEAVE:
        subprocess.run([*IN_A_SPACE, script], env=environment, check=False, timeout=60)
        assert len(os.listdir()) == 1
        assert not is_kept()
        return
    with Drafts() as drafts:
        drafts.write("y", b"data")
        subprocess.run([*IN_A_SPACE, script], env=environment, check=True, timeout=60)
        drafts.replace()
    assert os.listdir() == ["y"]
