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


def completed_steps(typed: str) -> list[str]:
    """Return all that steps can be when their last word is complete."""
    from click.shell_completion import ShellComplete, split_arg_string

    from updown_cli.cli.shell_words import value_start
    from updown_cli.cli.steps import step_command

    match = LAST_WORD.fullmatch(typed)
    before, word = (match[1] or "", match[2]) if match else (typed, "")
    name, *words = split_arg_string(before.rpartition("|")[2]) or [""]
    if not name:
        return [before + name for name in OPS if name.startswith(word)]
    if name not in OPS:
        return []
    complete = ShellComplete(step_command(name), {}, name, "")
    items = complete.get_completions(words, word)
    return [before + value_start(word) + item.value for item in items if item.type == "plain"]
