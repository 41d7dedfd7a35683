"""The help of an operation: short, with the options of one mode; all of it if that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from textwrap import wrap
from typing import Any

import click

from updown_cli.cli.command import Command
from updown_cli.cli.option import titled_groups
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.parameter import Parameter, as_typed

ALL = "--help-all"

# What most users need of a run, and of an explanation; all else is told by --help-all.
OFTEN_USED = (
    *("output", "recurse", "if_exists", "co", "dry_run", "json"),
    *("input", "value_at", "animate", "code"),
)

#: The option that chooses another library's modes.
LIKE = "like"

# Columns of the names of options; one that is longer has a line of its own.
NAME_COLUMNS = 26

# Where a context keeps the words of its command line.
WORDS = "updown.words"


class OpCommand(Command):
    """A command of an operation, whose help is short unless all of it is asked for."""

    def __init__(self, family: Family, options: type[Any], example: str, **settings: Any) -> None:
        super().__init__(family.name, options, **settings)
        self.family, self.example = family, example
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
            formatter.write_text((self.help or "").partition("\n")[0])
        for title, rows in self._sections(ctx, words).items():
            with formatter.section(title):
                formatter.write_dl(rows, col_max=NAME_COLUMNS)
        with formatter.section("Example"):
            formatter.write("  " + _in_lines(self.example, formatter.width) + "\n")

    def _sections(self, ctx: click.Context, words: list[str]) -> dict[str, list[tuple[str, str]]]:
        """Return what is told, by title: modes, options of the chosen one, what is used most."""
        chosen, like = _chosen(self.family, words), _given(words, "--like")
        plain = [cls for cls in self.family.modes_like(chosen.like or like) if cls.mode]
        modes = [(cls.mode, gist(cls.__doc__ or "")) for cls in plain]
        own = (
            f"Options of {f'--mode {chosen.label()}' if chosen.mode else self.name}, defaults in []"
        )
        sections = {
            "Modes, chosen by --mode": modes,
            own: [*self._own_rows(ctx, self._declared(chosen, like))],
            "Often used": [*self._often_used(ctx), (ALL, self._rest())],
        }
        return {title: rows for title, rows in sections.items() if rows}

    def _declared(self, chosen: type[Op], like: str | None) -> dict[str, Parameter]:
        """Return the parameters of a mode with the defaults that hold, by name."""
        convention = self.family.convention(chosen.mode, like)
        defaults = convention.defaults if convention else {}
        return {
            one.name: replace(one, default=defaults.get(one.name, one.default))
            for one in chosen.parameters()
        }

    def _own_rows(
        self, ctx: click.Context, declared: dict[str, Parameter]
    ) -> Iterator[tuple[str, str]]:
        """Yield the options that a mode has, and what each does there."""
        for param in self.params:
            record = param.get_help_record(ctx)
            if record and param.name in declared:
                name = re.sub(r"^--(\S+) / --no-\1$", r"--[no-]\1", record[0])
                yield name, told_option(declared[param.name])
            elif record and param.name == LIKE and isinstance(param, click.Option):
                yield record[0], gist(param.help or "")

    def _often_used(self, ctx: click.Context) -> Iterator[tuple[str, str]]:
        """Yield the options of the command itself that most users need, in short."""
        options = {one.name: one for one in self.params if isinstance(one, click.Option)}
        for option in (options[name] for name in OFTEN_USED if name in options):
            record = option.get_help_record(ctx)
            if record:
                yield record[0], gist(option.help or "")

    def _rest(self) -> str:
        """Return what only the help of everything tells."""
        groups = ", ".join(title.lower() for title in titled_groups(self.options))
        return "Every mode and option" + (f": {groups}." if groups else ".")


def _in_lines(command: str, width: int) -> str:
    """Return a command line in as many lines as it needs, joined as a shell joins them."""
    whole = len(command) <= width
    return command if whole else " \\\n    ".join(wrap(command, width - 4, break_on_hyphens=False))


def gist(text: str) -> str:
    """Return what comes first in a description: up to a full stop, a semicolon or ", as"."""
    first = re.split(r"[.;](?: |$)|, as ", " ".join(text.split()), maxsplit=1)[0]
    return first.strip() + "."


def told_option(parameter: Parameter) -> str:
    """Return in a sentence what an option does in one mode, with its default there."""
    text = gist(parameter.help)
    if parameter.required:
        return f"{text}  [required]"
    default = parameter.default
    if default is None or default is False:
        return text
    return f"{text}  [{'on' if default is True else as_typed(default)}]"


def _chosen(family: Family, words: list[str]) -> type[Op]:
    """Return the mode that is typed, or the first; of several the last counts."""
    return family.of_mode(_given(words, "--mode"), _given(words, "--like"))


def _given(words: list[str], option: str) -> str | None:
    """Return what is typed for an option, the last time."""
    given = None
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == option or word.startswith(f"{option}="):
            given = word.partition("=")[2] or following
    return given


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
