"""Writes docs/commands.md from the operations as they are declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from updown_cli.cli.main import updown
from updown_cli.cli.op_command import op_command, option_help
from updown_cli.cli.option import params_of, titled_groups
from updown_cli.cli.run_options import RunOptions
from updown_cli.op.family import Family
from updown_cli.ops import OPS

PAGE = Path(__file__).parent / "commands.md"

HEAD = """# Commands

This page is written by `python docs/make_commands.py` from the declarations in `updown_cli/ops`;
a test fails when it is stale.

Sizes are height x width, as torch orders them; one number means all axes. Every option can come
from the environment: `UPDOWN_DEVICE` for the options of every run, `UPDOWN_POOL_MODE` for one of
a command.
"""


def page() -> str:
    """Return the whole page."""
    others = [command for name, command in updown.commands.items() if name not in OPS]
    return "\n".join(
        [
            HEAD,
            *(family_section(family) for family in OPS.values()),
            shared_section(),
            *(other_section(command) for command in with_parts(others)),
        ]
    )


def with_parts(commands: list[click.Command]) -> list[click.Command]:
    """Return commands, each group followed by its own, under their whole names.

    Those that a group has for every operation are told in common, in the group's section.
    """
    found = []
    for command in commands:
        found.append(command)
        for name, part in own_parts(command).items():
            whole = f"{command.name} {name}"
            found.append(click.Command(whole, params=part.params, help=part.help))
    return found


def own_parts(command: click.Command) -> dict[str, click.Command]:
    """Return the commands of a group that are no operations."""
    parts = command.commands if isinstance(command, click.Group) else {}
    return {name: part for name, part in parts.items() if name not in OPS}


def other_section(command: click.Command) -> str:
    """Return the help of a command that is no operation."""
    names = updown.context_settings["help_option_names"]
    if isinstance(command, click.Group):
        command = click.Command(command.name, params=[*in_all(command)], help=command.help)
    shared = {option.name for option in params_of(RunOptions)}
    own = [parameter for parameter in command.params if parameter.name not in shared]
    if len(own) + len(shared) == len(command.params):  # the others have a section of their own
        command = click.Command(command.name, params=own, help=command.help)
    context = click.Context(command, info_name=f"updown {command.name}", help_option_names=names)
    return "\n".join([f"## updown {command.name}", "", "```", command.get_help(context), "```", ""])


def in_all(group: click.Group) -> Iterator[click.Parameter]:
    """Yield the options that all operations of a group have."""
    parts = [group.commands[name] for name in OPS if name in group.commands]
    names = [{parameter.name for parameter in part.params} for part in parts]
    for one in parts[0].params if parts else group.params:
        if all(one.name in some for some in names):
            yield one


def family_section(family: Family) -> str:
    """Return a command's modes, examples and options."""
    lines = [f"## updown {family.name}", "", family.help, ""]
    for cls in family.modes:
        head = f"**{cls.label()}** " if cls.mode else ""
        lines += [head + " ".join((cls.__doc__ or "").split()), ""]
    lines += ["```sh", *family.examples, "```", ""]
    command = op_command(family)
    own = {"mode", "like", *family.parameters()}
    options = [p for p in command.params if isinstance(p, click.Option) and p.name in own]
    return "\n".join([*lines, *option_table(options, family)])


def shared_section() -> str:
    """Return the options that all commands share."""
    lines = ["## Options of every command", ""]
    for title, group in titled_groups(RunOptions).items():
        lines += [f"### {title}", "", *option_table(params_of(group))]
    return "\n".join(lines)


def option_table(options: Sequence[click.Parameter], family: Family | None = None) -> list[str]:
    """Return a table of options."""
    context = click.Context(updown)
    lines = ["| Option | What it does |", "| --- | --- |"]
    for option in options:
        names, text = option.get_help_record(context) or ("", "")
        if family is not None and option.name in family.parameters():
            text = option_help(family, option.name)
        lines.append(f"| `{escaped(names)}` | {escaped(' '.join(text.split()))} |")
    return [*lines, ""]


def escaped(text: str) -> str:
    """Return text as a table's cell."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page())
