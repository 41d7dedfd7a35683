"""Click's refusals in our words."""

from __future__ import annotations

import click

from updown_cli.op.meant import nearest_option


def usage_line(error: click.ClickException) -> str:
    """Return Click's refusal as one line in our form."""
    text = " ".join(error.format_message().split()).rstrip(".")
    text = text[:1].lower() + text[1:]
    context = getattr(error, "ctx", None)
    hint = f"; see {context.command_path} --help" if context else ""
    if isinstance(error, click.NoSuchOption) and context:
        known = [name for parameter in context.command.params for name in parameter.opts]
        known += context.command.get_help_option_names(context)
        text = f"no such option {error.option_name}"
        hint = nearest_option(error.option_name, known) or hint
        if context.parent is None and _belongs_to_commands(error.option_name):
            hint = f"; options go after the command, as in updown pool {error.option_name}"
    return text + hint


def _belongs_to_commands(option: str) -> bool:
    """Whether commands have an option that was given before any."""
    from updown_cli.cli.command_table import load_command

    params = load_command("pool").params
    return any(option in (*param.opts, *param.secondary_opts) for param in params)
