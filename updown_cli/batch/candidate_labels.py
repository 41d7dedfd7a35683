"""Short names for chains that are tried side by side: what differs among them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

# An option whose value says enough by itself.
MODE = "--mode"

SEPARATOR = "|"


def short_labels(texts: Sequence[str]) -> list[str]:
    """Return a name for every chain: the words that differ, else the operations, else all of it.

    No two are alike unless the chains are.
    """
    chains = [text.split() for text in texts]
    for short in (_differences(chains), [_operations(words) for words in chains]):
        if all(short) and len(set(short)) == len(short):
            return short
    return [" ".join(words) for words in chains]


def _differences(chains: Sequence[Sequence[str]]) -> list[str]:
    """Return the words that differ, with the option whose values they are.

    Of chains that do not differ in values alone it is all between the words that are alike.
    """
    if len(chains) == 1:
        return [" ".join(chains[0])]
    if len({len(words) for words in chains}) == 1:
        columns = [*enumerate(zip(*chains, strict=True))]
        differing = [number for number, column in columns if len(set(column)) > 1]
        if not any(_is_option(words[number]) for words in chains for number in differing):
            return [", ".join(_with_option(words, n) for n in differing) for words in chains]
    first = _alike(chains)
    if first and _is_option(chains[0][first - 1]):
        first -= 1
    rests = [words[first:] for words in chains]
    last = _alike([words[::-1] for words in rests])
    if last and any(_is_option(words[-last - 1]) for words in rests if len(words) > last):
        last -= 1
    return [" ".join(words[: len(words) - last]) for words in rests]


def _is_option(word: str) -> bool:
    return word.startswith("-")


def _with_option(words: Sequence[str], number: int) -> str:
    """Return a word after the name of the option whose value it is."""
    option = words[number - 1] if number else ""
    named = _is_option(option) and option != MODE
    return f"{option} {words[number]}" if named else words[number]


def _alike(chains: Sequence[Sequence[str]]) -> int:
    """Return how many words all begin with."""
    columns = zip(*chains, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda words: len(set(words)) == 1, columns))


def _operations(words: Sequence[str]) -> str:
    """Return the names of a chain's operations."""
    starts = itertools.chain([SEPARATOR], words)
    named = zip(words, starts, strict=False)
    return f" {SEPARATOR} ".join(word for word, before in named if before == SEPARATOR)
