"""Names of steps, and errors that tell in which one they arose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from updown_cli.errors import UpdownError
from updown_cli.op.base import Op


def step_name(ops: Sequence[Op], number: int) -> str:
    """Return what errors call the step with this number, from 1; nothing for a single one."""
    return f"step {number}, {ops[number - 1].command}" if len(ops) > 1 else ""


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
