"""What shells are offered within the steps of a chain."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

import pytest

from tests.conftest import COMMAND, Updown
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
        ("pool @e1 | pool @f | concat ", ["pool @e1 | pool @f | concat @e1",
                                          "pool @e1 | pool @f | concat @f"]),
        ("pool -k 2 @e1 | conv --kernel box | concat @", [
            "pool -k 2 @e1 | conv --kernel box | concat @e1"]),
        ("pool @e1 | pool @f1|add @f", ["pool @e1 | pool @f1|add @f1"]),
        ("pool @e1 | concat @e1 @c | add --fit crop @c", [
            "pool @e1 | concat @e1 @c | add --fit crop @c"]),
        ("pool @e1 | concat @e1 | add @", ["pool @e1 | concat @e1 | add @e1"]),
        ("pool @e1 | concat @e1 @", []),
        ("pool @e1 | conv @", []),
        ("pool --save-indices @p | unpool --indices ", [
            "pool --save-indices @p | unpool --indices @p"]),
        ("pool --save-indices=@p | unpool --indices=@", [
            "pool --save-indices=@p | unpool --indices=@p"]),
    ],
)  # fmt: skip
def test_the_last_word_of_steps_is_completed(typed: str, expected: list[str]) -> None:
    assert completed_steps(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pool --mode {max,bl", ["pool --mode {max,blur"]),
        ("pool --mode={max,bl", ["pool --mode={max,blur"]),
        ("pool --mode {bl", ["pool --mode {blur"]),
        ("{pool,unp", ["{pool,unpool"]),
        ("pool --mode {max,avg} -k 2 | up", ["pool --mode {max,avg} -k 2 | upsample",
                                             "pool --mode {max,avg} -k 2 | upblock"]),
        ("pool --mode {max,avg} --ker", ["pool --mode {max,avg} --kernel-size"]),
        ("conv --kernel box,lap", ["conv --kernel box,laplacian"]),
    ],
)  # fmt: skip
def test_alternatives_are_completed_where_there_may_be_some(
    typed: str, expected: list[str]
) -> None:
    assert completed_steps(typed, braces=True) == expected


def test_a_chain_has_no_alternatives() -> None:
    assert completed_steps("pool --mode {max,bl") == []


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


@pytest.mark.parametrize(
    "words",
    [
        ("sheet", "a.png", "--try"),
        ("sheet", "a.png", "--try", "pool", "--try"),
        ("bench",),
        ("bench", "pool -k 2"),
    ],
    ids=" ".join,
)
def test_every_chain_of_several_is_completed(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    found = offers(updown, monkeypatch, "updown", *words, "pool --mode {max,bl")
    assert found == ["plain,pool --mode {max,blur"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize("words", [("chain",), ("sheet", "a.png", "--try"), ("bench",)])
def test_other_shells_are_offered_steps_too(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, shell: str, words: tuple[str, ...]
) -> None:
    typed = "pool -k 2 @e1 | concat @"
    monkeypatch.setenv("_UPDOWN_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", shlex.join(["updown", *words, typed]))
    place = shlex.quote(typed) if shell == "fish" else str(len(words) + 1)
    monkeypatch.setenv("COMP_CWORD", place)
    steps = "pool -k 2 @e1 | concat @e1"
    told = {"zsh": f"plain\n{steps}\n_\n", "fish": f"plain,{steps}\n"}
    assert updown().stdout == told[shell]


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("updown chain 'pool -k 2 | un", ["pool -k 2 | unpool"]),
        ("updown sheet a.png --try 'pool --mode {max,bl", ["pool --mode {max,blur"]),
        ("updown bench 'conv --kernel box,lap", ["conv --kernel box,laplacian"]),
        ("updown chain 'pool @e1 | concat @", ["pool @e1 | concat @e1"]),
        ("updown pool --mode=adaptive-m", ["--mode=adaptive-max"]),
    ],
)
def test_the_completion_of_fish_completes_steps(line: str, offered: list[str]) -> None:
    script = f'updown completion fish | source; complete -C "{line}"'
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], capture_output=True, check=False, text=True,
        timeout=60, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert (done.stderr, done.stdout.splitlines()) == ("", offered)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_puts_the_name_after_what_is_typed() -> None:
    """Bash ends words at @ as well, outside of quotes."""
    typed = "'pool @e1 | concat @"
    script = (
        'eval "$(updown completion bash)"; COMP_WORDS=(updown chain "' + typed + '"); '
        'COMP_CWORD=2; _updown_completion updown; printf "%s\n" "${COMPREPLY[@]}"'
    )
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, check=False, text=True,
        timeout=60, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert (done.stdout.splitlines(), done.stderr) == (["pool @e1 | concat @e1"], "")


def test_fish_keeps_what_follows_a_comma(updown: Updown) -> None:
    """Click's own script takes what is between two commas."""
    script = updown("completion", "fish").stdout
    assert 'set -l metadata (string split --max 1 "," $completion);' in script


def test_files_follow_the_steps(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offers(updown, monkeypatch, "updown", "chain", "pool -k 2", "u") == ["file,u"]
    recipe = ("updown", "chain", "--recipe", "a.json", "u")
    assert offers(updown, monkeypatch, *recipe) == ["file,u"]
