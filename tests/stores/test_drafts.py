"""Files that belong together get their names all, or none of them."""

from __future__ import annotations

import errno
import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from updown_cli.errors import SurroundingsError
from updown_cli.stores import drafts as drafts_module
from updown_cli.stores.drafts import Drafts, abandon

NAMES = ["a.npz", "b.npy", "c.png"]
OLD = dict.fromkeys(NAMES, b"old")
NEW = {name: name.encode() for name in NAMES}

KILLED = 9


def written() -> Drafts:
    """Return new files for all names, whole and flushed."""
    made = Drafts()
    for name, data in NEW.items():
        made.write(name, data)
    made.flush()
    return made


def replace() -> None:
    with written() as made:
        made.replace()


def claim() -> None:
    with written() as made:
        made.claim([NAMES])


def contents() -> dict[str, bytes]:
    """Return what is in the folder, whatever its name."""
    return {name: Path(name).read_bytes() for name in sorted(os.listdir())}


def put(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        Path(name).write_bytes(data)


def at_call(name: str, number: int, act: Callable[[], None]) -> Callable[..., None]:
    """Return a call of the system before whose so-manieth time something happens."""
    real, calls = getattr(os, name), []

    def watched(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == number:
            act()
        real(*arguments)

    return watched


def refuse() -> None:
    raise OSError(errno.EIO, "")


@pytest.mark.parametrize("name", [".hidden", "x"])
def test_a_draft_has_no_name_that_is_looked_at(name: str) -> None:
    with Drafts() as made:
        made.write(name, b"data")
        assert [found.startswith(".updown-") for found in os.listdir()] == [True]
    assert os.listdir() == []


@pytest.mark.parametrize(
    ("before", "number"),
    [
        (before, number)
        for before in (OLD, {"a.npz": b"old"}, {})
        for number in range(1, len(before) + len(NAMES) + 1)
    ],
)
def test_a_refused_name_leaves_what_was_there(
    monkeypatch: pytest.MonkeyPatch, before: dict[str, bytes], number: int
) -> None:
    put(before)
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", at_call("replace", number, refuse))
        with pytest.raises(SurroundingsError):
            replace()
    assert contents() == before
    replace()
    assert contents() == NEW


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_refused_claim_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, number: int, links: bool
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "")

    with monkeypatch.context() as broken:
        if not links:
            broken.setattr(os, "link", no_links)
        call = "link" if links else "replace"
        broken.setattr(os, call, at_call(call, number, refuse))
        with pytest.raises(SurroundingsError):
            claim()
        assert contents() == {}
        claim()
    assert contents() == NEW


@pytest.mark.parametrize("taken", NAMES)
def test_names_are_claimed_together(taken: str) -> None:
    put({taken: b"old"})
    choices = [NAMES, [f"1-{name}" for name in NAMES]]
    with written() as made:
        assert made.claim([NAMES]) is None
        assert contents().keys() & set(NAMES) == {taken}
        assert made.claim(choices) == choices[1]
    assert contents() == {taken: b"old"} | {f"1-{name}": data for name, data in NEW.items()}


@pytest.mark.parametrize("taken", NAMES)
def test_a_name_that_somebody_takes_meanwhile_is_not_replaced(
    monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    monkeypatch.setattr(os, "link", at_call("link", 1, lambda: put({taken: b"old"})))
    with written() as made:
        assert made.claim([NAMES]) is None
    assert contents() == {taken: b"old"}


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("number", range(1, 7))
def test_a_kill_between_two_names_leaves_no_mark_of_done(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The last file is there only with all others of its own time."""
    put(OLD)
    monkeypatch.setattr(os, "replace", at_call("replace", number, lambda: os._exit(KILLED)))
    process = multiprocessing.get_context("fork").Process(target=replace)
    process.start()
    process.join()
    left = {name: data for name, data in contents().items() if name in NAMES}
    assert process.exitcode == KILLED
    assert left == OLD if number == 1 else "c.png" not in left


def test_a_folder_is_not_put_aside() -> None:
    put({"a.npz": b"old"})
    Path("c.png").mkdir()
    with pytest.raises(SurroundingsError, match=r"^c\.png: is a folder$"):
        replace()
    assert (sorted(os.listdir()), Path("a.npz").read_bytes()) == (["a.npz", "c.png"], b"old")


def test_who_must_end_waits_for_names_that_are_being_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drafts_module, "PATIENCE", 10.0)
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait()

    monkeypatch.setattr(os, "link", at_call("link", 2, wait))
    namer = threading.Thread(target=claim)
    namer.start()
    begun.wait()
    ender = threading.Thread(target=abandon)
    ender.start()
    go_on.set()
    namer.join()
    ender.join()
    assert contents() == NEW
