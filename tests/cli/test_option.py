"""Options declared as fields: what Click makes of them, and what comes back."""

from __future__ import annotations

import click
import pytest

from updown_cli.cli.command import Command, command
from updown_cli.cli.command_table import SUMMARIES, load_command, summaries
from updown_cli.cli.option import argument, flag, group, option, option_class, shared_option
from updown_cli.op.param_types import Int
from updown_cli.ops import OPS


@option_class
class Inner:
    """Options of a group."""

    depth: int = shared_option("--depth", kind=Int(min=1), default=2, help="How deep.")


@option_class
class Outer:
    """Options of a command."""

    words: tuple[str, ...] = option("--word", "-w", multiple=True, help="A word; repeatable.")
    loud: bool = flag("--loud", help="Shout.")
    inner: Inner = group(Inner, "Depth")
    path: str = argument("PATH")


got: list[Outer] = []


@command("try", Outer)
def try_out(options: Outer) -> int:
    """Keep what was parsed."""
    got.append(options)
    return 3


def run(*arguments: str) -> tuple[Outer, int]:
    with try_out.make_context("try", [*arguments]) as context:
        code = try_out.invoke(context)
    return got.pop(), code


def test_what_is_typed_comes_back_in_fields() -> None:
    options, code = run("-w", "a", "--word", "b", "--loud", "--depth", "5", "file")
    assert (options.words, options.loud, options.inner.depth) == (("a", "b"), True, 5)
    assert (options.path, code) == ("file", 3)


def test_defaults_come_back_too() -> None:
    options, _ = run("file")
    assert (options.words, options.loud, options.inner.depth) == ((), False, 2)


def test_shared_options_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDOWN_DEPTH", "7")
    assert run("file")[0].inner.depth == 7


def test_a_group_has_a_list_of_its_own_in_the_help() -> None:
    text = try_out.get_help(click.Context(try_out, info_name="try", help_option_names=["--help"]))
    head, options, depth = text.replace("\n\n", "\n").split("Options:")[0], *text.split("Depth:")
    assert "Keep what was parsed." in head
    assert "-w, --word TEXT" in options
    assert "--depth N  How deep.  [default: 2]" in depth


@pytest.mark.parametrize("name", [*summaries()])
def test_every_name_in_the_list_is_a_command(name: str) -> None:
    assert load_command(name).name == name


def test_operations_come_first_with_their_own_summaries() -> None:
    assert [*summaries()] == [*OPS, *SUMMARIES]
    assert {name: summaries()[name] for name in OPS} == {f.name: f.help for f in OPS.values()}


@pytest.mark.parametrize("name", [*OPS])
def test_an_operation_is_a_command_of_the_same_kind(name: str) -> None:
    assert isinstance(load_command(name), Command)
