"""Names with braces that a shell left alone: `train-{000..099}.tar`, as data sets are published."""

from __future__ import annotations

import re
from collections.abc import Iterator

from updown_cli.errors import UsageError

# More are a mistake.
MOST = 1_000_000

BRACES = re.compile(r"\{(?:(\d+)\.\.(\d+)|([^{},]*(?:,[^{},]*)+))\}")


def expand_ranges(name: str) -> list[str]:
    """Return the names that ranges and alternatives in braces make, the last varying fastest.

    Numbers have as many digits as the longer end of their range, if an end begins with 0. Raises
    UsageError for too many.
    """
    count = 1
    for match in BRACES.finditer(name):
        count *= len(_numbers(match)) if match[3] is None else match[3].count(",") + 1
    if count > MOST:
        raise UsageError(f"braces make more than {MOST:,} names", subject=name)
    return [*_expanded(name)]


def _expanded(name: str) -> Iterator[str]:
    match = BRACES.search(name)
    if match is None:
        yield name
        return
    rest = [*_expanded(name[match.end() :])]
    for piece in _pieces(match):
        yield from (name[: match.start()] + piece + end for end in rest)


def _numbers(match: re.Match[str]) -> range:
    first, last = int(match[1]), int(match[2])
    step = 1 if last >= first else -1
    return range(first, last + step, step)


def _pieces(match: re.Match[str]) -> list[str]:
    if match[3] is not None:
        return match[3].split(",")
    ends = match[1], match[2]
    padded = any(len(end) > 1 and end.startswith("0") for end in ends)
    digits = max(map(len, ends)) if padded else 0
    return [f"{number:0{digits}}" for number in _numbers(match)]
