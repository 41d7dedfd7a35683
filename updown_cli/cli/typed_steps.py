"""Operations as the words that one types for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from updown_cli.op.base import Op
from updown_cli.op.param_types import Flag

# Letters that a shell leaves as they are within a word.
PLAIN = frozenset("-_=,./:@%+")


def typed_steps(ops: Iterable[Op]) -> str:
    """Return the steps of a chain, which a shell takes between single quotes."""
    return " | ".join(" ".join(_words(op)) for op in ops)


def _words(op: Op) -> Iterator[str]:
    """Yield the name of an operation and all that is not as usual."""
    yield op.command
    if op.like:
        yield f"--like {op.like}"
    if op.mode:
        yield f"--mode {op.mode}"
    for parameter in op.parameters():
        value = getattr(op, parameter.name)
        if value == parameter.default:
            continue
        if isinstance(parameter.kind, Flag):
            yield parameter.option if value else f"--no-{parameter.option[2:]}"
        else:
            yield f"{parameter.option} {_quoted(parameter.kind.typed(value))}"
    if op.kept_as:
        yield op.kept_as


def _quoted(word: str) -> str:
    plain = word and all(letter.isalnum() or letter in PLAIN for letter in word)
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return word if plain else f'"{escaped}"'
