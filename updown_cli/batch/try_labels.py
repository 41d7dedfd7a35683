"""Short names for chains that are tried side by side: what differs among them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

# An option whose value says enough by itself.
MODE = "--mode"

SEPARATOR = "|"


def labels(texts: Sequence[str]) -> list[str]:
    """Return a name for every chain: the words that differ, else the operations, else all of it.

    No two are alike unless the chains are.
    """
    chains = [text.split() for text in texts]
    for short in (_differences(chains), [_operations(words) for words in chains]):
        if all(short) and len(set(short)) == len(short):
            return short
    return [" ".join(words) for words in chains]


def _differences(chains: Sequence[Sequence[str]]) -> list[str]:
    """Return each chain without the words that all begin or end with, but for names of options."""
    if len(chains) == 1:
        return [" ".join(chains[0])]
    first = _alike(chains)
    if first and chains[0][first - 1].startswith("-") and chains[0][first - 1] != MODE:
        first -= 1
    rests = [words[first:] for words in chains]
    last = _alike([words[::-1] for words in rests])
    return [" ".join(words[: len(words) - last]) for words in rests]


def _alike(chains: Sequence[Sequence[str]]) -> int:
    """Return how many words all begin with."""
    columns = zip(*chains, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda words: len(set(words)) == 1, columns))


def _operations(words: Sequence[str]) -> str:
    """Return the names of a chain's operations."""
    starts = itertools.chain([SEPARATOR], words)
    named = zip(words, starts, strict=False)
    return f" {SEPARATOR} ".join(word for word, before in named if before == SEPARATOR)
