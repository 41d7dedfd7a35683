"""The same chain with other parameters of its steps: what the sliders of a page choose between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from updown_cli.errors import UsageError
from updown_cli.explain.variations import MODE, Varied, parse_variation, varied_op
from updown_cli.op.base import Op
from updown_cli.op.parameter import option_name
from updown_cli.ops import OPS


@dataclass(frozen=True)
class VariedStep:
    """What varies of a step, by its place in the chain, from 0."""

    place: int
    varied: Varied

    def label(self, ops: Sequence[Op]) -> str:
        """Return what its slider is called."""
        return f"{self.place + 1} {ops[self.place].command} {option_name(self.varied.name)}"


def parse_step_variation(text: str, ops: Sequence[Op]) -> VariedStep:
    """Read `STEP.NAME=a..b`, the step by its number from 1 or its command.

    A name alone is that of the only step that has such a parameter. Raises UsageError for what is
    none.
    """
    step, point, name = text.partition("=")[0].strip().rpartition(".")
    place = _step(step, ops, text) if point else _only(name, ops, text)
    op = ops[place]
    return VariedStep(place, parse_variation(text, op, OPS[op.command], f"step {place + 1}"))


def _step(step: str, ops: Sequence[Op], text: str) -> int:
    places = [number for number, op in enumerate(ops) if op.command == step]
    if step.isascii() and step.isdigit() and 1 <= int(step[:9]) <= len(ops):
        places = [int(step) - 1]
    if len(places) != 1:
        reason = f"{len(places)} steps are {step}" if places else f"there is no step {step}"
        reason = reason if step else "names no step"
        raise UsageError(reason, subject=f"--vary {text}", hint=_how(ops))
    return places[0]


def _only(name: str, ops: Sequence[Op], text: str) -> int:
    wanted = name.strip().removeprefix("--").replace("-", "_")
    places = [number for number, op in enumerate(ops) if wanted in _names(op)]
    if len(places) != 1:
        reason = f"{len(places) or 'no'} step{'s' * bool(places)} ha{'ve' if places else 's'}"
        reason += f" {option_name(wanted)}"
        raise UsageError(reason, subject=f"--vary {text}", hint=_how(ops))
    return places[0]


def _names(op: Op) -> set[str]:
    return {parameter.name for parameter in op.parameters()} | ({MODE} if op.mode else set())


def _how(ops: Sequence[Op]) -> str:
    return f"say which by its number from 1 to {len(ops)}: 1.NAME=A..B"


def varied_chains(
    ops: Sequence[Op], variations: Sequence[VariedStep]
) -> Iterator[tuple[Op, ...] | str]:
    """Yield the operations in every state, the last variation fastest; a sentence where none is."""
    for values in product(*(each.varied.values for each in variations)):
        yield _varied(ops, variations, values)


def _varied(
    ops: Sequence[Op], variations: Sequence[VariedStep], values: Sequence[Any]
) -> tuple[Op, ...] | str:
    changes: dict[int, dict[str, Any]] = {}
    for each, value in zip(variations, values, strict=True):
        changes.setdefault(each.place, {})[each.varied.name] = value
    made = list(ops)
    for place, changed in changes.items():
        op = varied_op(ops[place], OPS[ops[place].command], changed)
        if isinstance(op, str):
            return f"step {place + 1}, {ops[place].command}: {op}"
        made[place] = replace(op, kept_as=ops[place].kept_as)
    return tuple(made)
