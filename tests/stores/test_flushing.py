"""Many files brought to the disk: by one call for a file system where that is safe."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from updown_cli.stores import flushing


@pytest.fixture
def files() -> Iterator[list[int]]:
    """Give four open files."""
    opened = [os.open(f"{number}", os.O_WRONLY | os.O_CREAT) for number in range(4)]
    yield opened
    for number in opened:
        os.close(number)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give a list of the calls for whole file systems, which are all taken for safe ones."""
    made: list[int] = []
    use(monkeypatch, made.append)
    return made


def use(monkeypatch: pytest.MonkeyPatch, flush: Callable[[int], None] | None) -> None:
    """Let this flush whole file systems."""
    monkeypatch.setattr(flushing, "_whole_flush", lambda: flush)
    monkeypatch.setattr(flushing, "_is_whole", lambda file: True)
    monkeypatch.setattr(flushing, "_slow", set())


def test_one_call_flushes_all_files_of_a_file_system(files: list[int], calls: list[int]) -> None:
    assert flushing.flush_together(files) == set()
    assert calls == files[:1]


def test_few_files_are_left_to_be_flushed_each(files: list[int], calls: list[int]) -> None:
    assert flushing.flush_together(files[:2]) == set(files[:2])
    assert calls == []


def test_files_of_an_unknown_file_system_are_left(
    files: list[int], calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flushing, "_is_whole", lambda file: False)
    assert flushing.flush_together(files) == set(files)
    assert calls == []


def test_files_are_left_where_no_call_is_safe_or_it_fails(
    files: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: int) -> None:
        raise OSError(errno.EIO, "")

    for flush in (None, fail):
        use(monkeypatch, flush)
        assert flushing.flush_together(files) == set(files)


def test_a_file_system_that_others_fill_is_flushed_as_a_whole_but_once(
    files: list[int], calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.5])  # seconds; four files may take one
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    assert flushing.flush_together(files) == set()
    assert flushing.flush_together(files) == set(files)
    assert calls == files[:1]


def test_the_file_system_of_the_system_s_own_files_is_no_safe_one() -> None:
    with Path("/proc/self/stat").open() as file:
        assert not flushing._is_whole(file.fileno())


@pytest.mark.parametrize(
    ("release", "version"),
    [("5.15.0-91-generic", (5, 15)), ("4.19.0", (4, 19)), ("next", ()), ("6", (6,))],
)
def test_a_system_s_version_is_read_off_its_name(release: str, version: tuple[int, ...]) -> None:
    assert flushing._version(release) == version
