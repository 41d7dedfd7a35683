"""Globs as regular expressions that are looked for in no time, however many stars they have."""

from __future__ import annotations

import fnmatch
import re

from updown_cli.stores.spelling import normal

#: Any folders, several times: the same as once, but the search for it would take for ever.
REPEATED = re.compile(r"(\*\*/)(?:\*\*/)+")

#: What crosses folders, and within a name any letters, a letter, and one of several.
SIGNS = re.compile(r"(\*\*/|\*\*|/|\*|\?|\[!?\]?[^]]*\])")

CROSSING = {"**/": "(?:(?s:.)*/)?", "**": "(?s:.)*", "/": "/"}


def glob_expression(pattern: str) -> str:
    """Return a glob as a regular expression: `**/` is any folders, `*` and `?` stay in a name."""
    once = REPEATED.sub(r"\1", re.sub(r"\*{3,}", "**", normal(pattern)))
    found, pieces = "", [""]
    for number, part in enumerate(SIGNS.split(once)):
        if number % 2 == 0:
            pieces[-1] += re.escape(part)
        elif part in CROSSING:
            found, pieces = found + _in_a_name(pieces) + CROSSING[part], [""]
        elif part == "*":
            pieces.append("")
        else:
            pieces[-1] += _letter(part)
    return found + _in_a_name(pieces)


def _in_a_name(pieces: list[str]) -> str:
    """Return the expression of pieces with a star between any two.

    A piece is taken where it first stands and never looked for again: where there is another star
    behind it, no later place can do what this one cannot.
    """
    if len(pieces) == 1:
        return pieces[0]
    first, *inner, last = pieces
    return first + "".join(f"(?>[^/]*?{piece})" for piece in inner) + "[^/]*" + last


def _letter(sign: str) -> str:
    if sign == "?":
        return "[^/]"
    # fnmatch knows what may stand in brackets; its expression is (?s:...)\Z
    return "(?!/)" + fnmatch.translate(sign)[len("(?s:") : -len(")\\Z")]
