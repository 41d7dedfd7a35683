"""The words of a command line as shells split them: `--mode=a` is one word, or three."""

from __future__ import annotations

from typing import Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
)


def value_start(word: str) -> str:
    """Return what is before the value of an option in the same word: `--mode=`."""
    name, sign, _ = word.partition("=")
    return name + sign if word.startswith("-") and sign else ""


class _BashWords(BashComplete):
    """Bash makes three words of `--mode=a`, and puts the value in the place of the last."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the last without an equals sign between two, and the last."""
        args, incomplete = super().get_completion_args()
        if incomplete != "=" and args[-1:] == ["="]:
            args.pop()
        return args, incomplete


class _ZshWords(ZshComplete):
    """Zsh puts the completion in the place of all of `--mode=a`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return the completions of the whole word."""
        return _whole(super().get_completions(args, incomplete), incomplete)


class _FishWords(FishComplete):
    """Fish puts the completion in the place of all of `--mode=a`, and takes commas within it."""

    source_template = FishComplete.source_template.replace(
        'string split "," $completion', 'string split --max 1 "," $completion'
    )

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return the completions of the whole word."""
        return _whole(super().get_completions(args, incomplete), incomplete)


def _whole(items: list[CompletionItem[Any]], word: str) -> list[CompletionItem[Any]]:
    for item in items:
        if item.type == "plain":
            item.value = value_start(word) + item.value
    return items


def complete_whole_words() -> None:
    """Let Click complete values after an equals sign in every shell."""
    for shell in (_BashWords, _ZshWords, _FishWords):
        add_completion_class(shell)
