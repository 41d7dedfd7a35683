"""Click's refusals in our words."""

from __future__ import annotations

import click

from updown_cli.op.param_types import nearest_name


def usage_line(error: click.ClickException) -> str:
    """Return Click's refusal as one line in our form."""
    text = " ".join(error.format_message().split()).rstrip(".")
    text = text[:1].lower() + text[1:]
    context = getattr(error, "ctx", None)
    hint = f"; see {context.command_path} --help" if context else ""
    if isinstance(error, click.NoSuchOption) and context:
        known = [name for parameter in context.command.params for name in parameter.opts]
        text = f"no such option {error.option_name}"
        hint = nearest_name(error.option_name, known) or hint
    return text + hint
