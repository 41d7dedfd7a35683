"""The steps of a chain as they are typed: `pool -k 2 | conv --kernel sobel-h | unpool`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

import click

from updown_cli.cli.op_command import op_of_step, op_options
from updown_cli.cli.option import params_of
from updown_cli.cli.run_options import RunOptions
from updown_cli.cli.usage import usage_line
from updown_cli.errors import UsageError
from updown_cli.op.base import KEPT_AS, Op
from updown_cli.op.family import Family
from updown_cli.op.meant import nearest_name
from updown_cli.op.pool_indices import NAME_SIGN
from updown_cli.ops import OPS
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.step_errors import in_step

SEPARATOR = "|"

T = TypeVar("T")

# The words after a step's options, and the parameter of joins that may be one of them.
NAMES, JOINED = "names", "other"

# Longer chains are mistakes.
MOST_STEPS = 1000


def parse_steps(text: str) -> Pipeline:
    """Return the pipeline that steps describe; raise UsageError, naming the step."""
    return Pipeline.of(*parse_ops(text))


def parse_ops(text: str) -> tuple[Op, ...]:
    """Return the operations that steps describe, each by itself; raise as `parse_steps` does."""
    return tuple(read_steps(text, _op))


def read_steps(text: str, read: Callable[[Family, list[str]], T]) -> list[T]:
    """Return what is read of the words of every step; raise UsageError, naming the step."""
    steps = split_steps(text)
    if len(steps) > MOST_STEPS:
        raise UsageError(f"{len(steps)} steps, at most {MOST_STEPS} are taken")
    found = []
    for number, words in enumerate(steps, 1):
        if not words:
            raise UsageError("is empty", subject=f"step {number}", hint="steps look like pool -k 2")
        name, *arguments = words
        with in_step(f"step {number}"):
            family = family_of(name)
        with in_step(f"step {number}, {name}"):
            found.append(read(family, arguments))
    return found


def split_steps(text: str) -> list[list[str]]:
    """Return the words of every step, quoted as in a shell; `|` within quotes is a letter."""
    import shlex

    lexer = shlex.shlex(text, posix=True, punctuation_chars=SEPARATOR)
    lexer.whitespace_split = True
    lexer.commenters = ""
    steps: list[list[str]] = [[]]
    try:
        for word in lexer:
            if set(word) == {SEPARATOR}:
                steps += [[] for _ in word]
            else:
                steps[-1].append(word)
    except ValueError:
        raise UsageError("a quote is not closed", subject=f"steps '{text}'") from None
    return steps


def family_of(name: str) -> Family:
    """Return the operation of a name; raise UsageError with the nearest one."""
    if name not in OPS:
        near = nearest_name(name, tuple(OPS)).removeprefix("; ")
        raise UsageError(f"no operation '{name}'", hint=near or f"there are {', '.join(OPS)}")
    return OPS[name]


def _op(family: Family, arguments: list[str]) -> Op:
    return op_of_values(family, step_values(family, step_command(family.name), arguments))


def step_values(family: Family, command: click.Command, arguments: list[str]) -> dict[str, Any]:
    """Return the values that the words of a step have, read by its command."""
    try:
        with command.make_context(f"updown {family.name}", arguments) as context:
            values: dict[str, Any] = dict(context.params)
            return values | _names(family, values.pop(NAMES), values, context)
    except click.NoSuchOption as error:
        if error.option_name in _options_of_runs():
            reason = f"{error.option_name} is no option of a step"
            raise UsageError(reason, hint="give it after the steps") from None
        raise UsageError(usage_line(error)) from None
    except click.ClickException as error:
        raise UsageError(usage_line(error)) from None


def op_of_values(family: Family, values: dict[str, Any]) -> Op:
    """Return the operation that values make, with the name under which it keeps its result."""
    op, name = op_of_step(family, values), values[KEPT_AS]
    return replace(op, kept_as=name) if name else op


def _names(
    family: Family, words: tuple[str, ...], values: dict[str, Any], context: click.Context
) -> dict[str, str]:
    """Return what names after the options say: which result a join takes, and how it is kept."""
    names = [*words]
    found = {KEPT_AS: ""}
    if JOINED in family.parameters() and names and values[JOINED] is None:
        found[JOINED] = names.pop(0)
    if names and names[0].startswith(NAME_SIGN):
        found[KEPT_AS] = names.pop(0)
    others = [word for word in words if not word.startswith(NAME_SIGN)] or names
    if others:
        more = "s" if len(others) > 1 else ""
        raise click.UsageError(f"Got unexpected extra argument{more} ({' '.join(others)})", context)
    return found


@cache
def step_command(name: str) -> click.Command:
    """Return what reads the options of a step."""
    return command_with(name, ())


def command_with(name: str, options: Sequence[click.Parameter]) -> click.Command:
    """Return what reads the options of a step, and others beside them."""
    names = click.Argument([NAMES], nargs=-1)
    params = [*op_options(OPS[name]), *options, names]
    return click.Command(name, params=params, add_help_option=False)


def _options_of_runs() -> set[str]:
    options = params_of(RunOptions)
    return {name for option in options for name in (*option.opts, *option.secondary_opts)}
