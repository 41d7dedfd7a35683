"""Alternatives in braces, as bash expands them: `pool -k {2,3}` is `pool -k 2` and `pool -k 3`."""

from __future__ import annotations

import math
import re
from itertools import chain, pairwise, product

from updown_cli.errors import UsageError

# More are mistakes: every pair of braces multiplies them.
MOST_TEXTS = 1000
MOST_NESTED = 50

# What is quoted as in a shell is passed over; what is not may be a brace or a comma.
SIGNS = re.compile(r"""'[^']*'?|"(?:\\.|[^"\\])*"?|\\.|([{},])""", re.DOTALL)


def expand_braces(text: str) -> list[str]:
    """Return every text that the alternatives in a text make, the last braces varying fastest.

    Alternatives may hold blanks and braces of their own. Quotes and backslashes protect and stay;
    braces without a comma, or without their other half, are letters. Raises UsageError for too
    many.
    """
    return _expanded(text, 0)


def _expanded(text: str, depth: int) -> list[str]:
    if depth > MOST_NESTED:
        raise UsageError(f"braces within braces, at most {MOST_NESTED} deep are taken")
    pieces: list[list[str]] = []
    end = 0
    for opening, *commas, closing in _groups(text):
        if opening < end:
            continue  # of an alternative
        parts = [text[a + 1 : b] for a, b in pairwise((opening, *commas, closing))]
        alternatives = list(chain.from_iterable(_expanded(part, depth + 1) for part in parts))
        pieces += [[text[end:opening]], alternatives]
        end = closing + 1
    if math.prod(map(len, pieces)) > MOST_TEXTS:
        raise UsageError(f"braces make more than {MOST_TEXTS} texts")
    return ["".join(choice) for choice in product(*pieces, [text[end:]])]


def _groups(text: str) -> list[list[int]]:
    """Return where the braces of every group are, with the commas between; outer groups first."""
    groups, unclosed = [], []
    for sign in SIGNS.finditer(text):
        if sign[1] == "{":
            unclosed.append([sign.start()])
        elif sign[1] and unclosed:
            unclosed[-1].append(sign.start())
            if sign[1] == "}":
                groups.append(unclosed.pop())
    return sorted(group for group in groups if len(group) > 2)
