"""A command: its options, and the function that acts on them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from updown_cli.cli.option import options_from, params_of, titled_groups
from updown_cli.errors import SurroundingsError

T = TypeVar("T")


class Command(click.Command):
    """A command whose help has a list of options for each titled group of a class of options.

    It returns its exit code.
    """

    def __init__(self, name: str, options: type[Any], **settings: Any) -> None:
        super().__init__(name, **settings)
        self.options = options

    def invoke(self, ctx: click.Context) -> Any:
        """Act, where there is a folder to act in."""
        try:
            os.getcwd()
        except OSError:
            raise SurroundingsError(
                "the working directory is not there any more",
                hint="change to another",
                code="missing",
            ) from None
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, then those of each group."""
        groups = titled_groups(self.options).items()
        titles = {option.name: title for title, group in groups for option in params_of(group)}
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record and isinstance(parameter, click.Option):
                title = titles.get(parameter.name, "Options")
                sections.setdefault(title, []).append(record)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def command(name: str, options: type[T]) -> Callable[[Callable[[T], int]], Command]:
    """Return a decorator: a command of a function, whose docstring is the help."""

    def make(act: Callable[[T], int]) -> Command:
        def callback(**values: Any) -> int:
            return act(options_from(options, values))

        return Command(
            name, options, callback=callback, params=params_of(options), help=act.__doc__
        )

    return make
