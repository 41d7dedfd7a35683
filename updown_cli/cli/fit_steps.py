"""The steps of `fit` as they are typed: those without weights are layers that learn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import click

from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.steps import command_with, op_of_values, read_steps, step_values
from updown_cli.errors import UsageError
from updown_cli.fit.learned_chain import Unknown
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.learnable import Learnable
from updown_cli.op.param_types import Int
from updown_cli.op.strided import LARGEST

CHANNELS, LEARN_BIAS = "channels", "learn_bias"


def parse_fit_steps(text: str) -> Sequence[Op | Unknown]:
    """Return the steps, layers without weights as `Unknown`; raise UsageError, naming the step."""
    return read_steps(text, _step)


@cache
def fit_command(name: str) -> click.Command:
    """Return what reads the options of a step, with those of layers that learn."""
    kind = Int(min=1, max=LARGEST)
    channels = click.Option([f"--{CHANNELS}"], type=ClickParamType(kind), metavar=kind.metavar)
    bias = click.Option([f"--{LEARN_BIAS.replace('_', '-')}/--no-bias"], default=None)
    return command_with(name, (channels, bias))


def _step(family: Family, arguments: list[str]) -> Op | Unknown:
    values = step_values(family, fit_command(family.name), arguments)
    channels, bias = values.pop(CHANNELS), values.pop(LEARN_BIAS)
    kind = family.of_mode(values.get("mode"), values.get("like"))
    if issubclass(kind, Learnable) and values[kind.numbers] is None:
        missing = {n: v for n, v in kind.while_unknown.items() if values.get(n) is None}
        layer = op_of_values(family, {**values, **missing})
        return Unknown(layer=layer, channels=channels, bias=True if bias is None else bias)
    given: dict[str, Any] = {"--channels": channels, "--no-bias": bias}
    for option, value in given.items():
        if value is not None:
            raise UsageError("goes with a layer that learns", subject=option)
    return op_of_values(family, values)
