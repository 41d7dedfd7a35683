"""Errors that name the step in which they arose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from updown_cli.errors import UpdownError
from updown_cli.op.base import Op


@contextmanager
def in_step(name: str, op: Op | None = None) -> Iterator[None]:
    """Name the step in what is raised; a pipeline of one has no name for it."""
    try:
        yield
    except UpdownError as error:
        if not name:
            raise
        subject = f"{name}: {error.subject}" if error.subject else name
        reason = error.reason.removeprefix(f"{op.command}: ") if op else error.reason
        raise type(error)(reason, subject=subject, hint=error.hint, code=error.code) from None
