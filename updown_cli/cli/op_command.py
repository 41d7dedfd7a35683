"""The command of an operation, and the operation that its options make."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.command import Command
from updown_cli.cli.op_help import OpCommand
from updown_cli.cli.option import argument, group, offered, option_class, options_from, params_of
from updown_cli.cli.run_options import RunOptions
from updown_cli.errors import UsageError
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.param_types import Choice, Flag
from updown_cli.op.parameter import Parameter, as_typed, option_name
from updown_cli.op.pool_indices import NAME_SIGN

#: The parameter that names positions; in a chain it need not be given.
POSITIONS = "indices"

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

T = TypeVar("T")


class ModeName(Choice):
    """The name of a mode, whose family says whether it has that."""

    def check(self, value: Any) -> None:
        """Let the family check it, which knows the library that is meant."""


@option_class
class OpRunOptions:
    """The inputs of an operation, and how it is run on them."""

    run: RunOptions = group(RunOptions)
    inputs: tuple[str, ...] = argument("INPUT...", many=True, required=False)


def op_command(family: Family) -> Command:
    """Return the command of an operation: its parameters, then the options of every run."""
    return family_command(family, OpRunOptions, _run, _help(family), example=family.examples[0])


def family_command(
    family: Family,
    options: type[T],
    act: Callable[[Op, T], int],
    help_text: str,
    *,
    example: str,
    within: bool = False,
) -> Command:
    """Return a command that acts on an operation, made from its parameters, and on other options.

    An operation `within` a chain takes from the steps before it what it is not given.
    """

    def callback(**values: Any) -> int:
        make = op_of_step if within else op_from_options
        return act(make(family, values), options_from(options, values))

    own = op_options(family)
    params = [*own, *_by_other_names(params_of(options), {n for one in own for n in one.opts})]
    return OpCommand(family, options, example, callback=callback, params=params, help=help_text)


def _by_other_names(params: list[click.Parameter], taken: set[str]) -> list[click.Parameter]:
    """Return options of a command without the names that are taken by the operation's."""
    for param in params:
        param.opts = [name for name in param.opts if name not in taken]
    return params


def _run(op: Op, options: OpRunOptions) -> int:
    from updown_cli.cli.run import run_from_options
    from updown_cli.pipeline.pipeline import Pipeline

    return run_from_options(options.run, options.inputs).process(Pipeline.of(op))


def op_options(family: Family) -> list[click.Parameter]:
    """Return an option for `--mode` and for every parameter of a mode."""
    options: list[click.Parameter] = []
    if family.mode_names:
        default, names = family.mode_names[0], ModeName(family.mode_names)
        options.append(
            click.Option(
                ["--mode"],
                type=ClickParamType(names),
                metavar=names.metavar,
                help=f"What is done.  [default: {default}]",
                shell_complete=partial(_modes_offered, family),
            )
        )
    if family.libraries:
        options.append(_like_option(family))
    return options + [_option(family, name) for name in family.parameters()]


def _like_option(family: Family) -> click.Option:
    kind = Choice(family.libraries)
    *others, last = kind.names
    named = f"{', '.join(others)} or {last}"
    text = f"Give the numbers of {named}, whose modes --mode has then."
    if family.conventions:
        text = (
            f"Defaults of {named}; what it has not is refused. Records and recipes say the "
            "parameters that follow."
        )
    return click.Option(["--like"], type=ClickParamType(kind), metavar="LIBRARY", help=text)


def _modes_offered(
    family: Family, context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Return the modes of the library that is typed, or of torch, that begin so."""
    from click.shell_completion import CompletionItem

    modes = family.modes_like(context.params.get("like"))
    return [CompletionItem(cls.mode) for cls in modes if cls.mode.startswith(typed)]


def _option(family: Family, name: str) -> click.Option:
    declared = [parameter for _, parameter in family.parameters()[name]]
    option, help_text = option_name(name), option_help(family, name)
    if isinstance(declared[0].kind, Flag):
        negative = "--no-" + option.removeprefix("--")
        return click.Option([f"{option}/{negative}"], default=None, help=help_text)
    names = [f"-{declared[0].letter}"] if declared[0].letter else []
    kind = declared[0].kind
    words = declared[0].file.words if declared[0].file else ()
    return click.Option(
        [option, *names],
        type=ClickParamType(kind),
        metavar=kind.metavar,
        help=help_text,
        shell_complete=partial(_words_or_file, words) if words else None,
    )


def _words_or_file(
    words: tuple[str, ...], context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Return the words that begin so, and files where none does."""
    from click.shell_completion import CompletionItem

    named = offered(words, context, parameter, typed)
    return [CompletionItem(name) for name in named] or [CompletionItem(typed, type="file")]


def option_help(family: Family, name: str) -> str:
    """Return what an option does, the modes that take it, and its default."""
    having = family.parameters()[name]
    parameter = having[0][1]
    text = parameter.help
    if len(having) < len(family.modes):
        text += f"  ({', '.join(family.modes_having(name))})"
    return text + _default(parameter, {cls.label(): p.default for cls, p in having})


def _default(parameter: Parameter, defaults: dict[str, Any]) -> str:
    if parameter.required:
        return "  [required]" if len(defaults) == 1 else ""
    told: dict[str, list[str]] = {}
    for mode, default in defaults.items():
        told.setdefault(_as_typed(default), []).append(mode)
    if len(told) == 1:
        return "".join(f"  [default: {text}]" for text in told if text)
    texts = [f"{text} with {', '.join(modes)}" for text, modes in told.items() if text]
    return f"  [default: {'; '.join(texts)}]"


def _as_typed(default: Any) -> str:
    if isinstance(default, bool):
        return "on" if default else ""
    return "" if default is None else as_typed(default)


def op_from_options(family: Family, values: dict[str, Any]) -> Op:
    """Return the operation of the chosen mode; raise for an option of another one."""
    mode, like = values.get("mode"), values.get("like")
    wrong = family.wrong_mode(mode, like)
    if wrong:
        raise UsageError(wrong)
    cls = family.of_mode(mode, like)
    own = {parameter.name for parameter in cls.parameters()}
    having = family.parameters()
    given = {name: values[name] for name in having if values.get(name) is not None}
    for name in given.keys() - own:
        raise UsageError(family.wrong_parameter(name, like))
    convention = family.convention(cls.mode, like)
    return cls(**(convention.completed(given) if convention else given))


def op_of_step(family: Family, values: dict[str, Any]) -> Op:
    """Return the operation of a chain's step, which may take the positions of an earlier one."""
    for parameter in family.of_mode(values.get("mode"), values.get("like")).parameters():
        if parameter.name == POSITIONS and parameter.required and values[POSITIONS] is None:
            values = {**values, POSITIONS: NAME_SIGN}
    return op_from_options(family, values)


def _help(family: Family) -> str:
    lines = [family.help, ""]
    for cls in family.modes:
        text = " ".join((cls.__doc__ or "").split())
        lines += [f"{cls.label()}: {text}" if cls.mode else text, ""]
    return "\n".join([*lines, "\b", *(f"    {example}" for example in family.examples)])
