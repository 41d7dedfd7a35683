"""What a shell is offered for a name that a step before keeps: `concat @e1`, `--indices @p`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from updown_cli.op.pool_indices import NAME_SIGN

#: Steps that take a kept result, and the options that keep and take positions.
JOINS = ("add", "concat")
KEEPS, TAKES = "--save-indices", "--indices"


def kept_offers(earlier: list[list[str]], words: list[str], word: str) -> list[str]:
    """Return the names that complete the last word of a step; words of steps are given."""
    name, *rest = words
    begun = word.removeprefix(f"{TAKES}=")
    if name in JOINS and not any(one.startswith(NAME_SIGN) for one in rest):
        known = _results(earlier)
    elif name == "unpool" and (rest[-1:] == [TAKES] or begun != word):
        known = _positions(earlier)
    else:
        return []
    return [one for one in dict.fromkeys(known) if one.startswith(begun)]


def _results(steps: list[list[str]]) -> Iterator[str]:
    """Yield the names of the results that steps keep: the last word of each."""
    for words in steps:
        if len(words) > 1 and words[-1].startswith(NAME_SIGN) and words[-2] not in (KEEPS, TAKES):
            if words[0] in JOINS and len(words) == 2:
                continue  # what it takes
            yield words[-1]


def _positions(steps: list[list[str]]) -> Iterator[str]:
    """Yield the names under which pools keep their positions."""
    for words in steps:
        for option, value in pairwise(words):
            if option == KEEPS and value.startswith(NAME_SIGN):
                yield value
        for one in words:
            if one.startswith(f"{KEEPS}={NAME_SIGN}"):
                yield one.removeprefix(f"{KEEPS}=")
