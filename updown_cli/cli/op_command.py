"""One Click command from one operation."""

from __future__ import annotations

from typing import Any

import click

from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.options import run_from_options
from updown_cli.cli.run_options import every_option, run_options
from updown_cli.errors import UsageError
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.param_types import Choice, Flag
from updown_cli.op.parameter import Parameter, as_typed, option_name
from updown_cli.pipeline.pipeline import Pipeline


class OpCommand(click.Command):
    """A command whose help has a list of options for each subject."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write two lists of options."""
        shared = {p.name: title for title, options in run_options().items() for p in options}
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record and isinstance(parameter, click.Option):
                title = shared.get(parameter.name, "Options")
                sections.setdefault(title, []).append(record)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def op_command(family: Family) -> click.Command:
    """Return the command of an operation: its parameters, then the options of every run."""

    def callback(**values: Any) -> None:
        run_from_options(values).process(Pipeline.of(op_from_options(family, values)))

    inputs = click.Argument(
        ["inputs"], nargs=-1, metavar="INPUT...", type=click.Path(readable=False)
    )
    return OpCommand(
        family.name,
        callback=callback,
        params=[*op_options(family), *every_option(), inputs],
        help=_help(family),
        short_help=family.help,
    )


def op_options(family: Family) -> list[click.Parameter]:
    """Return an option for `--mode` and for every parameter of a mode."""
    options: list[click.Parameter] = []
    if family.mode_names:
        default = family.mode_names[0]
        options.append(
            click.Option(
                ["--mode"],
                type=ClickParamType(Choice(family.mode_names)),
                metavar=Choice(family.mode_names).metavar,
                help=f"What is done.  [default: {default}]",
            )
        )
    return options + [_option(family, name) for name in family.parameters()]


def _option(family: Family, name: str) -> click.Option:
    declared = [parameter for _, parameter in family.parameters()[name]]
    option, help_text = option_name(name), option_help(family, name)
    if isinstance(declared[0].kind, Flag):
        negative = "--no-" + option.removeprefix("--")
        return click.Option([f"{option}/{negative}"], default=None, help=help_text)
    names = [f"-{declared[0].letter}"] if declared[0].letter else []
    kind = declared[0].kind
    return click.Option(
        [option, *names], type=ClickParamType(kind), metavar=kind.metavar, help=help_text
    )


def option_help(family: Family, name: str) -> str:
    """Return what an option does, the modes that take it, and its default."""
    having = family.parameters()[name]
    parameter = having[0][1]
    text = parameter.help
    modes = [cls.mode for cls, _ in having]
    if len(modes) < len(family.modes):
        text += f"  ({', '.join(modes)})"
    return text + _default(parameter, {cls.mode: p.default for cls, p in having})


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
    cls = family.of_mode(values.get("mode"))
    own = {parameter.name for parameter in cls.parameters()}
    having = family.parameters()
    given = {name: values[name] for name in having if values.get(name) is not None}
    for name in given.keys() - own:
        modes = [other.mode for other, _ in having[name]]
        raise UsageError(f"{option_name(name)} goes with --mode {' or '.join(modes)}")
    return cls(**given)


def _help(family: Family) -> str:
    lines = [family.help, ""]
    for cls in family.modes:
        text = " ".join((cls.__doc__ or "").split())
        lines += [f"{cls.mode}: {text}" if cls.mode else text, ""]
    return "\n".join([*lines, "\b", *(f"    {example}" for example in family.examples)])
