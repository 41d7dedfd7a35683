"""What a shell is offered within the steps of a chain: operations, their options and values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from updown_cli.ops import OPS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# All words but the last, and the last.
LAST_WORD = re.compile(r"(.*[\s|])?([^\s|]*)", re.DOTALL)


def offered_steps(
    context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Return the steps with their last word completed; files where there are steps already."""
    from click.shell_completion import CompletionItem

    has_steps = context.params.get(parameter.name or "") or context.params.get("recipe")
    found = [] if has_steps else completed_steps(typed)
    return [CompletionItem(text) for text in found] or [CompletionItem(typed, type="file")]


def offered_tries(
    context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Return steps, which may have alternatives in braces, with their last word completed."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(text) for text in completed_steps(typed, braces=True)]


def completed_steps(typed: str, *, braces: bool = False) -> list[str]:
    """Return all that steps can be when their last word is complete.

    With braces that word may be one of several alternatives.
    """
    from click.shell_completion import ShellComplete, split_arg_string

    from updown_cli.cli.kept_offers import kept_offers
    from updown_cli.cli.shell_words import value_start
    from updown_cli.cli.steps import step_command

    match = LAST_WORD.fullmatch(typed)
    before, word = (match[1] or "", match[2]) if match else (typed, "")
    *earlier, last = ([*split_arg_string(step)] or [""] for step in before.split("|"))
    name, *words = last
    option = value_start(word)
    begun = _alternatives(word.removeprefix(option)) if braces else ""
    before, word = before + option + begun, option + word.removeprefix(option + begun)
    if not name:
        return [before + name for name in OPS if name.startswith(word)]
    if name not in OPS:
        return []
    if kept := kept_offers(earlier, last, word):
        return [before + one for one in kept]
    complete = ShellComplete(step_command(name), {}, name, "")
    items = complete.get_completions(words, word)
    return [before + item.value for item in items if item.type == "plain"]


def _alternatives(word: str) -> str:
    """Return what is before the last of the alternatives that braces still hold open."""
    is_open = word.count("{") > word.count("}")
    return word[: max(word.rfind("{"), word.rfind(",")) + 1] if is_open else ""
