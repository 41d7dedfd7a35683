"""The help of an operation: short, with the options of one mode; all of it if that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click

from updown_cli.cli.command import Command
from updown_cli.cli.option import params_of, titled_groups
from updown_cli.errors import UsageError
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.parameter import Parameter, as_typed

ALL = "--help-all"

# Where a context keeps the words of its command line.
WORDS = "updown.words"


class OpCommand(Command):
    """A command of an operation, whose help is short unless all of it is asked for."""

    def __init__(self, family: Family, options: type[Any], **settings: Any) -> None:
        super().__init__(family.name, options, **settings)
        self.family = family
        self.params.append(_help_all())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember what is typed: help is asked for before the mode is known."""
        ctx.meta[WORDS] = [*args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of the chosen mode, or of all modes with every option."""
        words = ctx.meta.get(WORDS, [ALL])
        if ALL in words:
            super().format_help(ctx, formatter)
            return
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.family.help)
        if self.family.mode_names:
            with formatter.section("Modes, chosen by --mode"):
                formatter.write_dl([(cls.mode, gist(cls)) for cls in self.family.modes])
        chosen = _chosen(self.family, words)
        title = f"Options of --mode {chosen.mode}" if chosen.mode else f"Options of {self.name}"
        for name, rows in {title: [*self._own_rows(ctx, chosen)], **self._others(ctx)}.items():
            if rows:
                with formatter.section(name):
                    formatter.write_dl(rows)
        with formatter.section("Examples"):
            for example in self.family.examples[:1]:
                formatter.write(f"  {example}\n")

    def _own_rows(self, ctx: click.Context, chosen: type[Op]) -> Iterator[tuple[str, str]]:
        """Yield the options that a mode has, and what each does there."""
        declared = {parameter.name: parameter for parameter in chosen.parameters()}
        for param in self.params:
            record = param.get_help_record(ctx)
            if record and param.name in declared:
                name = re.sub(r"^--(\S+) / --no-\1$", r"--[no-]\1", record[0])
                yield name, told_option(declared[param.name])

    def _others(self, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
        """Return the command's other options, and by name only those that many commands have."""
        groups = {title: params_of(group) for title, group in titled_groups(self.options).items()}
        apart = {"mode", "help", "help_all", *self.family.parameters()}
        apart |= {str(param.name) for group in groups.values() for param in group}
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        rest = [option for option in options if option.name not in apart]
        records = [record for option in rest if (record := option.get_help_record(ctx))]
        named = [(title, _names(group)) for title, group in groups.items()]
        return {"Options": records, f"Told by {ALL}": named}


def gist(cls: type[Op]) -> str:
    """Return what a mode does in a few words: what its description begins with."""
    return re.split(r"[,:;(]|\.(?: |$)", " ".join((cls.__doc__ or "").split()))[0].strip() + "."


def told_option(parameter: Parameter) -> str:
    """Return in a sentence what an option does in one mode, with its default there."""
    text = re.sub(r"(?<=.{24})([.;:] | \().*", "", parameter.help).rstrip(".,") + "."
    if parameter.required:
        return f"{text}  [required]"
    default = parameter.default
    if default is None or default is False:
        return text
    return f"{text}  [on]" if default is True else f"{text}  [default: {as_typed(default)}]"


def _names(group: list[click.Parameter]) -> str:
    return " ".join(param.opts[0] for param in group)


def _chosen(family: Family, words: list[str]) -> type[Op]:
    """Return the mode that is typed, or the first; of several the last counts."""
    given = None
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--mode" or word.startswith("--mode="):
            given = word.partition("=")[2] or following
    try:
        return family.of_mode(given)
    except UsageError:
        return family.of_mode(None)


def _help_all() -> click.Option:
    return click.Option(
        [ALL],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_all,
        help="Tell all modes and every option.",
    )


def _show_all(ctx: click.Context, parameter: click.Parameter, given: bool) -> None:
    if given:
        click.echo(ctx.get_help())
        ctx.exit()
