"""What an operation works out once for images of so many channels and sides: its weights.

An operation of a plan is asked for them when it is planned and again for every strip.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from updown_cli.op.shape import Shape

T = TypeVar("T")

# Where an operation keeps it: beside its fields, so that it is no part of what it is.
PLACE = "_worked_out"


def work_out_once(method: Callable[[Any, Shape], T]) -> Callable[[Any, Shape], T]:
    """Let a method of an operation, whose result no length of a side changes, run but once."""

    @wraps(method)
    def ask(op: Any, shape: Shape) -> T:
        known: dict[tuple[str, int, int], T] = op.__dict__.setdefault(PLACE, {})
        key = (method.__qualname__, shape.channels, shape.dims)
        if key not in known:
            known[key] = method(op, shape)
        return known[key]

    return ask


def share_worked_out(op: Any, other: Any) -> None:
    """Let an operation that differs in lengths of sides alone use what another works out."""
    if other is not op:
        other.__dict__[PLACE] = op.__dict__.setdefault(PLACE, {})


def forget_worked_out(op: Any) -> None:
    """Let an operation work out anew what follows from arrays that have changed."""
    op.__dict__.pop(PLACE, None)
