"""Short names for chains that are tried side by side: what differs among them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

# An option whose value says enough by itself.
MODE = re.compile(r"--mode[ =]")

SEPARATOR = "|"

# Words as in a shell, with their quotes; what has a letter after its dashes is an option.
WORD = re.compile(r"""\||(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s|"'\\])+""")
OPTION = re.compile(r"--?(?!(?:inf|nan)\b)[a-zA-Z]")


def short_labels(texts: Sequence[str]) -> list[str]:
    """Return a name for every chain: what differs, else the operations, else all of it.

    An option stays with its value. No two are alike unless the chains are.
    """
    chains = [_parts(text) for text in texts]
    full = [" ".join(text.split()) for text in texts]
    for short in (_differences(chains), _operations(chains)) if len(chains) > 1 else ():
        if all(short) and len(set(short)) == len(texts):
            return short
    return full


def _parts(text: str) -> list[str]:
    """Return separators, operations, and options with their values."""
    parts: list[str] = []
    for word in WORD.findall(text):
        is_value = bool(parts) and _is_option(parts[-1]) and word != SEPARATOR
        if is_value and not _is_option(word):
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def _is_option(part: str) -> bool:
    return OPTION.match(part) is not None


def _differences(chains: Sequence[Sequence[str]]) -> list[str]:
    """Return the parts that differ.

    Of chains that do not differ in values alone it is all between the parts that are alike.
    """
    if len({len(parts) for parts in chains}) == 1:
        differing = [column for column in zip(*chains, strict=True) if len(set(column)) > 1]
        if all(len(set(map(_kind, column))) == 1 for column in differing):
            shown = [[MODE.sub("", part) for part in column] for column in differing]
            return [", ".join(parts) for parts in zip(*shown, strict=True)]
    first = _alike(chains)
    rests = [parts[first:] for parts in chains]
    last = _alike([parts[::-1] for parts in rests])
    return [" ".join(parts[: len(parts) - last]) for parts in rests]


def _kind(part: str) -> str:
    """Return the option of a value; operations are of one kind."""
    return re.split("[ =]", part)[0] if _is_option(part) else ""


def _alike(chains: Sequence[Sequence[str]]) -> int:
    """Return how many parts all begin with."""
    columns = zip(*chains, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda parts: len(set(parts)) == 1, columns))


def _operations(chains: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of each chain's operations; nothing if one has options that differ."""
    steps = [_steps(parts) for parts in chains]
    every = {(name, *options) for chain in steps for name, *options in chain}
    if len(every) > len({name for name, *_ in every}):
        return []
    return [f" {SEPARATOR} ".join(name for name, *_ in chain) for chain in steps]


def _steps(parts: Sequence[str]) -> list[list[str]]:
    """Return the parts of every step."""
    groups = itertools.groupby(parts, lambda part: part == SEPARATOR)
    return [list(step) for is_separator, step in groups if not is_separator]
