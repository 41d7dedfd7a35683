"""A group of commands that knows what was meant."""

from __future__ import annotations

import click

from updown_cli.errors import UsageError
from updown_cli.op.param_types import nearest_name


class Commands(click.Group):
    """A group that offers the nearest name for an unknown one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named first."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            near = nearest_name(args[0], tuple(self.commands)).removeprefix("; ")
            raise UsageError(f"no command '{args[0]}'", hint=near or "see updown --help")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of declaration."""
        return list(self.commands)
