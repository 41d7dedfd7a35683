"""`updown completion`: what a shell needs to complete commands, options and values."""

from __future__ import annotations

import click

from updown_cli.cli.command import command
from updown_cli.cli.option import argument, option_class
from updown_cli.cli.printing import write_stdout
from updown_cli.op.param_types import Choice

SHELLS = ("bash", "zsh", "fish")


@option_class
class CompletionOptions:
    """The shell that completes."""

    shell: str = argument(kind=Choice(SHELLS))


@command("completion", CompletionOptions)
def completion(options: CompletionOptions) -> int:
    """Print the completion script of a shell.

    \b
        echo 'eval "$(updown completion bash)"' >> ~/.bashrc
        echo 'eval "$(updown completion zsh)"' >> ~/.zshrc
        updown completion fish > ~/.config/fish/completions/updown.fish
    """
    from click.shell_completion import get_completion_class

    from updown_cli.cli.shell_words import complete_whole_words

    complete_whole_words()
    script = get_completion_class(options.shell)
    assert script is not None
    group = click.get_current_context().find_root().command
    write_stdout(script(group, {}, "updown", "_UPDOWN_COMPLETE").source() + "\n")
    return 0
