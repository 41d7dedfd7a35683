"""Groups of commands: they know what was meant, and load what is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import click

from updown_cli.errors import UsageError
from updown_cli.op.meant import nearest_name

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Summaries = Callable[[], Mapping[str, str]]
    Load = Callable[[str], click.Command]


class Commands(click.Group):
    """A group that offers the nearest name for an unknown one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named first; `help NAME` is `NAME --help`."""
        if args[0] == "help":
            args = [*args[1:2], "--help"]
        if args[0] not in self.commands and not args[0].startswith("-"):
            near = nearest_name(args[0], tuple(self.commands)).removeprefix("; ")
            hint = near or f"see {ctx.command_path} --help"
            raise UsageError(f"no command '{args[0]}'", hint=hint)
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of declaration."""
        return list(self.commands)


class LazyCommands(Commands):
    """A group that loads a command when it is used, and shows summaries without."""

    def __init__(self, name: str, summaries: Summaries, load: Load, **settings: Any) -> None:
        super().__init__(name, LoadedWhenUsed(summaries, load), **settings)
        self.summaries = summaries

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write names and summaries."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries().items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer names with their summaries, and options."""
        from click.shell_completion import CompletionItem

        named = [
            CompletionItem(name, help=summary)
            for name, summary in self.summaries().items()
            if name.startswith(incomplete)
        ]
        return named + click.Command.shell_complete(self, ctx, incomplete)


class LoadedWhenUsed(MutableMapping[str, click.Command]):
    """Commands by name; each is made when it is first looked up."""

    def __init__(self, summaries: Summaries, load: Load) -> None:
        self.summaries = summaries
        self.load = load
        self.made: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self:
            raise KeyError(name)
        if name not in self.made:
            self.made[name] = self.load(name)
        return self.made[name]

    def __contains__(self, name: object) -> bool:
        return name in self.summaries()

    def __iter__(self) -> Iterator[str]:
        return iter(self.summaries())

    def __len__(self) -> int:
        return len(self.summaries())

    def __setitem__(self, name: str, made: click.Command) -> None:
        self.made[name] = made

    def __delitem__(self, name: str) -> None:
        del self.made[name]
