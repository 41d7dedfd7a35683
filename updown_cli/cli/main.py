"""The group of all commands, and how errors reach the user."""

from __future__ import annotations

import os
import signal
import sys

import click

from updown_cli import __version__
from updown_cli.cli import signals
from updown_cli.cli.bench import bench
from updown_cli.cli.chain import chain
from updown_cli.cli.command_group import Commands
from updown_cli.cli.compare import compare
from updown_cli.cli.completion import completion
from updown_cli.cli.explain import explain
from updown_cli.cli.infer import infer
from updown_cli.cli.op_command import op_command
from updown_cli.cli.printing import say_error, write_stderr
from updown_cli.cli.shapes import shapes
from updown_cli.cli.sheet import sheet
from updown_cli.cli.silence_libraries import libraries_are_quiet
from updown_cli.cli.usage import usage_line
from updown_cli.cli.values import values
from updown_cli.cli.warm import warm
from updown_cli.errors import SurroundingsError, UpdownError, bug, no_room
from updown_cli.files.save import abandon, write_error
from updown_cli.ops import OPS

BUG = 70
STDOUT_CLOSED = 128 + signal.SIGPIPE


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["--help", "-h"], "auto_envvar_prefix": "UPDOWN"},
)
@click.version_option(__version__, prog_name="updown", message="%(prog)s %(version)s")
def updown() -> None:
    """Apply the layers with which neural networks shrink and enlarge to image files and arrays.

    The results have the numbers that the torch layer of the name computes.
    """


for _family in OPS.values():
    updown.add_command(op_command(_family))
for _command in (
    chain,
    shapes,
    explain,
    compare,
    sheet,
    values,
    infer,
    bench,
    warm,
    completion,
):
    updown.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run updown and exit with its code."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with libraries_are_quiet():
        try:
            code = _run(arguments)
            sys.stdout.flush()
        except BrokenPipeError:
            _forget_stdout()
            code = STDOUT_CLOSED
        except OSError as error:
            _forget_stdout()
            code = SurroundingsError.exit_code
            say_error(write_error(error, "standard output"))
    sys.exit(code)


def _forget_stdout() -> None:
    """Let what cannot be written go nowhere, so that nothing fails at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str] | None) -> int:
    signals.at_last.append(abandon)
    try:
        return _invoke(sys.argv[1:] if arguments is None else arguments)
    except UpdownError as error:
        signals.raise_if_stopped()
        say_error(error)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(error.format_message() + "\n")
        return 2
    except click.ClickException as error:
        write_stderr(usage_line(error))
        return 2
    except signals.Stopped as stopped:
        return stopped.exit_code
    except (ImportError, MemoryError) as error:
        signals.raise_if_stopped()
        say_error(no_room(error))
        return SurroundingsError.exit_code
    except Exception as error:
        signals.raise_if_stopped()
        if isinstance(error, OSError) and error.filename is None:
            raise  # of standard output; what goes wrong with files was told
        if "UPDOWN_DEBUG" in os.environ:
            raise
        say_error(bug(error))
        return BUG


def _invoke(arguments: list[str]) -> int:
    """Run a command; Click's own `main` would hide a closed standard output."""
    if "_UPDOWN_COMPLETE" in os.environ:
        updown.main(arguments, prog_name="updown")
    try:
        with updown.make_context("updown", arguments) as context:
            updown.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0
