"""What a worker is asked, checked: whatever comes over the socket, the worker goes on."""

from __future__ import annotations

from typing import Any

from updown_cli.warm.wire import FAILURES

#: What can go wrong with a message that nobody vouches for.
ANY_FAILURE = (*FAILURES, ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError)

WISHES = ("run", "status", "stop")

#: What a call consists of, and the types of what is in it.
PARTS: dict[str, tuple[type, ...]] = {
    "surroundings": (list,),
    "arguments": (list, str),
    "environment": (dict, bytes, bytes),
    "umask": (int,),
    "nice": (int,),
    "limits": (dict, int, tuple),
    "blocked": (list, int),
    "ignored": (list, int),
    "streams": (list, tuple),
    "descriptors": (list, int),
}


def check_message(message: Any) -> None:
    """Raise ValueError for what no caller sends."""
    if not isinstance(message, dict) or message.get("wish") not in WISHES:
        raise ValueError("no wish")
    if message["wish"] == "run":
        for name, types in PARTS.items():
            if not _has_types(message.get(name), *types):
                raise ValueError(name)


def _has_types(value: object, outer: type, *inner: type) -> bool:
    """Whether a value has a type, and all that it holds has those within."""
    if type(value) is not outer:
        return False
    if isinstance(value, dict):
        return all((type(name), type(part)) == inner for name, part in value.items())
    if isinstance(value, list) and inner:
        return all((type(part),) == inner for part in value)
    return True
