"""What shells are offered within the steps of a chain."""

from __future__ import annotations

import shlex

import pytest

from tests.conftest import Updown
from updown_cli.cli.step_offers import completed_steps


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("up", ["upsample", "upblock"]),
        ("pool -k 2 | un", ["pool -k 2 | unpool"]),
        ("pool -k 2|un", ["pool -k 2|unpool"]),
        ("pool --mode ad", ["pool --mode adaptive-max", "pool --mode adaptive-avg"]),
        ("pool --mode=ad", ["pool --mode=adaptive-max", "pool --mode=adaptive-avg"]),
        ("pool --ker", ["pool --kernel-size"]),
        ("pool -k 2 | conv --kernel box,lap", ["pool -k 2 | conv --kernel box,laplacian"]),
        ("pool --if", []),
        ("pool -k ", []),
        ("photo.p", []),
        ("nothing --mode ", []),
    ],
)
def test_the_last_word_of_steps_is_completed(typed: str, expected: list[str]) -> None:
    assert completed_steps(typed) == expected


def offers(updown: Updown, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """Return what bash offers for the last of some words, and of which kind it is."""
    monkeypatch.setenv("_UPDOWN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", shlex.join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    return updown().stdout.splitlines()


@pytest.mark.parametrize("command", [("chain",), ("shapes",), ("explain", "chain")], ids=" ".join)
def test_commands_with_steps_offer_them(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    found = offers(updown, monkeypatch, "updown", *command, "pool -k 2 | unp")
    assert found == ["plain,pool -k 2 | unpool"]


def test_files_follow_the_steps(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offers(updown, monkeypatch, "updown", "chain", "pool -k 2", "u") == ["file,u"]
    recipe = ("updown", "chain", "--recipe", "a.json", "u")
    assert offers(updown, monkeypatch, *recipe) == ["file,u"]
