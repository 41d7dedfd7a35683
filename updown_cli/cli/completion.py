"""`updown completion`: what a shell needs to complete commands, options and values."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
        echo 'eval "$(updown completion bash)"' >> ~/.bashrc
        echo 'eval "$(updown completion zsh)"' >> ~/.zshrc
        updown completion fish > ~/.config/fish/completions/updown.fish
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    group = context.find_root().command
    click.echo(script(group, {}, "updown", "_UPDOWN_COMPLETE").source())
